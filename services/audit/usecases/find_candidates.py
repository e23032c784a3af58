"""Who may be meant: persons of the same name or sound, or with that name among several, each compared part by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from services.audit.domain.identity import MATCH_ORDER, Comparison, IdentityRules, compare
from services.audit.store import heard, identity
from services.audit.usecases.identity_profiles import About, profiles_of, subject_of
from services.audit.usecases.recuse import caller_related, refuse_related


@dataclass(frozen=True)
class Candidate:
    """A person of the catalog beside the subject; `decided` is the outcome in force between the two. `is_owner`:
    the material lies in this person's dossier, or was handed in for it."""

    person_id: str
    name: str
    compared: Comparison
    is_owner: bool
    decided: str | None


async def find_candidates(about: About, *, uow: UnitOfWork, rules: IdentityRules) -> tuple[Sequence[Candidate], bool]:
    """Candidates in the caller's units, the likeliest first, and whether there are more than were looked at.

    A look at persons, so that it stands in the journal; whoever is related to one of them does not see that one.
    """
    async with uow:
        subject = await subject_of(uow, about)
        await refuse_related(uow, subject.owner_id)
        is_material = subject.id != subject.owner_id
        hidden = {*await caller_related(uow), *(() if is_material else (subject.id,))}
        limit = rules.most_candidates
        alike = await identity.list_alike(uow, subject.profile.names, without=hidden, limit=limit + 1)
        wanted = dict.fromkeys(([subject.owner_id] if is_material else []) + alike[:limit])
        persons = {one.person_id: one for one in await heard.list_persons(uow, wanted)}
        known = await profiles_of(uow, persons, without_material=about.material_id)
        decided = await identity.outcomes_of(uow, subject.id, list(persons))
        found = [
            Candidate(
                person_id, persons[person_id].name, compared, person_id == subject.owner_id, decided.get(person_id)
            )
            for person_id, profile in known.items()
            if (compared := compare(subject.profile, profile, rules))
        ]
        uow.record("identity.searched", subject.id, len(found), {"candidates": [one.person_id for one in found]})
    return sorted(found, key=_order), len(alike) > limit


def _order(one: Candidate) -> tuple[int, int, str]:
    return -one.compared.score, MATCH_ORDER.index(one.compared.match), one.person_id
