"""五不查: each rule refuses by its own code, in the order of the rule file."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contracts.problems import Recusal, ViewRefused
from contracts.values.ternary import Ternary
from services.access.domain.policy import Purpose
from services.access.domain.predicates import (
    REQUEST_CHECKS,
    VIEW_CHECKS,
    Place,
    RequestFacts,
    ViewFacts,
    check_request,
    check_view,
)
from services.access.domain.recusal import Statement
from services.access.domain.scope import Scope
from tests.services.access.builders import NOON, PERIOD, POLICY, SUBJECT, grant

STRANGER, RELATIVE = Statement(Ternary.NO), Statement(Ternary.YES)
UNKNOWN = Statement(Ternary.CANNOT_TELL, "not_related")


def asked(**members: Any) -> RequestFacts:
    example = RequestFacts(
        party_members=(True, True),
        sent_by_unit=True,
        statements=(STRANGER, STRANGER, UNKNOWN),
        purpose=Purpose("personnel", whole=True),
        scope=Scope("categories", categories=("1",)),
        limits=POLICY.limits,
    )
    return replace(example, **members)


def seen(**members: Any) -> ViewFacts:
    example = ViewFacts(
        grant=grant(),
        request_state="approved",
        statement=STRANGER,
        at=NOON,
        place=Place(SUBJECT.dossier_id, "mat_a", "4-1"),
    )
    return replace(example, **members)


def test_a_request_that_meets_all_rules_is_let_through():
    check_request(POLICY.predicates, asked())


def test_a_view_that_meets_all_rules_is_let_through():
    check_view(POLICY.predicates, seen())
    check_view(POLICY.predicates, seen(statement=UNKNOWN))
    check_view(POLICY.predicates, seen(place=None))


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"party_members": (True, False)}, "not_party_member_or_not_sent"),
        ({"sent_by_unit": False}, "not_party_member_or_not_sent"),
        ({"party_members": (True,)}, "alone"),
        ({"scope": Scope("whole"), "purpose": Purpose("study", whole=False)}, "unrelated_to_purpose"),
        ({"purpose": Purpose("history", whole=False, categories=("2",))}, "unrelated_to_purpose"),
        # Two at fault: the earlier rule of the file answers.
        ({"party_members": (False,)}, "not_party_member_or_not_sent"),
    ],
)
def test_a_request_is_refused_by_the_rule_that_it_does_not_meet(fault: dict[str, Any], code: str):
    with pytest.raises(ViewRefused) as caught:
        check_request(POLICY.predicates, asked(**fault))
    assert caught.value.params == {"predicate": code}


@pytest.mark.parametrize("related", [RELATIVE, Statement(Ternary.CANNOT_TELL, "related")])
def test_a_relative_among_those_named_recuses(related: Statement):
    with pytest.raises(Recusal) as caught:
        check_request(POLICY.predicates, asked(statements=(STRANGER, related)))
    assert caught.value.params == {"predicate": "own_or_relative"}


def test_party_membership_is_asked_for_only_where_the_office_says_so():
    limits = replace(POLICY.limits, party_member_required=False, min_viewers=1)
    check_request(POLICY.predicates, asked(party_members=(False,), limits=limits))


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"grant": grant().end("expired", NOON)}, "grant_expired"),
        ({"grant": grant().end("revoked", NOON)}, "grant_revoked"),
        ({"grant": grant().end("recusal", NOON)}, "grant_revoked"),
        ({"at": PERIOD.ends}, "grant_expired"),
        ({"at": NOON - timedelta(microseconds=1)}, "grant_not_begun"),
        ({"request_state": "unit_approved"}, "formalities_incomplete"),
        ({"place": Place(SUBJECT.dossier_id, "mat_a", "2")}, "outside_scope"),
        ({"place": Place("dos_other", "mat_a", "1")}, "outside_scope"),
    ],
)
def test_a_view_is_refused_by_the_rule_that_it_does_not_meet(fault: dict[str, Any], code: str):
    with pytest.raises(ViewRefused) as caught:
        check_view(POLICY.predicates, seen(**fault))
    assert caught.value.params == {"predicate": code}


def test_the_last_moment_of_a_grant_still_counts():
    check_view(POLICY.predicates, seen(at=PERIOD.ends - timedelta(microseconds=1)))


def test_a_viewer_who_turns_out_to_be_a_relative_sees_nothing():
    with pytest.raises(Recusal):
        check_view(POLICY.predicates, seen(statement=RELATIVE))


def test_every_test_is_named_by_a_rule_of_the_shipped_file():
    named = {(moment, one.check) for one in POLICY.predicates for moment in one.at}
    assert named == {("request", one) for one in REQUEST_CHECKS} | {("view", one) for one in VIEW_CHECKS}
