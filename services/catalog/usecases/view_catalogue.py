"""View a dossier's catalogue, or print it: the journal row commits before anything is shown."""

from chassis.unit_of_work import UnitOfWork
from services.catalog.store import catalogue
from services.catalog.store.catalogue import Catalogue
from services.catalog.usecases.recuse import refuse_related


async def view_catalogue(dossier_id: str, *, uow: UnitOfWork) -> Catalogue:
    """The whole catalogue, its view recorded; NotFound outside the caller's units."""
    async with uow:
        found = await catalogue.get(uow, dossier_id)
        await refuse_related(uow, found.person_id)
        state = {"materials": [entry.material_id for entry in found.entries]}
        uow.record("catalogue.viewed", dossier_id, found.version, state)
        return found
