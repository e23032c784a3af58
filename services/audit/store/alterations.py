"""Alterations found on papers, and what followed from them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, update
from sqlmodel import col, select

from chassis.raw import RawConnection
from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, to_uuid
from services.audit.domain.alteration import EDITABLE, FalsifiedObject, Finding, Verdict
from services.audit.store.found import found_one
from services.audit.store.scope import UNITS, in_scope
from services.audit.store.tables_alteration import AlterationRow, ConsequenceRow


async def add(uow: UnitOfWork, row: AlterationRow | ConsequenceRow) -> None:
    """Keep a new finding, or what followed from one."""
    uow.session.add(row)
    await uow.session.flush()


async def next_no(uow: UnitOfWork, dossier_id: str) -> int:
    """The next number among a dossier's findings; the caller holds the dossier."""
    statement = select(func.max(AlterationRow.no)).where(AlterationRow.dossier_id == dossier_id)
    return ((await uow.session.exec(statement)).one() or 0) + 1


async def get(uow: UnitOfWork, finding_id: str, *, lock: bool = False) -> AlterationRow:
    """One finding; NotFound outside the caller's scope."""
    statement = select(AlterationRow).where(AlterationRow.id == finding_id)
    if lock:
        statement = statement.with_for_update()
    return found_one((await uow.session.exec(statement)).first())


def finding_of(row: AlterationRow) -> Finding:
    """The finding in the words of the domain."""
    return Finding(
        version=row.version,
        recorded_by=row.recorded_by,
        state=row.state,  # pyright: ignore[reportArgumentType]  # the table's check admits only these
        means=row.means,  # pyright: ignore[reportArgumentType]
        reads_now=row.reads_now,
        read_before=row.read_before,
        verdict=Verdict(row.verdict),
        falsified_object=FalsifiedObject(row.falsified_object) if row.falsified_object else None,
        remark=row.remark,
    )


async def save(uow: UnitOfWork, row: AlterationRow, finding: Finding, more: Mapping[str, Any]) -> AlterationRow:
    """Keep what the finding says now, with these members beside: the row as it stands then."""
    values = {name: getattr(finding, name) for name in EDITABLE}
    values |= {"version": finding.version, "state": finding.state, **more}
    await uow.session.exec(update(AlterationRow).where(col(AlterationRow.id) == row.id).values(**values))
    return AlterationRow.model_validate({**row.model_dump(), **values})


async def page_of(
    uow: UnitOfWork, *, after: str | None, limit: int, person_id: str | None, hidden_persons: Collection[str]
) -> Sequence[AlterationRow]:
    """Findings by id, without those of `hidden_persons`."""
    statement = select(AlterationRow).where(in_scope(uow, AlterationRow.unit_id))
    statement = statement.order_by(col(AlterationRow.id)).limit(limit)
    if after is not None:
        statement = statement.where(col(AlterationRow.id) > after)
    if person_id is not None:
        statement = statement.where(AlterationRow.person_id == person_id)
    if hidden_persons:
        statement = statement.where(col(AlterationRow.person_id).not_in(hidden_persons))
    return (await uow.session.exec(statement)).all()


async def consequences_of(uow: UnitOfWork, finding_id: str) -> Sequence[ConsequenceRow]:
    """What followed from a finding, in order."""
    statement = select(ConsequenceRow).where(ConsequenceRow.finding_id == finding_id)
    return (await uow.session.exec(statement.order_by(col(ConsequenceRow.id)))).all()


async def get_consequence(uow: UnitOfWork, consequence_id: str) -> ConsequenceRow:
    """One consequence; NotFound outside the caller's scope."""
    found = await uow.session.exec(select(ConsequenceRow).where(ConsequenceRow.id == consequence_id))
    return found_one(found.first())


CONSEQUENCE_COUNTS = f"""
select unit_id, count(*) filter (where kind = 'public_investigation') as public_investigation,
  count(*) filter (where kind = 'disqualified') as disqualified,
  count(*) filter (where kind = 'points_deducted') as points_deducted,
  count(*) filter (where kind = 'discipline') as discipline, count(*) filter (where kind = 'correction') as correction
from falsification_consequence
where unit_id = any ({UNITS}) and decided_on between $1 and $2 and ($3::uuid is null or unit_id > $3)
group by unit_id order by unit_id limit $4
"""  # noqa: S608  # a constant of another module


async def consequence_counts(
    connection: RawConnection, year: int, *, after: str | None, limit: int
) -> list[dict[str, Any]]:
    """What followed from falsifications in a year, counted by unit and kind; units by id."""
    bounds = (date(year, 1, 1), date(year, 12, 31), to_uuid(after) if after else None, limit)
    rows = await connection.fetch(CONSEQUENCE_COUNTS, *bounds)
    return [{**dict(row), "unit_id": from_uuid("unt", row["unit_id"])} for row in rows]


async def follow_dossier(uow: UnitOfWork, dossier_id: str, unit_id: str) -> list[tuple[str, int]]:
    """Put a dossier's findings into the scope of the unit that keeps it now: (id, new version) of each moved."""
    moved = await uow.session.exec(
        update(AlterationRow)
        .where(col(AlterationRow.dossier_id) == dossier_id)
        .where(col(AlterationRow.unit_id) != unit_id)
        .values(unit_id=unit_id, version=AlterationRow.version + 1)
        .returning(col(AlterationRow.id), col(AlterationRow.version))
    )
    return [(finding_id, version) for finding_id, version in moved.all()]
