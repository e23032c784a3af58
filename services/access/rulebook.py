"""Reads `rules/viewing.toml` and `rules/approval_chains.toml` strictly into the policy of the domain."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from chassis.rules import RuleModel, load_rules
from contracts.problems import Text
from contracts.roles import permissions_of, role_names
from services.access.domain.policy import Chain, Limits, Moment, Policy, Predicate, Purpose, Reached, Step, StepUnit
from services.access.domain.predicates import REQUEST_CHECKS, VIEW_CHECKS
from services.access.domain.scope import CATEGORY_PATTERN
from services.access.domain.view_request import MOVES, State

RULES_FOLDER = Path(__file__).with_name("rules")

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
ChainId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Category = Annotated[str, StringConstraints(pattern=CATEGORY_PATTERN)]
DayCount = Annotated[int, Field(ge=1, le=365)]


class _Text(RuleModel):
    zh: Label
    en: Label

    def value(self) -> Text:
        return Text(self.zh, self.en)


class _Limits(RuleModel):
    min_viewers: Annotated[int, Field(ge=1, le=100)]
    max_viewers: Annotated[int, Field(ge=1, le=100)]
    party_member_required: bool
    max_days: DayCount
    max_days_ahead: Annotated[int, Field(ge=0, le=365)]
    max_materials: Annotated[int, Field(ge=1, le=1000)]

    @model_validator(mode="after")
    def _in_order(self) -> _Limits:
        if self.max_viewers < self.min_viewers:
            raise ValueError("max_viewers is below min_viewers")
        return self


class _Purpose(RuleModel):
    code: Code
    text: _Text
    whole: bool
    categories: Annotated[list[Category], Field(min_length=1)] | None = None

    def value(self) -> Purpose:
        return Purpose(self.code, self.whole, tuple(self.categories) if self.categories else None)


class _Predicate(RuleModel):
    code: Code
    check: str
    at: Annotated[list[Moment], Field(min_length=1)]
    text: _Text

    @model_validator(mode="after")
    def _is_a_test(self) -> _Predicate:
        known = {"request": REQUEST_CHECKS, "view": VIEW_CHECKS}
        if any(self.check not in known[moment] for moment in self.at):
            raise ValueError(f"there is no test {self.check} for {' and '.join(self.at)}")
        return self

    def value(self) -> Predicate:
        return Predicate(self.code, self.check, frozenset(self.at), self.text.value())


class _Reason(RuleModel):
    code: Code
    text: _Text


class ViewingRules(RuleModel):
    """`viewing.toml`."""

    limits: _Limits
    purpose: Annotated[list[_Purpose], Field(min_length=1)]
    predicate: Annotated[list[_Predicate], Field(min_length=1)]
    refusal_reason: Annotated[list[_Reason], Field(min_length=1)]
    revocation_reason: Annotated[list[_Reason], Field(min_length=1)]

    @model_validator(mode="after")
    def _whole_and_once(self) -> ViewingRules:
        _once("purpose", [one.code for one in self.purpose])
        _once("predicate or refusal_reason", [one.code for one in (*self.predicate, *self.refusal_reason)])
        _once("revocation_reason", [one.code for one in self.revocation_reason])
        # A rule may be reworded or reordered; left out altogether it would open what the law closes.
        named = {(moment, one.check) for one in self.predicate for moment in one.at}
        wanted = {("request", check) for check in REQUEST_CHECKS} | {("view", check) for check in VIEW_CHECKS}
        if missing := sorted(wanted - named):
            raise ValueError(f"no predicate makes the test {missing[0][1]} at {missing[0][0]}")
        return self


class _Step(RuleModel):
    role: str
    unit: StepUnit
    days: DayCount
    reaches: Reached

    @model_validator(mode="after")
    def _can_decide(self) -> _Step:
        if self.role not in role_names() or "access-task:decide" not in permissions_of(self.role):
            raise ValueError(f"the role {self.role} may not decide tasks of this service")
        return self

    def value(self) -> Step:
        return Step(self.role, self.unit, self.days, self.reaches)


class _Chain(RuleModel):
    id: ChainId
    purposes: Annotated[list[Code], Field(min_length=1)] | None = None
    step: Annotated[list[_Step], Field(min_length=1, max_length=10)]

    @model_validator(mode="after")
    def _leads_to_a_grant(self) -> _Chain:
        state: State = "submitted"
        for step in self.step:
            if step.reaches not in MOVES[state]:
                raise ValueError(f"{state} does not lead to {step.reaches}")
            state = step.reaches
        if state != "approved":
            raise ValueError("the last step reaches `approved`")
        return self

    def value(self) -> Chain:
        purposes = frozenset(self.purposes) if self.purposes else None
        return Chain(self.id, purposes, tuple(step.value() for step in self.step))


class ApprovalChains(RuleModel):
    """`approval_chains.toml`."""

    chain: Annotated[list[_Chain], Field(min_length=1)]

    @model_validator(mode="after")
    def _every_purpose_has_one(self) -> ApprovalChains:
        _once("chain", [one.id for one in self.chain])
        if [one.purposes is None for one in self.chain] != [False] * (len(self.chain) - 1) + [True]:
            raise ValueError("the last chain, and only it, has no `purposes` and takes all others")
        return self


def _once(what: str, codes: list[str]) -> None:
    repeated = sorted({code for code in codes if codes.count(code) > 1})
    if repeated:
        raise ValueError(f"{what} {repeated[0]} occurs twice")


def load_policy(folder: Path = RULES_FOLDER) -> Policy:
    """The policy in force; RuleFileInvalid names file, line, key and cure."""
    rules, rules_digest = load_rules(folder / "viewing.toml", ViewingRules)
    chains, chains_digest = load_rules(folder / "approval_chains.toml", ApprovalChains)
    reasons = {one.code for one in (*rules.predicate, *rules.refusal_reason)}
    return Policy(
        purposes=tuple(one.value() for one in rules.purpose),
        limits=Limits(**rules.limits.model_dump()),
        predicates=tuple(one.value() for one in rules.predicate),
        refusal_reasons=frozenset(reasons),
        revocation_reasons=frozenset(one.code for one in rules.revocation_reason),
        chains=tuple(one.value() for one in chains.chain),
        digest=hashlib.sha256(f"{rules_digest}{chains_digest}".encode()).hexdigest(),
    )
