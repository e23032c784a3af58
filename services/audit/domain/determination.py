"""What the rules make of a person's claims about one fact (认定), with everything that explains it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from contracts.values.partial_date import PartialDate
from services.audit.domain.claim import Claim
from services.audit.domain.facts import AuditFact, ClaimValue


class Status(StrEnum):
    """How far the rules come.

    `determined` is only said of what the managing authority has approved: here, of an earlier determination.
    `undetermined`: what is on file stays, and an appointment waits.
    """

    CONSISTENT = "consistent"
    PROPOSED = "proposed"
    DETERMINED = "determined"
    UNDETERMINED = "undetermined"


Cause = Literal["alteration", "false_statement", "lunar_solar", "nominal_age", "slip"]
"""Likely cause of a conflict: 涂改造假, 虚填, 阴阳历差异, 虚实岁差异, 笔误 (SEU form). The meeting decides."""

GRAVITY: tuple[Cause, ...] = ("alteration", "false_statement", "lunar_solar", "nominal_age", "slip")
"""Of several causes the first one here stands on the form."""

Direction = Literal["overstated", "understated"]
"""填大 / 填小: an age, or a length of service, that is stated too great or too small."""

Band = Literal["up_to_3_months", "3_to_12_months", "1_to_2_years", "over_2_years"]
"""Magnitude bands of the figures: ≤3月, >3–12月, 1–2年, >2年 (audit figures of seeds 000 and 002)."""

Purpose = Literal["league", "party", "enlistment", "schooling", "recruitment", "cadre"]
"""What a false date served: 入团, 入党, 入伍, 入学, 招工, 转干录干."""

PartyDateRule = Literal["by_period", "branch_meeting"]
GraduateRule = Literal["reporting_and_pay", "earliest_material"]

FindingCode = Literal[
    "altered_record",
    "set_aside",
    "undated",
    "unsigned",
    "signature_unknown",
    "compared_only",
    "outside",
    "after_paper",
    "recheck",
    "prior_not_valid",
    "no_order",
    "page_contradiction",
    "month_unknown",
    "before_birth",
    "below_age",
    "double_gain",
    "entry_unclear",
    "decisive_missing",
    "application_missing",
    "period_unclear",
    "step_unknown",
    "full_member_missing",
    "probation_short",
    "class_unknown",
    "awaiting_verification",
    "not_recognised",
    "set_incomplete",
    "entry_qualification_false",
    "level_overstated",
    "part_time_as_full_time",
    "degree_not_conferred",
    "training_as_education",
    "foreign_not_certified",
    "duration_unusual",
    "mode_unknown",
    "gap",
    "overlap",
    "without_evidence",
    "route_closed",
    "term_over",
]


@dataclass(frozen=True)
class Finding:
    """Something that a reviewer is to see, in words of the form. `months`: how long a gap is."""

    code: FindingCode
    zh: str
    claims: tuple[str, ...] = ()
    months: int | None = None


@dataclass(frozen=True)
class Disagreement:
    """A claim that says something else than the value. `months`: by how many it is off; None: not countable."""

    claim: Claim
    months: int | None = None
    direction: Direction | None = None
    cause: Cause | None = None
    band: Band | None = None
    purpose: Purpose | None = None


@dataclass(frozen=True)
class Prior:
    """An earlier determination of the fact that was approved. `valid`: by the authority, in due form."""

    value: ClaimValue
    approved_on: PartialDate
    valid: bool


@dataclass(frozen=True)
class Context:
    """What stands beside the claims.

    `on` is the day of which rules hold. The two settings are a campaign's; None: as the rule book says.
    `current` is what is on file, `birth` the birth date to check other dates against, `party_class` the
    class of the person by which a probation was counted (labourer, worker, soldier …), None where not known.
    `held`: the kinds of evidence that the dossier has, None where nobody looked; then nothing is said to be missing.
    `employed`: when its assessment and wage materials were formed (somebody at work does not study full-time).
    """

    on: dt.date
    party_date_rule: PartyDateRule | None = None
    graduate_rule: GraduateRule | None = None
    current: ClaimValue | None = None
    prior: Prior | None = None
    birth: PartialDate | None = None
    party_class: str | None = None
    held: frozenset[str] | None = None
    employed: tuple[PartialDate, ...] | None = None


@dataclass(frozen=True)
class Determination:
    """The result for one fact.

    `collective`: no rule decides, or the rule asks for it: the meeting does. `basis` is the deciding claim.
    `paragraph` is the text for the form, in Chinese; `written` is the value as forms write it. `rule` and
    `source` name the rule that decided; without one there is no value. `kept` is what stays on file while
    nothing is determined. `seniority_from`: party seniority (党龄).
    """

    fact: AuditFact
    status: Status
    value: ClaimValue | None
    basis: Claim | None
    disagreeing: tuple[Disagreement, ...]
    cannot_tell: tuple[Claim, ...]
    rule: str | None
    source: str | None
    collective: bool
    paragraph: str
    written: str | None = None
    cause: Cause | None = None
    findings: tuple[Finding, ...] = ()
    kept: ClaimValue | None = None
    seniority_from: PartialDate | None = None
    rules_digest: str = field(default="", repr=False)

    @property
    def gravest(self) -> Disagreement | None:
        """The disagreement that is furthest off; of equals the earliest."""
        counted = [found for found in self.disagreeing if found.months is not None]
        return max(counted, key=lambda found: found.months or 0, default=None)

    @property
    def months(self) -> int | None:
        """By how many months the gravest disagreement is off."""
        return self.gravest.months if self.gravest else None

    @property
    def direction(self) -> Direction | None:
        """In which direction the gravest disagreement is off."""
        return self.gravest.direction if self.gravest else None

    @property
    def suspends(self) -> bool:
        """Whether an appointment waits (暂缓)."""
        return self.status is Status.UNDETERMINED


def gravest_cause(causes: Iterable[Cause | None]) -> Cause | None:
    """The cause that stands on the form."""
    found = set(causes)
    return next((cause for cause in GRAVITY if cause in found), None)


def months_zh(months: int) -> str:
    """A span as the figures write it: `3年1月`, `4月`, `2年`."""
    years, rest = divmod(months, 12)
    return (f"{years}年" if years else "") + (f"{rest}月" if rest or not years else "")
