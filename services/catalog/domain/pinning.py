"""Which materials must be pinned so that a category stands in the order that an archivist wants.

As few as can be: whoever moves one sheet does not want all others to stand still for ever.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.catalog.domain.ordering import Arrangement, Placed, arrange


def pins_for(wanted: Sequence[str], category: Sequence[Placed], arrangement: Arrangement) -> Mapping[str, str | None]:
    """Material → the one that it is pinned behind, None for the head; the others stand by the rules.

    `wanted` names each material of the category once.
    """
    free = [replace(placed, pinned=False, pin_after=None) for placed in category]
    at = {placed.material_id: no for no, placed in enumerate(arrange(free, arrangement))}
    staying = _longest_rise([at[material_id] for material_id in wanted])
    behind = dict(zip(wanted, (None, *wanted), strict=False))
    few = {m: behind[m] for position, m in enumerate(wanted) if position not in staying}
    if _order_with(free, few, arrangement) == list(wanted):
        return few
    # An annex was parted from its form: only pinning all of them holds that.
    return behind


def with_pins(category: Sequence[Placed], pins: Mapping[str, str | None]) -> list[Placed]:
    """The category under these pins and no others."""
    return [
        replace(placed, pinned=placed.material_id in pins, pin_after=pins.get(placed.material_id))
        for placed in category
    ]


def _order_with(free: Sequence[Placed], pins: Mapping[str, str | None], arrangement: Arrangement) -> list[str]:
    return [placed.material_id for placed in arrange(with_pins(free, pins), arrangement)]


def _longest_rise(numbers: Sequence[int]) -> set[int]:
    """Positions of a longest rising subsequence (patience sorting, n log n)."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for position, value in enumerate(numbers):
        at = bisect_left(tails, value)
        before.append(ends[at - 1] if at else None)
        if at == len(tails):
            tails.append(value)
            ends.append(position)
        else:
            tails[at], ends[at] = value, position
    found: set[int] = set()
    position = ends[-1] if ends else None
    while position is not None:
        found.add(position)
        position = before[position]
    return found
