"""Prove for a campaign that no opened review was changed after the other of its pair could be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.journal import commitment
from chassis.unit_of_work import UnitOfWork
from services.audit.domain.review import committed
from services.audit.domain.review_proof import OpenedReview, Proven, Recorded, prove
from services.audit.store import review_journal
from services.audit.store.review_journal import JournalRow, Opened
from services.audit.store.tables import Review

AT_ONCE = 500
"""Dossiers that are read together."""


@dataclass(frozen=True)
class Checked:
    """What became of one review's proof."""

    campaign_dossier_id: str
    review_id: str
    account_id: str
    submitted_at: datetime | None
    opened_at: datetime | None
    commitment: str | None
    proven: Proven


@dataclass(frozen=True)
class BlindProof:
    """All opened reviews of a campaign; of pairs that are not opened only how many there are."""

    campaign_id: str
    checked: tuple[Checked, ...]
    pairs_not_opened: int

    def count(self, outcome: str) -> int:
        """How many reviews came out so."""
        return sum(one.proven.outcome == outcome for one in self.checked)


async def verify_blind_reviews(campaign_id: str, *, uow: UnitOfWork) -> BlindProof:
    """Compare every opened sheet with its commitment, as the service; NotFound when there is no such campaign.

    That the proof was asked for stands in the journal as well.
    """
    async with uow:
        version = await review_journal.campaign_version(uow, campaign_id)
        checked: list[Checked] = []
        dossiers = await review_journal.dossiers_in(uow, campaign_id)
        for begin in range(0, len(dossiers), AT_ONCE):
            found = await review_journal.opened_pairs(uow, dossiers[begin : begin + AT_ONCE])
            rows = await review_journal.rows_of(uow, [pair.campaign_dossier_id for pair in found], _ids(found))
            for pair in found:
                checked += [_check(pair, review, rows) for review in pair.reviews]
        waiting = await review_journal.count_not_opened(uow, campaign_id)
        proof = BlindProof(campaign_id, tuple(checked), waiting)
        told = {name: proof.count(name) for name in ("unchanged", "changed", "cannot_tell")}
        uow.record("campaign.blindness_verified", campaign_id, version, told)
    return proof


def _ids(found: Sequence[Opened]) -> list[str]:
    return [review.id for pair in found for review in pair.reviews]


def _check(pair: Opened, review: Review, rows: dict[str, list[JournalRow]]) -> Checked:
    mine = rows.get(review.id, [])
    # The last one: a pair that was voided, because a reviewer turned out to be a relative, was opened before.
    openings = [row.at for row in rows.get(pair.campaign_dossier_id, []) if row.verb == "pair.opened"]
    opened_at = openings[-1] if openings else None
    row = next((one for one in mine if one.id == review.journal_id), None)
    now = OpenedReview(
        account_id=review.account_id,
        journal_id=review.journal_id,
        submitted_at=review.submitted_at,
        matches=_matches(review, row),
        alone=len(pair.reviews) != 2,
    )
    recorded = [Recorded(one.id, one.verb, one.actor, one.version, one.at) for one in mine]
    return Checked(
        campaign_dossier_id=pair.campaign_dossier_id,
        review_id=review.id,
        account_id=review.account_id,
        submitted_at=review.submitted_at,
        opened_at=opened_at,
        commitment=row.commitment.hex() if row else None,
        proven=prove(now, recorded, opened_at),
    )


def _matches(review: Review, row: JournalRow | None) -> bool | None:
    if row is None or row.salt is None:
        return None
    state = committed(review.id, review.campaign_dossier_id, review.account_id, review.sheet)
    return commitment(row.salt, state) == row.commitment
