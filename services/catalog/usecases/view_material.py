"""View one material: a row of the catalogue, so that it is a view as the whole catalogue is."""

from typing import Any

from chassis.unit_of_work import UnitOfWork
from services.catalog.domain.material import Material
from services.catalog.store import dossiers, filing_tasks, materials
from services.catalog.usecases.recuse import refuse_related


async def view_material(material_id: str, *, uow: UnitOfWork) -> tuple[Material, dict[str, Any] | None]:
    """The material, and why it waits if it ever did; its view recorded. NotFound outside the caller's units."""
    async with uow:
        material = await materials.get(uow.raw(), material_id)
        if material.dossier_id is not None:
            await refuse_related(uow, (await dossiers.get(uow, material.dossier_id)).person_id)
        queue = await filing_tasks.find_of_material(uow.raw(), material_id)
        uow.record("material.viewed", material_id, material.version, {"dossier_id": material.dossier_id})
        return material, queue
