"""View what was taken out of a dossier, or one request: titles are read, so that each is a view of the dossier."""

from collections.abc import Sequence

from chassis.unit_of_work import UnitOfWork
from services.catalog.store import dossiers, removals
from services.catalog.store.removals import ShownRemoval
from services.catalog.usecases.recuse import refuse_related


async def view_removals(
    dossier_id: str, states: Sequence[str], after: str | None, limit: int, *, uow: UnitOfWork
) -> list[ShownRemoval]:
    """Requests about a dossier, the earliest first."""
    async with uow:
        dossier = await dossiers.get(uow, dossier_id)
        await refuse_related(uow, dossier.person_id)
        found = await removals.list_of(uow.raw(), dossier_id, states, after, limit)
        seen = {"removals": [one.removal.removal_id for one in found]}
        uow.record("dossier.removals_viewed", dossier_id, dossier.version, seen)
        return found


async def view_removal(removal_id: str, *, uow: UnitOfWork) -> ShownRemoval:
    """One request with its material."""
    async with uow:
        found = await removals.get_shown(uow.raw(), removal_id)
        dossier = await dossiers.get(uow, found.removal.dossier_id)
        await refuse_related(uow, dossier.person_id)
        uow.record("removal.viewed", removal_id, found.removal.version, {"dossier_id": dossier.dossier_id})
        return found
