"""Yes, no, or cannot tell: the answer of every comparison of facts that may be known in part."""

from enum import StrEnum
from typing import NoReturn


class Ternary(StrEnum):
    """Three-valued answer. It has no truth value: each of the three gets a branch of its own."""

    YES = "yes"
    NO = "no"
    CANNOT_TELL = "cannot_tell"

    @classmethod
    def of(cls, known: bool) -> "Ternary":
        """The answer where nothing is in doubt."""
        return cls.YES if known else cls.NO

    def __bool__(self) -> NoReturn:
        raise TypeError("a Ternary has no truth value: compare it with YES, NO or CANNOT_TELL")

    def __invert__(self) -> "Ternary":
        return _OPPOSITE[self]

    def __and__(self, other: "Ternary") -> "Ternary":
        return max(self, other, key=_DOUBT_OF_YES.__getitem__)

    def __or__(self, other: "Ternary") -> "Ternary":
        return min(self, other, key=_DOUBT_OF_YES.__getitem__)


_OPPOSITE = {Ternary.YES: Ternary.NO, Ternary.NO: Ternary.YES, Ternary.CANNOT_TELL: Ternary.CANNOT_TELL}
_DOUBT_OF_YES = {Ternary.YES: 0, Ternary.CANNOT_TELL: 1, Ternary.NO: 2}
