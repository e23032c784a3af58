"""An archivist moves a filed material to another category."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, ValidationFailed
from services.catalog.domain.classification import suggest_category
from services.catalog.domain.filing import BY_ARCHIVIST, place_fault, title_fault
from services.catalog.domain.scheme import Fact, Scheme
from services.catalog.domain.standing import Standing
from services.catalog.domain.titles import catalogue_title
from services.catalog.rules import CatalogRules
from services.catalog.usecases.change_materials import DeskChange, change_materials
from services.catalog.usecases.hold_filed import hold_filed


@dataclass(frozen=True)
class RefileMaterial:
    """Where to: `category`, or else what the rules say of the title under the facts asserted."""

    material_id: str
    seen_version: int
    reason: str
    category: str | None = None
    title: str | None = None
    facts: Collection[Fact] = ()


async def refile_material(cmd: RefileMaterial, *, uow: UnitOfWork, rules: CatalogRules) -> str:
    """Move it; the change's id. A second request with the same key answers the first one's change."""
    async with uow:
        if earlier := await uow.replay_of():
            return earlier
        dossier, standing = await hold_filed(uow, cmd.material_id, cmd.seen_version)
        scheme = rules.schemes[dossier.scheme_id]
        change = DeskChange("moved", [plan_move(standing, cmd, scheme, rules)], cmd.reason)
        change_id = await change_materials(uow, dossier, scheme, change)
        await uow.remember(change_id)
        return change_id


def plan_move(standing: Standing, cmd: RefileMaterial, scheme: Scheme, rules: CatalogRules) -> Standing:
    """How the material is to stand; ValidationFailed when no category is to be had, or when it stands so already."""
    title = catalogue_title(cmd.title, rules.titles) if cmd.title else standing.title
    if title != standing.title and (fault := title_fault(title, scheme, "/title")):
        raise ValidationFailed(errors=[fault])
    code, basis = _category(cmd, title, scheme)
    if code == standing.code and title == standing.title:
        raise ValidationFailed(errors=[FieldFault("/category", "duplicate")])
    moved = standing if code == standing.code else standing.moved(code, basis)
    return replace(moved, title=title, basis=basis)


def _category(cmd: RefileMaterial, title: str, scheme: Scheme) -> tuple[str, str]:
    if cmd.category is not None:
        if fault := place_fault(cmd.category, scheme, "/category"):
            raise ValidationFailed(errors=[fault])
        return cmd.category, BY_ARCHIVIST
    suggestion = suggest_category(title, scheme, cmd.facts)
    if suggestion is None or not suggestion.places:
        raise ValidationFailed(errors=[FieldFault("/category", "required")])
    return suggestion.category, suggestion.basis
