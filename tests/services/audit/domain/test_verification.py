"""A certificate is filed only once a report has confirmed it (seed 000; worked case E1)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.problems import StateConflict
from contracts.values.ids import new_id
from services.audit.domain.appraisal import Appraisal, State, Verdict, Voice, explain
from services.audit.domain.verification import Verification
from tests.services.audit.builders import RULES, check

GREEN, RED, DOUBT = Verdict.GREEN, Verdict.RED, Verdict.CANNOT_TELL
LI, WANG, CLERK = (new_id("acc") for _ in range(3))
YES, NO = Voice(LI, "approve"), Voice(LI, "reject", ("A5",))


@pytest.mark.parametrize(
    ("title", "verified"),
    [
        ("毕业证书", True),
        ("学士学位证书", True),
        ("普通高等学校毕业生登记表", True),
        ("授予硕士学位审批表", True),
        ("学历证明", True),
        # Schools below 中专 are not registered (seed 002).
        ("高中毕业生登记表", False),
        # What verifies others waits for nothing itself.
        ("教育部学历证书电子注册备案表", False),
        ("学历认证报告", False),
        ("学生成绩单", False),
        ("学历认定审批表", False),
        ("干部履历表", False),
    ],
)
def test_certificates_wait_and_other_papers_do_not(title: str, verified: bool):
    """By the title, as the rules have it."""
    assert RULES.wants_report(title, samples_allowed=True) is verified


def test_calling_it_a_sample_saves_no_certificate_in_production():
    """A department writes the title."""
    assert RULES.wants_report("样例材料：毕业证书", samples_allowed=True) is False
    assert RULES.wants_report("样例材料：毕业证书", samples_allowed=False) is True


@pytest.mark.parametrize(
    ("persons", "verdict", "confirmed"),
    [
        (2, GREEN, State.FIRST_CHECK),
        (2, DOUBT, State.FIRST_CHECK),
        (1, GREEN, State.SECOND_CHECK),
        (1, DOUBT, State.FIRST_CHECK),
    ],
)
def test_it_waits_for_its_report_before_persons_look(persons: Any, verdict: Verdict, confirmed: State):
    """E1: confirmed → it goes on as it would have begun; refused → it is returned as not verified."""
    waiting = Appraisal.begin(persons, verdict, verify=True)
    assert (waiting.state, waiting.verification) == (State.AWAITING_VERIFICATION, Verification.WANTED)
    assert waiting.state.open
    with pytest.raises(StateConflict):
        waiting.decide(YES)
    went_on = waiting.reported("confirmed", CLERK)
    assert (went_on.state, went_on.verification, went_on.outcome) == (confirmed, Verification.CONFIRMED, None)
    refused = waiting.reported("refused", CLERK)
    assert (refused.state, refused.reasons, refused.confirmed_by) == (State.REJECTED, ("not_verified",), (CLERK,))


def test_what_is_red_at_once_is_looked_at_first_and_waits_when_it_is_accepted_all_the_same():
    """Nobody asks an issuer about a paper that goes back; nor is one filed because persons overruled the machine."""
    begun = Appraisal.begin(2, RED, verify=True)
    assert begun.state is State.FIRST_CHECK
    with pytest.raises(StateConflict):
        begun.reported("confirmed", CLERK)
    back = begun.decide(NO).decide(Voice(WANG, "reject", ("A3",)))
    assert (back.state, back.reasons) == (State.REJECTED, ("A5", "A3"))
    kept = begun.decide(YES).decide(Voice(WANG, "approve"))
    assert (kept.state, kept.outcome) == (State.AWAITING_VERIFICATION, None)
    accepted = kept.reported("confirmed", CLERK)
    assert (accepted.state, accepted.confirmed_by) == (State.ACCEPTED, (LI, WANG))
    refused = kept.reported("refused", CLERK)
    assert (refused.state, refused.reasons, refused.confirmed_by) == (State.REJECTED, ("not_verified",), (CLERK,))


def test_the_record_says_what_the_report_said():
    """One passed check more for a confirmed one, one failed check for a refused one."""
    waiting = Appraisal.begin(2, GREEN, verify=True)
    machine = [check()]
    confirmed = waiting.reported("confirmed", CLERK).decide(YES).decide(Voice(WANG, "approve"))
    told = {one.code: (one.check, one.outcome, one.by) for one in explain(confirmed, machine, RULES.return_codes)}
    assert told["verification"] == ("A2", "pass", "person")
    refused = explain(waiting.reported("refused", CLERK), machine, RULES.return_codes)
    assert [(one.code, one.outcome) for one in refused] == [("complete", "pass"), ("not_verified", "fail")]


@given(
    st.sampled_from([1, 2]),
    st.sampled_from([GREEN, RED, DOUBT]),
    st.lists(st.sampled_from(["approve", "reject", "confirmed", "refused"]), max_size=8),
)
def test_no_certificate_is_ever_accepted_without_a_report_that_confirms(persons: Any, verdict: Verdict, acts: Any):
    """Whatever happens in whatever order; what is refused on the way changes nothing."""
    appraisal = Appraisal.begin(persons, verdict, verify=True)
    confirmed = False
    for act in acts:
        before = appraisal
        try:
            if act in ("confirmed", "refused"):
                appraisal = appraisal.reported(act, CLERK)
                confirmed |= act == "confirmed"
            else:
                appraisal = appraisal.decide(Voice(new_id("acc"), act, ("A5",) if act == "reject" else ()))
        except StateConflict:
            assert appraisal is before
        assert appraisal.state is not State.ACCEPTED or confirmed
