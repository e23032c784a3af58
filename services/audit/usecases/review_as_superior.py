"""An office above the one that approved looks at its determinations: confirms, returns or corrects them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from chassis.identity import Roots
from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import new_id
from services.audit.domain.adjudication import in_force, refuse, result_of
from services.audit.domain.determination import Status
from services.audit.domain.facts import AuditFact
from services.audit.domain.progress import Move, Progress
from services.audit.domain.superior_review import SuperiorOutcome, SuperiorWord, admit_superior, word_faults
from services.audit.store import adjudications, bound_sets, determination_outcomes, second_reviews, superior_reviews
from services.audit.store.adjudications import Step
from services.audit.store.tables import CampaignDossier
from services.audit.store.tables_adjudication import ApprovalRow, DeterminationRow
from services.audit.store.tables_oversight import SuperiorReviewRow
from services.audit.usecases.approve_determinations import tell_in_force
from services.audit.usecases.hold_campaign_dossier import OnDossier, hold_campaign_dossier
from services.audit.usecases.settle_clearances import Gate, reconsider
from services.audit.usecases.void_tainted_pairs import void_returned

_VERBS: dict[SuperiorOutcome, str] = {
    "confirm": "campaign_dossier.confirmed",
    "return_for_redetermination": "campaign_dossier.returned",
    "correct": "campaign_dossier.corrected",
}


@dataclass(frozen=True)
class ReviewAsSuperior:
    """`roots` are the units in which the caller holds the right to look at what is determined below."""

    on: OnDossier
    roots: Roots
    word: SuperiorWord


async def review_as_superior(cmd: ReviewAsSuperior, *, uow: UnitOfWork, gate: Gate) -> SuperiorReviewRow:
    """The superior's word as it is kept. Of two at once one counts.

    StateConflict unless the determinations are in force; SuperiorOnly for an office that is not above; SamePersonTwice
    for whoever took part. A correction is in force at once and told anew; what is returned is no longer in force.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return await superior_reviews.get(uow, earlier)
        held = await hold_campaign_dossier(uow, cmd.on)
        returned = held.moved(Move.RETURN)
        approval = await determination_outcomes.last_approval(uow, held.dossier.id)
        await _admit(uow, cmd, approval)
        rows = await adjudications.determinations_of(uow, held.dossier.id, lock=True)
        refuse(word_faults(cmd.word, {AuditFact(row.fact): adjudications.settled_of(row) for row in rows}))
        review = _review(cmd, uow, held.dossier, approval)
        dossier = held.dossier
        match cmd.word.outcome:
            case "confirm":
                dossier = await adjudications.move(uow, dossier, Progress(dossier.state))
            case "correct":
                dossier = await _correct(uow, cmd, dossier, rows, approval, review)
            case "return_for_redetermination":
                dossier = await _return(uow, dossier, rows, returned)
        await adjudications.add(uow, review)
        told = {"state": dossier.state, **review.model_dump(mode="json", include={"id", "outcome", "office_unit_id"})}
        uow.record(_VERBS[cmd.word.outcome], dossier.id, dossier.version, told, changed=_changed(held.dossier, dossier))
        if cmd.word.outcome == "return_for_redetermination":
            await void_returned(uow, dossier.id, gate)
        await reconsider(uow, [dossier.person_id], gate)
        await uow.remember(review.id)
    return review


def _changed(before: CampaignDossier, after: CampaignDossier) -> list[str]:
    return [name for name in ("state", "result") if getattr(before, name) != getattr(after, name)]


async def _admit(uow: UnitOfWork, cmd: ReviewAsSuperior, approval: ApprovalRow) -> None:
    above = await superior_reviews.units_above(uow, approval.office_unit_id)
    took_part = await superior_reviews.took_part(uow, approval.campaign_dossier_id)
    admit_superior(approval.office, above, cmd.roots, uow.caller.account_id, took_part)


def _review(
    cmd: ReviewAsSuperior, uow: UnitOfWork, dossier: CampaignDossier, approval: ApprovalRow
) -> SuperiorReviewRow:
    return SuperiorReviewRow(
        id=new_id("srv"),
        unit_id=dossier.unit_id,
        campaign_dossier_id=dossier.id,
        person_id=dossier.person_id,
        approval_id=approval.id,
        office_unit_id=approval.office_unit_id,
        year=uow.today.year,
        outcome=cmd.word.outcome,
        reason=cmd.word.reason,
        document_no=cmd.word.document_no,
        corrected=[],
        reviewed_by=uow.caller.account_id,
        reviewed_at=uow.now,
    )


async def _correct(
    uow: UnitOfWork,
    cmd: ReviewAsSuperior,
    dossier: CampaignDossier,
    rows: Sequence[DeterminationRow],
    approval: ApprovalRow,
    review: SuperiorReviewRow,
) -> CampaignDossier:
    """Each corrected value in force, and told, so that the catalog takes it; the dossier's result with them."""
    feedback = await determination_outcomes.get_feedback(uow, approval.feedback_id)
    standing = {AuditFact(row.fact): row for row in rows}
    corrected: list[dict[str, Any]] = []
    for fact, settled in cmd.word.corrections:
        decided = replace(settled, status=in_force(settled.status))
        row = await adjudications.correct(uow, standing[fact], Step("superior", decided))
        standing[fact] = row
        tell_in_force(uow, dossier, row, approval, feedback)
        told = {"superior_review_id": review.id, **row.model_dump(mode="json", include={"fact", "status", "value"})}
        changed = ("stage", "status", "value", "cause", "approved_at")
        uow.record("determination.corrected", row.id, row.version, told, changed=changed)
        corrected.append({"determination_id": row.id, "fact": fact.value, "version": row.version})
    review.corrected = corrected
    if dossier.state == Progress.FILED:  # what the archive has already stays with it
        await bound_sets.take_out(uow, dossier.id)
    result = result_of([Status(row.status) for row in standing.values()])
    return await adjudications.move(uow, dossier, Progress(dossier.state), result)


async def _return(
    uow: UnitOfWork, dossier: CampaignDossier, rows: Sequence[DeterminationRow], state: Progress
) -> CampaignDossier:
    """Nothing is in force until it is approved anew; the last second reviewer has the dossier again."""
    for row in rows:
        recalled = await adjudications.recall(uow, row)
        changed = ("status", "approved_at")
        uow.record("determination.recalled", row.id, recalled.version, {"status": recalled.status}, changed=changed)
    await second_reviews.reopen_second_review(uow, dossier.id)
    await bound_sets.take_out(uow, dossier.id)
    return await adjudications.move(uow, dossier, state)
