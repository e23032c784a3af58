"""The office that manages the person approves (按干部管理权限审批): the determinations are in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.identity import Roots
from chassis.unit_of_work import SHANGHAI, UnitOfWork
from contracts.events import DeterminationApproved, MaterialFiled, PageRef
from contracts.events.audit import DeterminationForm
from contracts.events.catalog import AuthorityPeriod
from contracts.problems import NotFound
from contracts.values.ids import new_id
from contracts.values.partial_date import PartialDate
from services.audit.domain.adjudication import admit_approver, form_title, in_force, office_on
from services.audit.domain.determination import Status
from services.audit.domain.facts import AuditFact, DateClaim, PartyClaim, TextClaim
from services.audit.domain.progress import MOVES, Move, Progress
from services.audit.store import (
    adjudications,
    campaign_dossiers,
    determination_outcomes,
    heard,
    second_reviews,
    spot_checks,
)
from services.audit.store.adjudications import value_of
from services.audit.store.tables import CampaignDossier
from services.audit.store.tables_adjudication import ApprovalRow, DeterminationRow, FeedbackRow
from services.audit.usecases.hold_campaign_dossier import OnDossier, hold_campaign_dossier
from services.audit.usecases.settle_clearances import Gate, reconsider


@dataclass(frozen=True)
class ApproveDeterminations:
    """`roots` are the units in which the caller holds the right to approve."""

    on: OnDossier
    roots: Roots
    document_no: str | None


async def approve_determinations(cmd: ApproveDeterminations, *, uow: UnitOfWork, gate: Gate) -> ApprovalRow:
    """The approval as it is kept; every determination is told, with the form that the catalog files. Whose clearance
    waited for it is answered.

    StateConflict before the person signed or disputed; WrongAuthority; SamePersonTwice for whoever reviewed,
    proposed, recorded, or checked it by sample. Of two offices at once one approves.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return await determination_outcomes.get_approval(uow, earlier)
        held = await hold_campaign_dossier(uow, cmd.on)
        state = held.moved(Move.APPROVE)
        office = await _office(uow, cmd, held.dossier)
        feedback = await determination_outcomes.last_feedback(uow, held.dossier.id)
        rows = await adjudications.determinations_of(uow, held.dossier.id, lock=True)
        approval = _approved(cmd, uow, office, feedback, rows)
        await adjudications.add(uow, approval)
        await second_reviews.end_second_review(uow, held.dossier.id)
        for row in rows:
            await put_in_force(uow, held.dossier, row, approval, feedback)
        dossier = await adjudications.move(uow, held.dossier, state)
        told = {"state": dossier.state, **approval.model_dump(mode="json", include={"id", "office_unit_id", "title"})}
        uow.record("campaign_dossier.approved", dossier.id, dossier.version, told, changed=("state",))
        await reconsider(uow, [dossier.person_id], gate)
        await uow.remember(approval.id)
    return approval


async def _office(uow: UnitOfWork, cmd: ApproveDeterminations, dossier: CampaignDossier) -> AuthorityPeriod:
    async with uow.as_service():  # the person may be of another unit than the one that keeps the dossier
        person = await heard.find_person(uow, dossier.person_id)
    if person is None:
        raise NotFound()
    office = office_on([AuthorityPeriod.model_validate(one) for one in person.managing_authority], uow.today)
    others = await adjudications.reviewers_of(uow, dossier.id) | await adjudications.deciders_of(uow, dossier.id)
    others |= await spot_checks.checkers_of(uow, dossier.id)
    admit_approver(office, cmd.roots, uow.caller.account_id, others)
    return office


def _approved(
    cmd: ApproveDeterminations,
    uow: UnitOfWork,
    office: AuthorityPeriod,
    feedback: FeedbackRow,
    rows: Sequence[DeterminationRow],
) -> ApprovalRow:
    return ApprovalRow(
        id=new_id("apv"),
        unit_id=feedback.unit_id,
        campaign_dossier_id=feedback.campaign_dossier_id,
        feedback_id=feedback.id,
        office=office.office,
        office_unit_id=office.office_unit_id or office.unit_id,
        document_no=cmd.document_no,
        approved_by=uow.caller.account_id,
        approved_at=uow.now,
        material_id=new_id("mat"),
        title=form_title([Status(row.status) for row in rows]),
        filed_at=None,
    )


async def put_in_force(
    uow: UnitOfWork, dossier: CampaignDossier, row: DeterminationRow, approval: ApprovalRow, feedback: FeedbackRow
) -> DeterminationRow:
    """One determination is in force, and told."""
    approved = await adjudications.put_in_force(uow, row, in_force(Status(row.status)))
    tell_in_force(uow, dossier, approved, approval, feedback)
    changed = ("status", "approved_at")
    uow.record("determination.approved", row.id, approved.version, {"approval_id": approval.id}, changed=changed)
    return approved


def tell_in_force(
    uow: UnitOfWork, dossier: CampaignDossier, row: DeterminationRow, approval: ApprovalRow, feedback: FeedbackRow
) -> None:
    """Tell what is in force now, with the form that was approved."""
    value = value_of(row)
    told = DeterminationApproved(
        determination_id=row.id,
        campaign_dossier_id=dossier.id,
        dossier_id=dossier.dossier_id,
        person_id=dossier.person_id,
        unit_id=dossier.unit_id,
        fact=AuditFact(row.fact).value,
        status=row.status,  # pyright: ignore[reportArgumentType]  # the table's check admits only these
        date=_date(value),
        party=value.party if isinstance(value, PartyClaim) else None,
        # A name stands in no event but the person's own.
        text=value.text if isinstance(value, TextClaim) and row.fact != AuditFact.NAME else None,
        form=DeterminationForm(
            material_id=approval.material_id,
            title=approval.title,
            formed_on=PartialDate(value=approval.approved_at.astimezone(SHANGHAI).date().isoformat()),
            blob_unit_id=feedback.pages_unit_id,
            pages=[PageRef.model_validate(page) for page in feedback.pages],
        ),
    )
    uow.tell(told, version=row.version)


def _date(value: object) -> PartialDate | None:
    match value:
        case DateClaim():
            return value.date
        case PartyClaim():
            return value.join_date
        case _:
            return None


async def form_filed(filed: MaterialFiled, uow: UnitOfWork) -> None:
    """The form is in the dossier; another material, or a form that was filed before, changes nothing."""
    approval = await determination_outcomes.find_approval_of(uow, filed.material_id)
    if approval is None or approval.filed_at is not None:
        return
    dossier = await campaign_dossiers.get(uow, approval.campaign_dossier_id, lock=True)
    await determination_outcomes.put_filed(uow, approval)
    after = MOVES.get((Progress(dossier.state), Move.FILE))
    last = await determination_outcomes.last_approval(uow, dossier.id)
    if after is None or last.id != approval.id:
        return  # The superior returned it before its form was filed: it goes its new way, or waits for its new form.
    dossier = await adjudications.move(uow, dossier, after)
    told = {"state": dossier.state, "material_id": filed.material_id}
    uow.record("campaign_dossier.filed", dossier.id, dossier.version, told, changed=("state",))
