"""File a material that audit accepted, queue it for an archivist, or refuse it."""

from chassis.deps import Deps
from chassis.unit_of_work import UnitOfWork
from contracts.events import Envelope, MaterialAppraised, MaterialRefused
from contracts.values.ids import new_id
from services.catalog.domain.filing import DOSSIER_UNKNOWN, Queue, Refuse, decide_filing, due_at
from services.catalog.domain.material import Material, Origin
from services.catalog.domain.scheme import Scheme
from services.catalog.domain.titles import catalogue_title
from services.catalog.rules import CatalogRules
from services.catalog.store import dossiers, filing_tasks, materials
from services.catalog.store.dossiers import LockedDossier
from services.catalog.store.tables import FilingTask
from services.catalog.usecases.place_materials import Filing, place_materials


async def file_appraised_material(event: Envelope[MaterialAppraised], uow: UnitOfWork, deps: Deps) -> None:
    """One filing per material, however often it is told; a rejected material is none of ours."""
    rules: CatalogRules = deps.rules
    appraised = event.data
    if appraised.outcome != "accepted":
        return
    dossier = await dossiers.find_locked(uow, appraised.dossier_id)
    if dossier is None:
        await _refuse(uow, _taken_in(appraised, None, rules), DOSSIER_UNKNOWN)
        return
    await file_or_refuse(uow, dossier, _taken_in(appraised, dossier, rules), rules)


async def file_or_refuse(uow: UnitOfWork, dossier: LockedDossier, material: Material, rules: CatalogRules) -> None:
    """File a material that came by an event, queue it for an archivist, or refuse it; once, however often told."""
    scheme = rules.schemes[dossier.scheme_id]
    verdict = decide_filing(material.title, dossier.state, scheme)
    if isinstance(verdict, Refuse):
        await _refuse(uow, material, verdict)
    elif await materials.add(uow, [material]):
        if isinstance(verdict, Queue):
            await _queue(uow, material, verdict, scheme)
        else:
            await place_materials(uow, dossier, scheme, [Filing(material, verdict.place, verdict.basis)])


async def _refuse(uow: UnitOfWork, material: Material, verdict: Refuse) -> None:
    refused = material.refuse(verdict.reasons)
    if await materials.add(uow, [refused]):
        tell_refused(uow, refused)


def _taken_in(appraised: MaterialAppraised, dossier: LockedDossier | None, rules: CatalogRules) -> Material:
    return Material(
        material_id=appraised.material_id,
        unit_id=dossier.unit_id if dossier else appraised.dossier_unit_id,
        dossier_id=dossier.dossier_id if dossier else None,
        named_dossier_id=appraised.dossier_id,
        title=catalogue_title(appraised.title, rules.titles),
        original_title=appraised.title,
        formed_on=appraised.formed_on,
        page_count=appraised.page_count,
        blob_unit_id=appraised.unit_id,
        pages=tuple(appraised.pages),
        origin=Origin(appraised.appraisal_id, appraised.item_id, appraised.submission_id),
    )


async def _queue(uow: UnitOfWork, material: Material, verdict: Queue, scheme: Scheme) -> None:
    task = FilingTask(
        task_id=new_id("tskc"),
        unit_id=material.unit_id,
        material_id=material.material_id,
        cause=verdict.cause,
        basis=verdict.basis,
        owner_role=scheme.queue.owner_role,
        created_at=uow.now,
        due_at=due_at(uow.now, scheme),
    )
    await filing_tasks.add(uow, task)
    uow.record("material.queued", material.material_id, material.version, task, changed=("state",))


def tell_refused(uow: UnitOfWork, material: Material) -> None:
    """Tell that a material is not filed and why; transfer returns it to the department."""
    refused = MaterialRefused(
        material_id=material.material_id,
        dossier_id=material.named_dossier_id,
        unit_id=material.unit_id,
        item_id=material.origin.item_id,
        submission_id=material.origin.submission_id,
        reasons=list(material.reasons),
    )
    uow.tell(refused, version=material.version)
    changed = ("state", "reasons")
    uow.record("material.refused", material.material_id, material.version, refused, changed=changed)
