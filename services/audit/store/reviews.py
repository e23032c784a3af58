"""First reviews. A caller's queries see their own sheets and opened ones; the policies uphold it below them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from services.audit.store.tables import CampaignDossier, Review


@dataclass(frozen=True)
class Proof:
    """The journal's row of a submission. `salt` is known to nobody until the pair is opened; None once erased."""

    journal_id: UUID
    at: datetime
    actor: str
    verb: str
    resource: str
    commitment: bytes
    salt: bytes | None


async def get(uow: UnitOfWork, review_id: str) -> Review:
    """The caller's own review, or one that is opened; NotFound for any other, as for one that never was."""
    return _found((await uow.session.exec(select(Review).where(Review.id == review_id))).first())


async def get_own(uow: UnitOfWork, review_id: str, *, lock: bool = False) -> Review:
    """A review given to the caller; NotFound for anybody else's. With `lock`, as it stands once it is held."""
    statement = select(Review).where(Review.id == review_id, Review.account_id == uow.caller.account_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return _found((await uow.session.exec(statement)).first())


def _found(row: Review | None) -> Review:
    if row is None:
        raise NotFound()
    return row


async def page_of_own(
    uow: UnitOfWork, *, after: str | None, limit: int, states: Collection[str]
) -> Sequence[tuple[Review, CampaignDossier]]:
    """What was given to the caller, by id, each with its dossier."""
    statement = (
        select(Review, CampaignDossier)
        .join(CampaignDossier, col(CampaignDossier.id) == Review.campaign_dossier_id)
        .where(Review.account_id == uow.caller.account_id, col(Review.state).in_(states))
        .order_by(col(Review.id))
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(col(Review.id) > after)
    return (await uow.session.exec(statement)).all()


async def save_sheet(uow: UnitOfWork, review: Review, sheet: Mapping[str, Any]) -> Review:
    """The draft as it stands now."""
    return await _changed(uow, review, sheet=dict(sheet))


async def submit(uow: UnitOfWork, review: Review, sheet: Mapping[str, Any], journal_id: UUID) -> Review:
    """The sheet as handed in; `journal_id` is the journal's row that commits to it."""
    return await _changed(
        uow, review, state="submitted", sheet=dict(sheet), submitted_at=uow.now, journal_id=journal_id
    )


async def open_to_all(uow: UnitOfWork, review: Review) -> Review:
    """From now on everybody in scope may read it. Only the service does this, for both of a pair at once."""
    return await _changed(uow, review, opened=True)


async def _changed(uow: UnitOfWork, review: Review, **values: Any) -> Review:
    values["version"] = review.version + 1
    await uow.session.exec(update(Review).where(col(Review.id) == review.id).values(**values))
    return Review.model_validate({**review.model_dump(), **values})


async def pair_of(uow: UnitOfWork, campaign_dossier_id: str) -> Sequence[Review]:
    """Both reviews of a dossier as they stand, by account; as a user, only what the user may see."""
    statement = (
        select(Review)
        .where(Review.campaign_dossier_id == campaign_dossier_id, Review.state != "void")
        .order_by(col(Review.account_id))
        .execution_options(populate_existing=True)
    )
    return (await uow.session.exec(statement)).all()


async def proofs_of(uow: UnitOfWork, journal_ids: Collection[UUID]) -> dict[UUID, Proof]:
    """The journal's rows of submissions, with their salts. As the service: nobody else may read them."""
    rows = await uow.raw().fetch(
        """select j.id, j.at, j.actor, j.verb, j.resource, j.commitment, s.salt
        from journal j left join journal_salt s on s.journal_id = j.id where j.id = any($1::uuid[])""",
        list(journal_ids),
    )
    return {
        row["id"]: Proof(
            row["id"], row["at"], row["actor"], row["verb"], row["resource"], row["commitment"], row["salt"]
        )
        for row in rows
    }
