"""The tables of `rules/determination.toml`, each read strictly on its own."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from chassis.rules import RuleFault, RuleModel
from services.audit.domain import determine_rules as domain
from services.audit.domain.determination import Band, GraduateRule, PartyDateRule, Purpose
from services.audit.domain.facts import AuditFact, RouteId


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


class SettingsTable(RuleModel):
    """What a campaign may fix otherwise."""

    party_date_rule: PartyDateRule
    graduate_rule: GraduateRule


class LimitsTable(RuleModel):
    """Bounds of plausibility in years of age, and of likely causes in months."""

    work_start_age: int = Field(ge=0, le=100)
    work_start_age_from: dt.date
    party_age: int = Field(ge=0, le=100)
    lunar_months: Months
    nominal_months: Months
    nominal_words: list[Text] = Field(min_length=1)


class BandTable(RuleModel):
    """A magnitude band, closed by `up_to` months; the last one is open."""

    id: Band
    up_to: int | None = Field(default=None, ge=1)


class KindTable(RuleModel):
    """A kind of evidence, by the titles that it goes by."""

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
    def _ages_only_outside(self) -> KindTable:
        if not self.outside and (self.born_before or self.born_from):
            raise RuleFault(["outside"], "born_before and born_from are for papers from outside", "Add outside = true.")
        return self


class RuleTable(RuleModel):
    """A rule of one fact, its source, and the days on which it is in force."""

    id: Id
    fact: AuditFact
    method: domain.Method
    zh: Text
    source: Text
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


class EntryTable(RuleModel):
    """A way into work, and the evidence that decides by it."""

    id: Id
    zh: Text
    tiers: list[Kinds] = Field(min_length=1)
    age_exempt: bool = False
    collective: bool = False
    setting: GraduateRule | None = None
    source: Text


class PeriodTable(RuleModel):
    """A period of the party; both days belong to it."""

    id: Id
    begins: dt.date
    ends: dt.date | None = None
    join: domain.Step
    seniority: domain.Seniority
    probation: dict[Id, Months] = {}
    source: Text

    @model_validator(mode="after")
    def _classes(self) -> PeriodTable:
        if self.seniority == "by_class" and not self.probation:
            raise RuleFault(["seniority"], "by_class needs the months of each class", "Add probation.")
        return self


class PartyTable(RuleModel):
    """Names, decisive papers, and periods without a day between them."""

    names: list[Text] = Field(min_length=1)
    decisive: Kinds
    application: Kinds
    period: list[PeriodTable] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_after_the_other(self) -> PartyTable:
        for number, (one, after) in enumerate(zip(self.period, self.period[1:], strict=False), 1):
            if one.ends is None or after.begins != one.ends + dt.timedelta(days=1):
                reason = "does not begin on the day after the period before it"
                raise RuleFault(["period", number, "begins"], reason, "Leave no day out, and none in two periods.")
        return self


class LevelTable(RuleModel):
    """A level of education."""

    id: Id
    zh: Text
    order: int
    patterns: list[Pattern] = Field(min_length=1)
    years: tuple[Years, Years]
    report: bool
    entry: Id | None = None


class SetTable(RuleModel):
    """A part of a complete set: one of these kinds."""

    zh: Text
    kinds: Kinds


class EducationTable(RuleModel):
    """Kinds that prove, recognise or refute a stage."""

    degree: Kinds
    report: Kinds
    foreign: Kinds
    training: Kinds
    employed: Kinds
    set: list[SetTable] = Field(min_length=1)


EDUCATION_KINDS = ("degree", "report", "foreign", "training", "employed")
"""The members that name kinds."""


class ResumeTable(RuleModel):
    """Kinds that state a résumé, and kinds that prove a segment."""

    stated: Kinds
    proof: Kinds


class RouteTable(RuleModel):
    """A way to become a cadre."""

    id: RouteId
    zh: Text
    kinds: Kinds
    closed_on: dt.date | None = None
    term_only: bool = False
    source: Text
