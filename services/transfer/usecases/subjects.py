"""Finds the unit that hands in and the dossier that is meant, out of what transfer has heard."""

from collections.abc import Callable

from chassis.identity import Roots
from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, ValidationFailed
from services.transfer.domain.refusals import DossierUnknown, UnitUnknown
from services.transfer.domain.subject import (
    ByDossier,
    KnownDossier,
    Subject,
    SubjectNamed,
    person_meant,
    require_open,
)
from services.transfer.store import heard, units

NameIndex = Callable[[str], str]
"""Keyed index of a name: by it audit compares what was declared, and nobody reads it."""


async def find_own_unit(uow: UnitOfWork, roots: Roots, unit_id: str | None, pointer: str) -> str:
    """The unit that acts: the one named, else the caller's only one. It must be known, active and in scope."""
    if unit_id is None:
        if roots == "*" or len(roots) != 1:
            raise ValidationFailed(errors=[FieldFault(pointer, "required")])
        (unit_id,) = roots
    unit = await units.find(uow, unit_id)
    if unit is None or not unit.active:
        raise UnitUnknown(pointer)
    return unit_id


async def find_subject(uow: UnitOfWork, named: SubjectNamed, name_index: NameIndex) -> Subject:
    """The open dossier that was named. A name only confirms a number; it never selects a dossier."""
    if isinstance(named, ByDossier):
        dossier = await _known(uow, named.dossier_id)
        return Subject(dossier.dossier_id, dossier.person_id)
    person = person_meant(named, await heard.list_persons(uow, named.person_no))
    dossier = await heard.find_dossier_of(uow, person.person_id)
    if dossier is None:
        raise DossierUnknown("/subject/person_no")
    require_open(dossier)
    return Subject(dossier.dossier_id, person.person_id, named.person_no, name_index(named.name))


async def find_custodian(uow: UnitOfWork, subject: Subject) -> KnownDossier:
    """The dossier of a submission as it is now, at delivery."""
    return await _known(uow, subject.dossier_id)


async def _known(uow: UnitOfWork, dossier_id: str) -> KnownDossier:
    dossier = await heard.find_dossier(uow, dossier_id)
    if dossier is None:
        raise DossierUnknown("/subject/dossier_id")
    return require_open(dossier)
