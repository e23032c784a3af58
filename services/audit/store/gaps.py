"""What dossiers lack, as the catalog tells."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update
from sqlmodel import col, select

from chassis.heard import learn
from chassis.unit_of_work import UnitOfWork
from contracts.events import GapClosed, GapOpened
from services.audit.store.tables_gate import HeardGap


async def learn_gap(uow: UnitOfWork, told: GapOpened | GapClosed, version: int) -> bool:
    """Keep whether a gap is open, unless something newer is known; whether it was news."""
    opened = isinstance(told, GapOpened)
    values = {
        "unit_id": told.unit_id,
        "dossier_id": told.dossier_id,
        "person_id": told.person_id,
        "rule": told.rule,
        "category": told.category if opened else None,
        "years": told.years if opened else [],
        "open": opened,
    }
    return await learn(uow, HeardGap, {"gap_id": told.gap_id}, version, values)


async def list_open(uow: UnitOfWork, person_id: str) -> Sequence[HeardGap]:
    """What the person's dossier lacks, by category; there are no more than rules."""
    statement = select(HeardGap).where(HeardGap.person_id == person_id, col(HeardGap.open))
    return (await uow.session.exec(statement.order_by(col(HeardGap.category), col(HeardGap.rule)))).all()


async def follow_dossier(uow: UnitOfWork, dossier_id: str, unit_id: str) -> None:
    """Put a dossier's gaps into the scope of the unit that keeps it now."""
    connection = await uow.session.connection()
    await connection.execute(
        update(HeardGap)
        .where(col(HeardGap.dossier_id) == dossier_id, col(HeardGap.unit_id) != unit_id)
        .values(unit_id=unit_id)
    )
