"""Keep what the catalog tells: persons, kin, dossiers, filed pages."""

from __future__ import annotations

from chassis.deps import Deps
from chassis.unit_of_work import UnitOfWork
from contracts.events import (
    DossierChanged,
    DossierOpened,
    Envelope,
    MaterialFiled,
    MaterialPagesChanged,
    MaterialRefiled,
    MaterialRemoved,
    PersonChanged,
    PersonKinChanged,
)
from services.audit.store import appraisals, heard, tasks


async def hear_person(event: Envelope[PersonChanged], uow: UnitOfWork, deps: Deps) -> None:
    """A person's number, names or dates changed."""
    await heard.learn_person(uow, event.data, event.version)


async def hear_kin(event: Envelope[PersonKinChanged], uow: UnitOfWork, deps: Deps) -> None:
    """A person's list of relatives changed."""
    await heard.learn_kin(uow, event.data, event.version)


async def hear_dossier(event: Envelope[DossierOpened] | Envelope[DossierChanged], uow: UnitOfWork, deps: Deps) -> None:
    """A dossier was opened, moved or closed. Its appraisals go where it goes, and their tasks with them."""
    # Held as by an appraisal that begins, which would otherwise keep the unit that it read before.
    await uow.lock(event.data.dossier_id)
    if not await heard.learn_dossier(uow, event.data, event.version):
        return
    kept_by = event.data.model_dump(include={"dossier_id", "unit_id"})
    moved = await appraisals.follow_dossier(uow, event.data.dossier_id, event.data.unit_id)
    for appraisal_id, version in moved:
        uow.record("appraisal.moved", appraisal_id, version, kept_by, changed=("unit_id",))
    for task_id, version in await tasks.follow(uow, [appraisal_id for appraisal_id, _ in moved]):
        uow.record("task.moved", task_id, version, kept_by, changed=("unit_id",))


async def hear_filed(
    event: Envelope[MaterialFiled] | Envelope[MaterialPagesChanged], uow: UnitOfWork, deps: Deps
) -> None:
    """A material was filed, or has other pages: they are known from now on."""
    await heard.learn_filed(uow, event.data)


async def hear_removal(
    event: Envelope[MaterialRefiled] | Envelope[MaterialRemoved], uow: UnitOfWork, deps: Deps
) -> None:
    """A material was taken out of its dossier, or came back: where else it was moved is nothing to audit."""
    if isinstance(event.data, MaterialRemoved) or event.data.from_category is None:
        await heard.learn_removal(uow, event.data, event.version)
