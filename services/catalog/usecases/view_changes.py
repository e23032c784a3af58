"""Show what was done at the desk in a dossier."""

from chassis.unit_of_work import UnitOfWork
from services.catalog.store import dossiers, material_changes
from services.catalog.store.material_changes import MaterialChange
from services.catalog.usecases.recuse import refuse_related


async def view_changes(dossier_id: str, before: str | None, limit: int, *, uow: UnitOfWork) -> list[MaterialChange]:
    """Changes of a dossier, the latest first. A view of the dossier: it stands in the journal."""
    async with uow:
        dossier = await dossiers.get(uow, dossier_id)
        await refuse_related(uow, dossier.person_id)
        found = await material_changes.list_of(uow.raw(), dossier_id, before, limit)
        uow.record("dossier.changes_viewed", dossier_id, dossier.version, {"changes": [c.change_id for c in found]})
        return found
