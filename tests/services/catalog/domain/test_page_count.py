"""Page counts by printed sides (classification rules, section 4)."""

from dataclasses import replace
from typing import Any

import pytest

from services.catalog.domain.page_count import counted_pages
from tests.services.catalog.domain.schemes import SCHEMES, scheme

# Sides, the count from the cover on (seed 000), and the count of older manuals (web:szsunz 6488).
SIDES: list[tuple[tuple[Any, ...], int, int]] = [
    (("printed",), 1, 1),
    (("printed", "printed"), 2, 2),  # each side with text or picture counts one
    (("printed", "blank"), 1, 1),  # the back of a sheet printed on one side
    (("cover", "printed", "printed", "back_cover"), 4, 2),  # a material with a cover starts counting at the cover
    (("cover", "blank", "printed", "blank"), 2, 1),
    (("printed", "liner"), 1, 1),  # 托裱衬纸 do not count
    (("printed", "printed", "printed", "printed"), 4, 4),  # an original and its copy are paged together
    (("blank", "liner"), 0, 0),
]


@pytest.mark.parametrize("scheme_id", SCHEMES)
@pytest.mark.parametrize(("sides", "with_cover", "without"), SIDES)
def test_sides_count_by_the_page_rule(scheme_id: str, sides: tuple[Any, ...], with_cover: int, without: int):
    """The shipped schemes count from the cover on; an office may leave cover and back out."""
    shipped = scheme(scheme_id)
    assert counted_pages(sides, shipped) == with_cover
    assert counted_pages(sides, replace(shipped, page_rule="exclude_cover")) == without
