"""Each automatic check as a table of cases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values.partial_date import PartialDate
from services.audit.domain.checks import (
    FAULT_CODES,
    SeenBefore,
    check_complete,
    check_date,
    check_duplicate,
    check_in_scope,
    check_legible,
    check_person,
    run_checks,
)
from tests.services.audit.builders import RULES, TODAY, UNSEEN, page, paper, subject


@pytest.mark.parametrize(
    ("title", "outcome", "faults"),
    [
        ("干部任免审批表", "pass", []),
        ("样例材料 干部履历表", "pass", []),
        ("登记表", "cannot_tell", []),
        ("个人有关事项报告表", "cannot_tell", []),
        ("购物清单", "fail", ["not_in_scope"]),
        ("张某某一九八五年来信", "fail", ["not_in_scope"]),
        ("考察材料（征求意见稿）", "fail", ["working_paper"]),
        ("底稿：年度考核登记表", "fail", ["working_paper"]),
    ],
)
def test_a_title_is_in_scope_out_of_it_or_for_a_person_to_say(title: str, outcome: str, faults: list[str]):
    """A1: the title decides, and a draft stays out whatever form it is a draft of."""
    result = check_in_scope(title, RULES.kind_of(title), RULES)
    assert (result.check, result.outcome, result.faults) == ("A1", outcome, faults)


@pytest.mark.parametrize(
    ("seen", "outcome", "codes"),
    [
        (UNSEEN, "pass", []),
        (SeenBefore(1, "mat_x", 0, 0), "fail", ["duplicate"]),
        (SeenBefore(1, "mat_x", 2, 1), "fail", ["duplicate"]),
        (SeenBefore(0, None, 2, 0), "cannot_tell", ["also_in_appraisal"]),
        (SeenBefore(0, None, 0, 1), "cannot_tell", ["repeated_page"]),
        (SeenBefore(0, None, 1, 1), "cannot_tell", ["also_in_appraisal", "repeated_page"]),
    ],
)
def test_only_a_filed_page_makes_a_duplicate(seen: SeenBefore, outcome: str, codes: list[str]):
    """A1: a page in another open appraisal may never be filed, so it is a question and no failure."""
    result = check_duplicate(seen)
    assert (result.outcome, result.faults or result.remarks) == (outcome, codes)


@pytest.mark.parametrize(
    ("formed", "born", "outcome", "codes"),
    [
        ("1998-07-15", "1970-03-02", "pass", []),
        ("2026-11-24", "1970-03-02", "pass", []),
        ("2026-11", "1970-03-02", "pass", []),
        ("2026", "1970-03-02", "pass", []),
        ("2026-11-25", "1970-03-02", "fail", ["date_in_future"]),
        ("2026-12", "1970-03-02", "fail", ["date_in_future"]),
        ("2027", "1970", "fail", ["date_in_future"]),
        ("1984-03-01", "1970-03-02", "fail", ["date_before_age"]),
        ("1984-03-02", "1970-03-02", "pass", []),
        ("1984-03", "1970-03-02", "cannot_tell", ["date_not_certain"]),
        ("1984", "1970-03-02", "cannot_tell", ["date_not_certain"]),
        ("1983", "1970-03-02", "fail", ["date_before_age"]),
        ("1984", "1970", "cannot_tell", ["date_not_certain"]),
        ("1985", "1970", "pass", []),
        ("1986-02-28", "1972-02-29", "pass", []),
        ("1998-07-15", None, "cannot_tell", ["date_not_certain"]),
        (None, "1970-03-02", "cannot_tell", ["undated"]),
        ("2027", None, "fail", ["date_in_future"]),
    ],
)
def test_a_date_is_sane_impossible_or_not_certain(formed: str | None, born: str | None, outcome: str, codes: list[str]):
    """A2: three-valued, for dates known to the year or month only; 14 is the plausible age here."""
    result = check_date(
        PartialDate(value=formed) if formed else None, PartialDate(value=born) if born else None, 14, TODAY
    )
    assert (result.outcome, result.faults or result.remarks) == (outcome, codes)


def test_a_doubtful_date_is_for_a_person():
    """An approximate date neither passes nor fails, even far in the past."""
    about = PartialDate(value="1998", qualifier="approximate")
    assert check_date(about, PartialDate(value="1970"), 14, TODAY).outcome == "cannot_tell"


@pytest.mark.parametrize(
    ("declared", "pages", "faults"),
    [
        (2, (page(), page()), []),
        (3, (page(), page()), ["pages_missing"]),
        (1, (page(), page()), ["pages_surplus"]),
        (1, (), ["pages_missing"]),
        (2, (page(), page(blank=True)), ["page_blank"]),
        (3, (page(), page(blank=True)), ["pages_missing", "page_blank"]),
        (1, (page(decodes=False, blank=True),), []),
    ],
)
def test_a_material_is_complete_with_the_declared_pages_none_blank(
    declared: int, pages: tuple[object, ...], faults: list[str]
):
    """A3; a page that does not decode is not called blank: A5 names it."""
    result = check_complete(paper(declared_page_count=declared, pages=pages))
    assert (result.outcome, result.faults) == ("fail" if faults else "pass", faults)


@pytest.mark.parametrize(
    ("members", "faults", "remarks"),
    [
        ({}, [], []),
        ({"person_no": "not_declared", "name": "not_declared"}, [], []),
        ({"name": "former"}, [], ["former_name"]),
        ({"name": "other"}, ["other_person"], []),
        ({"person_no": "other"}, ["other_person"], []),
        ({"dossier_is_theirs": False}, ["other_person"], []),
        ({"dossier_open": False}, ["dossier_closed"], []),
        ({"person_no": "other", "dossier_open": False}, ["other_person", "dossier_closed"], []),
    ],
)
def test_the_person_declared_is_the_person_of_the_dossier(
    members: dict[str, object], faults: list[str], remarks: list[str]
):
    """A4: a former name is worth a remark; another number, name or dossier is another person."""
    result = check_person(subject(**members))
    assert (result.faults, result.remarks) == (faults, remarks)
    assert result.outcome == ("fail" if faults else "pass")


@pytest.mark.parametrize(
    ("pages", "faults", "remarks"),
    [
        ((page(),), [], []),
        ((page(dpi=150.0),), [], ["below_recommended_dpi"]),
        ((page(dpi=149.9),), [], ["below_recommended_dpi"]),
        ((page(dpi=149.0),), ["resolution_low"], ["below_recommended_dpi"]),
        ((page(), page(dpi=72.0)), ["resolution_low"], ["below_recommended_dpi"]),
        ((page(dpi=None, dpi_on_a4=150.2),), [], ["below_recommended_dpi"]),
        ((page(dpi=None, dpi_on_a4=96.0),), ["resolution_low"], ["below_recommended_dpi"]),
        ((page(dpi=None, dpi_on_a4=300.0),), [], []),
        ((page(dpi=300.0, dpi_on_a4=40.0),), [], ["smaller_than_a4"]),
        ((page(decodes=False, dpi=None, dpi_on_a4=0),), ["unreadable"], []),
        ((page(decodes=False), page(dpi=100.0)), ["unreadable", "resolution_low"], ["below_recommended_dpi"]),
    ],
)
def test_a_page_is_legible_from_150_dpi(pages: tuple[object, ...], faults: list[str], remarks: list[str]):
    """A5: by the declared resolution, else by its dots on A4; below 300 is a remark and no failure."""
    result = check_legible(pages, 150, 300)  # type: ignore[arg-type]
    assert (result.faults, result.remarks) == (faults, remarks)
    assert result.outcome == ("fail" if faults else "pass")


def test_every_material_gets_all_five_checks_in_order():
    """The machine answers A1 to A5 each time; the formalities it leaves to persons."""
    results = run_checks(paper(), subject(), UNSEEN, RULES.kind_of("干部任免审批表"), RULES, TODAY)
    assert [result.check for result in results] == ["A1", "A1", "A2", "A2", "A3", "A4", "A5"]
    by_code = {result.code: result.outcome for result in results}
    assert by_code.pop("formalities") == "not_applicable"
    assert set(by_code.values()) == {"pass"}


def test_a_kind_may_set_a_check_aside():
    """What the rules call not applicable is not answered, not even where it would fail."""
    kind = RULES.kind_of("干部任免审批表")
    assert kind is not None
    kind = type(kind)(**{**kind.__dict__, "not_applicable": frozenset({"date_sane"})})
    results = run_checks(paper(formed_on=PartialDate(value="2030")), subject(), UNSEEN, kind, RULES, TODAY)
    (date_sane,) = (result for result in results if result.code == "date_sane")
    assert (date_sane.outcome, date_sane.faults, date_sane.remarks) == ("not_applicable", [], ["by_rule"])


texts = st.text(max_size=40)
dates = st.none() | st.dates().map(PartialDate.of) | st.integers(1, 9999).map(lambda y: PartialDate(value=f"{y:04d}"))
pages_seen = st.lists(
    st.builds(
        page,
        decodes=st.booleans(),
        blank=st.booleans(),
        dpi=st.none() | st.floats(1, 2400),
        dpi_on_a4=st.floats(0, 2400),
    ),
    max_size=5,
).map(tuple)


@given(texts, dates, dates, pages_seen, st.integers(0, 6), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))
def test_the_checks_answer_for_any_material(
    title: str,
    formed: PartialDate | None,
    born: PartialDate | None,
    pages: tuple[object, ...],
    declared: int,
    filed: int,
    waiting: int,
    repeated: int,
):
    """No fact makes them fail to answer; a failure always names a return code that the rules know, and
    evidence and remarks repeat neither the title nor a date."""
    found = run_checks(
        paper(title=title, formed_on=formed, pages=pages, declared_page_count=declared),
        subject(birth_date=born),
        SeenBefore(filed, "mat_x" if filed else None, waiting, repeated),
        RULES.kind_of(title),
        RULES,
        TODAY,
    )
    for result in found:
        assert (result.outcome == "fail") == bool(result.faults)
        assert set(result.faults) <= set(RULES.return_codes)
        assert all(RULES.return_codes[fault].check == result.check for fault in result.faults)
        assert not any(isinstance(value, str) and value == title != "" for value in result.evidence.values())
        assert set(result.faults) <= FAULT_CODES | {"working_paper"}
