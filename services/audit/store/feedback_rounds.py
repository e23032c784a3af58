"""Rounds in which materials are asked for, and the talks that follow them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Date, func, literal, tuple_, update
from sqlmodel import col, select

from chassis.columns import IdType
from chassis.unit_of_work import UnitOfWork
from services.audit.store.found import found_one
from services.audit.store.scope import in_scope
from services.audit.store.tables_oversight import FeedbackRoundRow, TalkRecordRow


async def get(uow: UnitOfWork, round_id: str) -> FeedbackRoundRow:
    """One round; NotFound outside the caller's scope."""
    statement = select(FeedbackRoundRow).where(FeedbackRoundRow.id == round_id)
    return found_one((await uow.session.exec(statement.execution_options(populate_existing=True))).first())


async def last_number(uow: UnitOfWork, campaign_dossier_id: str) -> int:
    """The number of the last round of a dossier; 0 for none."""
    statement = select(func.max(FeedbackRoundRow.n)).where(FeedbackRoundRow.campaign_dossier_id == campaign_dossier_id)
    return (await uow.session.exec(statement)).one() or 0


async def find_open(uow: UnitOfWork, campaign_dossier_id: str) -> FeedbackRoundRow | None:
    """The round of a dossier that waits for its answer, if one does."""
    statement = select(FeedbackRoundRow).where(
        FeedbackRoundRow.campaign_dossier_id == campaign_dossier_id, col(FeedbackRoundRow.result).is_(None)
    )
    return (await uow.session.exec(statement)).first()


async def page_of(
    uow: UnitOfWork, campaign_dossier_id: str, *, after: int | None, limit: int
) -> Sequence[FeedbackRoundRow]:
    """The rounds of a dossier, by number."""
    statement = select(FeedbackRoundRow).where(
        FeedbackRoundRow.campaign_dossier_id == campaign_dossier_id, in_scope(uow, FeedbackRoundRow.unit_id)
    )
    if after is not None:
        statement = statement.where(col(FeedbackRoundRow.n) > after)
    return (await uow.session.exec(statement.order_by(col(FeedbackRoundRow.n)).limit(limit))).all()


async def page_of_open(
    uow: UnitOfWork,
    campaign_id: str,
    *,
    due_before: date | None,
    after: tuple[date, str] | None,
    limit: int,
    hidden_persons: Collection[str],
) -> Sequence[FeedbackRoundRow]:
    """Rounds of a campaign that wait for their answer, the earliest due first; with `due_before` those that were due
    then. Without those of `hidden_persons`: the caller's own and relatives'."""
    statement = select(FeedbackRoundRow).where(
        in_scope(uow, FeedbackRoundRow.unit_id),
        FeedbackRoundRow.campaign_id == campaign_id,
        col(FeedbackRoundRow.result).is_(None),
    )
    if due_before is not None:
        statement = statement.where(col(FeedbackRoundRow.due_on) < due_before)
    if hidden_persons:
        statement = statement.where(col(FeedbackRoundRow.person_id).not_in(hidden_persons))
    key = (col(FeedbackRoundRow.due_on), col(FeedbackRoundRow.id))
    if after is not None:
        statement = statement.where(tuple_(*key) > tuple_(literal(after[0], Date()), literal(after[1], IdType("fbr"))))
    return (await uow.session.exec(statement.order_by(*key).limit(limit))).all()


async def answer(uow: UnitOfWork, row: FeedbackRoundRow, **values: Any) -> FeedbackRoundRow:
    """The round with what came of it."""
    values |= {"version": row.version + 1, "answered_by": uow.caller.account_id, "answered_at": uow.now}
    await uow.session.exec(update(FeedbackRoundRow).where(col(FeedbackRoundRow.id) == row.id).values(**values))
    return FeedbackRoundRow.model_validate({**row.model_dump(), **values})


async def get_talk(uow: UnitOfWork, talk_id: str) -> TalkRecordRow:
    """One talk; NotFound outside the caller's scope."""
    return found_one((await uow.session.exec(select(TalkRecordRow).where(TalkRecordRow.id == talk_id))).first())


async def page_of_talks(
    uow: UnitOfWork, campaign_dossier_id: str, *, after: str | None, limit: int
) -> Sequence[TalkRecordRow]:
    """The talks about a dossier, in the order in which they were recorded."""
    statement = select(TalkRecordRow).where(
        TalkRecordRow.campaign_dossier_id == campaign_dossier_id, in_scope(uow, TalkRecordRow.unit_id)
    )
    if after is not None:
        statement = statement.where(col(TalkRecordRow.id) > after)
    return (await uow.session.exec(statement.order_by(col(TalkRecordRow.id)).limit(limit))).all()
