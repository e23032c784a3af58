"""How a backup or a restore says that it cannot go on: one line, a cure, and the exit code of the command."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Generator
from pathlib import Path

FAILED, NOT_ALLOWED, NOT_FOUND, CONFLICT, INVALID, TRY_LATER, PARTLY = 1, 3, 4, 5, 6, 7, 8
"""Exit codes of the command line (interfaces, section 9)."""

NO_ROOM = "No space left"
"""What the C library says of a full disk, in the language that we start PostgreSQL's programs with."""


class Refused(Exception):
    """What is wrong, how to cure it, and the exit code."""

    def __init__(self, what: str, cure: str, code: int = FAILED) -> None:
        super().__init__(f"{what} → {cure}")
        self.what = what
        self.cure = cure
        self.code = code


def no_room(folder: Path) -> Refused:
    """The disk of `folder` is full."""
    return Refused(
        f"磁盘已满 no room left in {folder}", "腾出空间后重新运行 free disk space there and run the command again"
    )


@contextlib.contextmanager
def told_in_one_line(folder: Path) -> Generator[None, None, None]:
    """What the operating system refuses below `folder`, as one line instead of a stack."""
    try:
        yield
    except OSError as fault:
        if fault.errno in (errno.ENOSPC, errno.EDQUOT):
            raise no_room(folder) from fault
        where = fault.filename or folder
        raise Refused(
            f"{where}: {fault.strerror or fault}", "请检查路径和权限 correct the path or the rights"
        ) from fault
