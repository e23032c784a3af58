"""When a pair is opened, what its two sheets say of single papers becomes claims that everybody in scope can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import new_id
from services.audit.domain.claim_entry import MOST_CLAIMS, Entered
from services.audit.domain.review import SheetClaim, SubmittedSheet
from services.audit.store import claims
from services.audit.store.claims import columns_of
from services.audit.store.tables import CampaignDossier, Review
from services.audit.store.tables_claims import ClaimRow


@dataclass(frozen=True)
class Adopted:
    """The new claims; `left` is how many more found no room, and stay on their sheets alone."""

    claim_ids: tuple[str, ...]
    left: int


async def adopt_review_claims(uow: UnitOfWork, dossier: CampaignDossier, pair: Sequence[Review]) -> Adopted:
    """Make claims of both sheets, as the service; the dossier must be held (`uow.lock`).

    What both say, or what stands already, is entered once. Nothing is refused here: the reviewers had the page
    before them, so each counts as read off the paper.
    """
    standing = {known.row.statement for known in await claims.list_standing(uow, [dossier.person_id])}
    room = MOST_CLAIMS - len(standing)
    rows: dict[str, ClaimRow] = {}
    for review in pair:
        for told in SubmittedSheet.model_validate(review.sheet).claims:
            entered = _entered(dossier.person_id, told)
            if entered.statement not in standing and entered.statement not in rows:
                rows[entered.statement] = _row(uow, dossier, review, entered)
    kept = list(rows.values())[: max(room, 0)]
    await claims.add(uow, kept)
    for row in kept:
        uow.record("claim.entered", row.id, row.version, row.model_dump(mode="json"))
    return Adopted(tuple(row.id for row in kept), len(rows) - len(kept))


def _entered(person_id: str, told: SheetClaim) -> Entered:
    return Entered(
        person_id=person_id,
        fact=told.fact,
        value=told.value,
        material_id=told.material_id,
        page_id=told.page_id,
        box=told.box.model_dump() if told.box else None,
        signed=told.signed,
        altered=told.altered,
        as_on_paper=True,
    )


def _row(uow: UnitOfWork, dossier: CampaignDossier, review: Review, entered: Entered) -> ClaimRow:
    return ClaimRow(
        id=new_id("clm"),
        unit_id=dossier.unit_id,
        version=1,
        person_id=dossier.person_id,
        dossier_id=dossier.dossier_id,
        fact=entered.fact.value,
        material_id=entered.material_id,
        origin="review",
        entered_by=review.account_id,
        entered_at=uow.now,
        **columns_of(entered),
    )
