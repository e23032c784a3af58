"""How much waits at the shelves of each unit."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from contracts.values.ids import from_uuid, to_uuid
from services.catalog.store.scope import SCOPE

_FIRST = UUID(int=0)
# One unit after the other, each counted over its own partial indexes.
_COUNTS = f"""
select scope.unit_id, r.reprints, r.reprints_since, l.loose_sheets, l.loose_since, l.overdue, n.needs_edge,
  n.conditions, p.second_persons
from (select * from {SCOPE} where unit_id > $2 order by unit_id limit $3) as scope
  cross join lateral (select count(*) as reprints, min(stale_since) as reprints_since from catalogue_state s
    where s.unit_id = scope.unit_id and s.stale_since is not null) r
  cross join lateral (select count(*) as loose_sheets, min(since) as loose_since,
      count(*) filter (where since < now() + (select moved from clock) - $4::interval) as overdue
    from loose_sheet l where l.unit_id = scope.unit_id) l
  cross join lateral (select count(*) filter (where cause = 'needs_edge') as needs_edge,
      count(*) filter (where cause = 'condition') as conditions from processing_need n
    where n.unit_id = scope.unit_id and n.state = 'open') n
  cross join lateral (select count(*) as second_persons from processing_record p
    where p.unit_id = scope.unit_id and p.state = 'pending') p
order by scope.unit_id
"""  # noqa: S608  # constants of this package


async def list_counts(
    connection: Any, unit_id: str | None, bound_within: timedelta, after: str | None, limit: int
) -> list[dict[str, Any]]:
    """A row for each unit of the caller, in order of their ids; sheets older than `bound_within` are overdue."""
    unit = to_uuid(unit_id) if unit_id else None
    rows = await connection.fetch(_COUNTS, unit, to_uuid(after) if after else _FIRST, limit, bound_within)
    return [{**row, "unit_id": from_uuid("unt", row["unit_id"])} for row in rows]
