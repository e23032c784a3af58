"""Text that people type: NFC, no control characters, a length in code points (interfaces.md, section 7)."""

import unicodedata
from typing import Final

from contracts.problems import FieldFault

MAX_TITLE: Final = 200
MAX_NAME: Final = 100

# Cc: controls; Cs: half a surrogate pair; Zl, Zp: line and paragraph separators; Cn: not a character at all.
_UNPRINTABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp", "Cn"})
# Direction marks reorder what a reader sees without being seen themselves.
_DIRECTION: Final = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def normal(text: str) -> str:
    """The text as it is stored: NFC, without blanks at its ends. Case and width are kept."""
    return unicodedata.normalize("NFC", text).strip()


def fault_of(text: str, maximum: int, pointer: str = "") -> FieldFault | None:
    """What is wrong with a text in its stored form, or None."""
    if len(text) > maximum:
        return FieldFault(pointer, "too-long", {"max": maximum})
    if any(unicodedata.category(char) in _UNPRINTABLE or char in _DIRECTION for char in text):
        return FieldFault(pointer, "control-character")
    return None if text else FieldFault(pointer, "too-short", {"min": 1})
