"""How the command line speaks: data on stdout, messages on stderr, one line for a failure."""

from __future__ import annotations

import sys
from typing import NoReturn

FAILED, USAGE, NOT_FOUND, CONFLICT = 1, 2, 4, 5
"""Exit codes that several commands share."""


def say(message: str) -> None:
    """One line about what happens, for the person at the terminal."""
    print(message, file=sys.stderr, flush=True)


def fail(what: str, cure: str, code: int = FAILED) -> NoReturn:
    """Say what is wrong and how to cure it, in one line, and end."""
    say(f"错误 dangan: {what} → {cure}")
    raise SystemExit(code)
