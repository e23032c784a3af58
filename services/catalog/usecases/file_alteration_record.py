"""File the signed record of a confirmed alteration (涂改情况登记表) into the dossier, once."""

from typing import Final

from chassis.deps import Deps
from chassis.unit_of_work import UnitOfWork
from contracts.events import AlterationConfirmed, Envelope
from services.catalog.domain.filing import DOSSIER_UNKNOWN, Refuse
from services.catalog.domain.material import Material, Origin
from services.catalog.rules import CatalogRules
from services.catalog.store import dossiers, materials
from services.catalog.usecases.file_appraised_material import tell_refused
from services.catalog.usecases.place_materials import Filing, place_materials

CATEGORY: Final = "5"
"""Reviews and determinations of facts. The class is this house's choice (U): no rule names one."""
BASIS: Final = "alteration"
CLOSED: Final = Refuse(("dossier_closed",))


async def file_alteration_record(event: Envelope[AlterationConfirmed], uow: UnitOfWork, deps: Deps) -> None:
    """One filing however often it is told; a dossier that is not here, or closed, takes none, and audit is told."""
    rules: CatalogRules = deps.rules
    told = event.data
    dossier = await dossiers.find_locked(uow, told.dossier_id)
    material = Material(
        material_id=told.material_id,
        unit_id=dossier.unit_id if dossier else told.unit_id,
        dossier_id=dossier.dossier_id if dossier else None,
        named_dossier_id=told.dossier_id,
        title=told.title,
        original_title=told.title,
        formed_on=told.formed_on,
        page_count=len(told.pages),
        blob_unit_id=told.blob_unit_id,
        pages=tuple(told.pages),
        origin=Origin(),
    )
    verdict = DOSSIER_UNKNOWN if dossier is None else CLOSED if dossier.state == "closed" else None
    if verdict is not None:
        refused = material.refuse(verdict.reasons)
        if await materials.add(uow, [refused]):
            tell_refused(uow, refused)
    elif dossier is not None and await materials.add(uow, [material]):
        await place_materials(uow, dossier, rules.schemes[dossier.scheme_id], [Filing(material, CATEGORY, BASIS)])
