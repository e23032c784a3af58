"""Cohen's kappa against published tables, and what holds of it always."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain.review_agreement import Tally, agreement, kappa

VERDICTS = ("consistent", "inconsistent", "cannot_tell", "not_applicable")
Table = dict[tuple[str, str], int]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        # Cohen 1960, table 1, in per cent of 200: po = .70, pe = .41.
        (
            {("a", "a"): 88, ("a", "b"): 10, ("a", "c"): 2, ("b", "a"): 14, ("b", "b"): 40, ("b", "c"): 6,
             ("c", "a"): 18, ("c", "b"): 10, ("c", "c"): 12},
            Fraction(70 - 41, 100 - 41),
        ),
        # The example of grant proposals that text books use: 20 both yes, 15 both no, 5 and 10 apart.
        ({("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15}, Fraction(2, 5)),
        # As good as chance, and worse.
        ({("y", "y"): 25, ("y", "n"): 25, ("n", "y"): 25, ("n", "n"): 25}, Fraction(0)),
        ({("y", "n"): 5, ("n", "y"): 5}, Fraction(-1)),
        # Full agreement in two words; in one word there is nothing that chance would not reach.
        ({("y", "y"): 3, ("n", "n"): 1}, Fraction(1)),
        ({("y", "y"): 7}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_kappa_is_what_the_formula_says(table: Table, expected: Fraction | None):
    """Exactly, without rounding."""
    assert kappa(table) == expected


tables = st.dictionaries(st.tuples(st.sampled_from(VERDICTS), st.sampled_from(VERDICTS)), st.integers(1, 1000))


@given(tables)
def test_kappa_lies_within_its_bounds_and_does_not_ask_who_is_first(table: Table):
    """Never above 1; 1 only without any difference; the same when the two change places, or all is doubled."""
    found = kappa(table)
    turned = {(second, first): count for (first, second), count in table.items()}
    doubled = {pair: 2 * count for pair, count in table.items()}
    assert kappa(turned) == found == kappa(doubled)
    apart = sum(count for (first, second), count in table.items() if first != second)
    if found is None:
        assert apart == 0
    else:
        assert -1 <= found <= 1
        assert (found == 1) == (apart == 0)


def test_a_fact_without_a_word_is_a_difference_and_no_part_of_kappa():
    """Percentage counts it; the table of verdicts cannot."""
    told = agreement(
        [
            Tally("consistent", "consistent", 6, 5),
            Tally("inconsistent", "inconsistent", 2, 2),
            Tally("consistent", None, 2, 0),
        ]
    )
    assert (told.compared, told.agreed, told.percent, told.kappa) == (10, 7, 70.0, Fraction(1))


def test_nothing_compared_is_no_agreement_at_all():
    """Neither 0 nor 100 per cent."""
    told = agreement([])
    assert (told.compared, told.percent, told.kappa) == (0, None, None)
