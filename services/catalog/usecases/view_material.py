"""View one material: a row of the catalogue, so that it is a view as the whole catalogue is."""

from dataclasses import dataclass
from typing import Any

from chassis.unit_of_work import UnitOfWork
from services.catalog.domain.material import Material
from services.catalog.domain.standing import Standing
from services.catalog.store import dossiers, filing_tasks, materials, standings
from services.catalog.usecases.recuse import refuse_related


@dataclass(frozen=True)
class ViewedMaterial:
    """A material, its entry in the queue if it ever waited, the scheme of its dossier, and what the desk knows of
    its place there."""

    material: Material
    queue: dict[str, Any] | None
    scheme_id: str | None
    standing: Standing | None


async def view_material(material_id: str, *, uow: UnitOfWork) -> ViewedMaterial:
    """The material, and why it waits if it ever did; its view recorded. NotFound outside the caller's units."""
    async with uow:
        material = await materials.get(uow.raw(), material_id)
        scheme_id, standing = None, None
        if material.dossier_id is not None:
            person_id, scheme_id = await dossiers.whose(uow.raw(), material.dossier_id)
            await refuse_related(uow, person_id)
            standing = (await standings.load(uow, material.dossier_id, [material_id]))[material_id]
        queue = await filing_tasks.find_of_material(uow.raw(), material_id)
        uow.record("material.viewed", material_id, material.version, {"dossier_id": material.dossier_id})
        return ViewedMaterial(material, queue, scheme_id, standing)
