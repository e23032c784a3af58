"""Whether a dossier's printed catalogue still shows what stands in it, and the queue of those to be printed anew."""

from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, to_uuid
from services.catalog.store.scope import SCOPE

# The dossier's review is called for in the same round trip: see `reviews`.
_CHANGED = """
with review as (
  insert into dossier_to_review (dossier_id, unit_id, marked_at)
  select dossier_id, unit_id, $2 from dossier where dossier_id = $1
  on conflict (dossier_id) do update set marked_at = excluded.marked_at, mark = default
)
insert into catalogue_state as s (dossier_id, unit_id, changed_version, changed_at, stale_since)
select dossier_id, unit_id, version, $2, $2 from dossier where dossier_id = $1
on conflict (dossier_id) do update set changed_version = excluded.changed_version,
  changed_at = excluded.changed_at, stale_since = coalesce(s.stale_since, excluded.stale_since)
"""
_PRINTED = """
with printed as (
  update catalogue_state set printed_version = $2, printed_at = $3,
    stale_since = case when changed_version <= $2 then null else stale_since end
  where dossier_id = $1 and coalesce(printed_version, 0) <= $2
  returning old.stale_since is not null and new.stale_since is null as agrees_again
)
update dossier set version = version + 1, changed_at = $3
where dossier_id = $1 and (select agrees_again from printed) returning version
"""
_LIST = f"""
with queue as materialized (
  select oldest.* from {SCOPE} cross join lateral (
    select s.dossier_id, s.unit_id, s.stale_since, s.printed_at from catalogue_state s
    where s.unit_id = scope.unit_id and s.stale_since is not null
      and (s.stale_since, s.dossier_id) > (coalesce($2, '-infinity'::timestamptz), $3::uuid)
    order by s.stale_since, s.dossier_id limit $4
  ) as oldest order by oldest.stale_since, oldest.dossier_id limit $4
)
select queue.*, d.dossier_no, p.name from queue
  join dossier d on d.dossier_id = queue.dossier_id join person p on p.person_id = d.person_id
order by queue.stale_since, queue.dossier_id
"""  # noqa: S608  # constants of this package
_FIRST = UUID(int=0)


async def mark_changed(uow: UnitOfWork, dossier_id: str) -> None:
    """Materials, order or pages have changed: the paper no longer agrees, and the dossier is looked through anew.

    Call it after the change has raised the dossier's version in this transaction, as every such change does
    (the catalogue's ETag is the dossier's version): a print counts as present by that version.
    """
    await uow.raw().execute(_CHANGED, to_uuid(dossier_id), uow.now)


async def mark_printed(uow: UnitOfWork, dossier_id: str, version: int) -> None:
    """The present form of the catalogue was printed as it stood at this version of the dossier.

    A change that came while the print was drawn leaves it stale. When the paper agrees again the card says so,
    so that the dossier gets a new version; the print shows that one too.
    """
    # The dossier first, as every filing does; in a statement of its own, so that the next one sees what came before.
    await uow.raw().execute("select from dossier where dossier_id = $1 for update", to_uuid(dossier_id))
    risen = await uow.raw().fetchval(_PRINTED, to_uuid(dossier_id), version, uow.now)
    if risen is not None:
        uow.record("catalogue.current", dossier_id, risen, {"printed": version}, changed=("catalogue_stale",))


async def list_stale(
    connection: Any, unit_id: str | None, after: tuple[datetime, str] | None, limit: int
) -> list[dict[str, Any]]:
    """Dossiers whose catalogue is to be printed anew, longest waiting first, from the one after `(since, id)`."""
    since, dossier_id = after or (None, None)
    unit = to_uuid(unit_id) if unit_id else None
    rows = await connection.fetch(_LIST, unit, since, to_uuid(dossier_id) if dossier_id else _FIRST, limit)
    return [
        {
            **row,
            "dossier_id": from_uuid("dos", row["dossier_id"]),
            "unit_id": from_uuid("unt", row["unit_id"]),
        }
        for row in rows
    ]
