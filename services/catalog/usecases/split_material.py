"""An archivist cuts a material in two or more: the first part keeps its id, the others are new materials."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, ValidationFailed
from contracts.values.ids import new_id
from contracts.values.partial_date import PartialDate
from contracts.values.ternary import Ternary
from services.catalog.domain.filing import BY_ARCHIVIST, place_fault, title_fault
from services.catalog.domain.material import Material, Origin
from services.catalog.domain.scheme import Scheme
from services.catalog.domain.standing import Standing
from services.catalog.domain.titles import catalogue_title
from services.catalog.rules import CatalogRules
from services.catalog.store import materials, standings
from services.catalog.store.dossiers import LockedDossier
from services.catalog.usecases.change_materials import DeskChange, change_materials
from services.catalog.usecases.hold_filed import hold_filed


@dataclass(frozen=True)
class Part:
    """One of the new materials: its row, and its images in order. Without a category it stays where the whole was."""

    title: str
    page_count: int
    page_ids: Sequence[str] = ()
    category: str | None = None
    formed_on: PartialDate | None = None
    remark: str | None = None


@dataclass(frozen=True)
class SplitMaterial:
    """All parts together have each page of the material once, and as many sides as it."""

    material_id: str
    seen_version: int
    parts: Sequence[Part]
    reason: str


async def split_material(cmd: SplitMaterial, *, uow: UnitOfWork, rules: CatalogRules) -> str:
    """Cut it; the change's id."""
    async with uow:
        if earlier := await uow.replay_of():
            return earlier
        dossier, whole = await hold_filed(uow, cmd.material_id, cmd.seen_version)
        scheme = rules.schemes[dossier.scheme_id]
        told = [replace(part, title=catalogue_title(part.title, rules.titles)) for part in cmd.parts]
        if faults := _faults(told, whole, scheme, uow):
            raise ValidationFailed(errors=faults)
        parts = await _parts(uow, dossier, whole, told)
        change_id = await change_materials(uow, dossier, scheme, DeskChange("split", parts, cmd.reason))
        await uow.remember(change_id)
        return change_id


def _faults(parts: Sequence[Part], whole: Standing, scheme: Scheme, uow: UnitOfWork) -> list[FieldFault]:
    faults: list[FieldFault] = []
    known, seen = set(whole.page_ids), set[str]()
    for at, part in enumerate(parts):
        if part.title != whole.title and (fault := title_fault(part.title, scheme, f"/parts/{at}/title")):
            faults.append(fault)
        if part.category and (fault := place_fault(part.category, scheme, f"/parts/{at}/category")):
            faults.append(fault)
        if part.formed_on and part.formed_on.after(uow.today) is Ternary.YES:
            faults.append(FieldFault(f"/parts/{at}/formed_on", "date-impossible"))
        for position, page_id in enumerate(part.page_ids):
            if page_id not in known or page_id in seen:
                code = "duplicate" if page_id in seen else "unknown-reference"
                faults.append(FieldFault(f"/parts/{at}/page_ids/{position}", code))
            seen.add(page_id)
        if known and not part.page_ids:
            faults.append(FieldFault(f"/parts/{at}/page_ids", "too-few", {"min": 1}))
    if not faults and seen != known:
        faults.append(FieldFault("/parts", "contradiction", {"other": "pages"}))
    if sum(part.page_count for part in parts) != whole.page_count:
        faults.append(FieldFault("/parts", "contradiction", {"other": "page_count"}))
    return faults


async def _parts(uow: UnitOfWork, dossier: LockedDossier, whole: Standing, parts: Sequence[Part]) -> list[Standing]:
    """The first part in the whole's own row; for the others rows that have no pages yet."""
    added = [_row(dossier, whole, part) for part in parts[1:]]
    await materials.add(uow, added)
    fresh = await standings.load(uow, dossier.dossier_id, [m.material_id for m in added])
    found = [_as_part(whole, parts[0], whole)]
    for sequence, (material, part) in enumerate(zip(added, parts[1:], strict=True), start=dossier.filing_seq + 1):
        standing = replace(
            fresh[material.material_id],
            state="filed",
            code=whole.code,
            basis=BY_ARCHIVIST,
            sequence=sequence,
            filed_on=uow.today,
        )
        found.append(_as_part(standing, part, whole))
    return found


def _as_part(standing: Standing, part: Part, whole: Standing) -> Standing:
    placed = standing
    if part.category and part.category != whole.code:
        placed = standing.moved(part.category, BY_ARCHIVIST)
    return replace(
        placed,
        title=part.title,
        page_count=part.page_count,
        page_ids=tuple(part.page_ids),
        formed_on=part.formed_on or whole.formed_on,
        dates=() if part.formed_on else whole.dates,
        remark=part.remark,
    )


def _row(dossier: LockedDossier, whole: Standing, part: Part) -> Material:
    return Material(
        material_id=new_id("mat"),
        unit_id=dossier.unit_id,
        dossier_id=dossier.dossier_id,
        named_dossier_id=dossier.dossier_id,
        title=part.title,
        original_title=whole.title,
        formed_on=part.formed_on or whole.formed_on,
        page_count=part.page_count,
        blob_unit_id=whole.blob_unit_id,
        pages=(),
        origin=Origin(),
    )
