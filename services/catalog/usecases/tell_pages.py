"""Tell that the pages of a material are others than before."""

from collections.abc import Sequence

from chassis.unit_of_work import UnitOfWork
from contracts.events import MaterialPagesChanged
from services.catalog.domain.material import Material
from services.catalog.store import materials, pages
from services.catalog.store.catalogue_state import mark_changed


async def touch_pages(
    uow: UnitOfWork, material_id: str, person_id: str, changed: Sequence[str], *, paper: bool = True
) -> Material:
    """A new version of a material whose pages were just changed, whose dossier this transaction holds.

    What is filed is told to the other services; what is still queued is told when it is filed. With `paper`
    off only an image is another one: the catalogue's list of pages and its print stay right.
    """
    await pages.touch_material(uow, material_id)
    material = await materials.get(uow.raw(), material_id)
    state = {"pages": [page.page_id for page in material.pages], "digests": [page.digest for page in material.pages]}
    uow.record("material.pages_changed", material_id, material.version, state, changed=changed)
    if material.state != "filed" or material.dossier_id is None:
        return material
    if paper:
        version = await pages.touch_dossier(uow, material.dossier_id)
        uow.record("dossier.changed", material.dossier_id, version, {"pages_of": material_id}, changed=("pages",))
        await mark_changed(uow, material.dossier_id)
    uow.tell(_told(material, material.dossier_id, person_id), version=material.version)
    return material


def _told(material: Material, dossier_id: str, person_id: str) -> MaterialPagesChanged:
    return MaterialPagesChanged(
        material_id=material.material_id,
        dossier_id=dossier_id,
        person_id=person_id,
        unit_id=material.unit_id,
        blob_unit_id=material.blob_unit_id,
        page_count=material.page_count,
        pages=list(material.pages),
    )
