"""Clearances, and what holds them up."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import exists, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from chassis.unit_of_work import UnitOfWork
from services.audit.domain.clearance import Kind, Reason, Standing, State
from services.audit.store.found import found_one
from services.audit.store.scope import in_scope
from services.audit.store.tables_gate import ClearanceHold, ClearanceRow


def standing_of(row: ClearanceRow) -> Standing:
    """The row in the words of the domain."""
    reasons = tuple(Reason(**reason) for reason in row.reasons)
    return Standing(Kind(row.kind), State(row.state), reasons, row.expires_on)


def put(row: ClearanceRow, standing: Standing) -> None:
    """Write how it stands into the row."""
    row.state = standing.state.value
    row.reasons = [asdict(reason) for reason in standing.reasons]
    row.expires_on = standing.expires_on


async def add(uow: UnitOfWork, rows: Sequence[ClearanceRow]) -> None:
    """Keep new clearances. What is put into them later is kept by the next flush."""
    uow.session.add_all(rows)
    await uow.session.flush()


async def get(uow: UnitOfWork, clearance_id: str) -> ClearanceRow:
    """One clearance; NotFound outside the caller's scope."""
    found = await uow.session.exec(
        select(ClearanceRow).where(ClearanceRow.id == clearance_id).execution_options(populate_existing=True)
    )
    return found_one(found.first())


async def list_of(uow: UnitOfWork, list_id: str) -> Sequence[ClearanceRow]:
    """All that were asked for at once, in the order of the list."""
    statement = select(ClearanceRow).where(ClearanceRow.list_id == list_id).order_by(col(ClearanceRow.id))
    return (await uow.session.exec(statement)).all()


async def latest_of(uow: UnitOfWork, person_ids: Collection[str], kind: Kind | None = None) -> Sequence[ClearanceRow]:
    """The last clearance of each person, of each kind or of this one; earlier ones count no longer."""
    later = aliased(ClearanceRow)
    same = (col(later.person_id) == col(ClearanceRow.person_id)) & (col(later.kind) == col(ClearanceRow.kind))
    statement = (
        select(ClearanceRow)
        .where(col(ClearanceRow.person_id).in_(person_ids))
        .where(~exists().where(same, col(later.id) > col(ClearanceRow.id)))
        .execution_options(populate_existing=True)
    )
    if kind is not None:
        statement = statement.where(ClearanceRow.kind == kind.value)
    return (await uow.session.exec(statement)).all()


async def page_of(
    uow: UnitOfWork,
    *,
    after: str | None,
    limit: int,
    states: Collection[str],
    list_id: str | None,
    hidden_persons: Collection[str],
) -> Sequence[ClearanceRow]:
    """Clearances by id, without those of `hidden_persons`: the caller's own and relatives'."""
    statement = select(ClearanceRow).where(in_scope(uow, ClearanceRow.unit_id))
    statement = statement.order_by(col(ClearanceRow.id)).limit(limit)
    if after is not None:
        statement = statement.where(col(ClearanceRow.id) > after)
    if states:
        statement = statement.where(col(ClearanceRow.state).in_(states))
    if list_id is not None:
        statement = statement.where(ClearanceRow.list_id == list_id)
    if hidden_persons:
        statement = statement.where(col(ClearanceRow.person_id).not_in(hidden_persons))
    return (await uow.session.exec(statement)).all()


async def hold(uow: UnitOfWork, held: ClearanceHold) -> None:
    """Keep why a clearance is held up."""
    uow.session.add(held)
    await uow.session.flush()


async def holds_of(uow: UnitOfWork, clearance_id: str) -> Sequence[ClearanceHold]:
    """What held a clearance up, in order."""
    statement = select(ClearanceHold).where(ClearanceHold.clearance_id == clearance_id)
    return (await uow.session.exec(statement.order_by(col(ClearanceHold.id)).limit(200))).all()


async def follow_dossier(uow: UnitOfWork, dossier_id: str, unit_id: str) -> list[tuple[str, int]]:
    """Put a dossier's clearances into the scope of the unit that keeps it now: (id, new version) of each moved."""
    moved = await uow.session.exec(
        update(ClearanceRow)
        .where(col(ClearanceRow.dossier_id) == dossier_id)
        .where(col(ClearanceRow.unit_id) != unit_id)
        .values(unit_id=unit_id, version=ClearanceRow.version + 1)
        .returning(col(ClearanceRow.id), col(ClearanceRow.version))
    )
    return [(clearance_id, version) for clearance_id, version in moved.all()]


def committed(row: ClearanceRow) -> Mapping[str, object]:
    """What the journal commits to: ids, codes and the signed answer."""
    shown = {"person_id", "dossier_id", "kind", "state", "reasons", "rules_digest", "jws"}
    return row.model_dump(include=shown) | {"expires_on": row.expires_on.isoformat() if row.expires_on else None}
