"""The registers of pledges (保密责任书) and trainings (培训), and who of a list has what a campaign asks for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import func
from sqlmodel import col, select

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, to_uuid
from services.audit.store.found import found_one
from services.audit.store.scope import in_scope
from services.audit.store.tables_campaign import AttendanceRow, PledgeRow, TrainingRow

_PLEDGED = """
select distinct account_id from pledge
where account_id = any ($1::uuid[]) and campaign_id = $2 and signed_on <= $3
  and (expires_on is null or expires_on >= $3)
"""
_TRAINED = """
select distinct a.account_id, t.kind from attendance a join training t on t.id = a.training_id
where a.account_id = any ($1::uuid[]) and t.kind = any ($2::text[]) and a.present and t.held_on <= $3
  and (a.expires_on is null or a.expires_on >= $3)
"""


async def add_pledge(uow: UnitOfWork, pledge: PledgeRow) -> None:
    """Keep a pledge. By the service itself: whoever signs need not be of the unit that keeps the register."""
    async with uow.as_service():
        uow.session.add(pledge)
        await uow.session.flush()


async def get_pledge(uow: UnitOfWork, pledge_id: str) -> PledgeRow:
    """One pledge by the id that this very caller got; NotFound where there is none."""
    async with uow.as_service():
        return found_one((await uow.session.exec(select(PledgeRow).where(PledgeRow.id == pledge_id))).first())


async def pledges_page(
    uow: UnitOfWork,
    *,
    after: str | None,
    limit: int,
    campaign_id: str | None,
    account_id: str | None,
    expires_until: date | None,
) -> Sequence[PledgeRow]:
    """The register, the oldest first; with `expires_until`, what ends by that day."""
    statement = select(PledgeRow).where(in_scope(uow, PledgeRow.unit_id)).order_by(col(PledgeRow.id)).limit(limit)
    if after is not None:
        statement = statement.where(col(PledgeRow.id) > after)
    if campaign_id is not None:
        statement = statement.where(PledgeRow.campaign_id == campaign_id)
    if account_id is not None:
        statement = statement.where(PledgeRow.account_id == account_id)
    if expires_until is not None:
        statement = statement.where(col(PledgeRow.expires_on) <= expires_until)
    return (await uow.session.exec(statement)).all()


async def without_pledge(uow: UnitOfWork, account_ids: Collection[str], campaign_id: str) -> list[str]:
    """Who of these has no pledge for the campaign that holds today."""
    async with uow.as_service():
        rows = await uow.raw().fetch(_PLEDGED, [to_uuid(one) for one in account_ids], to_uuid(campaign_id), uow.today)
    return sorted(set(account_ids) - {from_uuid("acc", row["account_id"]) for row in rows})


async def without_training(uow: UnitOfWork, account_ids: Collection[str], kinds: Collection[str]) -> list[str]:
    """Who of these has not attended a course of each of these kinds, or only one whose certificate has ended."""
    async with uow.as_service():
        rows = await uow.raw().fetch(_TRAINED, [to_uuid(one) for one in account_ids], list(kinds), uow.today)
    has = {(from_uuid("acc", row["account_id"]), row["kind"]) for row in rows}
    return sorted(one for one in account_ids if any((one, kind) not in has for kind in kinds))


async def add_training(uow: UnitOfWork, training: TrainingRow, attendances: Sequence[AttendanceRow]) -> None:
    """Keep a course with everybody who should have come."""
    uow.session.add(training)
    await uow.session.flush()
    uow.session.add_all(attendances)
    await uow.session.flush()


async def get_training(uow: UnitOfWork, training_id: str) -> TrainingRow:
    """One course; NotFound outside the caller's scope."""
    return found_one((await uow.session.exec(select(TrainingRow).where(TrainingRow.id == training_id))).first())


async def attendances_of(uow: UnitOfWork, training_id: str) -> Sequence[AttendanceRow]:
    """Everybody who should have come, by account."""
    statement = select(AttendanceRow).where(AttendanceRow.training_id == training_id)
    return (await uow.session.exec(statement.order_by(col(AttendanceRow.account_id)))).all()


async def trainings_page(uow: UnitOfWork, *, after: str | None, limit: int) -> Sequence[tuple[TrainingRow, int, int]]:
    """Courses, the oldest first, each with how many should have come and how many did."""
    page = select(TrainingRow).where(in_scope(uow, TrainingRow.unit_id)).order_by(col(TrainingRow.id)).limit(limit)
    if after is not None:
        page = page.where(col(TrainingRow.id) > after)
    trainings = (await uow.session.exec(page)).all()
    counted = await uow.session.exec(
        select(
            AttendanceRow.training_id,
            func.count(),
            func.count().filter(col(AttendanceRow.present)),
        )
        .where(col(AttendanceRow.training_id).in_([one.id for one in trainings]))
        .group_by(col(AttendanceRow.training_id))
    )
    counts = {training_id: (listed, present) for training_id, listed, present in counted.all()}
    return [(one, *counts.get(one.id, (0, 0))) for one in trainings]
