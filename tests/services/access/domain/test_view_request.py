"""A request moves only along its table of moves."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.problems import StateConflict
from services.access.domain.view_request import MOVES, UNDECIDED, State, Viewer
from tests.services.access.builders import FIRST, view_request


@pytest.mark.parametrize(("state", "to"), list(itertools.product(MOVES, MOVES)))
def test_only_the_moves_of_the_table_are_made(state: State, to: State):
    request = view_request(state=state, version=5)
    if to in MOVES[state]:
        moved = request.move(to)
        assert (moved.state, moved.version) == (to, 6)
    else:
        with pytest.raises(StateConflict) as caught:
            request.move(to)
        assert caught.value.params == {"state": state}


@given(st.lists(st.sampled_from(sorted(MOVES)), max_size=12))
def test_no_path_leads_back_or_withdraws_after_a_signature(path: list[State]):
    request, seen = view_request(), ["submitted"]
    for to in path:
        if to in MOVES[request.state]:
            if to == "withdrawn":
                assert request.state == "submitted"
            request = request.move(to)
            assert request.state not in seen
            seen.append(request.state)
    assert request.version == len(seen)


def test_only_an_undecided_request_waits_for_a_signature():
    assert {state for state, to in MOVES.items() if "approved" in to} == UNDECIDED


@pytest.mark.parametrize(
    ("viewer", "is_one"),
    [
        (Viewer("王芳", True, account_id=FIRST), True),
        (Viewer("王芳", True, person_no="P1"), True),
        (Viewer("王芳", True, account_id=FIRST, person_no="P9"), True),
        (Viewer("王芳", True, account_id="acc_other"), False),
        (Viewer("王芳", True, person_no="P2"), False),
    ],
)
def test_a_viewer_is_known_by_account_or_person_number(viewer: Viewer, is_one: bool):
    found = view_request(viewers=(viewer,)).viewer_for(FIRST, "P1")
    assert (found is viewer) is is_one


def test_an_account_without_a_person_is_no_viewer_without_an_account():
    """None must not match None."""
    assert view_request(viewers=(Viewer("王芳", True, person_no="P1"),)).viewer_for("acc_x", None) is None
    assert not Viewer("王芳", True).is_account("acc_x", None)
