"""What every act on a material's paper checks first."""

from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, StateConflict
from services.catalog.domain.material import Material
from services.catalog.store import dossiers, materials
from services.catalog.usecases.recuse import refuse_related


async def material_in_hand(uow: UnitOfWork, material_id: str) -> Material:
    """The material, also one that was taken out; refused for a relative, and where the paper went back."""
    material = await materials.get(uow.raw(), material_id)
    if material.dossier_id is None or material.state == "refused":
        raise StateConflict(state=material.state)
    await refuse_related(uow, (await dossiers.get(uow, material.dossier_id)).person_id)
    return material


def check_own_paper(material: Material) -> None:
    """StateConflict for what was joined to another material: its paper is that one's, where more is noted."""
    if material.state == "merged":
        raise StateConflict(state=material.state)


def check_page(material: Material, page_no: int | None) -> list[FieldFault]:
    """What is wrong with a page number: it is one of the material's, by printed sides."""
    if page_no is None or page_no <= material.page_count:
        return []
    return [FieldFault("/page_no", "out-of-range", {"min": 1, "max": material.page_count})]
