"""Rules of the forms about a person: ages, and what an office sets otherwise (`rules/prints.toml`)."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from contracts.problems import FieldFault
from contracts.values.partial_date import PartialDate

AgePrecision = Literal["month", "day"]


@dataclass(frozen=True)
class PhotographRules:
    """What a person's photograph has to be: at most this large, at least this many dots."""

    max_kib: int
    least_width: int
    least_height: int

    def faults(self, size: int, width: int, height: int, pointer: str) -> list[FieldFault]:
        """What is wrong with a picture of `size` bytes."""
        found: list[FieldFault] = []
        if size > self.max_kib * 1024:
            found.append(FieldFault(pointer, "image-too-large", {"max": self.max_kib}))
        if width < self.least_width or height < self.least_height:
            least = f"{self.least_width} × {self.least_height}"
            found.append(FieldFault(pointer, "image-too-small", {"min": least}))
        return found


@dataclass(frozen=True)
class FormRules:
    """`no_…` is what stands where nothing is known to be there; lengths are millimetres. `audit_reason` is the 任免理由
    of a form for a special audit."""

    age_precision: AgePrecision
    no_rewards: str
    no_assessments: str
    family_rows: int
    assessment_years: int
    deceased: re.Pattern[str]
    audit_reason: str
    label_length: float
    label_thickness: float
    photograph: PhotographRules


def full_years(since: PartialDate | None, on: date, precision: AgePrecision) -> int | None:
    """Full years from a date to the day of a form; None when it cannot be told, or the date lies after that day.

    By month the month of the birthday counts as reached (R18 forms, (U)). A year alone tells no age.
    """
    if since is None:
        return None
    year, month, day = since.parts
    if month is None:
        return None
    years = on.year - year
    if month != on.month:
        years -= month > on.month
    elif precision == "day":
        if day is None:
            return None
        years -= day > on.day
    return years if years >= 0 else None
