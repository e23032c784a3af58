"""Dates as paper gives them: a year, a year and a month, or a whole day (interfaces.md, section 7).

A part that cannot be read is left out and never filled with 01; what the paper says stays in `as_written`.
For order a missing part counts as 00; for rules a comparison answers yes, no or cannot tell.
"""

import calendar as gregorian
import datetime as dt
import re
import unicodedata
from typing import Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from contracts.values.ids import PageId
from contracts.values.ternary import Ternary
from contracts.values.text import line_schema, one_line

_CANONICAL: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
# What people type. A closing 00 is a part that is not known, as in exchange packages.
_TYPED: Final = (
    re.compile(r"([0-9]{4})(?:[.\-/]([0-9]{1,2})(?:[.\-/]([0-9]{1,2}))?)?\.?"),
    re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})?"),
    re.compile(r"([0-9]{4})年(?:([0-9]{1,2})月(?:([0-9]{1,2})[日号])?)?"),
)


class NotADate(ValueError):
    """A text that people typed is no date; the message never repeats the text."""


def _impossible() -> PydanticCustomError:
    return PydanticCustomError("date-impossible", "no such date; use YYYY, YYYY-MM or YYYY-MM-DD")


def _parts_of(value: str) -> tuple[int, int | None, int | None] | None:
    """Year, month, day of a canonical text; None when its form is wrong or the calendar has no such date."""
    match = _CANONICAL.fullmatch(value)
    if match is None:
        return None
    year, month, day = (None if part is None else int(part) for part in match.groups())
    try:
        dt.date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    return None if month == 0 or day == 0 or year is None else (year, month, day)


class PartialDate(BaseModel):
    """A date known to the year, the month or the day, with what the paper says.

    `value` counts in the Gregorian calendar. With `calendar: lunar` the paper gives a lunar date:
    `as_written` keeps it, and `value` is its conversion, which is `uncertain` until it is determined.
    In JSON the bare canonical text (`"1987-05"`) is accepted for the object that holds nothing else.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: str = Field(
        description="YYYY, YYYY-MM or YYYY-MM-DD (EDTF level 0); a part that is not known is left out",
        examples=["1987-05"],
        json_schema_extra={"pattern": r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"},
    )
    qualifier: Literal["approximate", "uncertain"] | None = None
    as_written: Annotated[str, one_line(100), line_schema(100)] | None = Field(
        default=None, description="The date as the paper has it, unreadable signs as □"
    )
    calendar: Literal["gregorian", "lunar"] = "gregorian"
    source_page: PageId | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: Any) -> Any:
        if not isinstance(given, str):
            return given
        if _parts_of(given) is None:
            raise _impossible()
        return {"value": given}

    @field_validator("value")
    @classmethod
    def _exists(cls, value: str) -> str:
        if _parts_of(value) is None:
            raise _impossible()
        return value

    @field_validator("calendar")
    @classmethod
    def _lunar_keeps_the_text(cls, value: str, info: ValidationInfo) -> str:
        # A `qualifier` or text that is itself at fault is not in `data`; its own fault is enough then.
        if value == "lunar" and "as_written" in info.data and info.data["as_written"] is None:
            raise PydanticCustomError("lunar-incomplete", "needs {other}", {"other": "as_written"})
        if value == "lunar" and "qualifier" in info.data and info.data["qualifier"] is None:
            raise PydanticCustomError("lunar-incomplete", "needs {other}", {"other": "qualifier"})
        return value

    @classmethod
    def of(cls, day: dt.date) -> "PartialDate":
        """A date that is known to the day."""
        return cls(value=day.isoformat())

    @property
    def parts(self) -> tuple[int, int | None, int | None]:
        """Year, month and day; None for what is not known."""
        year, *rest = (int(part) for part in self.value.split("-"))
        month, day = (*rest, None, None)[:2]
        return year, month, day

    @property
    def year(self) -> int:
        return self.parts[0]

    @property
    def month(self) -> int | None:
        return self.parts[1]

    @property
    def day(self) -> int | None:
        return self.parts[2]

    @property
    def earliest(self) -> dt.date:
        """First day that the known parts allow."""
        return dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> dt.date:
        """Last day that the known parts allow."""
        month = self.month or 12
        return dt.date(self.year, month, self.day or gregorian.monthrange(self.year, month)[1])

    # Comparison, for rules

    def before(self, other: "PartialDate | dt.date") -> Ternary:
        """Whether this day came before the other one; a qualified date cannot tell."""
        against = _known(other)
        if self.qualifier or against.qualifier:
            return Ternary.CANNOT_TELL
        if self.latest < against.earliest:
            return Ternary.YES
        return Ternary.NO if self.earliest >= against.latest else Ternary.CANNOT_TELL

    def after(self, other: "PartialDate | dt.date") -> Ternary:
        """Whether this day came after the other one; a qualified date cannot tell."""
        return _known(other).before(self)

    def same_day(self, other: "PartialDate | dt.date") -> Ternary:
        """Whether both are one day. Two equal months cannot tell; two different months are a no."""
        against = _known(other)
        if self.qualifier or against.qualifier:
            return Ternary.CANNOT_TELL
        if self.latest < against.earliest or against.latest < self.earliest:
            return Ternary.NO
        return Ternary.YES if self.day and against.day else Ternary.CANNOT_TELL

    # Order and output

    @property
    def sort_key(self) -> str:
        """Eight digits, a missing part as 00, so that `1987` stands before `1987-01`."""
        return self.exchange

    @property
    def exchange(self) -> str:
        """The form of exchange packages: `19870500`."""
        year, month, day = self.parts
        return f"{year:04d}{month or 0:02d}{day or 0:02d}"

    @property
    def dotted(self) -> str:
        """The form of screens and printed forms: `1987.05`, `1987.05.12`, `1987`."""
        return self.value.replace("-", ".")

    @property
    def cells(self) -> tuple[str, str, str]:
        """Year, month and day for the three cells of a catalogue row; what is not known stays blank."""
        year, month, day = self.parts
        return f"{year:04d}", f"{month:02d}" if month else "", f"{day:02d}" if day else ""

    @property
    def chinese(self) -> str:
        """`1987年5月`: only the known parts."""
        year, month, day = self.parts
        return f"{year}年" + (f"{month}月" if month else "") + (f"{day}日" if day else "")

    @property
    def chinese_explained(self) -> str:
        """`1987年5月（日不详）`: the known parts and, in brackets, every doubt about them."""
        _, month, day = self.parts
        unknown = "月日不详" if not month else "日不详" if not day else ""
        doubts = [
            unknown,
            "存疑" if self.qualifier == "uncertain" else "",
            "农历换算" if self.calendar == "lunar" else "",
        ]
        told = "，".join(doubt for doubt in doubts if doubt)
        about = "约" if self.qualifier == "approximate" else ""
        return f"{about}{self.chinese}" + (f"（{told}）" if told else "")

    def __str__(self) -> str:
        return self.value


def _known(other: PartialDate | dt.date) -> PartialDate:
    return other if isinstance(other, PartialDate) else PartialDate.of(other)


def parse_typed(text: str) -> PartialDate:
    """Read what a person typed on a screen: `1987.5`, `198705`, `1987年5月`, `19870500`.

    NotADate when it is none. Screens use it; the API itself accepts only the canonical form.
    """
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    for form in _TYPED:
        if match := form.fullmatch(plain):
            year, month, day = (int(part) if part else 0 for part in match.groups())
            break
    else:
        raise NotADate("not a date")
    if day and not month:
        raise NotADate("a day without a month")
    value = f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")
    if _parts_of(value) is None:
        raise NotADate("no such date")
    return PartialDate(value=value)
