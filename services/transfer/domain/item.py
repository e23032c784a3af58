"""One item of a submission: a material on its way in, until it is filed or returned."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from contracts.problems import StateConflict
from contracts.values.partial_date import PartialDate
from services.transfer.domain.refusals import OutcomeContradicts
from services.transfer.domain.states import ENDED, ITEM_MOVES, ItemAct, ItemState, move

ReturnedBy = Literal["audit", "catalog"]


@dataclass(frozen=True)
class Place:
    """Where a filed material stands: `category` is a code such as `4-1`, `item_no` counts within it."""

    dossier_id: str
    category: str
    item_no: int
    filed_on: date
    page_count: int


@dataclass(frozen=True)
class Accepted:
    """Audit found nothing against the material; the catalog has yet to file it."""


@dataclass(frozen=True)
class Filed:
    """The catalog gave the material its place."""

    place: Place


@dataclass(frozen=True)
class Returned:
    """Audit rejected the material, or the archivist refused it. `reasons` are codes, at least one."""

    by: ReturnedBy
    reasons: tuple[str, ...]


Fact = Accepted | Filed | Returned


@dataclass(frozen=True)
class Item:
    """An item as it stands. `material_id` is minted at delivery; `ending` is its outcome, once it has one.

    `place_version` is the material's version by which its place is known, 0 until it was moved.
    `receipt_id` or `return_note_id` is the paper that names it, once its submission has closed.
    """

    item_id: str
    submission_id: str
    position: int
    title: str
    formed_on: PartialDate | None
    declared_page_count: int
    page_count: int
    state: ItemState
    version: int
    material_id: str | None = None
    ending: Filed | Returned | None = None
    receipt_id: str | None = None
    return_note_id: str | None = None
    place_version: int = 0

    @property
    def ended(self) -> bool:
        """Whether the item has its outcome."""
        return self.state in ENDED

    def delivered(self, material_id: str) -> "Item":
        """The item handed in: a material from now on."""
        return replace(self._moved("deliver"), material_id=material_id)

    def withdrawn(self) -> "Item":
        """The item of a draft that was taken back."""
        return self._moved("withdraw")

    def named_in(self, *, receipt_id: str | None = None, return_note_id: str | None = None) -> "Item":
        """The ended item, now that a paper of its submission names it."""
        return replace(self, version=self.version + 1, receipt_id=receipt_id, return_note_id=return_note_id)

    def hear(self, fact: Fact) -> "Item | None":
        """The item after this fact, or None when the fact changes nothing.

        Facts come in any order and more than once: an acceptance after the end, or the same end again, is
        old news. A different end raises OutcomeContradicts.
        """
        if self.ended:
            return self._hear_after_the_end(fact)
        if isinstance(fact, Accepted):
            return None if self.state == "appraised" else self._moved("accept")
        if isinstance(fact, Returned) and fact.by == "audit" and self.state == "appraised":
            raise OutcomeContradicts(state=self.state)
        return replace(self._moved("file" if isinstance(fact, Filed) else "return"), ending=fact)

    def moved(self, category: str, item_no: int, page_count: int, version: int) -> "Item | None":
        """The filed item at the place that the catalog gave its material later; None when it is old news.

        `version` is the material's. StateConflict when the item is not filed.
        """
        if not isinstance(self.ending, Filed):
            raise StateConflict(state=self.state)
        if version <= self.place_version:
            return None
        place = replace(self.ending.place, category=category, item_no=item_no, page_count=page_count)
        return replace(self, ending=Filed(place), place_version=version, version=self.version + 1)

    def _hear_after_the_end(self, fact: Fact) -> None:
        rejected = isinstance(self.ending, Returned) and self.ending.by == "audit"
        if isinstance(fact, Filed) and isinstance(self.ending, Filed) and self.place_version:
            return  # where it stood before it was moved
        if fact == self.ending or (isinstance(fact, Accepted) and not rejected):
            return
        raise OutcomeContradicts(state=self.state)

    def _moved(self, act: ItemAct) -> "Item":
        return replace(self, state=move(ITEM_MOVES, self.state, act), version=self.version + 1)
