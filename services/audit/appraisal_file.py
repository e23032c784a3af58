"""Reads `rules/appraisal.toml` strictly into the domain's rule book."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, StringConstraints, field_validator, model_validator

from chassis.rules import RuleModel, load_rules
from contracts.events.audit import CheckCode
from services.audit.domain.checks import FAULT_CODES
from services.audit.domain.formalities import Form, Formality
from services.audit.domain.rulebook import Kind, Limits, MachineCheck, OutOfScope, Persons, ReturnCode, Rulebook
from services.audit.domain.verification import NOT_VERIFIED

RULES_FILE = Path(__file__).with_name("rules") / "appraisal.toml"

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Age = Annotated[int, Field(ge=0, le=100)]
Days = Annotated[int, Field(ge=1, le=365)]


def _compiled(pattern: str) -> str:
    try:
        found = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    if found.search("") is not None:
        raise ValueError("matches the empty title, so it would match every title")
    return pattern


class _Defaults(RuleModel):
    persons: Persons
    min_age: Age

    @field_validator("persons")
    @classmethod
    def _never_by_machine(cls, persons: Persons) -> Persons:
        if persons == 0:
            raise ValueError("a material of no known kind is never filed without a person")
        return persons


class _Limits(RuleModel):
    min_dpi: int = Field(ge=50, le=1200)
    recommended_dpi: int = Field(ge=50, le=1200)
    max_image_bytes: int = Field(ge=1_000_000)
    max_image_pixels: int = Field(ge=1_000_000)

    @model_validator(mode="after")
    def _in_order(self) -> _Limits:
        if self.recommended_dpi < self.min_dpi:
            raise ValueError("recommended_dpi is below min_dpi")
        return self


class _DueDays(RuleModel):
    first: Days
    second: Days
    third: Days


class _Kind(RuleModel):
    id: Code
    zh: Label
    en: Label
    patterns: list[str] = Field(min_length=1)
    persons: Persons | None = None
    sample: bool = False
    doubtful: bool = False
    min_age: Age | None = None
    not_applicable: list[MachineCheck] = []
    verified: bool = False

    @field_validator("patterns")
    @classmethod
    def _expressions(cls, patterns: list[str]) -> list[str]:
        return [_compiled(pattern) for pattern in patterns]

    @model_validator(mode="after")
    def _machine_alone_only_for_samples(self) -> _Kind:
        if self.persons == 0 and not self.sample:
            raise ValueError("persons = 0 is for sample kinds only (sample = true)")
        if self.verified and self.sample:
            raise ValueError("sample kinds are filed without a report (verified = true is not for them)")
        return self


class _OutOfScope(RuleModel):
    id: Code
    pattern: str
    reason: str

    @field_validator("pattern")
    @classmethod
    def _expression(cls, pattern: str) -> str:
        return _compiled(pattern)


class _ReturnCode(RuleModel):
    code: Annotated[str, StringConstraints(pattern=r"^(A[1-5]|[a-z][a-z0-9_]*)$", max_length=40)]
    check: CheckCode
    zh: Label
    en: Label


class _Formality(RuleModel):
    code: Code
    zh: Label
    en: Label
    return_code: str


class _Form(RuleModel):
    id: Code
    zh: Label
    patterns: list[str] = Field(min_length=1)
    needs: list[str] = Field(min_length=1)
    source: Annotated[str, StringConstraints(min_length=1, max_length=200)]

    @field_validator("patterns")
    @classmethod
    def _expressions(cls, patterns: list[str]) -> list[str]:
        return [_compiled(pattern) for pattern in patterns]


class AppraisalRules(RuleModel):
    """The whole file."""

    defaults: _Defaults
    limits: _Limits
    due_days: _DueDays
    kind: list[_Kind] = Field(min_length=1)
    out_of_scope: list[_OutOfScope] = []
    return_code: list[_ReturnCode] = Field(min_length=1)
    formality: list[_Formality] = []
    form: list[_Form] = []

    @field_validator("kind", "out_of_scope", "form")
    @classmethod
    def _unique_ids(cls, entries: list[Any]) -> list[Any]:
        _refuse_repeated(entry.id for entry in entries)
        return entries

    @field_validator("return_code")
    @classmethod
    def _unique_and_whole(cls, entries: list[_ReturnCode]) -> list[_ReturnCode]:
        _refuse_repeated(entry.code for entry in entries)
        if missing := {*FAULT_CODES, NOT_VERIFIED} - {entry.code for entry in entries}:
            raise ValueError(f"the checks also need {', '.join(sorted(missing))}")
        return entries

    @field_validator("formality")
    @classmethod
    def _unique_formalities(cls, entries: list[_Formality]) -> list[_Formality]:
        _refuse_repeated(entry.code for entry in entries)
        return entries

    @model_validator(mode="after")
    def _known_formalities(self) -> AppraisalRules:
        known = {entry.code for entry in self.formality}
        for form in self.form:
            _refuse_repeated(form.needs)
            if unknown := set(form.needs) - known:
                raise ValueError(f"form {form.id}: {', '.join(sorted(unknown))} is no formality")
        return self

    @model_validator(mode="after")
    def _known_reasons(self) -> AppraisalRules:
        known = {entry.code for entry in self.return_code}
        for formality in self.formality:
            if formality.return_code not in known:
                raise ValueError(f"formality {formality.code}: {formality.return_code} is no return code")
        for rule in self.out_of_scope:
            if rule.reason not in known:
                raise ValueError(f"out_of_scope {rule.id}: {rule.reason} is no return code")
        return self

    def rulebook(self, digest: str) -> Rulebook:
        """The rules in the words of the domain."""
        return Rulebook(
            kinds=tuple(self._kind(entry) for entry in self.kind),
            out_of_scope=tuple(
                OutOfScope(rule.id, re.compile(rule.pattern), rule.reason) for rule in self.out_of_scope
            ),
            return_codes={
                entry.code: ReturnCode(entry.code, entry.check, entry.zh, entry.en) for entry in self.return_code
            },
            limits=Limits(
                min_dpi=self.limits.min_dpi,
                recommended_dpi=self.limits.recommended_dpi,
                due_days=(self.due_days.first, self.due_days.second, self.due_days.third),
                max_image_bytes=self.limits.max_image_bytes,
                max_image_pixels=self.limits.max_image_pixels,
            ),
            default_persons=self.defaults.persons,
            default_min_age=self.defaults.min_age,
            digest=digest,
            formalities={
                entry.code: Formality(entry.code, entry.zh, entry.en, entry.return_code) for entry in self.formality
            },
            forms=tuple(
                Form(
                    form.id,
                    form.zh,
                    tuple(re.compile(pattern) for pattern in form.patterns),
                    tuple(form.needs),
                    form.source,
                )
                for form in self.form
            ),
        )

    def _kind(self, entry: _Kind) -> Kind:
        return Kind(
            id=entry.id,
            zh=entry.zh,
            en=entry.en,
            patterns=tuple(re.compile(pattern) for pattern in entry.patterns),
            persons=self.defaults.persons if entry.persons is None else entry.persons,
            sample=entry.sample,
            doubtful=entry.doubtful,
            min_age=self.defaults.min_age if entry.min_age is None else entry.min_age,
            not_applicable=frozenset(entry.not_applicable),
            verified=entry.verified,
        )


def _refuse_repeated(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{name} stands there twice")
        seen.add(name)


def load_rulebook(path: Path = RULES_FILE) -> Rulebook:
    """The rule book of this service; RuleFileInvalid names file, line, key and cure."""
    rules, digest = load_rules(path, AppraisalRules)
    return rules.rulebook(digest)
