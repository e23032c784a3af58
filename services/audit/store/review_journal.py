"""What the journal holds of first reviews, for the proof of their blindness. All of it is read as the service."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from chassis.unit_of_work import UnitOfWork
from services.audit.store.found import found_one
from services.audit.store.tables import Campaign, CampaignDossier, Review

_VERBS = ["review.submitted", "review.drafted", "pair.opened"]
_ROWS = """
select j.id, j.at, j.actor, j.verb, j.resource, j.version, j.commitment, s.salt
from journal j left join journal_salt s on s.journal_id = j.id
where j.resource = any($1::text[]) and j.verb = any($2::text[]) order by j.id
"""


@dataclass(frozen=True)
class JournalRow:
    """One row, and its salt as long as nobody has removed it."""

    id: UUID
    at: datetime
    actor: str
    verb: str
    version: int
    commitment: bytes
    salt: bytes | None


@dataclass(frozen=True)
class Opened:
    """A dossier's opened reviews: two, unless somebody has had a hand in it."""

    campaign_dossier_id: str
    reviews: list[Review]


async def campaign_version(uow: UnitOfWork, campaign_id: str) -> int:
    """The campaign's version; NotFound when there is none."""
    return found_one((await uow.session.exec(select(Campaign.version).where(Campaign.id == campaign_id))).first())


async def dossiers_in(uow: UnitOfWork, campaign_id: str) -> Sequence[str]:
    """Ids of all dossiers of a campaign, in order: a hundred thousand are a few megabytes, read once."""
    statement = select(CampaignDossier.id).where(CampaignDossier.campaign_id == campaign_id)
    return (await uow.session.exec(statement.order_by(col(CampaignDossier.id)))).all()


async def opened_pairs(uow: UnitOfWork, campaign_dossier_ids: Collection[str]) -> list[Opened]:
    """The opened reviews of these dossiers, by dossier."""
    statement = (
        select(Review)
        .where(col(Review.campaign_dossier_id).in_(campaign_dossier_ids), Review.state != "void", col(Review.opened))
        .order_by(col(Review.campaign_dossier_id), col(Review.account_id))
        .execution_options(populate_existing=True)
    )
    rows = (await uow.session.exec(statement)).all()
    return [Opened(dossier, list(pair)) for dossier, pair in groupby(rows, lambda row: row.campaign_dossier_id)]


async def count_not_opened(uow: UnitOfWork, campaign_id: str) -> int:
    """Dossiers that are with their two reviewers; how far each has come is not told."""
    statement = select(func.count()).where(
        CampaignDossier.campaign_id == campaign_id, CampaignDossier.state == "first_review"
    )
    return (await uow.session.exec(statement)).one()


async def rows_of(
    uow: UnitOfWork, campaign_dossier_ids: Collection[str], review_ids: Collection[str]
) -> dict[str, list[JournalRow]]:
    """The journal's rows about these dossiers' pairs and reviews, by resource, in order."""
    found: dict[str, list[JournalRow]] = {}
    for row in await uow.raw().fetch(_ROWS, [*campaign_dossier_ids, *review_ids], _VERBS):
        entry = JournalRow(
            row["id"], row["at"], row["actor"], row["verb"], row["version"], row["commitment"], row["salt"]
        )
        found.setdefault(row["resource"], []).append(entry)
    return found
