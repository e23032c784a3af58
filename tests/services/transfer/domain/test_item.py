"""What an item makes of the facts that it hears."""

import pytest

from contracts.problems import StateConflict
from services.transfer.domain.item import Accepted
from services.transfer.domain.refusals import OutcomeContradicts
from tests.services.transfer.domain.builders import filed, item, refused, rejected

FILED, REJECTED, REFUSED = filed(), rejected(), refused()


@pytest.mark.parametrize(
    ("facts", "state", "ending"),
    [
        ([Accepted()], "appraised", None),
        ([Accepted(), FILED], "filed", FILED),
        ([FILED], "filed", FILED),
        ([FILED, Accepted()], "filed", FILED),
        ([REJECTED], "returned", REJECTED),
        ([Accepted(), REFUSED], "returned", REFUSED),
        ([REFUSED, Accepted()], "returned", REFUSED),
    ],
)
def test_an_item_follows_what_it_hears_in_any_order(facts, state, ending):
    heard = item()
    for fact in facts:
        heard = heard.hear(fact) or heard
    assert (heard.state, heard.ending) == (state, ending)


@pytest.mark.parametrize("facts", [[Accepted()], [FILED], [REJECTED], [REFUSED], [Accepted(), FILED]])
def test_the_same_fact_twice_changes_nothing(facts):
    heard = item()
    for fact in facts:
        heard = heard.hear(fact) or heard
    assert heard.hear(facts[-1]) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (FILED, REJECTED),
        (FILED, REFUSED),
        (REJECTED, FILED),
        (REJECTED, REFUSED),
        (REJECTED, Accepted()),
        (REFUSED, FILED),
        (REFUSED, REJECTED),
        (FILED, filed(item_no=4)),
        (REJECTED, rejected("A1")),
        (Accepted(), REJECTED),
    ],
)
def test_a_second_different_outcome_is_refused_and_the_first_stands(first, second):
    heard = item().hear(first)
    assert heard is not None
    with pytest.raises(OutcomeContradicts):
        heard.hear(second)


def test_each_change_is_a_version():
    accepted = item(version=2).hear(Accepted())
    assert accepted is not None
    ended = accepted.hear(FILED)
    assert ended is not None
    assert (accepted.version, ended.version) == (3, 4)


def test_each_move_of_an_item_raises_its_version():
    """A client that asks with the version that it saw learns of every change."""
    draft = item(state="draft", material_id=None, version=1)
    handed_in = draft.delivered("mat_x")
    assert (handed_in.state, handed_in.version, handed_in.material_id) == ("pending", 2, "mat_x")
    gone = draft.withdrawn()
    assert (gone.state, gone.version) == ("withdrawn", 2)
    ended = handed_in.hear(filed())
    assert ended is not None
    named = ended.named_in(receipt_id="rcp_x")
    assert (named.version, named.receipt_id, named.return_note_id) == (ended.version + 1, "rcp_x", None)
    for act in (lambda: handed_in.delivered("mat_y"), handed_in.withdrawn):
        with pytest.raises(StateConflict):
            act()
