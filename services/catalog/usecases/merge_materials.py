"""An archivist joins materials of one dossier: parts of one matter, or an original and its copy.

The one that is named keeps its id, row and place; the pages of the others come behind its own, in the order given.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final, Literal

from chassis.blobs import BlobStore
from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, StateConflict, ValidationFailed
from contracts.values.page import PageRef
from services.catalog.domain.standing import Standing, last_date
from services.catalog.rules import CatalogRules
from services.catalog.store import materials, standings
from services.catalog.store.dossiers import LockedDossier
from services.catalog.usecases.change_materials import DeskChange, change_materials
from services.catalog.usecases.hold_filed import hold_filed
from services.catalog.usecases.page_files import bring_files

Joined = Literal["parts", "copies"]
REMARKS: Final[dict[Joined, str]] = {"parts": "合并", "copies": "附复制件"}
"""What the catalogue's remark says (seed 000: 合并; copy after original, one entry)."""
_LONGEST: Final = 200


@dataclass(frozen=True)
class MergeMaterials:
    """`material_ids` are the others, in the order in which their pages come; `joined` is what they are to it."""

    material_id: str
    seen_version: int
    material_ids: Sequence[str]
    joined: Joined
    reason: str


async def merge_materials(cmd: MergeMaterials, *, uow: UnitOfWork, rules: CatalogRules, blobs: BlobStore) -> str:
    """Join them; the change's id."""
    async with uow:
        if earlier := await uow.replay_of():
            return earlier
        _, kept, others = await _checked(uow, cmd)
        files = await _files_elsewhere(uow, kept, others)
    # Between the transactions, so that no dossier waits for a copy. The second one judges again.
    for unit_id, pages in files:
        await bring_files(blobs, unit_id, kept.blob_unit_id, pages)
    async with uow:
        if earlier := await uow.replay_of():
            return earlier
        dossier, kept, others = await _checked(uow, cmd)
        if await _files_elsewhere(uow, kept, others) != files:
            raise StateConflict(state="changed since")
        wanted = [_joined(kept, others, cmd.joined), *(one.out("merged").without_pages() for one in others)]
        scheme = rules.schemes[dossier.scheme_id]
        change_id = await change_materials(uow, dossier, scheme, DeskChange("merged", wanted, cmd.reason))
        await uow.remember(change_id)
        return change_id


async def _files_elsewhere(
    uow: UnitOfWork, kept: Standing, others: Sequence[Standing]
) -> list[tuple[str, Sequence[PageRef]]]:
    """Pages of the others whose files lie under another unit than those of the one that takes them."""
    return [
        (one.blob_unit_id, (await materials.get(uow.raw(), one.material_id)).pages)
        for one in others
        if one.blob_unit_id != kept.blob_unit_id
    ]


async def _checked(uow: UnitOfWork, cmd: MergeMaterials) -> tuple[LockedDossier, Standing, list[Standing]]:
    dossier, kept = await hold_filed(uow, cmd.material_id, cmd.seen_version)
    found = await standings.load(uow, dossier.dossier_id, cmd.material_ids)
    faults: list[FieldFault] = []
    seen = {cmd.material_id}
    for position, material_id in enumerate(cmd.material_ids):
        if material_id in seen:
            faults.append(FieldFault(f"/material_ids/{position}", "duplicate"))
        elif material_id not in found:
            faults.append(FieldFault(f"/material_ids/{position}", "unknown-reference"))
        elif found[material_id].state != "filed":
            raise StateConflict(state=found[material_id].state)
        seen.add(material_id)
    if faults:
        raise ValidationFailed(errors=faults)
    return dossier, kept, [found[material_id] for material_id in cmd.material_ids]


def _joined(kept: Standing, others: Sequence[Standing], joined: Joined) -> Standing:
    """Sides and images of all; of parts the last date counts, a copy takes the original's."""
    dates = kept.dates
    formed_on = kept.formed_on
    if joined == "parts":
        told = chain.from_iterable(one.dates or (one.formed_on,) for one in (kept, *others))
        dates = tuple(date for date in told if date is not None)
        formed_on = last_date(dates)
    remark = f"{kept.remark}；{REMARKS[joined]}" if kept.remark else REMARKS[joined]
    return replace(
        kept,
        page_count=kept.page_count + sum(one.page_count for one in others),
        page_ids=(*kept.page_ids, *chain.from_iterable(one.page_ids for one in others)),
        dates=dates,
        formed_on=formed_on,
        remark=remark if len(remark) <= _LONGEST else kept.remark,
    )
