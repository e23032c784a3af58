"""Divide a dossier's paper into volumes: as proposed, or by the ranges that an archivist gives."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import FieldFault, NotFound, ValidationFailed
from contracts.values.ids import new_id
from contracts.values.paper_number import paper_number
from services.catalog.domain.volume import FIRST, VolumeKind, VolumePlan, plans, propose
from services.catalog.rules import CatalogRules
from services.catalog.store import dossiers, loose_sheets, placements, rooms, volumes
from services.catalog.store.dossiers import LockedDossier
from services.catalog.store.volumes import Volume
from services.catalog.usecases.recuse import refuse_related


@dataclass(frozen=True)
class DivideDossier:
    """`starts`: the categories with which the volumes begin; None takes the proposal."""

    dossier_id: str
    seen_version: int
    kind: VolumeKind
    starts: tuple[int, ...] | None = None


async def divide_dossier(cmd: DivideDossier, *, uow: UnitOfWork, rules: CatalogRules) -> None:
    """Make the volumes of a set, or divide it anew: a volume keeps its number, label and place.

    What is bound in a volume that no longer takes its category is loose again until it is bound in the other.
    """
    async with uow:
        if await uow.replay_of():
            return
        dossier = await dossiers.find_locked(uow, cmd.dossier_id)
        if dossier is None:
            raise NotFound()
        await check_version(uow, cmd.dossier_id, dossier.version, cmd.seen_version)
        await refuse_related(uow, dossier.person_id)
        sections = await volumes.sections(uow.raw(), cmd.dossier_id)
        if cmd.starts is None:
            division = propose(sections, rules.shelf.volume.limit)
        else:
            if faults := starts_faults(cmd.starts):
                raise ValidationFailed(errors=faults)
            division = plans(cmd.starts, sections)
        await _write(uow, dossier, cmd.kind, division)
        if cmd.kind == "original":
            await loose_sheets.loosen_misplaced(uow, cmd.dossier_id)
        version = await dossiers.touch(uow, cmd.dossier_id)
        uow.record("dossier.divided", cmd.dossier_id, version, {"volumes": len(division)}, changed=("volumes",))
        await uow.remember(cmd.dossier_id)


def starts_faults(starts: Sequence[int]) -> list[FieldFault]:
    """What is wrong with given ranges: they begin with 1, rise, and so cover each category once."""
    if not starts or starts[0] != FIRST:
        return [FieldFault("/starts/0", "not-allowed-value", {"allowed": str(FIRST)})]
    return [
        FieldFault(f"/starts/{at}", "contradiction", {"other": f"starts/{at - 1}"})
        for at in range(1, len(starts))
        if starts[at] <= starts[at - 1]
    ]


async def _write(uow: UnitOfWork, dossier: LockedDossier, kind: VolumeKind, division: Sequence[VolumePlan]) -> None:
    standing = {volume.no: volume for volume in await volumes.lock_set(uow, dossier.dossier_id, kind)}
    for plan in division:
        found = standing.pop(plan.no, None)
        if found is None:
            await _save(uow, await _new(uow, dossier, kind, plan), "volume.made", ("state",))
        elif (found.first_category, found.last_category) != (plan.first, plan.last):
            changed = replace(found, first_category=plan.first, last_category=plan.last, version=found.version + 1)
            await _save(uow, changed, "volume.changed", ("first_category", "last_category"))
    for volume in standing.values():
        gone = replace(volume, state="dissolved", spot=None, version=volume.version + 1)
        if volume.spot:
            await placements.add(uow, gone, None)
        await _save(uow, gone, "volume.dissolved", ("state", "place"))


async def _new(uow: UnitOfWork, dossier: LockedDossier, kind: VolumeKind, plan: VolumePlan) -> Volume:
    return Volume(
        volume_id=new_id("vol"),
        unit_id=dossier.unit_id,
        dossier_id=dossier.dossier_id,
        version=1,
        kind=kind,
        no=plan.no,
        first_category=plan.first,
        last_category=plan.last,
        state="in_use",
        code=paper_number("volume", await rooms.next_paper_number(uow)),
        thickness_mm=None,
        remark=None,
        spot=None,
    )


async def _save(uow: UnitOfWork, volume: Volume, verb: str, changed: Sequence[str]) -> None:
    await volumes.save(uow, volume)
    state = {"dossier_id": volume.dossier_id, "kind": volume.kind, "no": volume.no, "state": volume.state}
    state |= {"categories": [volume.first_category, volume.last_category]}
    uow.record(verb, volume.volume_id, volume.version, state, changed=changed)
