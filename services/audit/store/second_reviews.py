"""Second reviews (复审): who settles the differences of a pair, from taking them up until they are in force."""

from __future__ import annotations

from sqlalchemy import update
from sqlmodel import col, select

from chassis.unit_of_work import UnitOfWork
from services.audit.store.found import found_one
from services.audit.store.tables_adjudication import SecondReview


async def open_second_review(uow: UnitOfWork, campaign_dossier_id: str) -> SecondReview:
    """The second review that is under way; NotFound where none is."""
    statement = select(SecondReview).where(
        SecondReview.campaign_dossier_id == campaign_dossier_id, col(SecondReview.ended_at).is_(None)
    )
    return found_one((await uow.session.exec(statement)).first())


async def get_second_review(uow: UnitOfWork, second_review_id: str) -> SecondReview:
    """One second review; NotFound outside the caller's scope."""
    return found_one((await uow.session.exec(select(SecondReview).where(SecondReview.id == second_review_id))).first())


async def end_second_review(uow: UnitOfWork, campaign_dossier_id: str) -> None:
    """It is over: what came of it is in force."""
    await uow.session.exec(
        update(SecondReview)
        .where(col(SecondReview.campaign_dossier_id) == campaign_dossier_id, col(SecondReview.ended_at).is_(None))
        .values(ended_at=uow.now)
    )


async def reopen_second_review(uow: UnitOfWork, campaign_dossier_id: str) -> None:
    """The last second reviewer has the dossier again: it was returned."""
    theirs = select(SecondReview.id).where(SecondReview.campaign_dossier_id == campaign_dossier_id)
    last = theirs.order_by(col(SecondReview.id).desc()).limit(1).scalar_subquery()
    await uow.session.exec(update(SecondReview).where(col(SecondReview.id) == last).values(ended_at=None))
