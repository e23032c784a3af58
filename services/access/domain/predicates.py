"""The five rules of no viewing (五不查), applied in the order of the rule file; the first that fails refuses.

The rule file names, words and orders the rules; this module only knows the tests that they may name, so that
the wording can be replaced without a change of code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.problems import Recusal, Refusal, ViewRefused
from services.access.domain.grant import Grant
from services.access.domain.policy import Limits, Moment, Predicate, Purpose
from services.access.domain.recusal import Statement
from services.access.domain.scope import Scope


@dataclass(frozen=True)
class RequestFacts:
    """What is judged when a view is asked for: each viewer's party membership, each person's relation."""

    party_members: tuple[bool, ...]
    sent_by_unit: bool
    statements: tuple[Statement, ...]
    purpose: Purpose
    scope: Scope
    limits: Limits


@dataclass(frozen=True)
class Place:
    """Where a page stands."""

    dossier_id: str
    material_id: str
    category: str


@dataclass(frozen=True)
class ViewFacts:
    """What is judged before something is shown: the grant, its approval, the viewer, and the page's place.

    Without a place it is judged whether anything at all may be shown.
    """

    grant: Grant
    request_state: str
    statement: Statement
    at: datetime
    place: Place | None = None


def _suits_the_purpose(facts: RequestFacts) -> bool:
    if facts.scope.kind == "whole":
        return facts.purpose.whole
    return facts.purpose.categories is None or facts.scope.lies_within(facts.purpose.categories)


def _party_members(facts: RequestFacts) -> bool:
    return facts.sent_by_unit and (not facts.limits.party_member_required or all(facts.party_members))


def _in_scope(facts: ViewFacts) -> bool:
    place, grant = facts.place, facts.grant
    return place is None or (
        place.dossier_id == grant.dossier_id and grant.scope.covers(place.material_id, place.category)
    )


RequestCheck = Callable[[RequestFacts], bool]
ViewCheck = Callable[[ViewFacts], bool]

REQUEST_CHECKS: Mapping[str, RequestCheck] = {
    "party_members_sent_by_unit": _party_members,
    "not_own_or_relative": lambda facts: not any(one.must_recuse for one in facts.statements),
    "scope_suits_purpose": _suits_the_purpose,
    "enough_viewers": lambda facts: len(facts.party_members) >= facts.limits.min_viewers,
}
"""Tests that a rule may name for the moment of asking; each answers whether the rule is met."""

VIEW_CHECKS: Mapping[str, ViewCheck] = {
    "request_approved": lambda facts: facts.request_state == "approved",
    "grant_not_revoked": lambda facts: facts.grant.ended_reason not in ("revoked", "recusal"),
    "grant_begun": lambda facts: facts.at >= facts.grant.valid_from,
    "grant_not_expired": lambda facts: facts.grant.ended_reason != "expired" and facts.at < facts.grant.valid_to,
    "not_own_or_relative": lambda facts: not facts.statement.must_recuse,
    "page_in_scope": _in_scope,
}
"""Tests that a rule may name for the moment of viewing."""


def check_request(predicates: Sequence[Predicate], facts: RequestFacts) -> None:
    """Refuse a request by the first rule that it does not meet."""
    _apply(predicates, "request", {name: test(facts) for name, test in REQUEST_CHECKS.items()})


def check_view(predicates: Sequence[Predicate], facts: ViewFacts) -> None:
    """Refuse a page by the first rule that the view does not meet."""
    _apply(predicates, "view", {name: test(facts) for name, test in VIEW_CHECKS.items()})


def _apply(predicates: Sequence[Predicate], moment: Moment, met: Mapping[str, bool]) -> None:
    for predicate in predicates:
        if moment in predicate.at and not met[predicate.check]:
            raise _refusal(predicate)


def _refusal(predicate: Predicate) -> Refusal:
    kind = Recusal if predicate.check == "not_own_or_relative" else ViewRefused
    return kind(predicate=predicate.code)
