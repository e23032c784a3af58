"""An archivist files a queued material, or refuses it."""

from dataclasses import dataclass
from typing import Literal

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import FieldFault, NotFound, StateConflict, ValidationFailed
from services.catalog.domain.filing import BY_ARCHIVIST, place_fault, reason_faults, title_fault
from services.catalog.domain.material import Material
from services.catalog.domain.scheme import Scheme
from services.catalog.domain.titles import catalogue_title
from services.catalog.rules import CatalogRules
from services.catalog.store import dossiers, filing_tasks, materials
from services.catalog.store.dossiers import LockedDossier
from services.catalog.store.tables import FilingTask
from services.catalog.usecases.file_appraised_material import tell_refused
from services.catalog.usecases.place_materials import Filing, place_materials
from services.catalog.usecases.posts import require_post
from services.catalog.usecases.recuse import refuse_related


@dataclass(frozen=True)
class DecideFilingTask:
    """`approve` with a category code and, where wanted, another title; or `reject` with coded reasons."""

    task_id: str
    seen_version: int
    outcome: Literal["approve", "reject"]
    category: str | None = None
    title: str | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class DecidedFiling:
    """The task as decided, and the material as it is now."""

    task: FilingTask
    material: Material


async def decide_filing_task(cmd: DecideFilingTask, *, uow: UnitOfWork, rules: CatalogRules) -> DecidedFiling:
    """Decide once: of two archivists at the same moment the second is told that the first was faster."""
    async with uow:
        if await uow.replay_of():
            task = await filing_tasks.get(uow, cmd.task_id)
            return DecidedFiling(task, await materials.get(uow.raw(), task.material_id))
        # The dossier first, as every filing does, so that nobody waits for us while we wait for them.
        dossier = await dossiers.find_locked(uow, await filing_tasks.dossier_of(uow, cmd.task_id))
        task = await filing_tasks.get(uow, cmd.task_id, lock=True)
        material = await materials.get(uow.raw(), task.material_id)
        await require_post(uow, task.owner_role, task.unit_id)
        await check_version(uow, task.task_id, task.version, cmd.seen_version)
        if task.state != "pending":
            raise StateConflict(state=task.state)
        if dossier is None:
            raise NotFound()
        await refuse_related(uow, dossier.person_id)
        scheme = rules.schemes[dossier.scheme_id]
        if cmd.outcome == "approve":
            _check_approval(cmd, task.cause, dossier, scheme)
            title = catalogue_title(cmd.title, rules.titles) if cmd.title else None
            filing = Filing(material, cmd.category or "", BY_ARCHIVIST, title)
            (material,) = await place_materials(uow, dossier, scheme, [filing])
        else:
            material = await _refuse(uow, scheme, material, cmd)
        await _close(uow, task, "approved" if cmd.outcome == "approve" else "rejected")
        await uow.remember(task.task_id)
        return DecidedFiling(task, material)


def _check_approval(cmd: DecideFilingTask, cause: str, dossier: LockedDossier, scheme: Scheme) -> None:
    if faults := _approval_faults(cmd, cause, scheme):
        raise ValidationFailed(errors=faults)
    if dossier.state == "closed":
        raise StateConflict(state="dossier closed")


def _approval_faults(cmd: DecideFilingTask, cause: str, scheme: Scheme) -> list[FieldFault]:
    """Everything that is wrong with an approval. A title that says nothing needs one that says more."""
    faults: list[FieldFault] = []
    if cmd.category is None:
        faults.append(FieldFault("/category", "required"))
    elif fault := place_fault(cmd.category, scheme, "/category"):
        faults.append(fault)
    if cmd.title is None:
        if cause == "retitle":
            faults.append(FieldFault("/title", "required"))
    elif fault := title_fault(cmd.title, scheme, "/title"):
        faults.append(fault)
    if cmd.reasons:
        faults.append(FieldFault("/reasons", "contradiction", {"other": "outcome"}))
    return faults


async def _refuse(uow: UnitOfWork, scheme: Scheme, material: Material, cmd: DecideFilingTask) -> Material:
    faults = reason_faults(cmd.reasons, scheme)
    if cmd.category is not None:
        faults.append(FieldFault("/category", "contradiction", {"other": "outcome"}))
    if cmd.title is not None:
        faults.append(FieldFault("/title", "contradiction", {"other": "outcome"}))
    if faults:
        raise ValidationFailed(errors=faults)
    refused = material.refuse(cmd.reasons)
    await materials.set_refused(uow, refused)
    tell_refused(uow, refused)
    return refused


async def _close(uow: UnitOfWork, task: FilingTask, state: str) -> None:
    task.state, task.version = state, task.version + 1
    task.decided_by, task.decided_at = uow.caller.account_id, uow.now
    await filing_tasks.save(uow, task)
    uow.record(f"task.{state}", task.task_id, task.version, task, changed=("state",))
