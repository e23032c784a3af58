"""Finds whose dossier is asked for, and the unit that asks."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.identity import Roots
from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, PersonMismatch, ValidationFailed
from services.access.domain.view_request import Subject
from services.access.store import heard, units
from services.access.store.tables import HeardDossier


@dataclass(frozen=True)
class ByDossier:
    """The subject named by dossier."""

    dossier_id: str


@dataclass(frozen=True)
class ByPerson:
    """The subject named by the HR system's number; the name only confirms it and never selects."""

    person_no: str
    name: str


async def find_subject(uow: UnitOfWork, named: ByDossier | ByPerson) -> Subject:
    """The dossier that was named, wherever it is kept; refused when unknown, or when number and name disagree."""
    async with uow.as_service():
        if isinstance(named, ByDossier):
            dossier, pointer = await heard.find_dossier(uow, named.dossier_id), "/subject/dossier_id"
        else:
            person_id = await _person(uow, named)
            dossier, pointer = await heard.find_dossier_of(uow, person_id), "/subject/person_no"
        if dossier is not None:
            # Held until the commit and read once more: the request goes where the dossier is by then.
            await uow.lock(dossier.dossier_id)
            dossier = await heard.find_dossier(uow, dossier.dossier_id)
    return _subject(dossier, pointer)


async def _person(uow: UnitOfWork, named: ByPerson) -> str:
    cards = await heard.list_persons(uow, [named.person_no])
    fitting = [card for card in cards if named.name in (card.name, *card.former_names)]
    if len(cards) != 1 or not fitting:
        raise PersonMismatch(pointer="/subject")
    return fitting[0].person_id


def _subject(dossier: HeardDossier | None, pointer: str) -> Subject:
    if dossier is None:
        raise ValidationFailed(errors=[FieldFault(pointer, "unknown-reference")])
    return Subject(dossier.dossier_id, dossier.person_id, dossier.unit_id)


async def find_asking_unit(uow: UnitOfWork, roots: Roots, unit_id: str | None) -> tuple[str, str]:
    """Id and code of the unit that asks: the one named, else the caller's only one. Active and in scope."""
    if unit_id is None:
        if roots == "*" or len(roots) != 1:
            raise ValidationFailed(errors=[FieldFault("/unit_id", "required")])
        (unit_id,) = roots
    unit = await units.find(uow, unit_id) if unit_id in uow.units else None
    if unit is None or not unit.active:
        raise ValidationFailed(errors=[FieldFault("/unit_id", "unknown-reference")])
    return unit_id, unit.code
