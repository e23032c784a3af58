"""What the rules make of a person's claims about one fact (认定), with everything that explains it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from services.audit.domain.claim import Claim
from services.audit.domain.facts import AuditFact, ClaimValue


class Status(StrEnum):
    """How far the rules come. `determined` is never reached here: only the approved word of the authority is."""

    CONSISTENT = "consistent"
    PROPOSED = "proposed"
    DETERMINED = "determined"
    UNDETERMINED = "undetermined"


Cause = Literal["lunar_solar", "nominal_age", "slip", "false_statement", "alteration"]
"""Cause of a conflict: 阴阳历差异, 虚实岁差异, 笔误, 虚填, 涂改造假 (SEU form)."""

Direction = Literal["overstated", "understated"]
"""填大 / 填小: an age, or a length of service, that is stated too great or too small."""


@dataclass(frozen=True)
class Disagreement:
    """A claim that says something else than the value. `months`: by how many it is off; None where not countable."""

    claim: Claim
    months: int | None = None
    direction: Direction | None = None
    cause: Cause | None = None


@dataclass(frozen=True)
class Determination:
    """The result for one fact.

    `collective`: no rule decides, or the rule asks for it: the meeting does. `basis` is the deciding claim.
    `paragraph` is the text for the form, in Chinese. `rule` and `source` name the rule that decided.
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
