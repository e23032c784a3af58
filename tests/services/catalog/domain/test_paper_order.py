"""How the paper lies where that is not the catalogue's order (web:yccf988)."""

from dataclasses import replace
from typing import Any

import pytest

from services.catalog.domain.paper_order import Sheet, paper_order
from tests.services.catalog.domain.schemes import r2018

LISTED = [
    Sheet("a", "1", 1, "干部履历表", "19800000"),
    Sheet("b", "1", 2, "干部履历表", "20100000"),
    Sheet("c", "1", 3, "简历", "20200000"),
    Sheet("d", "2", 1, "自传", "19900000"),
]


@pytest.mark.parametrize(("option", "lies"), [("off", "abcd"), ("order", "abcd"), ("physical_only", "bacd")])
def test_the_newest_form_lies_in_front_where_the_scheme_says_so(option: Any, lies: str):
    """Only `physical_only` parts paper and catalogue: `order` has put both in one order already."""
    scheme = replace(r2018(), order=replace(r2018().order, latest_resume_first=option))
    assert "".join(one.material_id for one in paper_order(LISTED, scheme)) == lies
    assert paper_order(LISTED[2:], scheme) == LISTED[2:]
    assert paper_order([], scheme) == []
