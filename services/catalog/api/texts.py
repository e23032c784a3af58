"""Text that people type: NFC, printable, a length in code points (interfaces.md, section 7)."""

import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

# Cc: controls; Cs: half a surrogate pair; Zl, Zp: line and paragraph separators; Cn: not a character at all.
_UNPRINTABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp", "Cn"})
# Direction marks reorder what a reader sees without being seen themselves.
_DIRECTION: Final = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def _normal(text: str) -> str:
    """The text as it is stored: NFC, without blanks at its ends. Case and width are kept."""
    kept = unicodedata.normalize("NFC", text).strip()
    if not kept:
        raise PydanticCustomError("too-short", "at least {min} characters", {"min": 1})
    if any(unicodedata.category(char) in _UNPRINTABLE or char in _DIRECTION for char in kept):
        raise PydanticCustomError("control-character", "holds a character that cannot be printed")
    return kept


Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_normal)]
Number = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_normal)]
"""A business number: person number, dossier number."""
Title = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_normal)]
Remark = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_normal)]
Word = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_normal)]
CategoryCode = Annotated[
    str,
    Field(
        pattern=r"^([1-9]|10)(-[1-4])?$",
        description="Category without the number in it; 4 and 9 with their subclass",
        examples=["1", "4-1", "9-2"],
    ),
]
