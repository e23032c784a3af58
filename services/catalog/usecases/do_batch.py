"""Batches over filed materials: what items do, and how they are taken back.

The items of one order that are done together are one change of each dossier: a category is numbered anew once,
however many materials leave or enter it. Each item is checked by itself, and what one is refused for stops no other.
"""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

from chassis.operations import Applied, Ended
from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, NotFound, Refusal, StateConflict, ValidationFailed, VersionStale
from services.catalog.domain.standing import Standing
from services.catalog.rules import CatalogRules
from services.catalog.store import batches, material_changes, standings
from services.catalog.store.dossiers import LockedDossier
from services.catalog.store.material_changes import MaterialChange
from services.catalog.usecases.change_materials import DeskChange, change_materials
from services.catalog.usecases.edit_material import plan_edit
from services.catalog.usecases.hold_filed import hold_dossier
from services.catalog.usecases.refile_material import RefileMaterial, plan_move
from services.catalog.usecases.undo_change import plan_back, put_back

PERMISSION = "material:batch"

Item = Mapping[str, Any]


class OfMaterials(ABC):
    """What both kinds share: a material is held, must be as it was seen, and a change takes it back."""

    name: str
    counted_as = "materials"
    permission = PERMISSION

    def __init__(self, rules: CatalogRules) -> None:
        self._rules = rules

    async def apply(self, item: Item, uow: UnitOfWork) -> Applied:
        """Do one; VersionStale when somebody changed the material since the order."""
        return _done((await self.apply_all([item], uow))[0])

    async def undo(self, item: Item, uow: UnitOfWork) -> Applied:
        """Take one back; StateConflict when the material was changed after it."""
        return _done((await self.undo_all([item], uow))[0])

    async def apply_all(self, items: Sequence[Item], uow: UnitOfWork) -> list[Ended]:
        """Do the items of one order, all of a dossier by one change; `Applied` tells how all stand at the end."""
        touched = await batches.list_touched(uow, [item["material_id"] for item in items])
        by_dossier: dict[str, dict[int, Item]] = defaultdict(dict)
        ended: dict[int, Ended] = {}
        for at, item in enumerate(items):
            if item["material_id"] in touched:
                by_dossier[touched[item["material_id"]].dossier_id][at] = item
            else:
                ended[at] = NotFound()
        for dossier_id in sorted(by_dossier):  # two orders that hold each other's dossiers would wait for ever
            ended |= await self._apply_in(uow, dossier_id, by_dossier[dossier_id])
        return [ended[at] for at in range(len(items))]

    async def _apply_in(self, uow: UnitOfWork, dossier_id: str, items: Mapping[int, Item]) -> dict[int, Ended]:
        try:
            dossier = await hold_dossier(uow, dossier_id)
        except Refusal as refusal:
            return dict.fromkeys(items, refusal)
        now = await standings.load(uow, dossier_id, {item["material_id"] for item in items.values()})
        planned: dict[str, Standing] = {}
        ended: dict[int, Ended] = {}
        for at, item in items.items():
            try:
                before = _as_seen(item, now, planned)
                planned[before.material_id] = await self._plan(uow, dossier, before, item)
            except Refusal as refusal:
                ended[at] = refusal
        if planned:
            change = self._change(list(planned.values()), next(iter(items.values())))
            await change_materials(uow, dossier, self._rules.schemes[dossier.scheme_id], change)
        done = {at: now[item["material_id"]] for at, item in items.items() if at not in ended}
        return ended | await _applied(uow, dossier, done)

    async def undo_all(self, items: Sequence[Item], uow: UnitOfWork) -> list[Ended]:
        """Take back what one change did to these materials, by one change; others of it stay as they are."""
        dossier = await hold_dossier(uow, items[0]["dossier_id"])
        change = await material_changes.get(uow.raw(), items[0]["change_id"])
        now = await standings.load(uow, dossier.dossier_id, [item["material_id"] for item in items])
        back: dict[str, Standing] = {}
        ended: dict[int, Ended] = {}
        for at, item in enumerate(items):
            try:
                back[item["material_id"]] = _before(change, now, item["material_id"])
            except Refusal as refusal:
                ended[at] = refusal
        if back:
            scheme = self._rules.schemes[dossier.scheme_id]
            await put_back(uow, dossier, scheme, _only(change, back), list(back.values()))
        done = {at: now[item["material_id"]] for at, item in enumerate(items) if at not in ended}
        ended |= await _applied(uow, dossier, done)
        return [ended[at] for at in range(len(items))]

    def undone_with(self, item: Item) -> Item | None:
        """With the others of its change; alone, where that was its own."""
        return {"change_id": item["change_id"]} if item.get("shared") else None

    @abstractmethod
    async def _plan(self, uow: UnitOfWork, dossier: LockedDossier, before: Standing, item: Item) -> Standing:
        """How the held material is to stand, as the item says; a Refusal when that cannot be."""

    @abstractmethod
    def _change(self, planned: Sequence[Standing], item: Item) -> DeskChange:
        """The change that makes it so; `item` is any one of the order."""


class Refile(OfMaterials):
    """Another category, named or by the title's rule; with another title where one is given."""

    name = "materials.refile"

    async def _plan(self, uow: UnitOfWork, dossier: LockedDossier, before: Standing, item: Item) -> Standing:
        command = RefileMaterial(
            before.material_id, before.version, item["reason"], category=item["category"], title=item["title"]
        )
        return plan_move(before, command, self._rules.schemes[dossier.scheme_id], self._rules)

    def _change(self, planned: Sequence[Standing], item: Item) -> DeskChange:
        return DeskChange("moved", planned, item["reason"])


class Retitle(OfMaterials):
    """Another title, where the material stands."""

    name = "materials.retitle"

    async def _plan(self, uow: UnitOfWork, dossier: LockedDossier, before: Standing, item: Item) -> Standing:
        planned = await plan_edit(uow, dossier, before, {"title": item["title"]}, self._rules)
        if planned == before:
            raise ValidationFailed(errors=[FieldFault("/title", "duplicate")])
        return planned

    def _change(self, planned: Sequence[Standing], item: Item) -> DeskChange:
        return DeskChange("corrected", planned)


KINDS: Final[Mapping[Literal["refile", "retitle"], type[OfMaterials]]] = {"refile": Refile, "retitle": Retitle}
"""By what a batch calls them."""


def _done(ended: Ended) -> Applied:
    if isinstance(ended, Refusal):
        raise ended
    return ended


def _as_seen(item: Item, now: Mapping[str, Standing], planned: Mapping[str, Standing]) -> Standing:
    """The material before the item, which must be as it was when the order came; an earlier item changes it, too."""
    standing = now.get(item["material_id"])
    if standing is None:
        raise NotFound()
    if standing.state != "filed":
        raise StateConflict(state=standing.state)
    told = {"title": standing.title, "code": standing.code, "change": standing.last_change}
    version = standing.version
    if here := planned.get(standing.material_id):
        told, version = {"title": here.title, "code": here.code, "change": "this one"}, version + 1
    seen = item["seen"] or {}
    if told != seen:
        changed = [name for name, value in told.items() if value != seen.get(name)]
        raise VersionStale(version=version, changed=changed)
    return standing


def _before(change: MaterialChange, now: Mapping[str, Standing], material_id: str) -> Standing:
    """How one material stood before the change: no batch gives pages from one to another."""
    standing = now.get(material_id)
    if standing is None:
        raise NotFound()
    [before] = plan_back(_only(change, [material_id]), [standing])
    return before


def _only(change: MaterialChange, material_ids: Collection[str]) -> MaterialChange:
    return replace(change, before={material_id: change.before[material_id] for material_id in material_ids})


async def _applied(uow: UnitOfWork, dossier: LockedDossier, done: Mapping[int, Standing]) -> dict[int, Ended]:
    """How the materials of these items, given as they were, stand now."""
    now = await standings.load(uow, dossier.dossier_id, [before.material_id for before in done.values()])
    shared = {"shared": True} if len(done) > 1 else {}
    ended: dict[int, Ended] = {}
    for at, before in done.items():
        after = now[before.material_id]
        result = {"from": _row(before), "to": _row(after), "version": after.version}
        back = {"dossier_id": dossier.dossier_id, "material_id": after.material_id, "change_id": after.last_change}
        ended[at] = Applied(f"materials/{after.material_id}", result, back | shared)
    return ended


def _row(standing: Standing) -> dict[str, Any]:
    return {"category": standing.code, "item_no": standing.item_no, "title": standing.title}
