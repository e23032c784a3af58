"""Meetings, feedback to the person, and approvals: how determinations of a dossier come into force."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from chassis.unit_of_work import UnitOfWork
from services.audit.store.found import found_one
from services.audit.store.scope import in_scope
from services.audit.store.tables_adjudication import ApprovalRow, FeedbackRow, InvestigationRow, MeetingRow, MeetingVote


async def get_meeting(uow: UnitOfWork, meeting_id: str) -> MeetingRow:
    """One meeting; NotFound outside the caller's scope."""
    return found_one((await uow.session.exec(select(MeetingRow).where(MeetingRow.id == meeting_id))).first())


async def find_minutes(uow: UnitOfWork, unit_id: str, minutes_no: str) -> MeetingRow | None:
    """The meeting of a unit with this number of its minutes, if there is one."""
    statement = select(MeetingRow).where(MeetingRow.unit_id == unit_id, MeetingRow.minutes_no == minutes_no)
    return (await uow.session.exec(statement)).first()


async def page_of_meetings(uow: UnitOfWork, campaign_id: str, *, after: str | None, limit: int) -> Sequence[MeetingRow]:
    """Meetings of a campaign, in the order in which they were recorded."""
    statement = select(MeetingRow).where(MeetingRow.campaign_id == campaign_id, in_scope(uow, MeetingRow.unit_id))
    if after is not None:
        statement = statement.where(col(MeetingRow.id) > after)
    return (await uow.session.exec(statement.order_by(col(MeetingRow.id)).limit(limit))).all()


async def get_vote(uow: UnitOfWork, vote_id: str) -> MeetingVote:
    """One vote; NotFound outside the caller's scope."""
    return found_one((await uow.session.exec(select(MeetingVote).where(MeetingVote.id == vote_id))).first())


async def get_feedback(uow: UnitOfWork, feedback_id: str) -> FeedbackRow:
    """One record of feedback; NotFound outside the caller's scope."""
    return found_one((await uow.session.exec(select(FeedbackRow).where(FeedbackRow.id == feedback_id))).first())


async def last_feedback(uow: UnitOfWork, campaign_dossier_id: str) -> FeedbackRow:
    """What came of the last meeting with the person; NotFound where there was none."""
    statement = select(FeedbackRow).where(FeedbackRow.campaign_dossier_id == campaign_dossier_id)
    return found_one((await uow.session.exec(statement.order_by(col(FeedbackRow.id).desc()).limit(1))).first())


async def get_approval(uow: UnitOfWork, approval_id: str) -> ApprovalRow:
    """One approval; NotFound outside the caller's scope."""
    return found_one((await uow.session.exec(select(ApprovalRow).where(ApprovalRow.id == approval_id))).first())


async def last_approval(uow: UnitOfWork, campaign_dossier_id: str) -> ApprovalRow:
    """The approval that is in force; NotFound where there is none."""
    statement = select(ApprovalRow).where(ApprovalRow.campaign_dossier_id == campaign_dossier_id)
    return found_one((await uow.session.exec(statement.order_by(col(ApprovalRow.id).desc()).limit(1))).first())


async def find_approval_of(uow: UnitOfWork, material_id: str) -> ApprovalRow | None:
    """The approval whose form this material is, if it is one."""
    return (await uow.session.exec(select(ApprovalRow).where(ApprovalRow.material_id == material_id))).first()


async def put_filed(uow: UnitOfWork, approval: ApprovalRow) -> None:
    """Its form is in the dossier."""
    await uow.session.exec(update(ApprovalRow).where(col(ApprovalRow.id) == approval.id).values(filed_at=uow.now))


async def get_investigation(uow: UnitOfWork, investigation_id: str) -> InvestigationRow:
    """One inquiry; NotFound outside the caller's scope."""
    statement = select(InvestigationRow).where(InvestigationRow.id == investigation_id)
    return found_one((await uow.session.exec(statement.execution_options(populate_existing=True))).first())


async def page_of_investigations(
    uow: UnitOfWork, campaign_dossier_id: str, *, after: str | None, limit: int
) -> Sequence[InvestigationRow]:
    """The inquiries of a dossier, in the order in which they were begun."""
    statement = select(InvestigationRow).where(
        InvestigationRow.campaign_dossier_id == campaign_dossier_id, in_scope(uow, InvestigationRow.unit_id)
    )
    if after is not None:
        statement = statement.where(col(InvestigationRow.id) > after)
    return (await uow.session.exec(statement.order_by(col(InvestigationRow.id)).limit(limit))).all()


async def results_of_investigations(uow: UnitOfWork, campaign_dossier_id: str) -> list[str | None]:
    """What came of each inquiry of a dossier; None of one that is open."""
    statement = select(InvestigationRow.result).where(InvestigationRow.campaign_dossier_id == campaign_dossier_id)
    return list((await uow.session.exec(statement)).all())


async def end_investigation(uow: UnitOfWork, row: InvestigationRow, **values: Any) -> InvestigationRow:
    """The inquiry with what came of it."""
    values |= {"version": row.version + 1, "ended_by": uow.caller.account_id, "ended_at": uow.now}
    await uow.session.exec(update(InvestigationRow).where(col(InvestigationRow.id) == row.id).values(**values))
    return InvestigationRow.model_validate({**row.model_dump(), **values})
