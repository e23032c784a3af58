"""Draws of dossiers for a spot check, and what came of each dossier."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from chassis.raw import RawConnection
from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_hexes, from_uuid, to_uuid
from services.audit.domain.spot_check import PASSED
from services.audit.store.found import found_one
from services.audit.store.scope import UNITS, in_scope
from services.audit.store.tables_oversight import SpotCheckDossier, SpotCheckRow

_PASSED = f"""
select id::text as id from campaign_dossier
where campaign_id = $1 and unit_id = any ({UNITS}) and state = any ($2::text[])
"""  # noqa: S608  # a constant of this module

_KEEP = """
insert into spot_check_dossier (spot_check_id, campaign_dossier_id, unit_id, campaign_id, person_id)
select $1, d.id, d.unit_id, d.campaign_id, d.person_id from campaign_dossier d where d.id = any ($2::uuid[])
"""

COUNTS = f"""
select count(*) as drawn, count(outcome) as checked, count(*) filter (where outcome = 'differs') as differing
from spot_check_dossier where campaign_id = $1 and unit_id = any ({UNITS})
"""  # noqa: S608  # a constant of this module


@dataclass(frozen=True)
class Checked:
    """How many dossiers of a campaign were drawn, of how many the outcome is in, and how many of these differ."""

    drawn: int
    checked: int
    differing: int


async def passed_of(uow: UnitOfWork, campaign_id: str) -> list[str]:
    """The dossiers of a campaign that passed the second review, in the caller's units, in no order."""
    rows = await uow.raw().fetch(_PASSED, to_uuid(campaign_id), [state.value for state in PASSED])
    return from_hexes("cdo", [row["id"] for row in rows])


async def keep_drawn(uow: UnitOfWork, spot_check_id: str, campaign_dossier_ids: Collection[str]) -> None:
    """Keep which dossiers were drawn."""
    await uow.raw().execute(_KEEP, to_uuid(spot_check_id), [to_uuid(one) for one in campaign_dossier_ids])


async def get(uow: UnitOfWork, spot_check_id: str) -> SpotCheckRow:
    """One draw; NotFound outside the caller's scope."""
    return found_one((await uow.session.exec(select(SpotCheckRow).where(SpotCheckRow.id == spot_check_id))).first())


async def page_of(uow: UnitOfWork, campaign_id: str, *, after: str | None, limit: int) -> Sequence[SpotCheckRow]:
    """The draws of a campaign, in order."""
    statement = select(SpotCheckRow).where(SpotCheckRow.campaign_id == campaign_id, in_scope(uow, SpotCheckRow.unit_id))
    if after is not None:
        statement = statement.where(col(SpotCheckRow.id) > after)
    return (await uow.session.exec(statement.order_by(col(SpotCheckRow.id)).limit(limit))).all()


async def get_dossier(uow: UnitOfWork, spot_check_id: str, campaign_dossier_id: str) -> SpotCheckDossier:
    """One drawn dossier; NotFound where it was not drawn, or outside the caller's scope."""
    statement = select(SpotCheckDossier).where(
        SpotCheckDossier.spot_check_id == spot_check_id, SpotCheckDossier.campaign_dossier_id == campaign_dossier_id
    )
    return found_one((await uow.session.exec(statement.execution_options(populate_existing=True))).first())


async def page_of_dossiers(
    uow: UnitOfWork,
    spot_check_id: str,
    *,
    waiting: bool,
    after: str | None,
    limit: int,
    hidden_persons: Collection[str],
) -> Sequence[SpotCheckDossier]:
    """The drawn dossiers by id, or those that are not checked yet (`waiting`), without those of `hidden_persons`."""
    statement = select(SpotCheckDossier).where(
        SpotCheckDossier.spot_check_id == spot_check_id, in_scope(uow, SpotCheckDossier.unit_id)
    )
    if waiting:
        statement = statement.where(col(SpotCheckDossier.outcome).is_(None))
    if hidden_persons:
        statement = statement.where(col(SpotCheckDossier.person_id).not_in(hidden_persons))
    if after is not None:
        statement = statement.where(col(SpotCheckDossier.campaign_dossier_id) > after)
    return (await uow.session.exec(statement.order_by(col(SpotCheckDossier.campaign_dossier_id)).limit(limit))).all()


async def put_outcome(uow: UnitOfWork, row: SpotCheckDossier, **values: Any) -> SpotCheckDossier:
    """The drawn dossier with what was found."""
    values |= {"checked_by": uow.caller.account_id, "checked_at": uow.now}
    await uow.session.exec(
        update(SpotCheckDossier)
        .where(
            col(SpotCheckDossier.spot_check_id) == row.spot_check_id,
            col(SpotCheckDossier.campaign_dossier_id) == row.campaign_dossier_id,
        )
        .values(**values)
    )
    return SpotCheckDossier.model_validate({**row.model_dump(), **values})


async def checkers_of(uow: UnitOfWork, campaign_dossier_id: str) -> set[str]:
    """Who has checked a dossier, in any draw."""
    return await _accounts(
        uow,
        """select checked_by as account_id from spot_check_dossier
        where campaign_dossier_id = $1 and outcome is not null""",
        campaign_dossier_id,
    )


async def approvers_of(uow: UnitOfWork, campaign_dossier_id: str) -> set[str]:
    """Who has approved the determinations of a dossier, in any round."""
    return await _accounts(
        uow,
        "select approved_by as account_id from determination_approval where campaign_dossier_id = $1",
        campaign_dossier_id,
    )


async def _accounts(uow: UnitOfWork, query: str, campaign_dossier_id: str) -> set[str]:
    async with uow.as_service():
        rows = await uow.raw().fetch(query, to_uuid(campaign_dossier_id))
    return {from_uuid("acc", row["account_id"]) for row in rows}


async def counts_of(connection: RawConnection, campaign_id: str) -> Checked:
    """How far the spot checks of a campaign are, in the caller's units."""
    row = await connection.fetchrow(COUNTS, to_uuid(campaign_id))
    return Checked(**row) if row else Checked(0, 0, 0)
