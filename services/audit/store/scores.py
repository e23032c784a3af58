"""Scores of dossiers, and the bulletins over them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlmodel import col, select

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, to_uuid
from services.audit.store.found import found_one
from services.audit.store.scope import in_scope
from services.audit.store.tables_score import ScoreBulletin, ScoreRow

# The last score of each dossier in the year counts; ranked by the average, the best first.
_COUNTED = """
with counted as (
  select s.from_unit_id, count(*) as dossiers,
    count(*) filter (where s.grade = 'excellent') as excellent,
    count(*) filter (where s.grade = 'qualified') as qualified,
    count(*) filter (where s.grade = 'unqualified') as unqualified,
    count(*) filter (where cardinality(s.vetoes) > 0) as vetoed,
    round(avg(s.total), 2) as average
  from unit_scope u join score s on s.unit_id = u.unit_id
  where u.ancestors @> array[$1::uuid] and s.year = $2
    and not exists (select from score l where l.dossier_id = s.dossier_id and l.year = s.year and l.id > s.id)
  group by s.from_unit_id
)
select *, rank() over (order by average desc) as rank from counted order by average desc, from_unit_id
"""
_COUNTS = ("rank", "dossiers", "excellent", "qualified", "unqualified", "vetoed")


async def add(uow: UnitOfWork, score: ScoreRow) -> None:
    """Keep a score."""
    uow.session.add(score)
    await uow.session.flush()


async def get(uow: UnitOfWork, score_id: str) -> ScoreRow:
    """One score; NotFound outside the caller's scope."""
    return found_one((await uow.session.exec(select(ScoreRow).where(ScoreRow.id == score_id))).first())


async def page_of(
    uow: UnitOfWork,
    *,
    after: str | None,
    limit: int,
    year: int | None,
    dossier_id: str | None,
    hidden_persons: Collection[str],
) -> Sequence[ScoreRow]:
    """Scores by id, without those of `hidden_persons`: the caller's own and relatives'."""
    statement = select(ScoreRow).where(in_scope(uow, ScoreRow.unit_id)).order_by(col(ScoreRow.id)).limit(limit)
    if after is not None:
        statement = statement.where(col(ScoreRow.id) > after)
    if year is not None:
        statement = statement.where(ScoreRow.year == year)
    if dossier_id is not None:
        statement = statement.where(ScoreRow.dossier_id == dossier_id)
    if hidden_persons:
        statement = statement.where(col(ScoreRow.person_id).not_in(hidden_persons))
    return (await uow.session.exec(statement)).all()


async def follow_dossier(uow: UnitOfWork, dossier_id: str, unit_id: str) -> None:
    """Put a dossier's scores into the scope of the unit that keeps it now. They have no version to rise."""
    await uow.raw().execute(
        "update score set unit_id = $2 where dossier_id = $1 and unit_id <> $2", to_uuid(dossier_id), to_uuid(unit_id)
    )


async def count_year(uow: UnitOfWork, unit_id: str, year: int) -> list[dict[str, Any]]:
    """How the dossiers that a unit and those below it keep were graded in a year, by the unit that is scored."""
    rows = await uow.raw().fetch(_COUNTED, to_uuid(unit_id), year)
    return [
        {
            "unit_id": from_uuid("unt", row["from_unit_id"]),
            **{name: row[name] for name in _COUNTS},
            "average": str(row["average"]),
        }
        for row in rows
    ]


async def find_proposed(uow: UnitOfWork, unit_id: str, year: int) -> ScoreBulletin | None:
    """The bulletin of this year that waits for its approval, if any."""
    statement = select(ScoreBulletin).where(
        ScoreBulletin.unit_id == unit_id, ScoreBulletin.year == year, ScoreBulletin.state == "proposed"
    )
    return (await uow.session.exec(statement)).first()


async def add_bulletin(uow: UnitOfWork, bulletin: ScoreBulletin) -> None:
    """Keep a bulletin. What is put into it later is kept by the next flush."""
    uow.session.add(bulletin)
    await uow.session.flush()


async def get_bulletin(uow: UnitOfWork, bulletin_id: str, *, lock: bool = False) -> ScoreBulletin:
    """One bulletin; NotFound outside the caller's scope. With `lock`, whoever approves comes one after the other."""
    statement = select(ScoreBulletin).where(ScoreBulletin.id == bulletin_id)
    if lock:
        statement = statement.with_for_update()
    return found_one((await uow.session.exec(statement)).first())


async def bulletins_of(uow: UnitOfWork, *, after: str | None, limit: int, year: int | None) -> Sequence[ScoreBulletin]:
    """Bulletins by id."""
    statement = select(ScoreBulletin).where(in_scope(uow, ScoreBulletin.unit_id))
    statement = statement.order_by(col(ScoreBulletin.id)).limit(limit)
    if after is not None:
        statement = statement.where(col(ScoreBulletin.id) > after)
    if year is not None:
        statement = statement.where(ScoreBulletin.year == year)
    return (await uow.session.exec(statement)).all()
