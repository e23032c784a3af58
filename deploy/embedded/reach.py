"""What the unprivileged user can reach, where root starts the system.

PostgreSQL refuses to run as root, and nothing that serves requests should. The user is `nobody` (65534),
because initdb wants a user with a passwd entry and that one exists everywhere.
"""

import os
import stat
import sys
import sysconfig
from pathlib import Path

NOBODY = 65534


def unprivileged() -> int | None:
    """The user id that engines and services run as: nobody under root, otherwise None (the present user)."""
    return NOBODY if os.geteuid() == 0 else None


def _admits(path: Path, uid: int, bit_other: int) -> bool:
    info = path.stat()
    if info.st_uid == uid:
        return bool(info.st_mode & (bit_other << 6))
    if info.st_gid == uid:
        return bool(info.st_mode & (bit_other << 3))
    return bool(info.st_mode & bit_other)


def can_reach(path: Path, uid: int | None) -> bool:
    """Whether `uid` can enter every folder on the way to `path` and read it (None: the present user)."""
    if uid is None:
        return os.access(path, os.R_OK)
    real = path.resolve()
    if not real.exists():
        real = real.parent
        return can_enter(real, uid)
    if not can_enter(real.parent, uid):
        return False
    wanted = stat.S_IROTH | (stat.S_IXOTH if real.is_dir() else 0)
    return all(_admits(real, uid, bit) for bit in (stat.S_IROTH, stat.S_IXOTH) if wanted & bit)


def can_enter(folder: Path, uid: int | None) -> bool:
    """Whether `uid` can pass through `folder` and every folder above it."""
    if uid is None:
        return os.access(folder, os.X_OK)
    real = folder.resolve()
    return all(_admits(part, uid, stat.S_IXOTH) for part in (real, *real.parents) if part.exists())


def give_to(path: Path, uid: int | None) -> None:
    """Make `uid` the owner of `path`; nothing where the present user stays."""
    if uid is not None:
        os.chown(path, uid, uid)


def python_reachable() -> bool:
    """Whether the unprivileged user can run the Python that runs this."""
    uid = unprivileged()
    return all(can_reach(Path(path), uid) for path in (sys.executable, sysconfig.get_path("stdlib")))
