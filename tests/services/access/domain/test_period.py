"""A period is whole days in China, begins soon and is not long."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.access.domain.period import Period
from tests.services.access.builders import POLICY

TODAY = date(2026, 11, 24)


def test_a_day_begins_and_ends_at_midnight_in_china():
    day = Period(TODAY, TODAY)
    assert day.begins == datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert day.ends == datetime(2026, 11, 24, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "days", "pointers"),
    [
        (0, 1, []),
        (0, 30, []),
        (90, 30, []),
        (0, 31, ["/until_on"]),
        (0, 0, ["/until_on"]),
        (-1, 5, ["/from_on"]),
        (91, 1, ["/from_on"]),
    ],
)
def test_a_period_keeps_its_limits(first: int, days: int, pointers: list[str]):
    start = TODAY + timedelta(days=first)
    period = Period(start, start + timedelta(days=days - 1))
    assert [fault.pointer for fault in period.faults(TODAY, POLICY.limits)] == pointers


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_a_period_without_fault_is_never_over_today(start: date, end: date):
    period = Period(start, end)
    if not period.faults(TODAY, POLICY.limits):
        assert period.ends > datetime(2026, 11, 24, 15, 59, tzinfo=UTC)
        assert timedelta(0) < period.ends - period.begins <= timedelta(days=POLICY.limits.max_days)
