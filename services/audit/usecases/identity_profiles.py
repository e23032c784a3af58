"""What is known of persons, and what is said of whom a material means: from the catalog's word and the claims."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, ValidationFailed
from contracts.values.partial_date import PartialDate
from services.audit.domain.facts import (
    AuditFact,
    ClaimValue,
    DateClaim,
    EducationClaim,
    PartyClaim,
    PostClaim,
    TextClaim,
)
from services.audit.domain.identity import Profile, Stay
from services.audit.store import appraisals, claims, heard
from services.audit.store.claims import KnownClaim
from services.audit.store.tables import HeardPerson

MOST_CLAIMS_OF_A_MATERIAL = 200

T = TypeVar("T")


@dataclass(frozen=True)
class About:
    """Whom the question is about: a person who was newly entered, or whomever a material means. `said` is what the
    caller read or knows beside the claims; without a name of its own it takes the one that is known."""

    person_id: str | None = None
    material_id: str | None = None
    said: Profile | None = None


@dataclass(frozen=True)
class SubjectKnown:
    """The subject as it stands: `owner_id` is the person in whose dossier a material is, or the person; `unit_id`
    and `dossier_id` are where it is kept."""

    id: str
    owner_id: str
    unit_id: str
    dossier_id: str | None
    profile: Profile


async def subject_of(uow: UnitOfWork, about: About) -> SubjectKnown:
    """The subject with everything that is said of it; ValidationFailed where it is not seen, or has no name."""
    if about.material_id is not None:
        return await _of_material(uow, about.material_id, about.said)
    person_id = about.person_id or ""
    person = await heard.find_person(uow, person_id)
    if person is None:
        raise ValidationFailed(errors=[FieldFault("/person_id", "unknown-reference")])
    known = (await profiles_of(uow, {person_id: person}))[person_id]
    dossier = await heard.find_dossier_of(uow, person_id)
    unit_id = dossier.unit_id if dossier else person.unit_id
    profile = joined(about.said, known) if about.said else known
    return SubjectKnown(person_id, person_id, unit_id, dossier.dossier_id if dossier else None, profile)


async def _of_material(uow: UnitOfWork, material_id: str, said: Profile | None) -> SubjectKnown:
    filed = await heard.find_material(uow, material_id)
    if filed is not None and not filed.removed:
        owner_id, unit_id, dossier_id = filed.person_id, filed.unit_id, filed.dossier_id
    else:
        appraisal_id = await appraisals.find_of_material(uow, material_id)
        if appraisal_id is None:
            raise ValidationFailed(errors=[FieldFault("/material_id", "unknown-reference")])
        material = (await appraisals.get(uow, appraisal_id)).material
        owner_id, unit_id, dossier_id = material.person_id, material.dossier_unit_id, material.dossier_id
    told = await claims.page_of(
        uow,
        after=None,
        limit=MOST_CLAIMS_OF_A_MATERIAL,
        person_id=None,
        material_id=material_id,
        facts=(),
        withdrawn=False,
        hidden_persons=(),
    )
    names = [one.value.text for one in told if isinstance(one.value, TextClaim) and one.row.fact == AuditFact.NAME]
    if said is None and not names:
        raise ValidationFailed(errors=[FieldFault("/said/name", "required")])
    known = _with_claims(Profile(said.name if said else names[0]), told)
    return SubjectKnown(material_id, owner_id, unit_id, dossier_id, joined(said, known) if said else known)


async def profiles_of(
    uow: UnitOfWork, persons: Mapping[str, HeardPerson], *, without_material: str | None = None
) -> dict[str, Profile]:
    """What is known of each person. A material whose subject is asked for says nothing about its candidates."""
    told: dict[str, list[KnownClaim]] = defaultdict(list)
    for one in await claims.list_standing(uow, list(persons)):
        if one.row.material_id is None or one.row.material_id != without_material:
            told[one.row.person_id].append(one)
    return {person_id: _with_claims(_of_card(person), told[person_id]) for person_id, person in persons.items()}


def _of_card(person: HeardPerson) -> Profile:
    births = (PartialDate.model_validate(person.birth_date),) if person.birth_date else ()
    return Profile(person.name, tuple(person.former_names), births=births)


def _with_claims(profile: Profile, told: Iterable[KnownClaim]) -> Profile:
    """The profile with what papers say, but for what is forged, not recognised or cannot be read."""
    for one in told:
        if one.row.excluded is None and one.row.altered != "unreadable":
            profile = joined(profile, _said_by(profile.name, AuditFact(one.row.fact), one.value))
    return profile


def _said_by(name: str, fact: AuditFact, value: ClaimValue) -> Profile:
    nothing = Profile(name)
    match value:
        case DateClaim(date=date) if fact is AuditFact.BIRTH_DATE:
            return replace(nothing, births=(date,))
        case DateClaim(date=date) if fact is AuditFact.WORK_START_DATE:
            return replace(nothing, work_starts=(date,))
        case PartyClaim(party=party) if "共" in party:  # of 民建 and its like forms give no date
            steps = (value.join_date, value.branch_meeting, value.committee_approval)
            return replace(nothing, party_joins=tuple(step for step in steps if step is not None))
        case EducationClaim():
            return replace(nothing, schools=(Stay(value.school, value.begins, value.ends),))
        case PostClaim():
            return replace(nothing, units=(Stay(value.unit, value.begins, value.ends),))
        case TextClaim(text=text) if fact is AuditFact.NATIVE_PLACE:
            return replace(nothing, native_places=(text,))
        case TextClaim(text=text) if fact is AuditFact.NAME:
            return replace(nothing, other_names=(text,))
        case TextClaim(text=text) if fact is AuditFact.FAMILY:
            return replace(nothing, relatives=(text,))
        case _:
            return nothing


def joined(one: Profile, other: Profile) -> Profile:
    """Both under the name of the first; what both say stands once."""
    names = dict.fromkeys((*one.other_names, other.name, *other.other_names))
    return Profile(
        one.name,
        tuple(name for name in names if name != one.name),
        native_places=_once(one.native_places, other.native_places),
        births=_once(one.births, other.births),
        work_starts=_once(one.work_starts, other.work_starts),
        party_joins=_once(one.party_joins, other.party_joins),
        schools=_once(one.schools, other.schools),
        units=_once(one.units, other.units),
        relatives=_once(one.relatives, other.relatives),
    )


def _once(*told: Collection[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(one for each in told for one in each))
