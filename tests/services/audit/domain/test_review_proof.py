"""Whether a review was changed after the other one could be read: each way in which the journal speaks against it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.audit.domain.review_proof import OpenedReview, Recorded, prove

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
ROW, OTHER = UUID(int=1), UUID(int=2)
SUBMITTED = Recorded(ROW, "review.submitted", "acc_li", 3, AT)
DRAFT = Recorded(UUID(int=3), "review.drafted", "acc_li", 2, AT - timedelta(hours=1))
SOUND = OpenedReview(account_id="acc_li", journal_id=ROW, submitted_at=AT, matches=True, alone=False)


@pytest.mark.parametrize(
    ("changes", "rows", "opened_at", "outcome", "faults"),
    [
        ({}, [DRAFT, SUBMITTED], LATER, "unchanged", ()),
        # The second of the pair is handed in and opened in one moment.
        ({}, [SUBMITTED], AT, "unchanged", ()),
        ({"matches": None}, [SUBMITTED], LATER, "cannot_tell", ()),
        ({"matches": False}, [SUBMITTED], LATER, "changed", ("sheet_differs",)),
        ({}, [DRAFT], LATER, "changed", ("journal_missing",)),
        ({"journal_id": None}, [SUBMITTED], LATER, "changed", ("journal_missing",)),
        ({}, [SUBMITTED, replace(SUBMITTED, journal_id=OTHER)], LATER, "changed", ("submitted_twice",)),
        ({"account_id": "acc_wang"}, [SUBMITTED], LATER, "changed", ("journal_differs",)),
        ({"submitted_at": LATER}, [SUBMITTED], LATER, "changed", ("journal_differs",)),
        ({}, [SUBMITTED, replace(DRAFT, version=4)], LATER, "changed", ("written_afterwards",)),
        ({}, [SUBMITTED], AT - timedelta(seconds=1), "changed", ("opened_before",)),
        ({}, [SUBMITTED], None, "changed", ("opened_before",)),
        ({"alone": True}, [SUBMITTED], LATER, "changed", ("opened_alone",)),
        ({"alone": True, "matches": False}, [], None, "changed", ("opened_alone", "journal_missing")),
    ],
)
def test_the_journal_must_bear_out_each_review(
    changes: dict[str, Any], rows: list[Recorded], opened_at: datetime | None, outcome: str, faults: tuple[str, ...]
):
    """Unchanged only when everything fits; an erased salt alone is no proof of a change."""
    proven = prove(replace(SOUND, **changes), rows, opened_at)
    assert (proven.outcome, proven.faults) == (outcome, faults)
