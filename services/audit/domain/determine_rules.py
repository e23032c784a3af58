"""What law or an office may change about determinations (认定), in the words of the domain."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from services.audit.domain.determination import Band, GraduateRule, PartyDateRule, Purpose
from services.audit.domain.facts import AuditFact
from services.audit.domain.rulebook import plain_title

Method = Literal[
    "agreement",
    "prior",
    "earliest_record",
    "next_record",
    "entry",
    "party_step",
    "education_set",
    "continuity",
    "route",
    "comparison",
]
"""How a rule comes to its value. A fact without a rule of the method that it needs goes to the meeting."""

Step = Literal["branch_meeting", "committee_approval"]
Seniority = Literal["same_day", "full_member", "by_class"]


@dataclass(frozen=True)
class Rule:
    """A rule for a fact. `zh` is what the form quotes, `source` where it stands, the dates when it is in force."""

    id: str
    fact: AuditFact
    method: Method
    zh: str
    source: str
    valid_from: dt.date | None
    valid_to: dt.date | None

    def in_force(self, on: dt.date) -> bool:
        """Whether the rule is in force on a day; both ends belong to it."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True)
class EvidenceKind:
    """A kind of material as evidence.

    `self_filled`: decides only where the person signed it. `compared_only`: never decides (identity card).
    `outside`: may decide though it is not in the dossier yet, because it may be filed once found; `born_before`
    and `born_from` say for whom. `entry`: the way into work that it proves. `purpose`: what a false date on
    it would have served.
    """

    id: str
    zh: str
    patterns: tuple[re.Pattern[str], ...]
    self_filled: bool
    compared_only: bool
    outside: bool
    born_before: dt.date | None
    born_from: dt.date | None
    entry: str | None
    purpose: Purpose | None


@dataclass(frozen=True)
class Entry:
    """A way into work. The first of `tiers` (kinds of evidence) that the dossier has decides.

    `age_exempt`: nobody is warned of an early start. `collective`: the meeting decides whether such time counts.
    `setting`: only where the campaign chose this rule.
    """

    id: str
    zh: str
    tiers: tuple[frozenset[str], ...]
    age_exempt: bool
    collective: bool
    setting: GraduateRule | None
    source: str


@dataclass(frozen=True)
class PartyPeriod:
    """A period of the party: which step is the join date, and from when seniority counts.

    `probation`: months by class of person; with `by_class` seniority begins so many months after the join date.
    """

    id: str
    begins: dt.date
    ends: dt.date | None
    join: Step
    seniority: Seniority
    probation: Mapping[str, int]
    source: str


@dataclass(frozen=True)
class Level:
    """A level of education: its place in the ladder, usual years, the level that entry asks for."""

    id: str
    zh: str
    order: int
    patterns: tuple[re.Pattern[str], ...]
    years: tuple[float, float]
    report: bool
    entry_level: str | None

    def matches(self, text: str) -> bool:
        """Whether a level, as a paper writes it, is this one."""
        plain = plain_title(text)
        return any(pattern.search(plain) for pattern in self.patterns)


@dataclass(frozen=True)
class EducationRules:
    """What makes a set whole, and what proves, recognises or refutes a stage. All are kinds of evidence."""

    levels: tuple[Level, ...]
    sets: Mapping[str, frozenset[str]]
    degree: frozenset[str]
    report: frozenset[str]
    foreign: frozenset[str]
    training: frozenset[str]
    employed: frozenset[str]

    def level_of(self, text: str | None) -> Level | None:
        """The level that a paper names, None where it names none that is known."""
        return None if text is None else next((level for level in self.levels if level.matches(text)), None)


@dataclass(frozen=True)
class Route:
    """A way to become a cadre, the evidence that proves it, and until when it was open."""

    id: str
    zh: str
    kinds: frozenset[str]
    closed_on: dt.date | None
    term_only: bool
    source: str


@dataclass(frozen=True)
class Limits:
    """Bounds of plausibility (years of age) and of the likely causes (months)."""

    work_start_age: int
    work_start_age_from: dt.date
    party_age: int
    lunar_months: int
    nominal_months: int
    nominal_words: tuple[str, ...]


@dataclass(frozen=True)
class DeterminationRules:
    """The whole rule book; `digest` is the SHA-256 of the file."""

    party_date_rule: PartyDateRule
    graduate_rule: GraduateRule
    limits: Limits
    bands: tuple[tuple[int | None, Band], ...]
    kinds: tuple[EvidenceKind, ...]
    rules: tuple[Rule, ...]
    entries: tuple[Entry, ...]
    party_names: frozenset[str]
    party_decisive: frozenset[str]
    party_application: frozenset[str]
    periods: tuple[PartyPeriod, ...]
    education: EducationRules
    resume_stated: frozenset[str]
    resume_proof: frozenset[str]
    routes: tuple[Route, ...]
    digest: str

    def kind_of(self, title: str) -> str | None:
        """The evidence kind of a title: the first that matches; None where no kind does."""
        plain = plain_title(title)
        return next((ident for ident, pattern in self._titles if pattern.search(plain)), None)

    def kind(self, kind_id: str | None) -> EvidenceKind | None:
        """The kind of this id."""
        return self._kinds.get(kind_id) if kind_id else None

    def rule(self, fact: AuditFact, method: Method, on: dt.date) -> Rule | None:
        """The rule that is in force on a day; None: there is none, and nobody guesses."""
        found = self._rules.get((fact, method), ())
        return next((rule for rule in found if rule.in_force(on)), None)

    def band(self, months: int) -> Band:
        """The magnitude band: each bound belongs to the band that ends with it."""
        return next(band for bound, band in self.bands if bound is None or months <= bound)

    @cached_property
    def _titles(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """One expression a kind: titles of a whole campaign are looked up."""
        joined = (("|".join(f"(?:{one.pattern})" for one in kind.patterns), kind.id) for kind in self.kinds)
        return tuple((ident, re.compile(pattern)) for pattern, ident in joined)

    @cached_property
    def _kinds(self) -> Mapping[str, EvidenceKind]:
        return {kind.id: kind for kind in self.kinds}

    @cached_property
    def _rules(self) -> Mapping[tuple[AuditFact, Method], tuple[Rule, ...]]:
        found: dict[tuple[AuditFact, Method], tuple[Rule, ...]] = {}
        for rule in self.rules:
            key = (rule.fact, rule.method)
            found[key] = (*found.get(key, ()), rule)
        return found
