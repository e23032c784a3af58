"""Ages on forms: full years on the day of the form."""

from datetime import date

import pytest

from contracts.values.partial_date import PartialDate
from services.catalog.domain.form_rules import full_years


@pytest.mark.parametrize(
    ("since", "on", "precision", "years"),
    [
        ("1970-05", "2026-05-01", "month", 56),
        ("1970-05", "2026-04-30", "month", 55),
        ("1970-05-31", "2026-05-01", "month", 56),
        ("1970-05-31", "2026-05-30", "day", 55),
        ("1970-05-31", "2026-05-31", "day", 56),
        ("1970-05", "2026-06-01", "day", 56),
        ("1970-05", "2026-05-15", "day", None),
        ("1970", "2026-05-15", "month", None),
        ("2026-06", "2026-05-15", "month", None),
        ("2026-05", "2026-05-15", "month", 0),
        (None, "2026-05-15", "month", None),
    ],
)
def test_full_years(since: str | None, on: str, precision: str, years: int | None):
    """By month the month counts as reached; a year alone, a day unknown or a date to come tells no age."""
    start = PartialDate(value=since) if since else None
    assert full_years(start, date.fromisoformat(on), precision) == years
