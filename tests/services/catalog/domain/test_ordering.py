"""Order is total, does not depend on arrival, and numbers are dense."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values.partial_date import PartialDate
from services.catalog.domain.ordering import Placed, formed_key, number, order_key, renumber

_KEYS = st.sampled_from(["00000000", "19870000", "19870500", "19870501", "19990101", "20230228"])


@st.composite
def _categories(draw: st.DrawFn) -> list[Placed]:
    rows = draw(st.lists(st.tuples(st.integers(0, 3), _KEYS), max_size=30))
    return [Placed(f"m{i}", rank, key, i) for i, (rank, key) in enumerate(rows)]


def _placed(material_id: str, formed_on: str | None, sequence: int, item_no: int | None = None) -> Placed:
    date = None if formed_on is None else PartialDate(value=formed_on)
    return Placed(material_id, 0, formed_key(date), sequence, item_no)


@given(_categories(), st.randoms())
def test_numbers_do_not_depend_on_the_order_of_arrival(category: list[Placed], random):
    """The same materials get the same numbers, however they are listed."""
    shuffled = list(category)
    random.shuffle(shuffled)
    assert number(shuffled) == number(category)


@given(_categories())
def test_numbers_are_dense(category: list[Placed]):
    """1…n, each once."""
    assert sorted(number(category).values()) == list(range(1, len(category) + 1))


@given(_categories())
def test_the_order_is_total(category: list[Placed]):
    """No two materials share a key, and numbers rise with it."""
    assert len({order_key(p) for p in category}) == len(category)
    numbers = number(category)
    ordered = sorted(category, key=order_key)
    assert [numbers[p.material_id] for p in ordered] == sorted(numbers.values())


@given(_categories())
def test_renumbering_touches_only_what_moves(category: list[Placed]):
    """A category that is numbered already has nothing to change; one more material moves only its tail."""
    numbers = number(category)
    numbered = [Placed(p.material_id, p.rank, p.formed_key, p.sequence, numbers[p.material_id]) for p in category]
    assert renumber(numbered) == {}
    added = Placed("new", 1, "19870500", len(category))
    changes = renumber([*numbered, added])
    assert changes["new"] == min(changes.values())
    assert all(changes[m] == numbers[m] + 1 for m in changes if m != "new")


@pytest.mark.parametrize(
    ("earlier", "later"),
    [("1987", "1987-01"), ("1987-05", "1987-05-01"), ("1987", "1988"), (None, "1900"), ("1987-12-31", "1988")],
)
def test_a_missing_part_counts_as_zero(earlier: str | None, later: str):
    """A year stands before its months, a month before its days (interfaces.md, section 7)."""
    assert number([_placed("b", later, 1), _placed("a", earlier, 2)]) == {"a": 1, "b": 2}


def test_equal_dates_keep_their_filing_sequence():
    """Ties are stable."""
    assert number([_placed("second", "1990-01", 8), _placed("first", "1990-01", 7)]) == {"first": 1, "second": 2}


def test_rank_goes_before_time():
    """In a category by content an early 证明材料 stands after a late 处分决定."""
    decision, evidence = Placed("decision", 3, "20050101", 2), Placed("evidence", 6, "19990101", 1)
    assert number([evidence, decision]) == {"decision": 1, "evidence": 2}
