"""Citizen identity numbers (公民身份号码, GB 11643-1999): eighteen characters with a check character.

The value shows itself masked wherever it is printed, logged or serialised; `reveal()` is the only way to the
whole number, so that every unmasking can be found by its name.
"""

import datetime as dt
import re
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

_FORM: Final = re.compile(r"[1-9][0-9]{16}[0-9X]")
# ISO 7064 MOD 11-2: weights of the first 17 digits, and the check character of each remainder.
_WEIGHTS: Final = tuple(pow(2, 17 - position, 11) for position in range(17))
_CHECK: Final = "10X98765432"


class IdNumberInvalid(ValueError):
    """The text is no identity number; the message never repeats it."""


class IdNumber:
    """One identity number, checked; a lower-case `x` at its end is taken for `X`."""

    __slots__ = ("_born", "_text")

    def __init__(self, text: str) -> None:
        plain = text.upper()
        if _FORM.fullmatch(plain) is None:
            raise IdNumberInvalid("an identity number has 17 digits and a check character")
        if check_character(plain[:17]) != plain[17]:
            raise IdNumberInvalid("the check character does not fit")
        try:
            self._born = dt.date(int(plain[6:10]), int(plain[10:12]), int(plain[12:14]))
        except ValueError as error:
            raise IdNumberInvalid("the birth date inside does not exist") from error
        self._text = plain

    def reveal(self) -> str:
        """The whole number. Whoever calls this answers for it: showing it belongs in the journal."""
        return self._text

    @property
    def masked(self) -> str:
        """The first three and the last four characters."""
        return f"{self._text[:3]}{'*' * 11}{self._text[-4:]}"

    @property
    def birth_date(self) -> dt.date:
        """The birth date inside the number: compared with a dossier, never decisive by itself."""
        return self._born

    @property
    def sex(self) -> str:
        """`male` or `female`, by the parity of the 17th digit."""
        return "male" if int(self._text[16]) % 2 else "female"

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"IdNumber({self.masked})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IdNumber) and self._text == other._text

    def __hash__(self) -> int:
        return hash((IdNumber, self._text))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # It serialises masked: an answer or an event that carries one by oversight gives nothing away.
        return core_schema.no_info_plain_validator_function(
            _validated,
            serialization=core_schema.plain_serializer_function_ser_schema(str, return_schema=_TEXT),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {
            "type": "string",
            "pattern": "^[1-9][0-9]{16}[0-9X]$",
            "description": "GB 11643; answered masked",
        }


_TEXT: Final = core_schema.str_schema()


def check_character(first_17: str) -> str:
    """Check character of the first seventeen digits (ISO 7064 MOD 11-2)."""
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True)) % 11]


def _validated(given: object) -> IdNumber:
    if isinstance(given, IdNumber):
        return given
    try:
        if isinstance(given, str):
            return IdNumber(given)
    except IdNumberInvalid as error:
        raise PydanticCustomError("id-number-invalid", "not an identity number") from error
    raise PydanticCustomError("id-number-invalid", "not an identity number")
