"""File materials into a dossier that this transaction holds: order, numbers, pages, events, journal.

The one way into a dossier: a single appraised material, an archivist's decision and two hundred rows of a
paper catalogue all come through here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from chassis.unit_of_work import UnitOfWork
from contracts.events import MaterialFiled
from services.catalog.domain.classification import content_rank
from services.catalog.domain.material import Material, Place
from services.catalog.domain.ordering import Placed, formed_key, renumber
from services.catalog.domain.scheme import Scheme
from services.catalog.store import dossiers, loose_sheets, materials
from services.catalog.store.catalogue_state import mark_changed
from services.catalog.store.dossiers import LockedDossier


@dataclass(frozen=True)
class Filing:
    """A queued material, the code of its category, and the rule or person that chose it."""

    material: Material
    code: str
    basis: str
    title: str | None = None
    """The catalogue's title, where one is supplied in place of the paper's."""


async def place_materials(
    uow: UnitOfWork, dossier: LockedDossier, scheme: Scheme, filings: Sequence[Filing]
) -> list[Material]:
    """File them in this sequence. Only the categories that they enter are renumbered, each once."""
    standing = await materials.list_placed(uow, dossier.dossier_id, sorted({filing.code for filing in filings}))
    new = [
        Placed(
            filing.material.material_id,
            content_rank(filing.title or filing.material.title, filing.code, scheme),
            formed_key(filing.material.formed_on),
            sequence,
        )
        for sequence, filing in enumerate(filings, start=dossier.filing_seq + 1)
    ]
    numbers: dict[str, int] = {}
    moved: dict[str, list[str]] = {}
    for code, group in groupby(sorted(zip(filings, new, strict=True), key=_code), key=_code):
        changes = renumber([*standing[code], *(placed for _, placed in group)])
        numbers |= changes
        moved[code] = [placed.material_id for placed in standing[code] if placed.material_id in changes]
    filed = [
        filing.material.file(_place(filing, placed, numbers, uow), filing.title)
        for filing, placed in zip(filings, new, strict=True)
    ]
    shifted = {material_id: numbers[material_id] for ids in moved.values() for material_id in ids}
    if shifted:
        await materials.shift(uow, shifted)
    await materials.set_places(uow, [(m, m.place) for m in filed if m.place])
    version = await dossiers.count_filings(uow, dossier.dossier_id, [m.page_count for m in filed])
    counted = {"materials": [m.material_id for m in filed], "filing_seq": dossier.filing_seq + len(filed)}
    uow.record("dossier.changed", dossier.dossier_id, version, counted, changed=("material_count", "page_count"))
    await mark_changed(uow, dossier.dossier_id)
    # What a department handed in is bound later; rows of a paper catalogue stand in their volumes already.
    if loose := [m.material_id for m in filed if m.origin.item_id]:
        await loose_sheets.add(uow, dossier.unit_id, loose)
    for code, ids in moved.items():
        if ids:
            state = {"category": code, "numbers": {material_id: numbers[material_id] for material_id in ids}}
            uow.record("category.renumbered", dossier.dossier_id, version, state, changed=(code,))
    for material in filed:
        _announce(uow, dossier, material)
    return filed


def _code(pair: tuple[Filing, Placed]) -> str:
    return pair[0].code


def _place(filing: Filing, placed: Placed, numbers: dict[str, int], uow: UnitOfWork) -> Place:
    return Place(
        code=filing.code,
        item_no=numbers[placed.material_id],
        rank=placed.rank,
        sequence=placed.sequence,
        basis=filing.basis,
        filed_on=uow.today,
    )


def _announce(uow: UnitOfWork, dossier: LockedDossier, material: Material) -> None:
    place = material.place
    if place is None:
        raise ValueError("a filed material has its place")
    filed = MaterialFiled(
        material_id=material.material_id,
        dossier_id=dossier.dossier_id,
        person_id=dossier.person_id,
        unit_id=dossier.unit_id,
        blob_unit_id=material.blob_unit_id,
        item_id=material.origin.item_id,
        submission_id=material.origin.submission_id,
        category=place.code,
        item_no=place.item_no,
        title=material.title,
        formed_on=material.formed_on,
        page_count=material.page_count,
        pages=list(material.pages),
        filed_on=place.filed_on,
        basis=place.basis,
    )
    uow.tell(filed, version=material.version)
    changed = ("state", "category", "item_no")
    uow.record("material.filed", material.material_id, material.version, filed, changed=changed)
