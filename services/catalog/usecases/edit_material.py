"""An archivist corrects the row of a filed material: title, dates, remark, page count, case, annex."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, ValidationFailed
from contracts.values.ternary import Ternary
from services.catalog.domain.filing import title_fault
from services.catalog.domain.scheme import Scheme
from services.catalog.domain.standing import Standing, last_date
from services.catalog.domain.titles import catalogue_title
from services.catalog.rules import CatalogRules
from services.catalog.store import standings
from services.catalog.store.dossiers import LockedDossier
from services.catalog.usecases.change_materials import DeskChange, change_materials
from services.catalog.usecases.hold_filed import hold_filed


@dataclass(frozen=True)
class EditMaterial:
    """`changes` holds only the members that are to be others: title, formed_on, dates, remark, page_count, case_id,
    review_no, annex_of."""

    material_id: str
    seen_version: int
    changes: Mapping[str, Any]


async def edit_material(cmd: EditMaterial, *, uow: UnitOfWork, rules: CatalogRules) -> Standing:
    """Write what differs; the paper's own title stays beside the catalogue's. The material as it is then."""
    async with uow:
        dossier, standing = await hold_filed(uow, cmd.material_id, cmd.seen_version)
        return await edit_standing(uow, dossier, standing, cmd.changes, rules)


async def edit_standing(
    uow: UnitOfWork, dossier: LockedDossier, standing: Standing, changes: Mapping[str, Any], rules: CatalogRules
) -> Standing:
    """The same inside a transaction that holds the dossier."""
    edited = await plan_edit(uow, dossier, standing, changes, rules)
    if edited == standing:
        return standing
    await change_materials(uow, dossier, rules.schemes[dossier.scheme_id], DeskChange("corrected", [edited]))
    return (await standings.load(uow, dossier.dossier_id, [standing.material_id]))[standing.material_id]


async def plan_edit(
    uow: UnitOfWork, dossier: LockedDossier, standing: Standing, changes: Mapping[str, Any], rules: CatalogRules
) -> Standing:
    """How the material is to stand, which may be as it does; ValidationFailed. Nothing is written."""
    scheme = rules.schemes[dossier.scheme_id]
    edited = replace(standing, **_members(changes))
    if "title" in changes:
        edited = replace(edited, title=catalogue_title(edited.title, rules.titles))
    if edited == standing:
        return standing
    faults = [*_faults(edited, scheme, uow), *await _annex_faults(uow, dossier.dossier_id, standing, edited)]
    if faults:
        raise ValidationFailed(errors=faults)
    return edited


def _members(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Several dates decide the one that counts: the last (classification rules, 5)."""
    members = dict(changes)
    if "dates" in members:
        members["dates"] = tuple(members["dates"])
        members.setdefault("formed_on", last_date(members["dates"]))
    elif "formed_on" in members:
        members["dates"] = ()
    if "case_id" in members and members["case_id"] is None:
        members["review_no"] = None
    return members


def _faults(edited: Standing, scheme: Scheme, uow: UnitOfWork) -> list[FieldFault]:
    faults: list[FieldFault] = []
    if fault := title_fault(edited.title, scheme, "/title"):
        faults.append(fault)
    if edited.formed_on and edited.formed_on.after(uow.today) is Ternary.YES:
        faults.append(FieldFault("/formed_on", "date-impossible"))
    for position, told in enumerate(edited.dates):
        if told.after(uow.today) is Ternary.YES:
            faults.append(FieldFault(f"/dates/{position}", "date-impossible"))
    if edited.dates and edited.formed_on != last_date(edited.dates):
        faults.append(FieldFault("/formed_on", "contradiction", {"other": "dates"}))
    if edited.case_id and edited.code not in scheme.order.case_categories:
        faults.append(FieldFault("/case_id", "contradiction", {"other": "category"}))
    if edited.review_no and not edited.case_id:
        faults.append(FieldFault("/review_no", "contradiction", {"other": "case_id"}))
    return faults


async def _annex_faults(uow: UnitOfWork, dossier_id: str, before: Standing, edited: Standing) -> list[FieldFault]:
    """An annex hangs on a form of the same category that is no annex itself, and carries none."""
    if edited.annex_of is None or edited.annex_of == before.annex_of:
        return []
    form = (await standings.load(uow, dossier_id, [edited.annex_of])).get(edited.annex_of)
    if form is None or form.state != "filed" or form.material_id == edited.material_id:
        return [FieldFault("/annex_of", "unknown-reference")]
    if form.code != edited.code:
        return [FieldFault("/annex_of", "contradiction", {"other": "category"})]
    if form.annex_of is not None or await standings.has_annexes(uow, edited.material_id):
        return [FieldFault("/annex_of", "contradiction", {"other": "annex_of"})]
    return []
