"""Units as heard from transfer: the way from a path in the role mapping to a unit's id."""

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid


async def ids_by_path(uow: UnitOfWork, paths: frozenset[str]) -> dict[str, str]:
    """Ids of the active units with these paths (unit codes from the root, joined by `/`)."""
    rows = await uow.raw().fetch(
        """select array_to_string(path, '/') as path, unit_id from unit_scope
        where active and array_to_string(path, '/') = any($1::text[]) limit 10000""",
        list(paths),
    )
    return {row["path"]: from_uuid("unt", row["unit_id"]) for row in rows}
