"""Keeps what the catalog tells of dossiers and persons."""

from typing import Any

from chassis.unit_of_work import UnitOfWork
from contracts.events import DossierChanged, DossierOpened, Envelope, PersonChanged
from services.transfer.store import heard


async def hear_dossier(event: Envelope[DossierOpened] | Envelope[DossierChanged], uow: UnitOfWork, deps: Any) -> None:
    """A dossier was opened, or changed; the newest version stays, in whatever order they come."""
    await heard.learn_dossier(uow, event.data, event.version)


async def hear_person(event: Envelope[PersonChanged], uow: UnitOfWork, deps: Any) -> None:
    """A person is known now, or changed."""
    await heard.learn_person(uow, event.data, event.version)
