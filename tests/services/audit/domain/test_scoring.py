"""Scores: points by the rubric, caps, vetoes, grades (audit rules, section 9; case S1)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.problems import ValidationFailed
from services.audit.domain.scoring import Fault, Grade, check_faults, score_of
from services.audit.scoring_file import load_rubric

RUBRIC = load_rubric()
FAULTS = st.lists(
    st.builds(
        Fault, deduction=st.sampled_from(sorted(RUBRIC.deductions)), times=st.integers(1, 200), reason=st.just("x")
    ),
    max_size=8,
)
VETOES = st.lists(st.sampled_from(sorted(RUBRIC.vetoes)), unique=True)


@pytest.mark.parametrize(
    ("faults", "vetoes", "total", "grade"),
    [
        # S1 of the audit rules, with the shipped deductions: 100−2−1 = 97, 96, 90, 89.5, and 99 with a veto.
        ([("material_missing", 1), ("formalities_incomplete", 1)], [], "97", Grade.EXCELLENT),
        ([("material_missing", 2)], [], "96", Grade.QUALIFIED),
        ([("formalities_incomplete", 10)], [], "90", Grade.QUALIFIED),
        ([("formalities_incomplete", 10), ("misclassified", 1)], [], "89.5", Grade.UNQUALIFIED),
        ([("formalities_incomplete", 1)], ["other_persons_material"], "99", Grade.UNQUALIFIED),
        # Further sides of the same rules.
        ([], [], "100", Grade.EXCELLENT),
        ([("misclassified", 7)], [], "96.5", Grade.QUALIFIED),
        ([("late", 500)], [], "80", Grade.UNQUALIFIED),
        ([("late", 1), ("late", 1)], [], "98", Grade.EXCELLENT),
    ],
)
def test_the_worked_cases(faults: list[tuple[str, int]], vetoes: list[str], total: str, grade: Grade):
    """<90 不合格, 90 to below 97 合格, from 97 优秀; any veto 不合格; an item loses no more than its cap."""
    score = score_of([Fault(code, times, "x") for code, times in faults], vetoes, RUBRIC)
    assert (score.total, score.grade) == (Decimal(total), grade)


@given(FAULTS, VETOES, st.randoms())
def test_the_order_of_faults_does_not_matter(faults: list[Fault], vetoes: list[str], random: object):
    """And the lines always add up to the total, between nothing and all."""
    shuffled = list(faults)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    score = score_of(faults, vetoes, RUBRIC)
    assert score == score_of(shuffled, vetoes, RUBRIC)
    assert sum(line.left for line in score.lines) == score.total
    assert all(0 <= line.taken <= RUBRIC.items[line.item].cap for line in score.lines)
    assert (score.grade is Grade.UNQUALIFIED) == (bool(vetoes) or score.total < RUBRIC.qualified_from)


@given(FAULTS, FAULTS)
def test_a_further_fault_never_raises_the_score(faults: list[Fault], more: list[Fault]):
    """More faults, fewer points, or as many where the cap is reached."""
    assert score_of([*faults, *more], [], RUBRIC).total <= score_of(faults, [], RUBRIC).total


def test_what_is_not_in_the_rubric_is_refused_with_its_place():
    """All faults together."""
    faults = [Fault("late", 1, "x"), Fault("ugly", 1, "x"), Fault("late", 2, "x")]
    with pytest.raises(ValidationFailed) as refused:
        check_faults(faults, ["falsified", "falsified", "odd"], RUBRIC)
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [
        ("/deductions/1/code", "not-allowed-value"),
        ("/deductions/2/code", "duplicate"),
        ("/vetoes/1", "duplicate"),
        ("/vetoes/2", "not-allowed-value"),
    ]
