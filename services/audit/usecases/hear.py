"""Keep what others tell: persons, kin, accounts, dossiers, filed materials."""

from __future__ import annotations

from chassis.deps import Deps
from chassis.inbox import NotHeardYet
from chassis.unit_of_work import UnitOfWork
from contracts.events import (
    AccountChanged,
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
from services.audit.store import (
    alterations,
    appraisals,
    campaign_dossiers,
    claims,
    heard,
    identity,
    tasks,
    verification_reports,
)
from services.audit.usecases.approve_determinations import form_filed
from services.audit.usecases.hear_at_gate import authority_passed, dossier_came
from services.audit.usecases.settle_clearances import gate_of
from services.audit.usecases.void_tainted_pairs import void_by_account, void_by_kin


async def hear_person(event: Envelope[PersonChanged], uow: UnitOfWork, deps: Deps) -> None:
    """A person's number, names or dates changed. An account may have been told with this number before."""
    before = await heard.find_person(uow, event.data.person_id)
    number_before = before.person_no if before else None
    if await heard.learn_person(uow, event.data, event.version):
        await identity.learn_names(uow, event.data)
        await authority_passed(event.data, before, uow, deps)
        if event.data.person_no != number_before and await heard.has_account(uow, event.data.person_no):
            await void_by_account(uow, event.data.person_id, gate_of(deps))


async def hear_kin(event: Envelope[PersonKinChanged], uow: UnitOfWork, deps: Deps) -> None:
    """A person's list of relatives changed: what one of them reviewed of another counts no more."""
    told = event.data
    if await heard.learn_kin(uow, told, event.version):
        await void_by_kin(uow, told.person_id, [one.person_id for one in told.kin], gate_of(deps))


async def hear_dossier(event: Envelope[DossierOpened] | Envelope[DossierChanged], uow: UnitOfWork, deps: Deps) -> None:
    """A dossier was opened, moved or closed. Its appraisals and its places in campaigns go where it goes."""
    # Held as by an appraisal that begins, which would otherwise keep the unit that it read before.
    await uow.lock(event.data.dossier_id)
    before = await heard.find_dossier(uow, event.data.dossier_id)
    if not await heard.learn_dossier(uow, event.data, event.version):
        return
    kept_by = event.data.model_dump(include={"dossier_id", "unit_id"})
    moved = await appraisals.follow_dossier(uow, event.data.dossier_id, event.data.unit_id)
    for appraisal_id, version in moved:
        uow.record("appraisal.moved", appraisal_id, version, kept_by, changed=("unit_id",))
    for task_id, version in await tasks.follow(uow, [appraisal_id for appraisal_id, _ in moved]):
        uow.record("task.moved", task_id, version, kept_by, changed=("unit_id",))
    for campaign_dossier_id, version in await campaign_dossiers.follow_dossier(uow, **kept_by):
        uow.record("campaign_dossier.moved", campaign_dossier_id, version, kept_by, changed=("unit_id",))
    for report_id, version in await verification_reports.follow_dossier(uow, event.data.dossier_id, event.data.unit_id):
        uow.record("verification_report.moved", report_id, version, kept_by, changed=("unit_id",))
    for finding_id, version in await alterations.follow_dossier(uow, event.data.dossier_id, event.data.unit_id):
        uow.record("alteration.moved", finding_id, version, kept_by, changed=("unit_id",))
    for claim_id, version in await claims.follow_dossier(uow, event.data.dossier_id, event.data.unit_id):
        uow.record("claim.moved", claim_id, version, kept_by, changed=("unit_id",))
    for decision_id, version in await identity.follow_dossier(uow, event.data.dossier_id, event.data.unit_id):
        uow.record("identity.moved", decision_id, version, kept_by, changed=("unit_id",))
    await dossier_came(event.data, before, uow, deps)


async def hear_account(event: Envelope[AccountChanged], uow: UnitOfWork, deps: Deps) -> None:
    """An account was given to a person, taken away, or switched off. What it reviewed of that person or of a relative
    counts no more."""
    if not await heard.learn_account(uow, event.data, event.version) or event.data.person_no is None:
        return
    async with uow.as_service():
        person_id = await heard.find_person_by_no(uow, event.data.person_no)
    if person_id is not None:
        await void_by_account(uow, person_id, gate_of(deps))


async def hear_filed(event: Envelope[MaterialFiled], uow: UnitOfWork, deps: Deps) -> None:
    """A material was filed: its place and its pages are known from now on."""
    await heard.learn_material(uow, event.data, event.version)
    await heard.learn_filed(uow, event.data)
    await form_filed(event.data, uow)


async def hear_pages(event: Envelope[MaterialPagesChanged], uow: UnitOfWork, deps: Deps) -> None:
    """A material has other pages, or other scans of them."""
    if not await heard.learn_pages(uow, event.data, event.version):
        raise NotHeardYet()
    await heard.learn_filed(uow, event.data)


async def hear_place(event: Envelope[MaterialRefiled] | Envelope[MaterialRemoved], uow: UnitOfWork, deps: Deps) -> None:
    """A material stands elsewhere, was taken out of its dossier, or came back."""
    if not await heard.learn_place(uow, event.data, event.version):
        raise NotHeardYet()
