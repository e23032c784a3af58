"""What superior offices said of determinations below them, and how often in a year."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlmodel import col, select

from chassis.raw import RawConnection
from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, to_uuid
from services.audit.domain.superior_review import SuperiorOutcome
from services.audit.store.found import found_one
from services.audit.store.scope import UNITS, in_scope
from services.audit.store.tables_oversight import SuperiorReviewRow

COUNTS = f"""
select office_unit_id, count(*) filter (where outcome = 'confirm') as confirmed,
  count(*) filter (where outcome = 'return_for_redetermination') as returned,
  count(*) filter (where outcome = 'correct') as corrected
from superior_review
where unit_id = any ({UNITS}) and year = $1 and ($2::uuid is null or office_unit_id > $2)
group by office_unit_id order by office_unit_id limit $3
"""  # noqa: S608  # a constant of this module

# All who had a part in what stands, in whatever round: reviewers, who settled, voted, recorded, asked,
# checked by sample and approved.
_TOOK_PART = """
select account_id from review where campaign_dossier_id = $1
union select account_id from second_review where campaign_dossier_id = $1
union select s.decided_by from determination_decision s join determination d on d.id = s.determination_id
  where d.campaign_dossier_id = $1 and s.stage <> 'superior'
union select v.recorded_by from meeting_vote v where v.campaign_dossier_id = $1
union select unnest(m.present_ids) from meeting_vote v join determination_meeting m on m.id = v.meeting_id
  where v.campaign_dossier_id = $1
union select recorded_by from determination_feedback where campaign_dossier_id = $1
union select unnest(investigator_ids) from investigation where campaign_dossier_id = $1
union select sent_by from feedback_round where campaign_dossier_id = $1
union select recorded_by from talk_record where campaign_dossier_id = $1
union select checked_by from spot_check_dossier where campaign_dossier_id = $1 and checked_by is not null
union select approved_by from determination_approval where campaign_dossier_id = $1
"""


async def get(uow: UnitOfWork, superior_review_id: str) -> SuperiorReviewRow:
    """One superior review; NotFound outside the caller's scope."""
    statement = select(SuperiorReviewRow).where(SuperiorReviewRow.id == superior_review_id)
    return found_one((await uow.session.exec(statement)).first())


async def page_of(
    uow: UnitOfWork,
    *,
    after: str | None,
    limit: int,
    campaign_dossier_id: str | None,
    office_unit_id: str | None,
    year: int | None,
    outcome: SuperiorOutcome | None,
    hidden_persons: Collection[str],
) -> Sequence[SuperiorReviewRow]:
    """Superior reviews by id, without those of `hidden_persons`: the caller's own and relatives'."""
    statement = select(SuperiorReviewRow).where(in_scope(uow, SuperiorReviewRow.unit_id))
    if campaign_dossier_id is not None:
        statement = statement.where(SuperiorReviewRow.campaign_dossier_id == campaign_dossier_id)
    if office_unit_id is not None:
        statement = statement.where(SuperiorReviewRow.office_unit_id == office_unit_id)
    if year is not None:
        statement = statement.where(SuperiorReviewRow.year == year)
    if outcome is not None:
        statement = statement.where(SuperiorReviewRow.outcome == outcome)
    if hidden_persons:
        statement = statement.where(col(SuperiorReviewRow.person_id).not_in(hidden_persons))
    if after is not None:
        statement = statement.where(col(SuperiorReviewRow.id) > after)
    return (await uow.session.exec(statement.order_by(col(SuperiorReviewRow.id)).limit(limit))).all()


async def counts_of(connection: RawConnection, year: int, *, after: str | None, limit: int) -> list[dict[str, Any]]:
    """By the office whose determinations they were: how many were confirmed, returned, corrected in a year."""
    rows = await connection.fetch(COUNTS, year, to_uuid(after) if after else None, limit)
    return [{**dict(row), "office_unit_id": from_uuid("unt", row["office_unit_id"])} for row in rows]


async def units_above(uow: UnitOfWork, unit_id: str) -> set[str]:
    """The units over a unit, without itself."""
    found = await uow.raw().fetchval("select ancestors from unit_scope where unit_id = $1", to_uuid(unit_id))
    return {from_uuid("unt", one) for one in found or ()} - {unit_id}


async def took_part(uow: UnitOfWork, campaign_dossier_id: str) -> set[str]:
    """Everybody who had a part in what was determined of a dossier, before a superior looked at it."""
    async with uow.as_service():
        rows = await uow.raw().fetch(_TOOK_PART, to_uuid(campaign_dossier_id))
    return {from_uuid("acc", row["account_id"]) for row in rows}
