"""The register of materials held apart."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, cast

from sqlalchemy import update
from sqlmodel import col, select

from chassis.unit_of_work import UnitOfWork
from services.audit.domain.quarantine import EDITABLE, Entry, Way
from services.audit.store.found import found_one
from services.audit.store.scope import in_scope
from services.audit.store.tables_appraisal import QuarantineRow


async def add(uow: UnitOfWork, row: QuarantineRow) -> None:
    """A new line of the register."""
    uow.session.add(row)
    await uow.session.flush()


async def get(uow: UnitOfWork, quarantine_id: str, *, lock: bool = False) -> QuarantineRow:
    """One line; NotFound outside the caller's scope."""
    statement = select(QuarantineRow).where(QuarantineRow.id == quarantine_id)
    if lock:
        # Read anew: what this transaction saw before it held the line may be older.
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return found_one((await uow.session.exec(statement)).first())


def entry_of(row: QuarantineRow) -> Entry:
    """The line in the words of the domain."""
    return Entry(
        id=row.id,
        version=row.version,
        held_by=row.held_by,
        held_on=row.held_on,
        released=cast("Way | None", row.released),
        **{name: getattr(row, name) for name in EDITABLE},
    )


async def save(uow: UnitOfWork, entry: Entry) -> None:
    """Keep what the line says now."""
    values = {name: getattr(entry, name) for name in EDITABLE} | {"version": entry.version}
    await uow.session.exec(update(QuarantineRow).where(col(QuarantineRow.id) == entry.id).values(**values))


async def release(uow: UnitOfWork, entry: Entry, released_to: str | None, reasons: Sequence[str]) -> None:
    """Keep that the material left, by whom it was let go, to whom, and why."""
    await uow.session.exec(
        update(QuarantineRow)
        .where(col(QuarantineRow.id) == entry.id)
        .values(
            version=entry.version,
            released=entry.released,
            released_on=uow.today,
            released_to=released_to,
            released_by=uow.caller.account_id,
            reasons=list(reasons),
        )
    )


async def page_of(
    uow: UnitOfWork,
    *,
    after: str | None,
    limit: int,
    state: Literal["held", "released"] | None,
    hidden_persons: Collection[str],
) -> Sequence[QuarantineRow]:
    """Lines by id, without those of `hidden_persons`."""
    statement = select(QuarantineRow).where(in_scope(uow, QuarantineRow.unit_id))
    statement = statement.order_by(col(QuarantineRow.id)).limit(limit)
    if after is not None:
        statement = statement.where(col(QuarantineRow.id) > after)
    if state is not None:
        released = col(QuarantineRow.released)
        statement = statement.where(released.is_(None) if state == "held" else released.is_not(None))
    if hidden_persons:
        statement = statement.where(col(QuarantineRow.person_id).not_in(hidden_persons))
    return (await uow.session.exec(statement)).all()
