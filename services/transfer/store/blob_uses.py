"""Uses of page files that end together, in one statement."""

from collections.abc import Sequence
from typing import NamedTuple

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import to_uuid


class BlobUse(NamedTuple):
    """The file with this digest of a unit, as an item or an upload uses it."""

    unit_id: str
    digest: str
    resource_id: str


async def end(uow: UnitOfWork, uses: Sequence[BlobUse]) -> None:
    """None of these uses goes on; a use that has ended already stays as it is."""
    await uow.raw().execute(
        """update blob_ref b set until = $4
        from unnest($1::uuid[], $2::text[], $3::text[]) as d(unit_id, digest, resource_id)
        where b.unit_id = d.unit_id and b.digest = d.digest and b.resource_id = d.resource_id and b.until is null""",
        [to_uuid(use.unit_id) for use in uses],
        [use.digest for use in uses],
        [use.resource_id for use in uses],
        uow.now,
    )
