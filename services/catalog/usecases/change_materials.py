"""The one way in which the desk changes filed materials: their standings, numbers, pages, events, journal.

Whatever is done (another category, an order by hand, a corrected row, a cut, a join, a removal, an undo), it says
how the touched materials are to stand. Only the categories that they leave or enter are renumbered, each once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from chassis.unit_of_work import UnitOfWork
from contracts.events import MaterialPagesChanged
from contracts.events.catalog import RefilingReason
from contracts.values.ids import from_uuid, new_id
from services.catalog.domain.ordering import Placed, arrange, arrangement_of
from services.catalog.domain.scheme import Scheme
from services.catalog.domain.standing import ChangeKind, Standing, changed_members, same_row, snapshot
from services.catalog.store import material_changes, materials, standings
from services.catalog.store.catalogue_state import mark_changed
from services.catalog.store.dossiers import LockedDossier
from services.catalog.store.material_changes import MaterialChange
from services.catalog.usecases.follow_paper import follow_paper
from services.catalog.usecases.tell_materials import tell_filed, tell_refiled, tell_removed, tell_renumbered

_NO_REMOVAL: Final = "merged"


@dataclass(frozen=True)
class DeskChange:
    """How the touched materials are to stand; numbers and versions follow. `removal` is why one is taken out."""

    kind: ChangeKind
    standings: Sequence[Standing]
    reason: str | None = None
    removal: str = _NO_REMOVAL


async def change_materials(uow: UnitOfWork, dossier: LockedDossier, scheme: Scheme, change: DeskChange) -> str:
    """Make it so in the dossier that this transaction holds; the id under which it can be undone."""
    before = await standings.load(uow, dossier.dossier_id, [s.material_id for s in change.standings])
    codes = {s.code for s in (*before.values(), *change.standings) if s.code}
    placed = await materials.list_placed(uow, dossier.dossier_id, sorted(codes), scheme)
    numbers = _numbers(placed, before, change.standings, scheme)
    after = [
        replace(s, version=before[s.material_id].version + 1, item_no=numbers.get(s.material_id))
        for s in change.standings
    ]
    touched = set(before)
    rest = [one for group in placed.values() for one in group if one.material_id not in touched]
    moved = {one.material_id: numbers[one.material_id] for one in rest if one.item_no != numbers[one.material_id]}
    change_id = await _write(uow, dossier, scheme, change, before, after)
    shifted = await materials.shift(uow, moved)
    version = await _settle(uow, dossier, before, after)
    tell_renumbered(uow, dossier, shifted, rest, version)
    await _move_pages(uow, dossier, before, after)
    for one in after:
        await _tell(uow, dossier, before[one.material_id], one, change)
    await follow_paper(uow, dossier, change.kind, before, after)
    await mark_changed(uow, dossier.dossier_id)
    return change_id


def _numbers(
    placed: Mapping[str, Sequence[Placed]],
    before: Mapping[str, Standing],
    after: Sequence[Standing],
    scheme: Scheme,
) -> dict[str, int]:
    """The number of each material in the categories that change."""
    numbers: dict[str, int] = {}
    for code, group in placed.items():
        coming = [s.placed(scheme, before[s.material_id].item_no) for s in after if s.code == code]
        present = [one for one in group if one.material_id not in before]
        ordered = arrange([*present, *coming], arrangement_of(code, scheme))
        numbers |= {one.material_id: no for no, one in enumerate(ordered, start=1)}
    return numbers


async def _write(
    uow: UnitOfWork,
    dossier: LockedDossier,
    scheme: Scheme,
    change: DeskChange,
    before: Mapping[str, Standing],
    after: Sequence[Standing],
) -> str:
    """Keep what was before, then write what is; the act's id."""
    kept = MaterialChange(
        change_id=new_id("chg"),
        dossier_id=dossier.dossier_id,
        kind=change.kind,
        reason=change.reason,
        before={m: None if old.state == "queued" else snapshot(old) for m, old in before.items()},
        made_by=uow.caller.account_id,
        made_at=uow.now,
        undone_by=None,
    )
    await material_changes.add(uow, kept, dossier.unit_id)
    await standings.write(uow, dossier.unit_id, scheme, kept.change_id, after)
    return kept.change_id


async def _settle(
    uow: UnitOfWork, dossier: LockedDossier, before: Mapping[str, Standing], after: Sequence[Standing]
) -> int:
    """Count the dossier's materials and pages anew; its new version."""
    was, now = ([s for s in told if s.state == "filed"] for told in (before.values(), after))
    version = await standings.settle_dossier(
        uow,
        dossier.dossier_id,
        materials=len(now) - len(was),
        pages=sum(s.page_count for s in now) - sum(s.page_count for s in was),
        filing_seq=max((s.sequence or 0 for s in now), default=0),
    )
    state = {"materials": [s.material_id for s in after], "before": version - 1}
    changed = ("materials", "material_count", "page_count")
    uow.record("dossier.changed", dossier.dossier_id, version, state, changed=changed)
    return version


async def _move_pages(
    uow: UnitOfWork, dossier: LockedDossier, before: Mapping[str, Standing], after: Sequence[Standing]
) -> None:
    """Pages go to the materials that list them now, with the use of their files; no former use is ended."""
    gaining = [s for s in after if s.page_ids != before[s.material_id].page_ids]
    if not gaining:
        return
    moved = await standings.move_pages(uow, gaining)
    for row in moved:
        material_id = from_uuid("mat", row["material_id"])
        state = {"material_id": material_id, "page_no": row["page_no"]}
        uow.record("page.moved", from_uuid("pag", row["page_id"]), row["version"], state, changed=("page_no",))
    for standing in gaining:
        files = {
            digest
            for row in moved
            if from_uuid("mat", row["material_id"]) == standing.material_id
            for digest in (row["digest"], row["source_digest"])
            if digest
        }
        if files:
            await uow.use_blob(standing.blob_unit_id, sorted(files), standing.material_id)


async def _tell(uow: UnitOfWork, dossier: LockedDossier, before: Standing, after: Standing, change: DeskChange) -> None:
    """One entry in the journal, and the events that others keep their rows by."""
    verb = f"material.{change.kind}" if after.state == "filed" else f"material.{after.state}"
    if before.state == "queued":
        tell_filed(uow, dossier, await materials.get(uow.raw(), after.material_id))
        return
    uow.record(verb, after.material_id, after.version, snapshot(after), changed=changed_members(before, after))
    if after.state != "filed":
        if before.state == "filed":
            tell_removed(uow, dossier, before, after, change.removal)
        return
    if not same_row(before, after):
        reason: RefilingReason = "restored" if change.kind == "removed" else change.kind
        tell_refiled(uow, dossier, before, after, reason)
    if before.page_ids != after.page_ids:
        await _tell_pages(uow, dossier, after)


async def _tell_pages(uow: UnitOfWork, dossier: LockedDossier, after: Standing) -> None:
    material = await materials.get(uow.raw(), after.material_id)
    told = MaterialPagesChanged(
        material_id=after.material_id,
        dossier_id=dossier.dossier_id,
        person_id=dossier.person_id,
        unit_id=dossier.unit_id,
        blob_unit_id=material.blob_unit_id,
        page_count=material.page_count,
        pages=list(material.pages),
    )
    uow.tell(told, version=after.version)
