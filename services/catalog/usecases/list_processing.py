"""Read a material's sheet: its conditions and what was done to it. A view of the dossier, recorded."""

from chassis.unit_of_work import UnitOfWork
from services.catalog.store import processing_needs, processing_records
from services.catalog.store.processing_needs import Need
from services.catalog.store.processing_records import Record
from services.catalog.usecases.material_paper import material_in_hand


async def list_needs(material_id: str, after: str | None, limit: int, *, uow: UnitOfWork) -> list[Need]:
    """Conditions and edges, in the order in which they were recorded."""
    async with uow:
        material = await material_in_hand(uow, material_id)
        uow.record("processing.viewed", material_id, material.version, {"part": "needs"})
        return await processing_needs.list_of_material(uow.raw(), material_id, after, limit)


async def list_records(material_id: str, after: str | None, limit: int, *, uow: UnitOfWork) -> list[Record]:
    """Acts, in the order in which they were recorded."""
    async with uow:
        material = await material_in_hand(uow, material_id)
        uow.record("processing.viewed", material_id, material.version, {"part": "records"})
        return await processing_records.list_of_material(uow.raw(), material_id, after, limit)
