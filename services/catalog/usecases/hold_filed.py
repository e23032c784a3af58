"""Hold a dossier, or a filed material and its dossier, for a change at the desk."""

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import NotFound, StateConflict
from services.catalog.domain.standing import Standing
from services.catalog.store import dossiers, materials, standings
from services.catalog.store.dossiers import LockedDossier
from services.catalog.usecases.recuse import refuse_related


async def hold_dossier(uow: UnitOfWork, dossier_id: str, seen_version: int | None = None) -> LockedDossier:
    """The dossier, held until the commit. NotFound outside the caller's units; Recusal; VersionStale;
    StateConflict when it is closed."""
    dossier = await dossiers.find_locked(uow, dossier_id)
    if dossier is None:
        raise NotFound()
    await refuse_related(uow, dossier.person_id)
    if seen_version is not None:
        await check_version(uow, dossier_id, dossier.version, seen_version)
    if dossier.state == "closed":
        raise StateConflict(state="dossier closed")
    return dossier


async def hold_filed(uow: UnitOfWork, material_id: str, seen_version: int) -> tuple[LockedDossier, Standing]:
    """A filed material in its dossier, both held. The dossier first, as every filing does."""
    dossier, standing = await hold_standing(uow, material_id, seen_version)
    if standing.state != "filed":
        raise StateConflict(state=standing.state)
    return dossier, standing


async def hold_standing(uow: UnitOfWork, material_id: str, seen_version: int) -> tuple[LockedDossier, Standing]:
    """The same in whatever state the material is."""
    named = (await materials.get(uow.raw(), material_id)).dossier_id
    if named is None:
        raise NotFound()
    dossier = await hold_dossier(uow, named)
    standing = (await standings.load(uow, named, [material_id]))[material_id]
    await check_version(uow, material_id, standing.version, seen_version, unnamed="item_no")
    return dossier, standing
