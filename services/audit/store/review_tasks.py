"""What waits for a reviewer: their own sheets, and the differences that they took up. Nobody sees another's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, literal, tuple_
from sqlmodel import col, select

from chassis.columns import IdType
from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, to_uuid
from services.audit.domain.progress import Progress
from services.audit.store.tables import CampaignDossier, Review
from services.audit.store.tables_adjudication import SecondReview

TAKEN_UP = (Progress.SECOND_REVIEW.value, Progress.INVESTIGATION_COLLECTION.value)
"""Where a dossier waits for its second reviewer."""

Mine = tuple[Any, CampaignDossier]
After = tuple[datetime, str] | None
"""The moment it was given, and its id in the list of tasks."""


def task_id_of(row_id: str) -> str:
    """A review's, or second review's, address among the tasks: the same number with the letter of their owner."""
    return from_uuid("tsku", to_uuid(row_id))


async def first_reviews(
    uow: UnitOfWork, *, after: After, limit: int, hidden_persons: Collection[str]
) -> Sequence[Mine]:
    """The caller's open sheets, the earliest given first, each with its dossier."""
    given = col(Review.assigned_at)
    statement: Any = (
        select(Review, CampaignDossier)
        .join(CampaignDossier, col(CampaignDossier.id) == Review.campaign_dossier_id)
        .where(Review.account_id == uow.caller.account_id, Review.state == "open")
    )
    return await _page(uow, statement, (given, col(Review.id)), after, limit, hidden_persons)


async def second_reviews(
    uow: UnitOfWork, *, after: After, limit: int, hidden_persons: Collection[str]
) -> Sequence[Mine]:
    """The dossiers that the caller took up and has not tabled, the earliest first."""
    taken = col(SecondReview.taken_up_at)
    statement: Any = (
        select(SecondReview, CampaignDossier)
        .join(CampaignDossier, col(CampaignDossier.id) == SecondReview.campaign_dossier_id)
        .where(SecondReview.account_id == uow.caller.account_id, col(SecondReview.ended_at).is_(None))
        .where(col(CampaignDossier.state).in_(TAKEN_UP))
    )
    return await _page(uow, statement, (taken, col(SecondReview.id)), after, limit, hidden_persons)


async def _page(
    uow: UnitOfWork, statement: Any, order: tuple[Any, Any], after: After, limit: int, hidden: Collection[str]
) -> Sequence[Mine]:
    at, ident = order
    if after is not None:
        last = tuple_(literal(after[0], DateTime(timezone=True)), literal(after[1], IdType("tsku")))
        statement = statement.where(tuple_(at, ident) > last)
    if hidden:
        statement = statement.where(col(CampaignDossier.person_id).not_in(hidden))
    rows = (await uow.session.exec(statement.order_by(at, ident).limit(limit))).all()
    return [(row, dossier) for row, dossier in rows]


async def find_first(uow: UnitOfWork, task_id: str) -> Mine | None:
    """The caller's own sheet with this number; None for anybody else's, as for one that never was."""
    statement = (
        select(Review, CampaignDossier)
        .join(CampaignDossier, col(CampaignDossier.id) == Review.campaign_dossier_id)
        .where(Review.id == from_uuid("rev", to_uuid(task_id)), Review.account_id == uow.caller.account_id)
    )
    return (await uow.session.exec(statement)).first()


async def find_second(uow: UnitOfWork, task_id: str) -> Mine | None:
    """The caller's own second review with this number."""
    statement = (
        select(SecondReview, CampaignDossier)
        .join(CampaignDossier, col(CampaignDossier.id) == SecondReview.campaign_dossier_id)
        .where(SecondReview.id == from_uuid("snd", to_uuid(task_id)), SecondReview.account_id == uow.caller.account_id)
    )
    return (await uow.session.exec(statement)).first()
