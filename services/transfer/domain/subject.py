"""Whose dossier a submission is for: named by the dossier, or by the HR number with the name as a check."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from contracts.problems import FieldFault, PersonMismatch
from contracts.values.text import normal
from services.transfer.domain.refusals import DossierNotOpen, SubjectForm


@dataclass(frozen=True)
class ByDossier:
    """The dossier itself is named."""

    dossier_id: str


@dataclass(frozen=True)
class ByPerson:
    """The person's number in the HR system, and the name that must agree with it."""

    person_no: str
    name: str


SubjectNamed = ByDossier | ByPerson


@dataclass(frozen=True)
class KnownPerson:
    """What transfer has heard of a person. `names` are the present one and former ones (一人多名)."""

    person_id: str
    person_no: str
    names: frozenset[str]


@dataclass(frozen=True)
class KnownDossier:
    """What transfer has heard of a dossier."""

    dossier_id: str
    dossier_no: str
    person_id: str
    unit_id: str
    state: Literal["open", "closed"]


@dataclass(frozen=True)
class Subject:
    """The dossier that a submission is for, with what its sender declared of the person.

    `declared_name_index` is a keyed index of the declared name, never the name.
    """

    dossier_id: str
    person_id: str
    declared_person_no: str | None = None
    declared_name_index: str | None = None


def subject_named(dossier_id: str | None, person_no: str | None, name: str | None) -> SubjectNamed:
    """Which of the two ways was taken; SubjectForm when it is neither or both. A name alone selects nobody."""
    if dossier_id is not None:
        given = [key for key, value in (("person_no", person_no), ("name", name)) if value is not None]
        if given:
            faults = [FieldFault(f"/subject/{key}", "contradiction", {"other": "dossier_id"}) for key in given]
            raise SubjectForm(errors=faults)
        return ByDossier(dossier_id)
    if person_no is None or name is None:
        missing = [key for key, value in (("person_no", person_no), ("name", name)) if value is None]
        raise SubjectForm(errors=[FieldFault(f"/subject/{key}", "required") for key in missing])
    return ByPerson(person_no, normal(name))


def person_meant(named: ByPerson, heard: Sequence[KnownPerson]) -> KnownPerson:
    """The one person with this number and this name, out of those heard of with the number.

    PersonMismatch when nobody has the number, when two have it, or when the name is not theirs. The answer is
    the same each time, so that it does not tell which numbers exist.
    """
    if len(heard) != 1 or named.name not in heard[0].names:
        raise PersonMismatch(pointer="/subject")
    return heard[0]


def require_open(dossier: KnownDossier) -> KnownDossier:
    """Only an open dossier takes material in."""
    if dossier.state != "open":
        raise DossierNotOpen(dossier.state)
    return dossier
