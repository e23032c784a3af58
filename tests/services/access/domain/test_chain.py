"""Each decision closes its task and leads to the next one, a grant, or an end."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.problems import SamePersonTwice, StateConflict
from services.access.domain.chain import decide, is_last, open_step, refuse_same_person
from services.access.domain.view_request import UNDECIDED, Viewer
from tests.services.access.builders import (
    ARCHIVE_UNIT,
    ASKER,
    FIRST,
    HEAD,
    LEADER,
    NOON,
    PERIOD,
    UNIT,
    decision,
    task,
    view_request,
)


def test_the_first_task_waits_for_the_head_of_the_asking_unit():
    first = task(view_request())
    assert (first.step, first.role, first.unit_id, first.state) == (1, "approver", UNIT, "pending")
    assert first.due_at - first.created_at == timedelta(days=3)


def test_the_first_approval_asks_the_leader_of_the_unit_that_keeps_the_dossier():
    request = view_request()
    decided = decide(request, task(request), decision(), "tskx_next")
    assert (decided.task.state, decided.task.decided_by, decided.task.version) == ("approved", HEAD, 2)
    assert (decided.request.state, decided.request.version) == ("unit_approved", 2)
    assert decided.grant is None
    assert decided.next_task is not None
    assert (decided.next_task.id, decided.next_task.step) == ("tskx_next", 2)
    assert (decided.next_task.role, decided.next_task.unit_id) == ("leader", ARCHIVE_UNIT)


def test_the_last_approval_makes_the_grant():
    request = view_request(state="unit_approved", version=2)
    decided = decide(request, task(request, 2), decision(by=LEADER), "grt_new")
    assert decided.request.state == "approved"
    assert decided.next_task is None
    made = decided.grant
    assert made is not None
    assert (made.id, made.request_id, made.scope, made.state) == ("grt_new", request.id, request.scope, "running")
    assert (made.valid_from, made.valid_to) == (NOON, PERIOD.ends)


def test_a_grant_for_later_days_begins_with_them():
    later = replace(PERIOD, from_on=PERIOD.from_on + timedelta(days=2))
    request = view_request(state="unit_approved", period=later)
    made = decide(request, task(request, 2), decision(), "grt_new").grant
    assert made is not None
    assert made.valid_from == later.begins


@pytest.mark.parametrize(("outcome", "state"), [("return", "returned"), ("reject", "rejected")])
@pytest.mark.parametrize("step", [1, 2])
def test_a_no_ends_the_request(outcome: str, state: str, step: int):
    request = view_request(state="submitted" if step == 1 else "unit_approved")
    decided = decide(request, task(request, step), decision(outcome, reasons=("no_need",)), "unused")
    assert (decided.request.state, decided.task.state, decided.task.reasons) == (state, state, ("no_need",))
    assert decided.next_task is None
    assert decided.grant is None


@pytest.mark.parametrize("state", ["approved", "returned", "rejected", "withdrawn", "expired"])
def test_a_task_is_decided_once(state: str):
    request = view_request()
    with pytest.raises(StateConflict) as caught:
        decide(request, replace(task(request), state=state), decision(), "unused")
    assert caught.value.params == {"state": state}


def test_nobody_approves_days_that_are_over():
    request = view_request()
    with pytest.raises(StateConflict) as caught:
        decide(request, task(request), decision(at=PERIOD.ends), "unused")
    assert caught.value.params == {"state": "expired"}


@given(st.lists(st.sampled_from(["approve", "return", "reject"]), min_size=1, max_size=4))
def test_a_grant_exists_exactly_when_every_step_said_yes(outcomes: list[str]):
    request, waiting, grant, given_ = view_request(), None, None, 0
    waiting = task(request)
    for outcome in outcomes:
        if waiting is None:
            break
        decided = decide(request, waiting, decision(outcome), f"id{given_}")
        request, waiting, grant = decided.request, decided.next_task, decided.grant
        given_ += outcome == "approve"
    assert (grant is not None) == (given_ == len(request.chain)) == (request.state == "approved")
    assert (waiting is not None) == (request.state in UNDECIDED)


def test_the_last_step_is_known():
    request = view_request()
    assert not is_last(request, open_step(request, 1, "tskx_a", NOON))
    assert is_last(request, open_step(request, 2, "tskx_b", NOON))


@pytest.mark.parametrize(
    ("account", "person_no"),
    [(ASKER, None), (FIRST, None), (HEAD, None), ("acc_other", "P7")],
    ids=["asker", "viewer by account", "earlier signer", "viewer by number"],
)
def test_nobody_signs_twice_or_for_themselves(account: str, person_no: str | None):
    request = view_request(viewers=(*view_request().viewers, Viewer("赵刚", True, person_no="P7")))
    with pytest.raises(SamePersonTwice):
        refuse_same_person(request, [HEAD, None], account, person_no)


def test_somebody_else_signs():
    refuse_same_person(view_request(), [HEAD, None], LEADER, "P8")
