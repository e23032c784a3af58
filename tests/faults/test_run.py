"""What the table says of a run."""

import pytest

from tests.faults.run import recovered

MOMENT = 1_700_000_000.0


def submission(begun: float, closed: str | None) -> dict[str, object]:
    """A submission begun so many seconds after the fault; `closed` is a second of the minute that follows it."""
    at = f"2023-11-14T22:13:{closed}+00:00" if closed else None  # the fault is at 22:13:20 UTC
    return {"ref": "S001", "begun_at": MOMENT + begun, "closed_at": at}


@pytest.mark.parametrize(
    ("submissions", "seconds"),
    [
        ([submission(-5, "22"), submission(1, "50"), submission(2, "45")], 25.0),
        ([submission(-5, "22"), submission(-4, "24")], 4.0),
        ([submission(-5, "10"), submission(1, None)], 0.0),
    ],
    ids=["the first begun after it", "none begun after it: the last", "nothing was open"],
)
def test_recovery_is_a_story_begun_after_the_fault(submissions: list[dict[str, object]], seconds: float):
    assert recovered(submissions, MOMENT) == seconds
