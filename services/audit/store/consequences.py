"""What followed from falsifications, counted for the yearly bulletin of a unit and those below it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, to_uuid

YEAR_BELOW = """
select c.unit_id, c.kind, count(*) as number
from unit_scope s join falsification_consequence c on c.unit_id = s.unit_id
where s.ancestors @> array[$1::uuid] and c.decided_on between $2 and $3
group by c.unit_id, c.kind
"""


async def count_year(uow: UnitOfWork, unit_id: str, year: int) -> dict[str, dict[str, int]]:
    """Unit that keeps the dossier → kind → number of what was decided in a year."""
    rows = await uow.raw().fetch(YEAR_BELOW, to_uuid(unit_id), date(year, 1, 1), date(year, 12, 31))
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        counted[from_uuid("unt", row["unit_id"])][row["kind"]] = row["number"]
    return dict(counted)
