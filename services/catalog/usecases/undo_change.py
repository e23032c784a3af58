"""Take back a change at the desk, as long as nothing was changed after it on the same materials."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound, StateConflict
from services.catalog.domain.scheme import Scheme
from services.catalog.domain.standing import Standing, from_snapshot
from services.catalog.rules import CatalogRules
from services.catalog.store import material_changes, standings
from services.catalog.store.dossiers import LockedDossier
from services.catalog.store.material_changes import MaterialChange
from services.catalog.usecases.change_materials import DeskChange, change_materials
from services.catalog.usecases.follow_paper import follow_undone
from services.catalog.usecases.hold_filed import hold_dossier
from services.catalog.usecases.move_scheme import return_scheme, scheme_to_return_to

_BY_APPROVAL = frozenset({"removed", "restored"})
"""What a leader approved is taken back the same way, not by an undo."""


@dataclass(frozen=True)
class UndoChange:
    """Which change of which dossier, and the dossier's version that the caller saw."""

    dossier_id: str
    seen_version: int
    change_id: str


async def undo_change(cmd: UndoChange, *, uow: UnitOfWork, rules: CatalogRules) -> str:
    """The id of the change that took it back; that one can be undone in turn."""
    async with uow:
        if earlier := await uow.replay_of():
            return earlier
        dossier = await hold_dossier(uow, cmd.dossier_id, cmd.seen_version)
        change = await material_changes.get(uow.raw(), cmd.change_id)
        if change.dossier_id != cmd.dossier_id:
            raise NotFound()
        back = await scheme_to_return_to(uow, dossier, change, rules)
        scheme = back.scheme if back else rules.schemes[dossier.scheme_id]
        undone = await take_back(uow, dossier, scheme, change, back.also if back else ())
        if back:
            await return_scheme(uow, dossier, back, undone)
        await uow.remember(undone)
        return undone


async def take_back(
    uow: UnitOfWork, dossier: LockedDossier, scheme: Scheme, change: MaterialChange, also: Sequence[Standing] = ()
) -> str:
    """The same inside a transaction that holds the dossier. StateConflict when it cannot be taken back.

    `also` are materials that the change did not touch, but that are to be put in order anew with it.
    """
    now = await standings.load(uow, dossier.dossier_id, change.before)
    return await put_back(uow, dossier, scheme, change, [*plan_back(change, list(now.values())), *also])


def plan_back(change: MaterialChange, now: Sequence[Standing]) -> list[Standing]:
    """How all materials of a change are to stand again, that stand as `now` says; StateConflict."""
    if change.undone_by is not None or change.kind in _BY_APPROVAL:
        raise StateConflict(state="undone" if change.undone_by else change.kind)
    if any(standing.last_change != change.change_id for standing in now):
        raise StateConflict(state="changed since")
    return _as_before(change, now)


async def put_back(
    uow: UnitOfWork, dossier: LockedDossier, scheme: Scheme, change: MaterialChange, wanted: Sequence[Standing]
) -> str:
    """Make it so, and note that the change was taken back; the id of the one that did it."""
    undone = await change_materials(uow, dossier, scheme, DeskChange("undone", wanted))
    await follow_undone(uow, change)
    await material_changes.set_undone(uow, change.change_id, undone)
    return undone


def _as_before(change: MaterialChange, now: Sequence[Standing]) -> list[Standing]:
    """The standings before the change. Pages go back only where the change gave them away: an order of pages that
    somebody made since is kept, and a page that came since to a part or to a whole has nowhere to go back to."""
    was = {page: m for m, told in change.before.items() for page in (told["page_ids"] if told else ())}
    owner = {page: standing.material_id for standing in now for page in standing.page_ids}
    moved = any(owner.get(page) != material_id for page, material_id in was.items())
    if moved and owner.keys() != was.keys():
        raise StateConflict(state="changed since")
    wanted: list[Standing] = []
    for standing in now:
        told = change.before[standing.material_id]
        # The change made it of another's pages, which go back there.
        before = from_snapshot(told, standing) if told else standing.out("merged").without_pages()
        wanted.append(before if moved else replace(before, page_ids=standing.page_ids))
    return wanted
