"""Facts of persons: read in order, added, and ended; never changed and never deleted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, to_uuid
from contracts.values.partial_date import PartialDate
from services.catalog.domain.facts import Fact, Facts, Provenance

MOST_CURRENT = 1000
"""Current facts of one person; a request that would pass it is refused."""

_COLUMNS = """fact_id, person_id, kind, value::text, valid_from::text, valid_to::text, sort_key, provenance,
  material_id, page_id, determination_id, entry_id, reason, recorded_at, recorded_by, ended_at, ended_by,
  superseded_by"""
_CURRENT = f"""
select {_COLUMNS} from fact where person_id = $1 and ended_at is null
order by person_id, kind, sort_key, fact_id limit {MOST_CURRENT}
"""  # noqa: S608  # constants of this module
_PAGE = f"""
select {_COLUMNS} from fact
where person_id = $1 and (kind, sort_key, fact_id) > ($2, $3, $4) and (ended_at is null or $5)
  and ($6::text is null or kind = $6)
order by person_id, kind, sort_key, fact_id limit $7
"""  # noqa: S608
_OF_ENTRY = f"select {_COLUMNS} from fact where entry_id = $1 order by fact_id limit {MOST_CURRENT}"  # noqa: S608
_ADD = """
insert into fact (fact_id, person_id, kind, value, valid_from, valid_to, sort_key, provenance, material_id, page_id,
  determination_id, entry_id, reason, recorded_at, recorded_by)
select f.fact_id, f.person_id, f.kind, f.value::jsonb, f.valid_from::jsonb, f.valid_to::jsonb, f.sort_key,
  f.provenance, f.material_id, f.page_id, f.determination_id, f.entry_id, f.reason, f.recorded_at, f.recorded_by
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::uuid[],
  $10::uuid[], $11::uuid[], $12::uuid[], $13::text[], $14::timestamptz[], $15::text[])
as f(fact_id, person_id, kind, value, valid_from, valid_to, sort_key, provenance, material_id, page_id,
  determination_id, entry_id, reason, recorded_at, recorded_by)
"""
_END = """
update fact set ended_at = $3, ended_by = $4, superseded_by = e.successor
from unnest($1::uuid[], $2::uuid[]) as e(fact_id, successor)
where fact.fact_id = e.fact_id and fact.ended_at is null
"""
_END_NUMBERS = "update id_number set ended_at = $2 where fact_id = any($1::uuid[]) and ended_at is null"


def _date(told: Any) -> PartialDate | None:
    return None if told is None else PartialDate.model_validate(orjson.loads(told))


def _json(date: PartialDate | None) -> str | None:
    return None if date is None else date.model_dump_json()


def _id(prefix: str, key: Any) -> str | None:
    return None if key is None else from_uuid(prefix, key)


def _fact(row: Any) -> Fact:
    return Fact(
        fact_id=from_uuid("fct", row["fact_id"]),
        person_id=from_uuid("per", row["person_id"]),
        kind=row["kind"],
        value=orjson.loads(row["value"]),
        valid_from=_date(row["valid_from"]),
        valid_to=_date(row["valid_to"]),
        sort_key=row["sort_key"],
        provenance=Provenance(
            row["provenance"],
            _id("mat", row["material_id"]),
            _id("pag", row["page_id"]),
            _id("det", row["determination_id"]),
            row["reason"],
        ),
        entry_id=from_uuid("req", row["entry_id"]),
        recorded_at=row["recorded_at"],
        recorded_by=row["recorded_by"],
        ended_at=row["ended_at"],
        ended_by=row["ended_by"],
        superseded_by=_id("fct", row["superseded_by"]),
    )


async def current_facts(uow: UnitOfWork, person_id: str) -> Facts:
    """Everything that is current of a person, in order; nothing outside the caller's units."""
    return Facts(person_id, tuple(_fact(row) for row in await uow.raw().fetch(_CURRENT, to_uuid(person_id))))


async def list_page(
    uow: UnitOfWork, person_id: str, *, after: Sequence[str] | None, limit: int, history: bool, kind: str | None
) -> list[Fact]:
    """Facts after the one with these sort keys; with `history` those that ended too."""
    seen_kind, seen_key, seen_id = after or ("", "", "fct_00000000000000000000000000")
    rows = await uow.raw().fetch(_PAGE, to_uuid(person_id), seen_kind, seen_key, to_uuid(seen_id), history, kind, limit)
    return [_fact(row) for row in rows]


async def list_entry(uow: UnitOfWork, entry_id: str) -> list[Fact]:
    """The facts that one request recorded."""
    return [_fact(row) for row in await uow.raw().fetch(_OF_ENTRY, to_uuid(entry_id))]


_PHOTOGRAPH = f"""
select {_COLUMNS} from fact where person_id = $1 and kind = 'photo'
  and case when $2::uuid is null then ended_at is null else fact_id = $2 end
"""  # noqa: S608


async def find_photograph(uow: UnitOfWork, person_id: str, fact_id: str | None) -> Fact | None:
    """The person's present photograph, or the one that this fact is, also when another took its place."""
    row = await uow.raw().fetchrow(_PHOTOGRAPH, to_uuid(person_id), to_uuid(fact_id) if fact_id else None)
    return _fact(row) if row else None


_ENDED = f"""
select {_COLUMNS} from fact where person_id = $1 and kind = any($2::text[]) and ended_at is not null
order by person_id, kind, sort_key, fact_id limit 200
"""  # noqa: S608


async def list_ended(uow: UnitOfWork, person_id: str, kinds: Sequence[str]) -> list[Fact]:
    """Former facts of these kinds, of a kind the oldest first."""
    return [_fact(row) for row in await uow.raw().fetch(_ENDED, to_uuid(person_id), list(kinds))]


_PAGES_OF = """
select m.material_id, array(select p.page_id from page p where p.material_id = m.material_id) as pages
from dossier d join material m on m.dossier_id = d.dossier_id
where d.person_id = $1 and m.material_id = any($2::uuid[])
"""


async def pages_of_materials(uow: UnitOfWork, person_id: str, material_ids: Sequence[str]) -> dict[str, set[str]]:
    """Those of the materials that stand in the person's dossier, each with the ids of its pages."""
    rows = await uow.raw().fetch(_PAGES_OF, to_uuid(person_id), [to_uuid(one) for one in material_ids])
    return {from_uuid("mat", row["material_id"]): {from_uuid("pag", page) for page in row["pages"]} for row in rows}


async def add(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    """Record new facts, in one statement."""
    columns = zip(*(_row(fact) for fact in facts), strict=True)
    await uow.raw().execute(_ADD, *(list(column) for column in columns))


def _row(fact: Fact) -> tuple[Any, ...]:
    where = fact.provenance
    return (
        to_uuid(fact.fact_id),
        to_uuid(fact.person_id),
        fact.kind,
        orjson.dumps(fact.value).decode(),
        _json(fact.valid_from),
        _json(fact.valid_to),
        fact.sort_key,
        where.kind,
        to_uuid(where.material_id) if where.material_id else None,
        to_uuid(where.page_id) if where.page_id else None,
        to_uuid(where.determination_id) if where.determination_id else None,
        to_uuid(fact.entry_id),
        where.reason,
        fact.recorded_at,
        fact.recorded_by,
    )


async def end(uow: UnitOfWork, ended: Sequence[tuple[str, str | None]], *, at: datetime, by: str) -> None:
    """End facts, each with the one that takes its place, if one does."""
    keys = [to_uuid(fact_id) for fact_id, _ in ended]
    successors = [to_uuid(successor) if successor else None for _, successor in ended]
    await uow.raw().execute(_END, keys, successors, at, by)
    await uow.raw().execute(_END_NUMBERS, keys, at)
