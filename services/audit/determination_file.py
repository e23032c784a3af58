"""Reads `rules/determination.toml` strictly into the rules of determination."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from chassis.rules import RuleFault, RuleModel, load_rules
from services.audit.domain import determine_rules as domain
from services.audit.domain.determination import Band, GraduateRule, PartyDateRule, Purpose
from services.audit.domain.facts import AuditFact, RouteId

RULES_FILE = Path(__file__).with_name("rules") / "determination.toml"


def _expression(pattern: str) -> str:
    try:
        found = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    if found.search("") is not None:
        raise ValueError("matches the empty text, so it would match every text")
    return pattern


Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=40)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Pattern = Annotated[str, AfterValidator(_expression)]
Months = Annotated[int, Field(ge=0, le=120)]
Years = Annotated[float, Field(ge=0, le=20)]
Kinds = Annotated[list[Id], Field(min_length=1)]


class _Settings(RuleModel):
    party_date_rule: PartyDateRule
    graduate_rule: GraduateRule


class _Limits(RuleModel):
    work_start_age: int = Field(ge=0, le=100)
    work_start_age_from: dt.date
    party_age: int = Field(ge=0, le=100)
    lunar_months: Months
    nominal_months: Months
    nominal_words: list[Text] = Field(min_length=1)


class _Band(RuleModel):
    id: Band
    up_to: int | None = Field(default=None, ge=1)


class _Kind(RuleModel):
    id: Id
    zh: Text
    patterns: list[Pattern] = Field(min_length=1)
    self_filled: bool = False
    compared_only: bool = False
    outside: bool = False
    born_before: dt.date | None = None
    born_from: dt.date | None = None
    entry: Id | None = None
    purpose: Purpose | None = None

    @model_validator(mode="after")
    def _ages_only_outside(self) -> _Kind:
        if not self.outside and (self.born_before or self.born_from):
            raise RuleFault(["outside"], "born_before and born_from are for papers from outside", "Add outside = true.")
        return self


class _Rule(RuleModel):
    id: Id
    fact: AuditFact
    method: domain.Method
    zh: Text
    source: Text
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


class _Entry(RuleModel):
    id: Id
    zh: Text
    tiers: list[Kinds] = Field(min_length=1)
    age_exempt: bool = False
    collective: bool = False
    setting: GraduateRule | None = None
    source: Text


class _Period(RuleModel):
    id: Id
    begins: dt.date
    ends: dt.date | None = None
    join: domain.Step
    seniority: domain.Seniority
    probation: dict[Id, Months] = {}
    source: Text

    @model_validator(mode="after")
    def _classes(self) -> _Period:
        if self.seniority == "by_class" and not self.probation:
            raise RuleFault(["seniority"], "by_class needs the months of each class", "Add probation.")
        return self


class _Party(RuleModel):
    names: list[Text] = Field(min_length=1)
    decisive: Kinds
    application: Kinds
    period: list[_Period] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_after_the_other(self) -> _Party:
        for number, (one, after) in enumerate(zip(self.period, self.period[1:], strict=False), 1):
            if one.ends is None or after.begins != one.ends + dt.timedelta(days=1):
                reason = "does not begin on the day after the period before it"
                raise RuleFault(["period", number, "begins"], reason, "Leave no day out, and none in two periods.")
        return self


class _Level(RuleModel):
    id: Id
    zh: Text
    order: int
    patterns: list[Pattern] = Field(min_length=1)
    years: tuple[Years, Years]
    report: bool
    entry: Id | None = None


class _Set(RuleModel):
    zh: Text
    kinds: Kinds


class _Education(RuleModel):
    degree: Kinds
    report: Kinds
    foreign: Kinds
    training: Kinds
    employed: Kinds
    set: list[_Set] = Field(min_length=1)


class _Resume(RuleModel):
    stated: Kinds
    proof: Kinds


class _Route(RuleModel):
    id: RouteId
    zh: Text
    kinds: Kinds
    closed_on: dt.date | None = None
    term_only: bool = False
    source: Text


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


class DeterminationFile(RuleModel):
    """The whole file."""

    settings: _Settings
    limits: _Limits
    band: list[_Band] = Field(min_length=1)
    kind: list[_Kind] = Field(min_length=1)
    rule: list[_Rule] = Field(min_length=1)
    entry: list[_Entry]
    party: _Party
    level: list[_Level] = Field(min_length=1)
    education: _Education
    resume: _Resume
    route: list[_Route] = Field(min_length=1)

    @model_validator(mode="after")
    def _holds_together(self) -> DeterminationFile:
        lists: dict[str, Sequence[_HasId]] = {
            "band": self.band,
            "kind": self.kind,
            "rule": self.rule,
            "entry": self.entry,
            "level": self.level,
            "route": self.route,
        }
        for name, entries in lists.items():
            _refuse_repeated(name, entries)
        self._bands_rise()
        self._one_rule_a_day()
        for keys, kinds in self._named_kinds():
            _refuse_unknown(keys, kinds, {kind.id for kind in self.kind}, "kind of evidence")
        entries = {entry.id for entry in self.entry}
        for number, kind in enumerate(self.kind):
            _refuse_unknown(["kind", number, "entry"], [kind.entry] if kind.entry else [], entries, "entry")
        levels = {level.id for level in self.level}
        for number, level in enumerate(self.level):
            _refuse_unknown(["level", number, "entry"], [level.entry] if level.entry else [], levels, "level")
        return self

    def _bands_rise(self) -> None:
        bounds = [band.up_to for band in self.band]
        closed = [bound for bound in bounds[:-1] if bound is not None]
        if bounds[-1] is not None or len(closed) != len(bounds) - 1 or closed != sorted(set(closed)):
            reason = "the bounds do not rise to a last band without one"
            raise RuleFault(["band"], reason, "Order the bands, and give up_to to each but the last.")

    def _one_rule_a_day(self) -> None:
        for number, rule in enumerate(self.rule):
            for other in self.rule[:number]:
                if (rule.fact, rule.method) != (other.fact, other.method):
                    continue
                apart = (rule.valid_to or dt.date.max) < (other.valid_from or dt.date.min) or (
                    other.valid_to or dt.date.max
                ) < (rule.valid_from or dt.date.min)
                if not apart:
                    reason = f"in force together with {other.id}, for the same fact and method"
                    raise RuleFault(["rule", number, "id"], reason, "Close the older one by valid_to.")

    def _named_kinds(self) -> Iterable[tuple[list[str | int], Iterable[str]]]:
        for number, entry in enumerate(self.entry):
            yield ["entry", number, "tiers"], [kind for tier in entry.tiers for kind in tier]
        yield ["party", "decisive"], self.party.decisive
        yield ["party", "application"], self.party.application
        education = self.education
        for name in ("degree", "report", "foreign", "training", "employed"):
            yield ["education", name], getattr(education, name)
        for number, part in enumerate(education.set):
            yield ["education", "set", number, "kinds"], part.kinds
        yield ["resume", "stated"], self.resume.stated
        yield ["resume", "proof"], self.resume.proof
        for number, route in enumerate(self.route):
            yield ["route", number, "kinds"], route.kinds

    def rules(self, digest: str) -> domain.DeterminationRules:
        """The rules in the words of the domain."""
        return domain.DeterminationRules(
            party_date_rule=self.settings.party_date_rule,
            graduate_rule=self.settings.graduate_rule,
            limits=domain.Limits(**{**self.limits.model_dump(), "nominal_words": tuple(self.limits.nominal_words)}),
            bands=tuple((band.up_to, band.id) for band in self.band),
            kinds=tuple(
                domain.EvidenceKind(**{**kind.model_dump(), "patterns": _compiled(kind.patterns)}) for kind in self.kind
            ),
            rules=tuple(domain.Rule(**rule.model_dump()) for rule in self.rule),
            entries=tuple(
                domain.Entry(**{**entry.model_dump(), "tiers": tuple(frozenset(tier) for tier in entry.tiers)})
                for entry in self.entry
            ),
            party_names=frozenset(self.party.names),
            party_decisive=frozenset(self.party.decisive),
            party_application=frozenset(self.party.application),
            periods=tuple(domain.PartyPeriod(**period.model_dump()) for period in self.party.period),
            education=self._education(),
            resume_stated=frozenset(self.resume.stated),
            resume_proof=frozenset(self.resume.proof),
            routes=tuple(
                domain.Route(**{**route.model_dump(), "kinds": frozenset(route.kinds)}) for route in self.route
            ),
            digest=digest,
        )

    def _education(self) -> domain.EducationRules:
        levels = (
            domain.Level(
                id=level.id,
                zh=level.zh,
                order=level.order,
                patterns=_compiled(level.patterns),
                years=level.years,
                report=level.report,
                entry_level=level.entry,
            )
            for level in self.level
        )
        found = self.education
        return domain.EducationRules(
            levels=tuple(levels),
            sets={part.zh: frozenset(part.kinds) for part in found.set},
            degree=frozenset(found.degree),
            report=frozenset(found.report),
            foreign=frozenset(found.foreign),
            training=frozenset(found.training),
            employed=frozenset(found.employed),
        )


def _compiled(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


def _refuse_repeated(name: str, entries: Sequence[_HasId]) -> None:
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        if entry.id in seen:
            raise RuleFault([name, number, "id"], f"{entry.id} stands there twice", "Give it an id of its own.")
        seen.add(entry.id)


def _refuse_unknown(keys: Sequence[str | int], named: Iterable[str], known: set[str], what: str) -> None:
    if unknown := sorted(set(named) - known):
        raise RuleFault(keys, f"{', '.join(unknown)} is no {what}", f"Name a {what} of this file.")


def load_determination_rules(path: Path = RULES_FILE) -> domain.DeterminationRules:
    """The rules of determination; RuleFileInvalid names file, line, key and cure."""
    file, digest = load_rules(path, DeterminationFile)
    return file.rules(digest)
