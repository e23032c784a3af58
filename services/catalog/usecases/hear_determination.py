"""A determination is in force: the fact is what was determined, and the signed form is in the dossier (认定归档)."""

from collections.abc import Mapping
from typing import Any, Final

from chassis.deps import Deps
from chassis.heard import learn
from chassis.unit_of_work import UnitOfWork
from contracts.events import DeterminationApproved, Envelope
from contracts.problems import NotFound
from contracts.values.ids import new_id
from services.catalog.domain.fact_changes import FactEntry, Stamp, plan_changes
from services.catalog.domain.facts import FactKind, Facts, Provenance
from services.catalog.domain.filing import DOSSIER_UNKNOWN
from services.catalog.domain.material import Material, Origin
from services.catalog.domain.titles import catalogue_title
from services.catalog.rules import CatalogRules
from services.catalog.store import dossiers, facts, materials, persons, reviews
from services.catalog.store.tables import HeardDetermination
from services.catalog.usecases.change_person import show_on_the_dossier
from services.catalog.usecases.file_appraised_material import file_or_refuse, tell_refused
from services.catalog.usecases.keep_facts import Planned, keep_facts

KINDS: Final[Mapping[str, FactKind]] = {
    "birth_date": "birth_date",
    "work_start_date": "work_start",
    "party_join_date": "party",
    "ethnicity": "ethnicity",
    "native_place": "native_place",
}
"""Audit's facts of which the catalog keeps one at a time. Lists (education, posts, relatives …) are kept line by
line: there the form says what was determined, and an archivist enters it; until then it is a finding (CAT-018)."""


async def hear_determination(event: Envelope[DeterminationApproved], uow: UnitOfWork, deps: Deps) -> None:
    """The newest word counts, however often and in whatever order it is told. The form is filed once."""
    told = event.data
    known = {"unit_id": told.unit_id, "person_id": told.person_id, "fact": told.fact, "status": told.status}
    if await learn(uow, HeardDetermination, {"determination_id": told.determination_id}, event.version, known):
        await _settle(uow, told)
        await reviews.mark_of_person(uow, told.person_id)
    await _file(uow, told, deps.rules)


async def _settle(uow: UnitOfWork, told: DeterminationApproved) -> None:
    """The fact as determined, with the determination as its source; nothing where it stands so already.

    The office's word is not weighed against other facts or word lists here: where they disagree, the findings of the
    dossier say so.
    """
    kind = KINDS.get(told.fact)
    if kind is None or told.status == "undetermined":
        return
    try:
        person = await persons.get(uow, told.person_id, lock=True)
    except NotFound:
        return  # The person was merged with another one: the form stays in the dossier that holds it.
    current = await facts.current_facts(uow, told.person_id)
    value = _value(kind, told, current)
    if value is None:
        return
    where = Provenance("determination", determination_id=told.determination_id)
    earlier = current.one(kind)
    if earlier is not None and earlier.provenance == where and dict(earlier.value) == value:
        return
    stamp = Stamp(told.person_id, new_id("req"), uow.now, uow.caller.account_id, [new_id("fct")])
    entries = [FactEntry(kind, where, value)]
    planned = Planned(plan_changes(current, entries, stamp), entries, stamp)
    changed = await keep_facts(uow, person, planned, verb="person.determined")
    await show_on_the_dossier(uow, told.person_id, changed)


def _value(kind: FactKind, told: DeterminationApproved, current: Facts) -> dict[str, Any] | None:
    """The value in the catalog's shape; None where the determination names none."""
    date = told.date.model_dump(mode="json") if told.date else None
    if kind in ("birth_date", "work_start"):
        return {"date": date} if date else None
    if kind == "party":
        if told.party is None:
            return None
        earlier = current.one("party")
        # A second party is not what was determined: it stays.
        also = earlier.value.get("also") if earlier and earlier.value.get("party") == told.party else None
        return {"party": told.party, "joined_on": date, "also": also}
    return {"text": told.text} if told.text else None


async def _file(uow: UnitOfWork, told: DeterminationApproved, rules: CatalogRules) -> None:
    dossier = await dossiers.find_locked(uow, told.dossier_id)
    form = told.form
    material = Material(
        material_id=form.material_id,
        unit_id=dossier.unit_id if dossier else told.unit_id,
        dossier_id=dossier.dossier_id if dossier else None,
        named_dossier_id=told.dossier_id,
        title=catalogue_title(form.title, rules.titles),
        original_title=form.title,
        formed_on=form.formed_on,
        page_count=len(form.pages),
        blob_unit_id=form.blob_unit_id,
        pages=tuple(form.pages),
        origin=Origin(),
    )
    if dossier is not None:
        await file_or_refuse(uow, dossier, material, rules)
        return
    refused = material.refuse(DOSSIER_UNKNOWN.reasons)
    if await materials.add(uow, [refused]):
        tell_refused(uow, refused)
