"""Whose dossier a paper is about, and who signed: names, as far as they have been heard."""

from __future__ import annotations

from collections.abc import Collection

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.partial_date import PartialDate
from services.audit.papers.handling_opinion import Owner
from services.audit.store import heard, print_facts
from services.audit.store.tables import HeardPerson


async def owner_of(uow: UnitOfWork, person_id: str, dossier_id: str | None) -> tuple[Owner, HeardPerson]:
    """The person of a dossier that the caller has in scope already; the person may belong to another unit."""
    async with uow.as_service():
        person = await heard.find_person(uow, person_id)
        dossier = await heard.find_dossier(uow, dossier_id) if dossier_id else None
    if person is None:
        raise NotFound()
    return Owner(person.name, person.person_no, dossier.dossier_no if dossier else None, person.rank or ""), person


def birth_of(person: HeardPerson) -> str:
    """The birth month as forms write it; empty where it is not known."""
    if person.birth_date is None:
        return ""
    return ".".join(PartialDate.model_validate(person.birth_date).dotted.split(".")[:2])


async def names_of(uow: UnitOfWork, account_ids: Collection[str]) -> dict[str, str]:
    """Names of those behind accounts, of whom the catalog has told; without the others."""
    async with uow.as_service():
        return await print_facts.names_of_accounts(uow, account_ids)
