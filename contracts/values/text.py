"""Text that people type: NFC, printable, without blanks at its ends, a length in code points (interfaces.md, 7)."""

import unicodedata
from typing import Final

from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

# Cc: controls; Cs: half a surrogate pair; Zl, Zp: line and paragraph separators; Cn: not a character at all.
_UNPRINTABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp", "Cn"})
# Direction marks reorder what a reader sees without being seen themselves.
_DIRECTION: Final = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def normal(text: str) -> str:
    """The text as it is stored. Case and width are kept, and so are `·` and characters outside the BMP."""
    return unicodedata.normalize("NFC", text).strip()


def is_printable(text: str) -> bool:
    """Whether each character can be seen where it stands."""
    return not any(unicodedata.category(char) in _UNPRINTABLE or char in _DIRECTION for char in text)


def one_line(maximum: int) -> AfterValidator:
    """Annotation of `str`: one printable line of at most `maximum` code points, e.g. `Annotated[str, one_line(100)]`.

    The faults are `too-long`, `too-short` and `control-character`; none repeats the text.
    """

    def check(text: str) -> str:
        stored = normal(text)
        if len(stored) > maximum:
            raise PydanticCustomError("too-long", "at most {max} characters", {"max": maximum})
        if not stored:
            raise PydanticCustomError("too-short", "at least {min} characters", {"min": 1})
        if not is_printable(stored):
            raise PydanticCustomError("control-character", "holds a character that cannot be printed")
        return stored

    return AfterValidator(check)


def line_schema(maximum: int) -> WithJsonSchema:
    """The JSON schema that belongs to `one_line`."""
    return WithJsonSchema({"type": "string", "minLength": 1, "maxLength": maximum})
