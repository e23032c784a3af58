"""Reads `rules/clearance.toml` strictly into the rules of the gate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints, field_validator, model_validator

from chassis.rules import RuleFault, RuleModel, load_rules
from services.audit.domain.clearance import ClearanceRules, Effect, FoundKind, Kind, Rule, Words
from services.audit.domain.quarantine import QuarantineReason

RULES_FILE = Path(__file__).with_name("rules") / "clearance.toml"

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Days = Annotated[int, Field(ge=1, le=3660)]


class _Words(RuleModel):
    zh: Text
    en: Text

    def words(self) -> Words:
        return Words(self.zh, self.en)


class _ValidDays(RuleModel):
    promote: Days
    enter: Days
    transfer: Days


class _Audit(RuleModel):
    valid_days: Days
    due_days: Days
    opens_on: list[Literal["opened", "moved_in", "authority_changed"]]
    alteration_codes: list[Code] = Field(min_length=1)
    suspect_reasons: list[QuarantineReason] = Field(min_length=1)


class _KeyOriginal(_Words):
    gap: Code


class _Rule(RuleModel):
    id: Code
    when: FoundKind
    effect: Effect
    kinds: list[Kind] = Field(min_length=1)
    reason: _Words
    cure: _Words
    source: Text

    def rule(self) -> Rule:
        kinds = frozenset(self.kinds)
        return Rule(self.id, self.when, self.effect, kinds, self.reason.words(), self.cure.words(), self.source)


class ClearanceFile(RuleModel):
    """The whole file."""

    valid_days: _ValidDays
    audit: _Audit
    key_original: list[_KeyOriginal] = Field(min_length=1)
    rule: list[_Rule] = Field(min_length=1)

    @field_validator("rule")
    @classmethod
    def _unique(cls, rules: list[_Rule]) -> list[_Rule]:
        _refuse_repeated([rule.id for rule in rules])
        return rules

    @field_validator("key_original")
    @classmethod
    def _unique_gaps(cls, originals: list[_KeyOriginal]) -> list[_KeyOriginal]:
        _refuse_repeated([one.gap for one in originals])
        return originals

    @model_validator(mode="after")
    def _nothing_passes_unseen(self) -> ClearanceFile:
        """Each thing that audit can know has exactly one rule for each kind of clearance."""
        for found in get_args(FoundKind):
            for kind in Kind:
                rules = [rule.id for rule in self.rule if rule.when == found and kind in rule.kinds]
                if len(rules) != 1:
                    said = f"{found} has {len(rules)} rules for {kind.value}"
                    raise RuleFault(["rule"], said, "Write exactly one rule for each pair.")
        return self

    def rules(self, digest: str) -> ClearanceRules:
        """The rules in the words of the domain."""
        days = self.valid_days
        return ClearanceRules(
            rules=tuple(entry.rule() for entry in self.rule),
            valid_days={Kind.PROMOTE: days.promote, Kind.ENTER: days.enter, Kind.TRANSFER: days.transfer},
            audit_days=self.audit.valid_days,
            due_days=self.audit.due_days,
            opens_on=frozenset(self.audit.opens_on),
            alteration_codes=frozenset(self.audit.alteration_codes),
            suspect_reasons=frozenset(self.audit.suspect_reasons),
            key_originals={one.gap: one.words() for one in self.key_original},
            digest=digest,
        )


def _refuse_repeated(names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} stands there twice")


def load_clearance_rules(path: Path = RULES_FILE) -> ClearanceRules:
    """The rules of the gate; RuleFileInvalid names file, line, key and cure."""
    rules, digest = load_rules(path, ClearanceFile)
    return rules.rules(digest)
