"""The way from the root of the unit tree to a unit, by codes: `zj/hz/finance`.

For showing and for mapping the claims of a sign-in to units only. Rows carry `unit_id`, never a path,
because a unit that moves would change every row below it.
"""

import re
from typing import Any, Final

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_MAX_DEPTH: Final = 20
UNIT_PATH_PATTERN: Final = rf"^{_CODE.pattern}(/{_CODE.pattern}){{0,{_MAX_DEPTH - 1}}}$"


class UnitPathInvalid(ValueError):
    """The text is no path of unit codes."""


class UnitPath(str):
    """Unit codes from the root, joined by a slash; at least one, at most twenty."""

    __slots__ = ()

    def __new__(cls, text: str) -> "UnitPath":
        codes = text.split("/")
        if len(codes) > _MAX_DEPTH or not all(_CODE.fullmatch(code) for code in codes):
            raise UnitPathInvalid("a unit path is one to twenty codes joined by /")
        return super().__new__(cls, text)

    @classmethod
    def of(cls, *codes: str) -> "UnitPath":
        """The path made of these codes, root first."""
        return cls("/".join(codes))

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes, root first."""
        return tuple(self.split("/"))

    @property
    def depth(self) -> int:
        """1 for a root."""
        return len(self.codes)

    @property
    def code(self) -> str:
        """Code of the unit itself."""
        return self.codes[-1]

    @property
    def above(self) -> "UnitPath | None":
        """Path of the unit above; None for a root."""
        return UnitPath.of(*self.codes[:-1]) if self.depth > 1 else None

    def below(self, code: str) -> "UnitPath":
        """Path of a unit directly below this one."""
        return UnitPath(f"{self}/{code}")

    def is_within(self, other: "UnitPath") -> bool:
        """Whether this unit is the other one or stands below it; `a/bc` is not within `a/b`."""
        return self.codes[: other.depth] == other.codes

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            _validated, core_schema.str_schema(pattern=UNIT_PATH_PATTERN, strict=True)
        )


def _validated(text: str) -> UnitPath:
    try:
        return UnitPath(text)
    except UnitPathInvalid as error:
        raise PydanticCustomError("pattern", "not a unit path") from error
