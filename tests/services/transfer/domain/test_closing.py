"""A submission closes once, with the same papers, in whatever order its outcomes are heard."""

from hypothesis import given
from hypothesis import strategies as st

from services.transfer.domain.closing import closing_of
from tests.services.transfer.domain.builders import ends, filed, item, rejected

KINDS = st.sampled_from(["filed", "rejected", "refused"])


def ended(position: int, fact):
    after = item(position).hear(fact)
    assert after is not None
    return after


def test_a_submission_without_items_does_not_close():
    assert closing_of([]) is None


def test_one_item_that_has_not_ended_keeps_the_submission_open():
    assert closing_of([ended(1, filed()), item(2)]) is None


def test_the_papers_list_items_in_the_order_of_the_submission():
    items = [ended(3, filed()), ended(1, filed()), ended(4, rejected()), ended(2, rejected())]
    closing = closing_of(items)
    assert closing is not None
    assert [item.position for item in closing.filed] == [1, 3]
    assert [item.position for item in closing.returned] == [2, 4]


@given(kinds=st.lists(KINDS, min_size=1, max_size=6), data=st.data())
def test_every_order_of_the_facts_and_every_repetition_gives_the_same_closing(kinds, data):
    """At least once and in any order is all that the broker promises."""
    items = {position: item(position) for position in range(1, len(kinds) + 1)}
    facts = [(n, fact) for n, kind in enumerate(kinds, 1) for fact in ends(kind)]
    repeated = facts + data.draw(st.lists(st.sampled_from(facts), max_size=8))
    shuffled = data.draw(st.permutations(repeated))
    closings = []
    for position, fact in shuffled:
        heard = items[position].hear(fact)
        if heard is not None:
            items[position] = heard
            if heard.ended and (closing := closing_of(list(items.values()))):
                closings.append(closing)
    assert len(closings) == 1
    closing = closings[0]
    assert [item.position for item in closing.filed] == [n for n, kind in enumerate(kinds, 1) if kind == "filed"]
    assert [item.position for item in closing.returned] == [n for n, kind in enumerate(kinds, 1) if kind != "filed"]
    assert {item.item_id for item in closing.filed}.isdisjoint(item.item_id for item in closing.returned)
