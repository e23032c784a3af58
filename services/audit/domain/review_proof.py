"""Whether the journal bears out that a first review was not changed after the other one could be read.

A submission is in the journal with a salted commitment to the sheet, made in the moment of handing in; the pair's
opening is there too. So a sheet that still matches its commitment, and was committed to before the opening, is the
sheet that was written blind (security model: blindness that can be proved).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

ProofFault = Literal[
    "journal_missing", "journal_differs", "submitted_twice", "sheet_differs", "written_afterwards", "opened_before",
    "opened_alone",
]  # fmt: skip
"""No row of the submission; a row of another account or time; two of them; a sheet that the commitment does not fit;
a draft saved after it; a pair that was opened before, or not opened in the journal at all; a review opened without
the other one."""

Outcome = Literal["unchanged", "changed", "cannot_tell"]


@dataclass(frozen=True)
class Recorded:
    """A row of the journal about one review."""

    journal_id: UUID
    verb: str
    actor: str
    version: int
    at: datetime


@dataclass(frozen=True)
class OpenedReview:
    """An opened review as it stands now. `matches`: whether the sheet fits its commitment; None without a salt."""

    account_id: str
    journal_id: UUID | None
    submitted_at: datetime | None
    matches: bool | None
    alone: bool


@dataclass(frozen=True)
class Proven:
    """`cannot_tell`: nothing speaks against it, but the salt was removed with an erasure."""

    outcome: Outcome
    faults: tuple[ProofFault, ...] = ()


def prove(review: OpenedReview, rows: Sequence[Recorded], opened_at: datetime | None) -> Proven:
    """Judge one review. `rows` are the journal's rows about it, `opened_at` the time of its row of the opening."""
    faults: list[ProofFault] = ["opened_alone"] if review.alone else []
    handed_in = [row for row in rows if row.verb == "review.submitted"]
    row = next((one for one in handed_in if one.journal_id == review.journal_id), None)
    if row is None:
        return Proven("changed", (*faults, "journal_missing"))
    if len(handed_in) > 1:
        faults.append("submitted_twice")
    if (row.actor, row.at) != (review.account_id, review.submitted_at):
        faults.append("journal_differs")
    if review.matches is False:
        faults.append("sheet_differs")
    if any(one.verb == "review.drafted" and one.version > row.version for one in rows):
        faults.append("written_afterwards")
    if opened_at is None or opened_at < row.at:
        faults.append("opened_before")
    if faults:
        return Proven("changed", tuple(faults))
    return Proven("cannot_tell" if review.matches is None else "unchanged")
