"""A material (材料) and the moves it allows: queued → filed, queued → refused."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from contracts.problems import StateConflict
from contracts.values.page import PageRef
from contracts.values.partial_date import PartialDate
from services.catalog.domain.scheme import join_place

MaterialState = Literal["queued", "filed", "refused", "removed", "merged"]
"""`removed` (剔除) and `merged` (its pages went to another) stand in no catalogue; the desk makes and unmakes them."""

MOVES: Final[dict[MaterialState, frozenset[MaterialState]]] = {
    "queued": frozenset({"filed", "refused"}),
    "filed": frozenset(),
    "refused": frozenset(),
    "removed": frozenset(),
    "merged": frozenset(),
}


@dataclass(frozen=True)
class Origin:
    """Where a material came from: an appraised submission item, or an entry from a paper catalogue."""

    appraisal_id: str | None = None
    item_id: str | None = None
    submission_id: str | None = None
    entry_id: str | None = None


@dataclass(frozen=True)
class Place:
    """Where a material stands: code of its category, number in it, and what its order and number rest on."""

    code: str
    item_no: int
    rank: int
    sequence: int
    basis: str
    filed_on: date

    @property
    def material_code(self) -> str:
        """The code written on its first page: `4-1-2`."""
        return f"{self.code}-{self.item_no}"


@dataclass(frozen=True)
class Material:
    """One material. `title` is the catalogue's, `original_title` what the paper says.

    `blob_unit_id` is the unit under which its page files are stored. `dossier_id` is None only when it was
    refused because its dossier is not kept here; `named_dossier_id` is the dossier it was meant for.
    """

    material_id: str
    unit_id: str
    dossier_id: str | None
    named_dossier_id: str
    title: str
    original_title: str
    formed_on: PartialDate | None
    page_count: int
    blob_unit_id: str
    pages: tuple[PageRef, ...]
    origin: Origin
    remark: str | None = None
    state: MaterialState = "queued"
    version: int = 1
    place: Place | None = None
    reasons: tuple[str, ...] = ()

    def file(self, place: Place, title: str | None = None) -> "Material":
        """Give it its place; under another title where one was supplied."""
        return replace(self._moved("filed"), place=place, title=title or self.title)

    def refuse(self, reasons: tuple[str, ...]) -> "Material":
        """Do not file it, for these coded reasons."""
        return replace(self._moved("refused"), reasons=reasons)

    def _moved(self, state: MaterialState) -> "Material":
        if state not in MOVES[self.state]:
            raise StateConflict(state=self.state)
        return replace(self, state=state, version=self.version + 1)


def code_of(category: int | None, subclass: int | None) -> str | None:
    """Code of a stored category, None where there is none yet."""
    return None if category is None else join_place(category, subclass)
