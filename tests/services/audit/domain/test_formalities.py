"""The least formalities of each form, and what a person's answers to them must hold."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.problems import ValidationFailed
from services.audit.domain.decision import with_missing
from services.audit.domain.formalities import faults_of, reasons_of
from tests.services.audit.builders import RULES

SEAL = ("seal_legible", "seal_unit")


@pytest.mark.parametrize(
    ("title", "needs"),
    [
        # 履历表: 360docs, 2015-02-09; 印章是否清晰: seed 000.
        ("干部履历表", ("photo", "signature", "date", "review_seal", *SEAL)),
        # 公务员登记表: opinions and seals of unit, review and approval organs, on the standard form (gathrin).
        ("公务员登记表", ("unit_opinion", "review_opinion", "approval_opinion", "standard_form", *SEAL)),
        # 审查结论, 处分决定, 鉴定: seed 000.
        ("关于李某历史问题的审查结论", ("signature_or_note",)),
        ("行政处分决定", ("signature_or_note",)),
        # Class 3: the organisation's opinion and a seal that is legible and known (seed 000); 鉴定 is of both forms.
        ("年度考核登记表", ("organisation_opinion", "seal", *SEAL)),
        ("学员鉴定表", ("signature_or_note", "organisation_opinion", "seal", *SEAL)),
        # 任免, 录用: seed 000.
        ("《干部任免审批表》", ("approving_organ", "date", "document_no")),
        ("公务员录用审批表", ("approving_organ", "date", "document_no")),
        # 出国审批: dawindow 5745.
        ("因公出国审批表", ("destination", "travel_dates", "purpose")),
        # Originals as a rule; a copy bears its date and a seal (R09).
        ("自传（复印件）", ("copy_date", "copy_seal")),
        ("学位证书复印件", ("copy_date", "copy_seal")),
        ("自传", ()),
    ],
)
def test_a_form_has_the_formalities_of_its_rule(title: str, needs: tuple[str, ...]):
    """Each row of the rule, by a title that a department would write."""
    assert tuple(one.code for one in RULES.formalities_of(title)) == needs


@pytest.mark.parametrize("form", RULES.forms, ids=lambda form: form.id)
def test_each_form_says_where_its_formalities_come_from(form: Any):
    """An office that doubts one finds the source."""
    assert len(form.source) > 5
    assert all(RULES.formalities[code].return_code in RULES.return_codes for code in form.needs)


FOUND = {"approving_organ": "present", "date": "present", "document_no": "not_applicable"}


@pytest.mark.parametrize(
    ("asked", "changes", "faults"),
    [
        ("approve", {}, []),
        ("reject", {}, []),
        ("approve", {"date": "missing"}, [("/formalities/date", "contradiction")]),
        ("reject", {"date": "missing"}, []),
        ("reject", {"photo": "missing"}, [("/formalities/photo", "not-allowed-value")]),
        ("approve", {"date": None}, [("/formalities/date", "required")]),
    ],
)
def test_answers_are_whole_and_agree_with_the_decision(asked: Any, changes: Any, faults: list[tuple[str, str]]):
    """Each formality of the form and no other; whoever approves leaves none missing."""
    found: Any = {code: answer for code, answer in {**FOUND, **changes}.items() if answer}
    wanted = RULES.formalities_of("干部任免审批表")
    if not faults:
        with_missing(asked, ("A2",) if asked == "reject" else (), found, wanted)
        return
    with pytest.raises(ValidationFailed) as refused:
        with_missing(asked, (), found, wanted)
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == faults


def test_what_is_missing_is_a_reason_of_the_return():
    """Each code once, after those that the person named; two formalities may share one code."""
    wanted = RULES.formalities_of("公务员登记表")
    missing = ("unit_opinion", "review_opinion", "standard_form")
    found: Any = {one.code: "missing" if one.code in missing else "present" for one in wanted}
    named = with_missing("reject", ("form_not_standard", "A5"), found, wanted)
    assert named == ("form_not_standard", "A5", "approval_missing")


@given(st.sampled_from([form.needs for form in RULES.forms]), st.data())
def test_whatever_is_answered_only_what_is_missing_gives_reasons(needs: Any, data: st.DataObject):
    """Whole answers have no fault for a rejection, and reasons exactly where something is missing."""
    wanted = [RULES.formalities[code] for code in needs]
    answers = st.sampled_from(["present", "missing", "not_applicable"])
    found: Any = {code: data.draw(answers) for code in needs}
    assert faults_of(found, wanted, approves=False) == []
    missing = {RULES.formalities[code].return_code for code, answer in found.items() if answer == "missing"}
    assert set(reasons_of(found, wanted)) == missing
    assert bool(faults_of(found, wanted, approves=True)) == bool(missing)
