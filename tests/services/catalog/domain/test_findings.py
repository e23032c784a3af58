"""Each code of findings.toml: a dossier that has it, and one beside it that has not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.catalog.domain.dossier_view import Loose
from services.catalog.domain.findings import find
from services.catalog.rules import load_catalog_rules
from tests.services.catalog.domain.reviewing import NOW, row, view

_RULES = load_catalog_rules()
CONTEXT = _RULES.contexts["r2018"]


def codes(seen: Any) -> list[str]:
    return sorted({found.rule.code for found in find(seen, CONTEXT)})


def figures(seen: Any, code: str) -> list[dict[str, Any]]:
    return [dict(found.params) for found in find(seen, CONTEXT) if found.rule.code == code]


GOOD = view(
    row("1", 1, "干部履历表", "1999-05-01", digests=("a",)),
    row("3", 1, "2010年度考核登记表", "2010-12"),
    row("3", 2, "2011年度考核登记表", "2011-12"),
    row("4-1", 1, "高等学校毕业生登记表", "1990-07-01"),
    born="1970-01",
)

CASES = [
    ("CAT-001", view(row("1", 1, "入党志愿书", "1990-01"))),
    ("CAT-002", view(row("4", 1, "高等学校毕业生登记表", "1990-07", from_paper=True))),
    ("CAT-003", view(row("3", 1, "2011年度考核登记表", "2011-12"), row("3", 2, "2010年度考核登记表", "2010-12"))),
    ("CAT-004", view(row("1", 1, "干部履历表", "1999", digests=("a", "b")))),
    ("CAT-005", view(row("3", 1, "2010年度考核登记表", "2010-12"), row("3", 2, "2013年度考核登记表", "2013-12"))),
    ("CAT-006", view(row("1", 1, "干部履历表", "2027-01-01"))),
    ("CAT-007", view(row("1", 1, "干部履历表", "1965-03"), born="1970-01")),
    ("CAT-008", view(row("1", 1, "干部履历表"))),
    (
        "CAT-009",
        view(row("1", 1, "干部履历表", "1999", digests=("a",)), row("10", 1, "体检表", "2000", digests=("a",))),
    ),
    ("CAT-010", view(waiting=[NOW - timedelta(days=1)])),
    ("CAT-011", view(row("10", 1, "登记表", "2000"))),
    ("CAT-012", view(row("1", 1, "干部履历表", "2000", original_title="入党志愿书"))),
    ("CAT-013", view(row("3", 1, "2012年度考核登记表", "2011-12"))),
    ("CAT-014", view(row("1", 1, "干部履历表", "1999"), row("1", 3, "干部履历表", "2005"))),
    (
        "CAT-015",
        view(row("1", 1, "干部履历表", "1999-05-01"), row("1", 2, "干部履历表", "1999-05-01")),
    ),
    ("CAT-016", view(row("1", 1, "青岚县" * 14 + "干部履历表", "1999"))),
    ("CAT-017", replace(GOOD, loose=(Loose(GOOD.rows[0].material_id, NOW.date() - timedelta(days=1)),))),
    ("CAT-018", replace(GOOD, to_enter=("det_01JZ0000000000000000000001",))),
]


def test_a_sheet_may_lie_loose_until_its_last_day():
    """That day included."""
    assert "CAT-017" not in codes(replace(GOOD, loose=(Loose(GOOD.rows[0].material_id, GOOD.today),)))


@pytest.mark.parametrize(("code", "seen"), CASES, ids=[code for code, _ in CASES])
def test_each_code_is_found(code: str, seen: Any):
    """By a dossier with this one fault."""
    assert code in codes(seen)


def test_every_code_has_its_case():
    """A rule without a test is a rule that may say anything."""
    assert {code for code, _ in CASES} == {rule.code for rule in CONTEXT.rules.rules}


def test_a_good_dossier_has_none():
    """Nothing is found where nothing is wrong."""
    assert codes(GOOD) == []


def test_every_text_takes_the_figures_of_its_check():
    """In both languages, without a name that is not given."""
    for _, seen in CASES:
        for found in find(seen, CONTEXT):
            assert "{" not in found.rule.text.zh.format_map(dict(found.params))
            assert "{" not in found.rule.text.en.format_map(dict(found.params))


def test_the_years_between_are_named():
    """Not those before the first or after the last: they are a gap, and another rule's."""
    seen = dict(CASES)["CAT-005"]
    assert figures(seen, "CAT-005") == [{"years": [2011, 2012]}]


def test_a_date_that_cannot_tell_is_no_finding():
    """`1970` may be before or after a birth in 1970.01; this year may be past or future."""
    assert codes(view(row("1", 1, "干部履历表", "1970"), born="1970-06")) == []
    assert codes(view(row("1", 1, "干部履历表", "2026"))) == []


def test_a_material_without_images_is_not_counted():
    """It is not digitised yet, which is no contradiction."""
    assert "CAT-004" not in codes(view(row("1", 1, "干部履历表", "1999", page_count=8)))


def test_a_waiting_material_within_its_time_is_none():
    """Overdue begins after the due date."""
    assert codes(view(waiting=[NOW + timedelta(days=1)])) == []


def test_an_undivided_row_is_one_finding():
    """That it has no subclass says already that it stands in the wrong place."""
    assert codes(dict(CASES)["CAT-002"]) == ["CAT-002"]


def test_the_later_of_two_equal_pages_names_the_earlier():
    """One finding for a pair, where the second stands."""
    assert figures(dict(CASES)["CAT-009"], "CAT-009") == [{"count": 1, "other": "1-1"}]


def test_what_a_fact_leads_to_is_no_fault():
    """A résumé form that is mainly an autobiography stands in 2: no title tells that."""
    assert "CAT-001" not in codes(view(row("2", 1, "干部履历表", "1999")))
    assert "CAT-001" in codes(view(row("7", 1, "干部履历表", "1999")))


@pytest.mark.parametrize(
    ("page_rule", "sides", "page_count", "found"),
    [
        ("include_cover", ("cover", "printed", "blank", "back_cover"), 3, False),  # seed 000: from the cover on
        ("include_cover", ("cover", "printed", "blank", "back_cover"), 4, True),  # a blank sheet counts none
        ("include_cover", ("printed", "liner"), 1, False),  # 托裱衬纸
        ("include_cover", (), 4, False),  # nothing marked: four printed sides
        ("exclude_cover", ("cover", "printed", "printed", "back_cover"), 2, False),  # web:szsunz 6488
        ("exclude_cover", ("cover", "printed", "printed", "back_cover"), 4, True),
        ("exclude_cover", (), 2, True),  # covers that nobody marked are asked about
    ],
)
def test_images_count_by_the_page_rule_of_the_scheme(page_rule: Any, sides: Any, page_count: int, found: bool):
    """Four images or as many as there are sides; the finding says how many of them count."""
    scheme = replace(CONTEXT.scheme, page_rule=page_rule)
    images = tuple("abcd"[: len(sides) or 4])
    seen = view(row("1", 1, "干部履历表", "1999", digests=images, sides=sides, page_count=page_count))
    told = [one for one in find(seen, replace(CONTEXT, scheme=scheme)) if one.rule.code == "CAT-004"]
    assert bool(told) == found
    assert all(one.params["counted"] != page_count and one.params["images"] == len(images) for one in told)


def test_an_office_that_requires_no_date_is_told_of_none():
    """What a row must have is the scheme's (`required_columns`)."""
    scheme = replace(CONTEXT.scheme, required_columns=frozenset({"title", "page_count"}))
    seen = view(row("1", 1, "干部履历表"))
    assert "CAT-008" in codes(seen)
    assert "CAT-008" not in {one.rule.code for one in find(seen, replace(CONTEXT, scheme=scheme))}
