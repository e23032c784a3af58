"""A material as the desk changes it: where it stands and what its row of the catalogue says.

A change is a set of standings that are to be; what was before is kept as a snapshot, from which an undo makes
the standings anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal

from contracts.values.partial_date import PartialDate
from services.catalog.domain.classification import content_rank
from services.catalog.domain.material import MaterialState
from services.catalog.domain.ordering import Placed, formed_key, is_leading_resume
from services.catalog.domain.scheme import Scheme

ChangeKind = Literal[
    "moved", "ordered", "corrected", "split", "merged", "removed", "restored", "scheme_changed", "undone"
]


@dataclass(frozen=True)
class Standing:
    """One material of a dossier. `code` to `filed_on` are None unless it is filed.

    `dates` are all that the paper carries, `formed_on` the one that counts. `page_ids` are its images in order;
    `page_count` counts the paper's sides. `last_change` is the change that made it so, if one did.
    """

    material_id: str
    version: int
    state: MaterialState
    title: str
    page_count: int
    blob_unit_id: str
    page_ids: tuple[str, ...]
    code: str | None = None
    item_no: int | None = None
    sequence: int | None = None
    basis: str | None = None
    filed_on: date | None = None
    formed_on: PartialDate | None = None
    dates: tuple[PartialDate, ...] = ()
    remark: str | None = None
    case_id: str | None = None
    review_no: int | None = None
    annex_of: str | None = None
    pinned: bool = False
    pin_after: str | None = None
    pin_reason: str | None = None
    item_id: str | None = None
    submission_id: str | None = None
    last_change: str | None = None

    def rank(self, scheme: Scheme) -> int:
        """Its rank by content; 0 in a category by time."""
        return content_rank(self.title, self.code, scheme) if self.code else 0

    def placed(self, scheme: Scheme, item_no: int | None) -> Placed:
        """The filed material as the order of its category sees it."""
        if self.code is None or self.sequence is None:
            raise ValueError("only a filed material has a place")
        return Placed(
            material_id=self.material_id,
            rank=self.rank(scheme),
            formed_key=formed_key(self.formed_on),
            sequence=self.sequence,
            item_no=item_no,
            case_id=self.case_id,
            review_no=self.review_no,
            annex_of=self.annex_of,
            pinned=self.pinned,
            pin_after=self.pin_after,
            resume=is_leading_resume(self.title, self.code, scheme),
        )

    def moved(self, code: str, basis: str) -> "Standing":
        """In another category: what it was pinned behind or annexed to, and its case, stay where they are."""
        return replace(self.unpinned(), code=code, basis=basis, annex_of=None, case_id=None, review_no=None)

    def unpinned(self) -> "Standing":
        """By the rules again."""
        return replace(self, pinned=False, pin_after=None, pin_reason=None)

    def without_pages(self) -> "Standing":
        """Its pages are given to another."""
        return replace(self, page_ids=())

    def out(self, state: Literal["removed", "merged"]) -> "Standing":
        """Out of the catalogue and its numbering; its pages stay its own unless they are given away."""
        bare = self.unpinned()
        return replace(
            bare, state=state, code=None, item_no=None, sequence=None, basis=None, filed_on=None, annex_of=None
        )


def last_date(dates: tuple[PartialDate, ...]) -> PartialDate | None:
    """Of several dates the last one counts (classification rules, 5)."""
    return max(dates, key=lambda told: told.sort_key, default=None)


_KEPT: Final = (
    "state", "title", "page_count", "code", "sequence", "basis", "remark", "case_id", "review_no", "annex_of",
    "pinned", "pin_after", "pin_reason",
)  # fmt: skip


def snapshot(standing: Standing) -> dict[str, Any]:
    """Plain values from which the standing can be made again; its number follows from the others."""
    return {
        **{name: getattr(standing, name) for name in _KEPT},
        "filed_on": standing.filed_on.isoformat() if standing.filed_on else None,
        "formed_on": standing.formed_on.model_dump(mode="json") if standing.formed_on else None,
        "dates": [told.model_dump(mode="json") for told in standing.dates],
        "page_ids": list(standing.page_ids),
    }


def from_snapshot(told: Mapping[str, Any], now: Standing) -> Standing:
    """The standing as it was, of a material that stands as `now` says."""
    return replace(
        now,
        **{name: told[name] for name in _KEPT},
        filed_on=date.fromisoformat(told["filed_on"]) if told["filed_on"] else None,
        formed_on=PartialDate.model_validate(told["formed_on"]) if told["formed_on"] else None,
        dates=tuple(PartialDate.model_validate(one) for one in told["dates"]),
        page_ids=tuple(told["page_ids"]),
    )


_ROW: Final = ("code", "item_no", "title", "formed_on", "page_count")


def same_row(before: Standing, after: Standing) -> bool:
    """Whether other services see the same row of the catalogue."""
    return all(getattr(before, name) == getattr(after, name) for name in _ROW)


def changed_members(before: Standing, after: Standing) -> tuple[str, ...]:
    """Names of what differs, as the API spells them."""
    names = {"code": "category", "page_ids": "pages", "sequence": "", "basis": "basis"}
    own = (*_KEPT, "item_no", "formed_on", "dates", "page_ids")
    return tuple(
        names.get(name, name) for name in own if getattr(before, name) != getattr(after, name) and names.get(name, name)
    )
