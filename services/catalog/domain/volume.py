"""Volumes (卷): how a dossier's paper is divided, and what one of them can hold.

A category is never split across volumes (seed 000). The volumes of a set cover all ten categories in order, also
those that are empty still, so that whatever is filed later has its volume.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

VolumeKind = Literal["original", "duplicate"]
"""正本 or 副本."""

FIRST: Final = 1
LAST: Final = 10


@dataclass(frozen=True)
class VolumeRules:
    """What one volume takes: `most_pages` printed sides, and thickness by side and by box, in millimetres."""

    most_pages: int
    mm_per_page: float
    boxes_mm: tuple[int, ...]

    @property
    def limit(self) -> int:
        """Pages that one volume takes: as many as are handled well, and no more than the thickest box closes over."""
        return min(self.most_pages, int(self.boxes_mm[-1] / self.mm_per_page))

    def thickness(self, pages: int) -> float:
        """Estimated thickness in millimetres, to a tenth."""
        return round(pages * self.mm_per_page, 1)

    def box(self, pages: int) -> int | None:
        """The thinnest box that holds so many pages; None when none does."""
        return next((box for box in self.boxes_mm if pages * self.mm_per_page <= box), None)


@dataclass(frozen=True)
class Section:
    """A category's materials and pages, as filed."""

    category: int
    materials: int
    pages: int


@dataclass(frozen=True)
class VolumePlan:
    """One volume of a division: its categories from `first` to `last`, and what they hold."""

    no: int
    first: int
    last: int
    materials: int
    pages: int

    def holds(self, category: int) -> bool:
        """Whether a category's materials belong in it."""
        return self.first <= category <= self.last


WarningCode = Literal["category_too_thick", "volume_too_thick"]


@dataclass(frozen=True)
class ThickWarning:
    """A volume over the limit: by one category, which stays whole, or by several, which could be divided."""

    no: int
    code: WarningCode
    pages: int
    limit: int


def propose(sections: Sequence[Section], limit: int) -> list[VolumePlan]:
    """Divide into as few volumes of at most `limit` pages as the order of categories allows.

    A category that alone is over the limit gets a volume that holds it whole; see `warnings`.
    """
    by_category = {section.category: section for section in sections}
    starts = [FIRST]
    pages = 0
    for category in range(FIRST, LAST + 1):
        found = by_category.get(category)
        more = found.pages if found else 0
        if pages and more and pages + more > limit:
            starts.append(category)
            pages = 0
        pages += more
    return plans(starts, sections)


def plans(starts: Sequence[int], sections: Sequence[Section]) -> list[VolumePlan]:
    """The volumes that begin with these categories, the first of which is 1."""
    ends = [start - 1 for start in starts[1:]] + [LAST]
    made: list[VolumePlan] = []
    for no, (first, last) in enumerate(zip(starts, ends, strict=True), start=1):
        inside = [section for section in sections if first <= section.category <= last]
        materials, pages = sum(s.materials for s in inside), sum(s.pages for s in inside)
        made.append(VolumePlan(no, first, last, materials, pages))
    return made


def warnings(division: Sequence[VolumePlan], sections: Sequence[Section], limit: int) -> list[ThickWarning]:
    """Volumes of a division that are thicker than they should be."""
    found: list[ThickWarning] = []
    for plan in division:
        if plan.pages > limit:
            filled = [s for s in sections if s.pages and plan.holds(s.category)]
            code: WarningCode = "category_too_thick" if len(filled) == 1 else "volume_too_thick"
            found.append(ThickWarning(plan.no, code, plan.pages, limit))
    return found
