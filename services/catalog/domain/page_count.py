"""How many pages a material counts (页数): its printed sides, by the rule of the scheme (classification rules, 4).

Each side with text or picture counts one, from the cover on; older manuals leave cover and back out. Blank sheets and
mounting liners (托裱衬纸) are scanned with the rest and count none.
"""

from collections.abc import Iterable
from typing import Final

from services.catalog.domain.scheme import Scheme, Side

COVERS: Final[frozenset[Side]] = frozenset(("cover", "back_cover"))
"""What `exclude_cover` leaves out (web:szsunz 6488)."""


def uncounted_sides(scheme: Scheme) -> frozenset[Side]:
    """Sides that are no page under this scheme."""
    return scheme.uncounted_sides | COVERS if scheme.page_rule == "exclude_cover" else scheme.uncounted_sides


def counted_pages(sides: Iterable[Side], scheme: Scheme) -> int:
    """Pages that these sides count; a side that nobody marked is a printed one."""
    left_out = uncounted_sides(scheme)
    return sum(side not in left_out for side in sides)
