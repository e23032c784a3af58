"""Order inside a category or subclass, and the numbers that follow from it (classification rules, 3 and 4).

By time, earliest first; by rank of content first where the scheme says so. A missing month or day counts as
00, a missing date as all zeros; what is still equal keeps the sequence in which it was filed, so that the
order is total. Numbers run from 1 without a gap.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from contracts.values.partial_date import PartialDate

_UNDATED: Final = "00000000"


@dataclass(frozen=True)
class Placed:
    """A material of one category as its order sees it. `item_no` is its present number, None when it is new.

    `sequence` counts filings of the dossier and is unique in it.
    """

    material_id: str
    rank: int
    formed_key: str
    sequence: int
    item_no: int | None = None


def formed_key(formed_on: PartialDate | None) -> str:
    """Eight digits to order by, a missing part as 00; a missing date stands first."""
    return _UNDATED if formed_on is None else formed_on.sort_key


def order_key(placed: Placed) -> tuple[int, str, int]:
    """Rank, then time, then filing sequence."""
    return placed.rank, placed.formed_key, placed.sequence


def number(category: Iterable[Placed]) -> dict[str, int]:
    """Item numbers 1…n of all materials of one category, whatever order they come in."""
    return {p.material_id: no for no, p in enumerate(sorted(category, key=order_key), start=1)}


def renumber(category: Iterable[Placed]) -> dict[str, int]:
    """The numbers that must change, new materials included; the rest keep theirs."""
    present = list(category)
    held = {p.material_id: p.item_no for p in present}
    return {material_id: no for material_id, no in number(present).items() if held[material_id] != no}
