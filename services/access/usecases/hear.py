"""Keep what others tell: persons, kin, accounts, dossiers, filed materials. Later knowledge ends grants."""

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
from services.access.store import heard, view_requests
from services.access.usecases.end_grant import end_for_recusal
from services.access.usecases.journal import record_request


async def hear_person(event: Envelope[PersonChanged], uow: UnitOfWork, deps: Deps) -> None:
    """A person's number or name changed: an account may turn out to be theirs."""
    await uow.lock(event.data.person_id)
    if await heard.learn_person(uow, event.data, event.version):
        await end_for_recusal(uow, event.data.person_id)


async def hear_kin(event: Envelope[PersonKinChanged], uow: UnitOfWork, deps: Deps) -> None:
    """A person's list of relatives changed."""
    await uow.lock(event.data.person_id)
    if await heard.learn_kin(uow, event.data, event.version):
        await end_for_recusal(uow, event.data.person_id)


async def hear_account(event: Envelope[AccountChanged], uow: UnitOfWork, deps: Deps) -> None:
    """An account was given to a person, taken away, or switched off."""
    number = event.data.person_no
    if await heard.learn_account(uow, event.data, event.version) and number is not None:
        for card in await heard.list_persons(uow, [number]):
            await uow.lock(card.person_id)
            await end_for_recusal(uow, card.person_id)


async def hear_dossier(event: Envelope[DossierOpened] | Envelope[DossierChanged], uow: UnitOfWork, deps: Deps) -> None:
    """A dossier was opened, moved or closed. Its requests and grants go where it goes."""
    # Held as by a request that is being made, which would otherwise keep the unit that it read before.
    await uow.lock(event.data.dossier_id)
    if await heard.learn_dossier(uow, event.data, event.version):
        for request in await view_requests.follow_dossier(uow, event.data.dossier_id, event.data.unit_id):
            record_request(uow, "moved", request, ("subject",))


async def hear_material(event: Envelope[MaterialFiled], uow: UnitOfWork, deps: Deps) -> None:
    """A material has its place and its pages."""
    await heard.learn_material(uow, event.data, event.version)


async def hear_pages(event: Envelope[MaterialPagesChanged], uow: UnitOfWork, deps: Deps) -> None:
    """Pages of a material were added, scanned anew or put in order: a running grant shows them from now on."""
    if not await heard.learn_pages(uow, event.data, event.version):
        raise NotHeardYet()


async def hear_place(event: Envelope[MaterialRefiled] | Envelope[MaterialRemoved], uow: UnitOfWork, deps: Deps) -> None:
    """A material stands elsewhere, or was taken out: a running grant follows its place, and shows no removed page."""
    if not await heard.learn_place(uow, event.data, event.version):
        raise NotHeardYet()
