"""Where data lie, who may enter, what happens to secrets that are gone."""

import os
import stat
import sys
import tempfile
from pathlib import Path

import pytest

from deploy.embedded.faults import CannotStart
from deploy.embedded.layout import OUTSIDE, TREE, find_layout, passwords
from deploy.embedded.reach import can_enter, unprivileged
from deploy.embedded.runtime import find_runtime, linked_code
from tests.support.engine import Engine

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="the present user runs everything, so nothing is closed")


@pytest.fixture
def open_folder(engine: Engine) -> Path:
    """A folder that everybody may enter."""
    folder = Path(tempfile.mkdtemp(prefix="layout-", dir=engine.folder))
    folder.chmod(0o755)
    return folder


def test_in_an_open_tree_data_lie_in_the_tree(open_folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DANGAN_DATA", raising=False)
    assert find_layout(tree=open_folder).root == open_folder / ".dangan"


@root_only
def test_in_a_closed_tree_data_lie_outside_and_a_line_says_where(open_folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DANGAN_DATA", raising=False)
    open_folder.chmod(0o700)
    (open_folder / "tree").mkdir()
    layout = find_layout(tree=open_folder / "tree")
    assert layout.root.parent == OUTSIDE
    assert str(layout.root) in layout.where()
    assert "make clean" in layout.where()
    assert find_layout(tree=open_folder / "tree").root == layout.root, "the same tree has the same directory"


@root_only
def test_data_where_nobody_cannot_enter_are_refused_in_one_line(open_folder: Path):
    open_folder.chmod(0o700)
    with pytest.raises(CannotStart, match=r"nobody .* cannot enter .* → chmod o\+x"):
        find_layout(open_folder / "data")


def test_passwords_are_made_once_and_only_the_owner_reads_them(open_folder: Path):
    layout = find_layout(open_folder / "data")
    layout.make()
    made = passwords(layout)
    assert passwords(layout) == made
    assert stat.S_IMODE((layout.root / "passwords.json").stat().st_mode) == 0o600
    assert made.postgres not in repr(made)


def test_passwords_that_are_gone_are_not_made_anew_beside_a_database(open_folder: Path):
    layout = find_layout(open_folder / "data")
    layout.make()
    layout.postgres.mkdir()
    (layout.postgres / "PG_VERSION").write_text("18")
    with pytest.raises(CannotStart, match=r"passwords.json is gone, .* → bring the file back"):
        passwords(layout)


def test_code_is_linked_anew_when_it_has_changed(open_folder: Path):
    """Where nobody cannot enter the tree, the served processes run what was linked into the data directory."""
    layout, tree = find_layout(open_folder / "data"), open_folder / "tree"
    (tree / "chassis").mkdir(parents=True)
    (tree / "chassis" / "app.py").write_text("one = 1\n")
    (tree / "chassis" / "app.py").chmod(0o600)
    layout.make()
    first = linked_code(layout, tree)
    assert (first / "chassis" / "app.py").read_text() == "one = 1\n"
    assert (first / "chassis" / "app.py").stat().st_mode & stat.S_IROTH
    assert linked_code(layout, tree) == first
    (tree / "chassis" / "app.py").write_text("two = 22\n")
    second = linked_code(layout, tree)
    assert (second / "chassis" / "app.py").read_text() == "two = 22\n"
    assert not first.exists()


def test_served_processes_are_root_only_with_a_line_that_says_why(open_folder: Path):
    layout = find_layout(open_folder / "data")
    layout.make()
    runtime = find_runtime(layout)
    dropped = runtime.uid is not None or unprivileged() is None
    assert dropped != ("services run as root: nobody cannot reach" in runtime.remark)
    assert dropped == (unprivileged() is None or can_enter(Path(sys.executable).resolve().parent, layout.uid))
    assert TREE in runtime.paths or all(path.is_relative_to(layout.root) for path in runtime.paths)
