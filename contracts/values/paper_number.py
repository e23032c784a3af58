"""Numbers that paper carries as a bar code: 18 digits and two check digits (ISO 7064 MOD 97-10).

Digits only, because a scanner types like a keyboard and a Chinese input method garbles letters. The first two
digits tell what the number names, so that any screen that takes a scan can open it.
"""

from __future__ import annotations

import re
from typing import Final, Literal

PaperKind = Literal["volume", "slot"]

_MARKS: Final[dict[PaperKind, str]] = {"volume": "21", "slot": "22"}
_KINDS: Final[dict[str, PaperKind]] = {mark: kind for kind, mark in _MARKS.items()}
_LENGTH: Final = 20
_BODY: Final = 16


class PaperNumberInvalid(ValueError):
    """A text that is no number of this house, or was misread; the message never repeats it."""


def paper_number(kind: PaperKind, body: int) -> str:
    """The twenty digits of the thing numbered `body` (up to 16 digits) among its kind."""
    if not 0 < body < 10**_BODY:
        raise PaperNumberInvalid("out of range")
    return with_check_digits(f"{_MARKS[kind]}{body:0{_BODY}d}")


def with_check_digits(digits: str) -> str:
    """Eighteen digits with the two that make the whole leave 1 when divided by 97."""
    if not re.fullmatch(r"[0-9]{18}", digits):
        raise PaperNumberInvalid("not eighteen digits")
    return f"{digits}{98 - int(digits) * 100 % 97:02d}"


def read_paper_number(text: str) -> tuple[PaperKind, int]:
    """What a scanned number names; PaperNumberInvalid for a misread or foreign one."""
    if not re.fullmatch(r"[0-9]{20}", text) or int(text) % 97 != 1:
        raise PaperNumberInvalid("the check digits do not agree")
    kind = _KINDS.get(text[:2])
    body = int(text[2 : _LENGTH - 2])
    if kind is None or not body:
        raise PaperNumberInvalid("no such kind")
    return kind, body
