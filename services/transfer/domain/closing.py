"""When a submission closes, and which paper names which item.

When the last item has ended, the submission closes with one receipt over the filed items, if any was filed,
and one return note over the returned ones, if any was returned. Each item stands in exactly one of the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.transfer.domain.item import Item


@dataclass(frozen=True)
class Closing:
    """What the two papers list, each in the order in which the items were handed in."""

    filed: tuple[Item, ...]
    returned: tuple[Item, ...]


def closing_of(items: Sequence[Item]) -> Closing | None:
    """The closing of a delivered submission; None while an item has not ended."""
    if not items or not all(item.ended for item in items):
        return None
    in_order = sorted(items, key=lambda item: item.position)
    return Closing(
        filed=tuple(item for item in in_order if item.state == "filed"),
        returned=tuple(item for item in in_order if item.state == "returned"),
    )
