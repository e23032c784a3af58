"""What is asked outside a dossier and waits for its answer: one's own investigations, and rounds that are overdue."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Date, literal, tuple_
from sqlmodel import col, select

from chassis.columns import IdType
from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, to_uuid
from services.audit.store.scope import in_scope
from services.audit.store.tables import CampaignDossier
from services.audit.store.tables_adjudication import InvestigationRow
from services.audit.store.tables_oversight import FeedbackRoundRow

After = tuple[date, str | None] | None
"""The last day that was shown, and the task's id; without an id all of that day was."""


async def investigations(
    uow: UnitOfWork, *, after: After, limit: int, hidden_persons: Collection[str]
) -> Sequence[InvestigationRow]:
    """Open investigations that the caller carries out, the earliest due first."""
    statement = (
        select(InvestigationRow)
        .join(CampaignDossier, col(CampaignDossier.id) == InvestigationRow.campaign_dossier_id)
        .where(col(InvestigationRow.investigator_ids).contains([uow.caller.account_id]))
        .where(col(InvestigationRow.result).is_(None), in_scope(uow, InvestigationRow.unit_id))
    )
    if hidden_persons:
        statement = statement.where(col(CampaignDossier.person_id).not_in(hidden_persons))
    return await _page(uow, statement, (col(InvestigationRow.due_on), col(InvestigationRow.id)), after, limit)


async def overdue_rounds(
    uow: UnitOfWork, *, after: After, limit: int, hidden_persons: Collection[str]
) -> Sequence[FeedbackRoundRow]:
    """Rounds of the caller's units that should have been answered before today, the earliest due first."""
    statement = select(FeedbackRoundRow).where(
        in_scope(uow, FeedbackRoundRow.unit_id),
        col(FeedbackRoundRow.result).is_(None),
        col(FeedbackRoundRow.due_on) < uow.today,
    )
    if hidden_persons:
        statement = statement.where(col(FeedbackRoundRow.person_id).not_in(hidden_persons))
    return await _page(uow, statement, (col(FeedbackRoundRow.due_on), col(FeedbackRoundRow.id)), after, limit)


async def _page(uow: UnitOfWork, statement: Any, order: tuple[Any, Any], after: After, limit: int) -> Sequence[Any]:
    due_on, ident = order
    if after is not None and after[1] is None:
        statement = statement.where(due_on > after[0])
    elif after is not None:
        last = tuple_(literal(after[0], Date()), literal(after[1], IdType("tsku")))
        statement = statement.where(tuple_(due_on, ident) > last)
    return (await uow.session.exec(statement.order_by(due_on, ident).limit(limit))).all()


async def find_investigation(uow: UnitOfWork, task_id: str) -> InvestigationRow | None:
    """The caller's own investigation with this number; None for anybody else's."""
    statement = select(InvestigationRow).where(
        InvestigationRow.id == from_uuid("ivg", to_uuid(task_id)),
        col(InvestigationRow.investigator_ids).contains([uow.caller.account_id]),
    )
    return (await uow.session.exec(statement)).first()


async def find_round(uow: UnitOfWork, task_id: str, hidden_persons: Collection[str]) -> FeedbackRoundRow | None:
    """The round with this number in the caller's units, unless it is of one of `hidden_persons`."""
    statement = select(FeedbackRoundRow).where(
        FeedbackRoundRow.id == from_uuid("fbr", to_uuid(task_id)), in_scope(uow, FeedbackRoundRow.unit_id)
    )
    row = (await uow.session.exec(statement)).first()
    return None if row is None or row.person_id in hidden_persons else row
