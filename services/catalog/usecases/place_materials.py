"""File materials into a dossier that this transaction holds: order, numbers, pages, events, journal.

The one way into a dossier: a single appraised material, an archivist's decision and two hundred rows of a
paper catalogue all come through here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from chassis.unit_of_work import UnitOfWork
from services.catalog.domain.classification import content_rank
from services.catalog.domain.material import Material, Place
from services.catalog.domain.ordering import Placed, arrangement_of, formed_key, is_leading_resume, renumber
from services.catalog.domain.scheme import Scheme
from services.catalog.store import dossiers, loose_sheets, materials
from services.catalog.store.catalogue_state import mark_changed
from services.catalog.store.dossiers import LockedDossier
from services.catalog.usecases.tell_materials import tell_filed, tell_renumbered


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
    standing = await materials.list_placed(uow, dossier.dossier_id, sorted({filing.code for filing in filings}), scheme)
    new = [_placed(filing, sequence, scheme) for sequence, filing in enumerate(filings, start=dossier.filing_seq + 1)]
    numbers: dict[str, int] = {}
    moved: dict[str, list[str]] = {}
    for code, group in groupby(sorted(zip(filings, new, strict=True), key=_code), key=_code):
        changes = renumber([*standing[code], *(placed for _, placed in group)], arrangement_of(code, scheme))
        numbers |= changes
        moved[code] = [placed.material_id for placed in standing[code] if placed.material_id in changes]
    filed = [
        filing.material.file(_place(filing, placed, numbers, uow), filing.title)
        for filing, placed in zip(filings, new, strict=True)
    ]
    shifted = await materials.shift(uow, {m: numbers[m] for ids in moved.values() for m in ids})
    await materials.set_places(uow, [(m, m.place) for m in filed if m.place])
    version = await dossiers.count_filings(uow, dossier.dossier_id, [m.page_count for m in filed])
    counted = {"materials": [m.material_id for m in filed], "filing_seq": dossier.filing_seq + len(filed)}
    uow.record("dossier.changed", dossier.dossier_id, version, counted, changed=("material_count", "page_count"))
    await mark_changed(uow, dossier.dossier_id)
    # What comes in is bound later; rows of a paper catalogue stand in their volumes already.
    if loose := [m.material_id for m in filed if m.origin.entry_id is None]:
        await loose_sheets.add(uow, dossier.unit_id, loose)
    tell_renumbered(uow, dossier, shifted, [placed for group in standing.values() for placed in group], version)
    for material in filed:
        tell_filed(uow, dossier, material)
    return filed


def _placed(filing: Filing, sequence: int, scheme: Scheme) -> Placed:
    title = filing.title or filing.material.title
    return Placed(
        filing.material.material_id,
        content_rank(title, filing.code, scheme),
        formed_key(filing.material.formed_on),
        sequence,
        resume=is_leading_resume(title, filing.code, scheme),
    )


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
