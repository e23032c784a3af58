"""Reads `rules/determination.toml` strictly into the rules of determination: each table, and that all hold together."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from pydantic import Field, model_validator

from chassis.rules import RuleFault, RuleModel, load_rules
from services.audit.determination_tables import (
    EDUCATION_KINDS,
    BandTable,
    EducationTable,
    EntryTable,
    KindTable,
    LevelTable,
    LimitsTable,
    PartyTable,
    ResumeTable,
    RouteTable,
    RuleTable,
    SettingsTable,
)
from services.audit.domain import determine_rules as domain

RULES_FILE = Path(__file__).with_name("rules") / "determination.toml"


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


class DeterminationFile(RuleModel):
    """The whole file."""

    settings: SettingsTable
    limits: LimitsTable
    band: list[BandTable] = Field(min_length=1)
    kind: list[KindTable] = Field(min_length=1)
    rule: list[RuleTable] = Field(min_length=1)
    entry: list[EntryTable]
    party: PartyTable
    level: list[LevelTable] = Field(min_length=1)
    education: EducationTable
    resume: ResumeTable
    route: list[RouteTable] = Field(min_length=1)

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
        for name in EDUCATION_KINDS:
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
                **{
                    **level.model_dump(exclude={"entry"}),
                    "patterns": _compiled(level.patterns),
                    "entry_level": level.entry,
                }
            )
            for level in self.level
        )
        return domain.EducationRules(
            levels=tuple(levels),
            sets={part.zh: frozenset(part.kinds) for part in self.education.set},
            **{name: frozenset(getattr(self.education, name)) for name in EDUCATION_KINDS},
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
