"""The days for which a view is asked; they count in China, whatever the machine's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Final

from contracts.problems import FieldFault
from services.access.domain.policy import Limits

SHANGHAI: Final = timezone(timedelta(hours=8), "Asia/Shanghai")


@dataclass(frozen=True)
class Period:
    """From the first moment of one day to the last of another, both included."""

    from_on: date
    until_on: date

    @property
    def begins(self) -> datetime:
        """The first moment that is part of it."""
        return datetime.combine(self.from_on, time(), SHANGHAI)

    @property
    def ends(self) -> datetime:
        """The first moment that is no longer part of it."""
        return datetime.combine(self.until_on + timedelta(days=1), time(), SHANGHAI)

    def faults(self, today: date, limits: Limits) -> list[FieldFault]:
        """What is wrong with a period that somebody asks for today."""
        last_start = today + timedelta(days=limits.max_days_ahead)
        if not today <= self.from_on <= last_start:
            span = {"min": today.isoformat(), "max": last_start.isoformat()}
            return [FieldFault("/from_on", "out-of-range", span)]
        last_end = self.from_on + timedelta(days=limits.max_days - 1)
        if not self.from_on <= self.until_on <= last_end:
            span = {"min": self.from_on.isoformat(), "max": last_end.isoformat()}
            return [FieldFault("/until_on", "out-of-range", span)]
        return []
