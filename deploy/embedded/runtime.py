"""Where the served processes find Python and code, as a user that must not be root.

Where root runs and `nobody` cannot enter the tree, code and packages are linked (or copied, over a border of
file systems) into the data directory, and run by the Python that made the environment. Where that Python
itself is out of reach, the served processes stay root, and one line says so.
"""

import hashlib
import os
import shutil
import stat
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.layout import TREE, Layout
from deploy.embedded.reach import can_reach

CODE = ("contracts", "chassis", "services", "gateway", "deploy", "cli", "tests")
_READABLE = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH


@dataclass(frozen=True)
class Runtime:
    """The Python command, the folders it imports from, the user; `remark` says why the user is still root."""

    python: tuple[str, ...]
    paths: tuple[Path, ...]
    uid: int | None
    remark: str = ""


def find_runtime(layout: Layout, tree: Path = TREE) -> Runtime:
    """How to run the served processes of this layout; makes or renews the linked code where it is needed."""
    here = Runtime((sys.executable,), (tree,), layout.uid)
    packages = Path(sysconfig.get_path("purelib"))
    if layout.uid is None:
        return here
    base = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    if not all(can_reach(path, layout.uid) for path in (base, Path(sysconfig.get_path("stdlib")))):
        return Runtime(
            here.python,
            here.paths,
            None,
            f"services run as root: nobody cannot reach {base}; make .venv with another Python to change that"
            " (make clean, then make run PYTHON=/usr/bin/python3)",
        )
    if all(can_reach(path, layout.uid) for path in (packages / "uvicorn", tree / "chassis")):
        return here
    return Runtime((str(base), "-S"), (linked_code(layout, tree), _linked_packages(layout, packages)), layout.uid)


def _linked_packages(layout: Layout, packages: Path) -> Path:
    installed = sorted(path.name for path in packages.glob("*.dist-info"))
    return _renewed(layout, "packages", installed, [packages])


def linked_code(layout: Layout, tree: Path = TREE) -> Path:
    """The code of this tree as it is now, readable by everybody."""
    folders = [tree / name for name in CODE if (tree / name).is_dir()]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    marks = sorted(f"{path}:{path.stat().st_mtime_ns}:{path.stat().st_size}" for path in files)
    return _renewed(layout, "code", marks, folders)


def _renewed(layout: Layout, kind: str, marks: Iterable[str], folders: list[Path]) -> Path:
    """The linked folder for this state of the originals; older ones are deleted."""
    digest = hashlib.sha256("\n".join(marks).encode()).hexdigest()[:12]
    home = layout.root / "runtime"
    wanted = home / f"{kind}-{digest}"
    if wanted.is_dir():
        return wanted
    for old in home.glob(f"{kind}-*"):
        shutil.rmtree(old)
    making = home / f"{kind}.making"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    for folder in folders:
        _link_tree(folder, making if kind == "packages" else making / folder.name)
    home.chmod(0o755)
    making.rename(wanted)
    return wanted


def _link_tree(origin: Path, target: Path) -> None:
    shutil.copytree(origin, target, copy_function=_link, dirs_exist_ok=True)
    for folder, _, _ in os.walk(target):
        Path(folder).chmod(0o755)


def _link(origin: str, target: str) -> None:
    """A hard link where others may read the file and the file system allows it, else a readable copy."""
    if os.stat(origin).st_mode & _READABLE == _READABLE:
        try:
            os.link(origin, target)
            return
        except OSError:
            pass
    shutil.copy2(origin, target)
    Path(target).chmod(os.stat(target).st_mode | _READABLE)
