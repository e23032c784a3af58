"""Approvals of a campaign's figures, and who had a part in them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from chassis.identity import Roots
from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, to_uuid
from services.audit.store.found import found_one
from services.audit.store.tables_oversight import ReportApprovalRow

_HAD_PART = """
select created_by as account_id from campaign where id = $1
union select head_id from campaign_team where campaign_id = $1
union select unnest(member_ids) from campaign_team where campaign_id = $1
union select recorded_by from determination_meeting where campaign_id = $1
"""

_NEAREST = """
select above.unit_id from unit_scope own join unit_scope above on above.unit_id = any (own.ancestors)
where own.unit_id = $1 and above.unit_id = any ($2::uuid[]) order by cardinality(above.ancestors) desc limit 1
"""


async def add(uow: UnitOfWork, approval: ReportApprovalRow) -> None:
    """Keep an approval."""
    uow.session.add(approval)
    await uow.session.flush()


async def get(uow: UnitOfWork, approval_id: str) -> ReportApprovalRow:
    """One approval; NotFound outside the caller's scope."""
    statement = select(ReportApprovalRow).where(ReportApprovalRow.id == approval_id)
    return found_one((await uow.session.exec(statement)).first())


async def find(uow: UnitOfWork, campaign_id: str, digest: str) -> ReportApprovalRow | None:
    """The approval of these very figures, if there is one."""
    statement = select(ReportApprovalRow).where(
        ReportApprovalRow.campaign_id == campaign_id, ReportApprovalRow.digest == digest
    )
    return (await uow.session.exec(statement)).first()


async def page_of(uow: UnitOfWork, campaign_id: str, *, after: str | None, limit: int) -> Sequence[ReportApprovalRow]:
    """The approvals of a campaign, the oldest first."""
    statement = select(ReportApprovalRow).where(ReportApprovalRow.campaign_id == campaign_id)
    if after is not None:
        statement = statement.where(col(ReportApprovalRow.id) > after)
    return (await uow.session.exec(statement.order_by(col(ReportApprovalRow.id)).limit(limit))).all()


async def had_part(uow: UnitOfWork, campaign_id: str) -> set[str]:
    """Who asked for the campaign, works in one of its groups, or recorded one of its meetings."""
    rows = await uow.raw().fetch(_HAD_PART, to_uuid(campaign_id))
    return {from_uuid("acc", row["account_id"]) for row in rows}


async def office_of(uow: UnitOfWork, unit_id: str, roots: Roots) -> str:
    """Of the units in which the caller holds the right, the one next above; the unit itself for a right everywhere."""
    if roots == "*":
        return unit_id
    found = await uow.raw().fetchval(_NEAREST, to_uuid(unit_id), [to_uuid(one) for one in roots])
    return from_uuid("unt", found) if found else unit_id
