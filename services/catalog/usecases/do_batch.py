"""Batches over filed materials: what one item does, and how it is taken back."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from chassis.operations import Applied
from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, NotFound, StateConflict, ValidationFailed, VersionStale
from services.catalog.domain.standing import Standing
from services.catalog.rules import CatalogRules
from services.catalog.store import material_changes, materials, standings
from services.catalog.store.dossiers import LockedDossier
from services.catalog.usecases.edit_material import edit_standing
from services.catalog.usecases.hold_filed import hold_dossier
from services.catalog.usecases.refile_material import RefileMaterial, move_standing
from services.catalog.usecases.undo_change import take_back

PERMISSION = "material:batch"


class _OfMaterials(ABC):
    """What both kinds share: the material is held, must be as it was seen, and a change takes it back."""

    name: str
    counted_as = "materials"
    permission = PERMISSION

    def __init__(self, rules: CatalogRules) -> None:
        self._rules = rules

    async def apply(self, item: Mapping[str, Any], uow: UnitOfWork) -> Applied:
        """Do it; VersionStale when somebody changed the material since the order."""
        dossier, before = await _hold(uow, item)
        await self._change(uow, dossier, before, item)
        return await _applied(uow, dossier, before)

    async def undo(self, item: Mapping[str, Any], uow: UnitOfWork) -> Applied:
        """Take the change back; StateConflict when the material was changed after it."""
        dossier = await hold_dossier(uow, item["dossier_id"])
        before = (await standings.load(uow, dossier.dossier_id, [item["material_id"]]))[item["material_id"]]
        change = await material_changes.get(uow.raw(), item["change_id"])
        await take_back(uow, dossier, self._rules.schemes[dossier.scheme_id], change)
        return await _applied(uow, dossier, before)

    @abstractmethod
    async def _change(self, uow: UnitOfWork, dossier: LockedDossier, before: Standing, item: Mapping[str, Any]) -> None:
        """Change the held material as the item says; a Refusal when that cannot be."""


class Refile(_OfMaterials):
    """Another category, named or by the title's rule; with another title where one is given."""

    name = "materials.refile"

    async def _change(self, uow: UnitOfWork, dossier: LockedDossier, before: Standing, item: Mapping[str, Any]) -> None:
        command = RefileMaterial(
            before.material_id, before.version, item["reason"], category=item["category"], title=item["title"]
        )
        await move_standing(uow, dossier, self._rules, before, command)


class Retitle(_OfMaterials):
    """Another title, where the material stands."""

    name = "materials.retitle"

    async def _change(self, uow: UnitOfWork, dossier: LockedDossier, before: Standing, item: Mapping[str, Any]) -> None:
        after = await edit_standing(uow, dossier, before, {"title": item["title"]}, self._rules)
        if after.last_change == before.last_change:
            raise ValidationFailed(errors=[FieldFault("/title", "duplicate")])


async def _hold(uow: UnitOfWork, item: Mapping[str, Any]) -> tuple[LockedDossier, Standing]:
    material_id = item["material_id"]
    dossier_id = (await materials.get(uow.raw(), material_id)).dossier_id
    if dossier_id is None:
        raise NotFound()
    dossier = await hold_dossier(uow, dossier_id)
    standing = (await standings.load(uow, dossier_id, [material_id]))[material_id]
    if standing.state != "filed":
        raise StateConflict(state=standing.state)
    now = {"title": standing.title, "code": standing.code, "change": standing.last_change}
    if now != item["seen"]:
        changed = [name for name, value in now.items() if value != (item["seen"] or {}).get(name)]
        raise VersionStale(version=standing.version, changed=changed)
    return dossier, standing


async def _applied(uow: UnitOfWork, dossier: LockedDossier, before: Standing) -> Applied:
    after = (await standings.load(uow, dossier.dossier_id, [before.material_id]))[before.material_id]
    result = {"from": _row(before), "to": _row(after), "version": after.version}
    back = {"dossier_id": dossier.dossier_id, "material_id": after.material_id, "change_id": after.last_change}
    return Applied(f"materials/{after.material_id}", result, back)


def _row(standing: Standing) -> dict[str, Any]:
    return {"category": standing.code, "item_no": standing.item_no, "title": standing.title}
