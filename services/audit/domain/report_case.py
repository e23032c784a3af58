"""One dossier of a campaign as the campaign's report counts it. Source: figures of seeds 000 and 002."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from services.audit.domain.adjudication import DossierResult
from services.audit.domain.alteration import Verdict
from services.audit.domain.determination import Band, Direction, Purpose
from services.audit.domain.facts import AuditFact
from services.audit.domain.review import IssueKind

EducationError = Literal[
    "training_as_education",
    "level_overstated",
    "part_time_as_full_time",
    "degree_not_conferred",
    "entry_qualification_false",
]
"""培训填为学历, 低填高, 在职填全日制, 无学位填有学位 (SEU form), 不符合报考条件 (seed 000): codes of findings."""

EDUCATION_ERRORS: tuple[EducationError, ...] = get_args(EducationError)

SixProblem = Literal["tampering", "inconsistent", "missing", "determination_irregular", "inaccurate", "misfiled"]
"""六类问题: 涂改造假, 信息不一致, 重要材料缺失, 认定说明不符合规定, 信息不准, 错装混装 (daodoc)."""

SIX_PROBLEMS: Final[Mapping[SixProblem, tuple[IssueKind, ...]]] = {
    "tampering": ("alteration", "false_statement", "forgery", "removal", "doubtful"),
    "inconsistent": ("inconsistent",),
    "missing": ("missing",),
    "determination_irregular": ("determination_irregular",),
    "inaccurate": ("inaccurate",),
    "misfiled": ("misfiled",),
}
"""Which kinds of issues of a review sheet each of the six problems is."""

ReportedIssue = Literal[SixProblem, "doubtful", "forgery", "removal"]
"""One of the six, or 真实性存疑, 伪造材料, 撤换, as a first reviewer recorded it of any fact."""

REPORTED_ISSUES: tuple[ReportedIssue, ...] = get_args(ReportedIssue)


Part = Literal["outcome", "facts", "issues", "altered", "age", "education", "work"]
"""Figures that hang on the same thing of a dossier, so that they can be counted apart from the others."""


@dataclass(frozen=True)
class FalseAge:
    """A birth date that was stated falsely (虚填年龄), by its gravest statement.

    Each member is None where the papers do not tell: a meeting may find a date false of which no claim is left.
    """

    direction: Direction | None = None
    purpose: Purpose | None = None
    band: Band | None = None
    months: int | None = None


@dataclass(frozen=True)
class Collected:
    """Materials that came in for the dossier while the campaign ran, by what became of them."""

    filed: int = 0
    returned: int = 0
    pending: int = 0


@dataclass(frozen=True)
class ReportCase:
    """What is counted of a dossier. `result` None: it has not come out yet, and nothing else of it is counted.

    `rank` is a group of ranks, not the words of a form. `problems`: facts that are not consistent. `determined`:
    what a meeting decided stands. `forms`: 认定表 that the managing office approved. Dossiers that are alike may
    stand as one case of `many`; what they collected and their forms are then those of all. With a `part` the case
    tells no more than that, and only its figures are counted of it.
    """

    unit: str
    rank: str
    result: DossierResult | None = None
    problems: frozenset[AuditFact] = frozenset()
    issues: frozenset[ReportedIssue] = frozenset()
    altered: frozenset[tuple[AuditFact, Verdict]] = frozenset()
    false_age: FalseAge | None = None
    false_education: bool = False
    education_errors: frozenset[EducationError] = frozenset()
    determined: bool = False
    collected: Collected = Collected()
    forms: int = 0
    many: int = 1
    part: Part | None = None

    @property
    def shape(self) -> Hashable:
        """Equal where two cases of a part are alike in all that is counted but for their number."""
        false = self.false_age
        age = (false.direction, false.purpose, false.band) if false else None
        told = (self.problems, self.issues, self.altered, self.education_errors)
        return (self.result, self.determined, self.false_education, age, *told)
