"""Reckoning with months, in which careers are told (`2003-08`)."""

from __future__ import annotations

import calendar
import random
from datetime import date

AS_OF = date(2025, 12, 31)
"""The day up to which every sample tells: fixed, so that a seed gives the same data in any year."""


def plus_months(day: date, months: int) -> date:
    """The first day of the month so many months on."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def month_text(day: date) -> str:
    """`YYYY-MM`."""
    return f"{day.year:04d}-{day.month:02d}"


def some_day(rng: random.Random, month: date) -> date:
    """A working day of that month, drawn."""
    last = calendar.monthrange(month.year, month.month)[1]
    day = date(month.year, month.month, rng.randint(1, last))
    return day.replace(day=day.day - 2 if day.weekday() > 4 and day.day > 2 else day.day)


def first_of(text: str) -> date:
    """First day that a partial date may mean."""
    parts = [int(part) for part in text.split("-")]
    return date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)
