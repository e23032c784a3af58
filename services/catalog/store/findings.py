"""Findings of dossiers, their waivers, and the counts by unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import from_uuid, new_id, to_uuid
from services.catalog.domain.dossier_view import DossierView
from services.catalog.domain.findings import Found
from services.catalog.store.scope import SCOPE

_COLUMNS = """finding_id, unit_id, dossier_id, code, member, severity, params::text as params, state, version, found_at,
  waiver_reason, waived_by, waived_at"""
_RANK = "array_position(array['error', 'warning', 'hint'], severity)"
_UPSERT = """
insert into finding (finding_id, unit_id, dossier_id, code, member, severity, params, state, version, found_at)
select v.finding_id, $1, $2, v.code, v.member, v.severity, v.params::jsonb, 'open', 1, $3
from unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[])
  as v(finding_id, code, member, severity, params)
on conflict (dossier_id, code, member) do update set severity = excluded.severity, params = excluded.params,
  state = 'open', version = finding.version + 1, found_at = excluded.found_at, resolved_at = null,
  waiver_reason = null, waived_by = null, waived_at = null
"""
_LIST = f"""
select {_COLUMNS}, {_RANK} as rank from finding
where dossier_id = $1 and state = any($2::text[]) and ($3::text[] is null or severity = any($3))
  and ({_RANK}, code, member) > ($4, $5, $6)
order by rank, code, member limit $7
"""  # noqa: S608  # constants of this module
_WORKLIST = f"""
select next.* from {SCOPE} cross join lateral (
  select {_COLUMNS} from finding f
  where f.unit_id = scope.unit_id and f.code = $2 and f.state = 'open' and (f.dossier_id, f.member) > ($3::uuid, $4)
  order by f.dossier_id, f.member limit $5
) as next order by next.dossier_id, next.member limit $5
"""  # noqa: S608
_COUNTS = f"""
select c.unit_id, c.code, c.open, c.waived, c.dossiers from {SCOPE} join finding_count c on c.unit_id = scope.unit_id
where (c.unit_id, c.code) > ($2::uuid, $3) order by c.unit_id, c.code limit $4
"""  # noqa: S608


@dataclass(frozen=True)
class Finding:
    """One finding as it is kept."""

    finding_id: str
    unit_id: str
    dossier_id: str
    code: str
    member: str
    severity: str
    params: dict[str, Any]
    state: str
    version: int
    found_at: datetime
    waiver_reason: str | None
    waived_by: str | None
    waived_at: datetime | None


def _finding(row: Any) -> Finding:
    told = {name: row[name] for name in Finding.__dataclass_fields__ if name not in ("params",)}
    return Finding(
        **{
            **told,
            "finding_id": from_uuid("fnd", row["finding_id"]),
            "unit_id": from_uuid("unt", row["unit_id"]),
            "dossier_id": from_uuid("dos", row["dossier_id"]),
            "params": orjson.loads(row["params"]),
        }
    )


async def sync(uow: UnitOfWork, view: DossierView, found: Sequence[Found]) -> bool:
    """Keep what was found, and resolve what was not; whether anything changed.

    What is known with the same figures stays as it is, with its waiver; with others it is open again.
    """
    key = to_uuid(view.dossier_id)
    rows = await uow.raw().fetch(
        "select code, member, severity, params::text as params, state from finding where dossier_id = $1", key
    )
    known = {(row["code"], row["member"]): row for row in rows if row["state"] != "resolved"}
    # Two of one code and place are one: the last counts.
    now = {(one.rule.code, one.member): one for one in found}
    fresh = [one for place, one in now.items() if not _same(known.get(place), one)]
    gone = [place for place in known if place not in now]
    if fresh:
        await uow.raw().execute(
            _UPSERT,
            to_uuid(view.unit_id),
            key,
            uow.now,
            [to_uuid(new_id("fnd")) for _ in fresh],
            [one.rule.code for one in fresh],
            [one.member for one in fresh],
            [one.rule.severity for one in fresh],
            [orjson.dumps(one.params).decode() for one in fresh],
        )
    if gone:
        await uow.raw().execute(
            """update finding f set state = 'resolved', version = f.version + 1, resolved_at = $4,
              waiver_reason = null, waived_by = null, waived_at = null
            from unnest($2::text[], $3::text[]) as v(code, member)
            where f.dossier_id = $1 and f.code = v.code and f.member = v.member""",
            key,
            [code for code, _ in gone],
            [member for _, member in gone],
            uow.now,
        )
    return bool(fresh or gone)


def _same(row: Any, found: Found) -> bool:
    return row is not None and row["severity"] == found.rule.severity and orjson.loads(row["params"]) == found.params


async def list_page(
    uow: UnitOfWork,
    dossier_id: str,
    states: Sequence[str],
    severities: Sequence[str] | None,
    after: Sequence[Any] | None,
    limit: int,
) -> list[tuple[Finding, int]]:
    """Findings of one dossier, the gravest first, from the one after `(rank, code, member)`; each with its rank."""
    rank, code, member = after or (0, "", "")
    rows = await uow.raw().fetch(_LIST, to_uuid(dossier_id), list(states), severities, rank, code, member, limit)
    return [(_finding(row), row["rank"]) for row in rows]


async def list_open(
    connection: Any, code: str, unit_id: str | None, after: tuple[str, str] | None, limit: int
) -> list[Finding]:
    """The worklist of one code in the caller's units (or one of them), by dossier and member."""
    dossier_id, member = after or ("dos_" + "0" * 26, "")
    unit = to_uuid(unit_id) if unit_id else None
    rows = await connection.fetch(_WORKLIST, unit, code, to_uuid(dossier_id), member, limit)
    return [_finding(row) for row in rows]


async def list_counts(
    connection: Any, unit_id: str | None, after: tuple[str, str] | None, limit: int
) -> list[dict[str, Any]]:
    """Open and waived findings by unit and code in the caller's units (or one of them), as they were last counted."""
    last_unit, code = after or ("unt_" + "0" * 26, "")
    unit = to_uuid(unit_id) if unit_id else None
    rows = await connection.fetch(_COUNTS, unit, to_uuid(last_unit), code, limit)
    return [{**row, "unit_id": from_uuid("unt", row["unit_id"])} for row in rows]


async def get(uow: UnitOfWork, finding_id: str, *, lock: bool = False) -> Finding:
    """One finding; NotFound outside the caller's units."""
    query = f"select {_COLUMNS} from finding where finding_id = $1"  # noqa: S608  # constants of this module
    row = await uow.raw().fetchrow(query + (" for update" if lock else ""), to_uuid(finding_id))
    if row is None:
        raise NotFound()
    return _finding(row)


async def set_waiver(uow: UnitOfWork, finding: Finding, reason: str | None) -> Finding:
    """Waive it for this reason, or (None) open it again."""
    row = await uow.raw().fetchrow(
        f"""update finding set state = case when $2::text is null then 'open' else 'waived' end, waiver_reason = $2,
          waived_by = case when $2::text is null then null else $3 end,
          waived_at = case when $2::text is null then null else $4::timestamptz end, version = version + 1
        where finding_id = $1 returning {_COLUMNS}""",  # noqa: S608  # constants of this module
        to_uuid(finding.finding_id),
        reason,
        uow.caller.account_id,
        uow.now,
    )
    await mark_tally(uow, finding.unit_id)
    return _finding(row)


async def mark_tally(uow: UnitOfWork, unit_id: str) -> None:
    """Findings of the unit have changed: count them again."""
    await uow.raw().execute(
        "insert into unit_to_tally (unit_id, marked_at) values ($1, $2) on conflict do nothing",
        to_uuid(unit_id),
        uow.now,
    )


async def tally_next(uow: UnitOfWork) -> bool:
    """Count one unit anew; whether there was one. Its mark goes first: what changes from now on marks it again."""
    unit = await uow.raw().fetchval(
        """delete from unit_to_tally where unit_id = (
          select unit_id from unit_to_tally order by marked_at, unit_id limit 1 for update skip locked)
        returning unit_id"""
    )
    if unit is None:
        return False
    await uow.raw().execute("delete from finding_count where unit_id = $1", unit)
    await uow.raw().execute(
        """insert into finding_count (unit_id, code, open, waived, dossiers)
        select unit_id, code, count(*) filter (where state = 'open'), count(*) filter (where state = 'waived'),
          count(distinct dossier_id) filter (where state = 'open')
        from finding where unit_id = $1 and state <> 'resolved' group by unit_id, code""",
        unit,
    )
    return True
