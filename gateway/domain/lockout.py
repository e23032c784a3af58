"""When a name may try to sign in again after failures."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

MAX_FAILURES: Final = 5
WINDOW: Final = timedelta(minutes=15)
"""Five failures within this time lock the name until it has passed since the first of them."""


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed sign-ins of one name, counted from the first of the present window."""

    count: int
    since: datetime


def locked_for(failures: Failures | None, now: datetime) -> timedelta | None:
    """How long the name stays locked; None when it may try."""
    if failures is None or failures.count < MAX_FAILURES:
        return None
    left = failures.since + WINDOW - now
    return left if left > timedelta(0) else None


def after_failure(failures: Failures | None, now: datetime) -> Failures:
    """The count with one failure more; a window that has passed begins anew."""
    if failures is None or now - failures.since >= WINDOW:
        return Failures(1, now)
    return Failures(failures.count + 1, failures.since)
