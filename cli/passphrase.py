"""A passphrase from a file, the environment or the terminal; never from an argument, which every user can list."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path

from cli.console import USAGE, fail

VARIABLE = "DANGAN_BACKUP_PASSPHRASE"


def passphrase(file: Path | None, *, twice: bool) -> str:
    """The first line of `file`, else DANGAN_BACKUP_PASSPHRASE, else what is typed. `twice`: it is a new one."""
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
        except (OSError, UnicodeDecodeError) as fault:
            fail(f"口令文件读不了 {file} cannot be read: {fault}", "请检查 correct --passphrase-file", USAGE)
    if VARIABLE in os.environ:
        return os.environ[VARIABLE]
    if not sys.stdin.isatty():
        fail("没有口令 no passphrase", f"用 --passphrase-file 或 give a file, or set {VARIABLE}", USAGE)
    typed = getpass.getpass("备份口令 passphrase of the backup: ")
    if twice and getpass.getpass("再输一次 once more: ") != typed:
        fail("两次输入不同 the two differ", "重新运行 run the command again", USAGE)
    return typed
