"""What claims are entered against: persons and their dossiers, materials, what stands already, and who enters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from contracts.problems import DateImpossible, FieldFault, StateConflict, ValidationFailed
from contracts.values.ids import new_id
from contracts.values.partial_date import PartialDate
from services.audit.domain.claim import Claim, Evidence
from services.audit.domain.claim_entry import DATE_FAULTS, MOST_CLAIMS, Entered, Standing, entry_faults
from services.audit.domain.recusal import Relation, admit
from services.audit.store import claims, identity
from services.audit.store.claims import KnownClaim
from services.audit.store.tables import HeardDossier, HeardMaterial
from services.audit.usecases.recuse import caller_relations


@dataclass(frozen=True)
class Grounds:
    """Read while the dossiers are held, so that of two who enter at once the second sees the first's claims.

    `not_related` is the caller's declaration; `in_pair` are the persons whose dossier they review blind,
    `not_recognised` the materials whose issuer did not confirm them, `not_theirs` those decided to be another's than
    the person named.
    """

    uow: UnitOfWork
    dossiers: dict[str, HeardDossier]
    materials: dict[str, HeardMaterial]
    relations: dict[str, Relation]
    in_pair: set[str]
    standing: dict[str, list[Standing]]
    not_recognised: set[str]
    not_theirs: set[tuple[str, str]]
    not_related: bool | None

    def admit(self, person_id: str) -> HeardDossier:
        """The dossier to which claims on a person may be written by the caller; refused otherwise."""
        dossier = self.dossiers.get(person_id)
        if dossier is None:
            raise ValidationFailed(errors=[FieldFault("/person_id", "unknown-reference")])
        admit(self.relations[person_id], self.not_related)
        if dossier.state != "open":
            raise StateConflict(state="dossier closed")
        if person_id in self.in_pair:
            # What one reviewer wrote here, the other one could read: it belongs on the sheet.
            raise StateConflict(state="pair open")
        return dossier

    def check(self, entered: Entered, named: str, claim_id: str | None = None) -> Standing:
        """The claim as it would stand; refused with everything that speaks against it.

        `claim_id` is the claim that is changed, which is not held against itself. `named`: see `Standing`.
        """
        formed_on = self._checked_paper(entered, new=claim_id is None)
        title = entered.title or self.materials[entered.material_id or ""].title
        evidence = Evidence(title, None, formed_on, entered.signed, entered.material_id)
        claim = Claim(
            claim_id or new_id("clm"), entered.fact, entered.value, evidence, entered.altered, None, entered.page_id
        )
        new = Standing(claim, entered.statement, named)
        others = [one for one in self.standing[entered.person_id] if one.claim.id != claim_id]
        faults = entry_faults(new, others, self.uow.today, as_on_paper=entered.as_on_paper)
        if len(others) >= MOST_CLAIMS:
            faults.append(FieldFault("/person_id", "too-many", {"max": MOST_CLAIMS}))
        if faults and all(fault.code in DATE_FAULTS for fault in faults):
            raise DateImpossible(errors=faults)
        if faults:
            raise ValidationFailed(errors=faults)
        return new

    def _checked_paper(self, entered: Entered, *, new: bool) -> PartialDate | None:
        """When the paper was formed. A material is one of the person's own dossier, a page one of that material.

        What was entered on a material that has been taken out since can still be corrected.
        """
        if entered.material_id is None:
            return entered.formed_on
        material = self.materials.get(entered.material_id)
        if material is None or material.person_id != entered.person_id or (new and material.removed):
            raise ValidationFailed(errors=[FieldFault("/material_id", "unknown-reference")])
        if entered.page_id and entered.page_id not in [page["page_id"] for page in material.pages]:
            raise ValidationFailed(errors=[FieldFault("/page_id", "unknown-reference")])
        known = PartialDate.model_validate(material.formed_on) if material.formed_on else None
        if known and entered.formed_on and known.value != entered.formed_on.value:
            raise ValidationFailed(errors=[FieldFault("/formed_on", "contradiction", {"other": "material_id"})])
        return known or entered.formed_on


async def claim_grounds(uow: UnitOfWork, entries: Sequence[Entered], not_related: bool | None) -> Grounds:
    """Hold the dossiers of these entries, and read what they are checked against: so many queries, however many."""
    persons = {entered.person_id for entered in entries}
    await hold_dossiers(uow, persons)
    return Grounds(
        uow,
        dossiers=await claims.dossiers_of(uow, persons),
        materials=await claims.materials_by_ids(uow, {one.material_id for one in entries if one.material_id}),
        relations=await caller_relations(uow, persons),
        in_pair=await claims.persons_under_blind_review(uow, persons),
        standing=await _standing(uow, persons),
        not_recognised=await claims.not_recognised_among(uow, {one.material_id for one in entries if one.material_id}),
        not_theirs=await identity.others_among(uow, {one.material_id for one in entries if one.material_id}),
        not_related=not_related,
    )


async def hold_dossiers(uow: UnitOfWork, person_ids: Collection[str]) -> None:
    """Hold the dossiers of persons; as one that moves is held, so that no claim stays behind in the former unit."""
    seen = await claims.dossiers_of(uow, person_ids)
    await claims.lock_dossiers(uow, {one.dossier_id for one in seen.values()})


async def _standing(uow: UnitOfWork, person_ids: Collection[str]) -> dict[str, list[Standing]]:
    found: dict[str, list[Standing]] = defaultdict(list)
    for known in await claims.list_standing(uow, person_ids):
        found[known.row.person_id].append(standing_of(known))
    return found


def standing_of(known: KnownClaim) -> Standing:
    """A kept claim as others are held against it."""
    return Standing(known.claim(lambda _: None), known.row.statement, known.row.id)
