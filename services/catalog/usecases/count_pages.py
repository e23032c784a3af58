"""Count a material's pages from its images: an archivist marks what is no printed side, the scheme's rule counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, NotFound, StateConflict, ValidationFailed
from services.catalog.domain.page_count import counted_pages
from services.catalog.domain.scheme import Side
from services.catalog.domain.standing import Standing
from services.catalog.rules import CatalogRules
from services.catalog.store import materials, page_sides, reviews, standings
from services.catalog.usecases.edit_material import edit_standing
from services.catalog.usecases.hold_filed import hold_filed


@dataclass(frozen=True)
class CountPages:
    """Pairs of page and side, in the order in which they were sent; a page that is not named keeps its mark."""

    material_id: str
    seen_version: int
    sides: Sequence[tuple[str, Side]]


async def count_pages(cmd: CountPages, *, uow: UnitOfWork, rules: CatalogRules) -> Standing:
    """Mark the sides and write the page count that follows: the material as it is then.

    The count is a correction of the row like any other: the catalogue becomes stale, and it can be undone.
    StateConflict for a material without images: there the paper itself is counted.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return await _counted(uow, earlier)
        dossier, standing = await hold_filed(uow, cmd.material_id, cmd.seen_version)
        known = await page_sides.list_of(uow.raw(), cmd.material_id)
        if not known:
            raise StateConflict(state="no images")
        wanted = _checked(cmd.sides, known)
        marked = _changed(wanted, known)
        count = counted_pages((known | wanted).values(), rules.schemes[dossier.scheme_id])
        if count == 0:
            raise ValidationFailed(errors=[FieldFault("/sides", "too-few", {"min": 1})])
        if marked:
            await _mark(uow, dossier.dossier_id, marked)
        counted = await edit_standing(uow, dossier, standing, {"page_count": count}, rules)
        await uow.remember(cmd.material_id)
        return counted


async def _mark(uow: UnitOfWork, dossier_id: str, marked: Mapping[str, Side]) -> None:
    for page_id, version in (await page_sides.mark(uow, marked)).items():
        uow.record("page.side_marked", page_id, version, {"side": marked[page_id]}, changed=("side",))
    await reviews.mark(uow, dossier_id)


async def _counted(uow: UnitOfWork, material_id: str) -> Standing:
    """The material of a request that was answered before, as it is now."""
    dossier_id = (await materials.get(uow.raw(), material_id)).dossier_id
    if dossier_id is None:
        raise NotFound()
    return (await standings.load(uow, dossier_id, [material_id]))[material_id]


def _checked(sides: Sequence[tuple[str, Side]], known: Mapping[str, Side]) -> dict[str, Side]:
    faults: list[FieldFault] = []
    wanted: dict[str, Side] = {}
    for position, (page_id, side) in enumerate(sides):
        if page_id not in known:
            faults.append(FieldFault(f"/sides/{position}/page_id", "unknown-reference"))
        elif page_id in wanted:
            faults.append(FieldFault(f"/sides/{position}/page_id", "duplicate"))
        wanted[page_id] = side
    if faults:
        raise ValidationFailed(errors=faults)
    return wanted


def _changed(wanted: dict[str, Side], known: dict[str, Side]) -> dict[str, Side]:
    return {page_id: side for page_id, side in wanted.items() if known[page_id] != side}
