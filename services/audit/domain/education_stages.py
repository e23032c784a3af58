"""Stages of education: what stands behind each, whether it is recognised, and whether it was full-time.

Recognised from 中专 up iff a regular report (学历认证报告) can be obtained (seed 002); foreign ones with the
certificate of the 教育部留学服务中心; never a training course (培训填为学历).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from contracts.values.partial_date import PartialDate
from contracts.values.ternary import Ternary
from services.audit.domain.claim import Claim
from services.audit.domain.determine_rules import EducationRules, Level
from services.audit.domain.facts import EducationClaim

Standing = Literal["recognised", "awaiting", "refused", "training", "uncertified", "stated_only"]


@dataclass(frozen=True)
class Paper:
    """A claim about a stage; `proves`: it is one of the papers of a set, a report, a degree or a certificate."""

    claim: Claim
    value: EducationClaim
    level: Level
    proves: bool


@dataclass(frozen=True)
class Stage:
    """All papers about one level at one school, in the order of their dates."""

    papers: tuple[Paper, ...]
    rules: EducationRules

    @property
    def level(self) -> Level:
        """The level that all its papers name."""
        return self.papers[0].level

    @property
    def school(self) -> str:
        """The school as the first paper writes it."""
        return self.papers[0].value.school

    @cached_property
    def proofs(self) -> tuple[Paper, ...]:
        """The papers that are more than a statement, and untouched."""
        return tuple(paper for paper in self.papers if paper.proves and paper.claim.altered == "none")

    @property
    def statements(self) -> tuple[Paper, ...]:
        """What résumés and appointment forms say of it."""
        return tuple(paper for paper in self.papers if not paper.proves)

    @cached_property
    def standing(self) -> Standing:
        """How far the stage is recognised."""
        if any(paper.claim.excluded is not None for paper in self.proofs):
            return "refused"
        kinds = self._kinds
        if not kinds:
            return "stated_only"
        if kinds <= self.rules.training:
            return "training"
        if any(paper.value.foreign for paper in self.papers):
            return "recognised" if kinds & self.rules.foreign else "uncertified"
        reported = kinds & (self.rules.report | self.rules.foreign)
        return "recognised" if reported or not self.level.report else "awaiting"

    @property
    def missing_parts(self) -> tuple[str, ...]:
        """What its set lacks (报考登记表, 成绩单, 毕业登记表); a foreign certificate stands for the whole set."""
        kinds = self._kinds
        if kinds & self.rules.foreign:
            return ()
        return tuple(name for name, part in self.rules.sets.items() if not kinds & part)

    @property
    def degree(self) -> str | None:
        """The degree that its own papers confer."""
        conferring = (paper for paper in self.proofs if paper.claim.evidence.kind in self.rules.degree)
        return next((paper.value.degree for paper in conferring if paper.value.degree), None)

    @property
    def begins(self) -> PartialDate | None:
        """The beginning, by the first proof that tells it."""
        return next((paper.value.begins for paper in self.proofs if paper.value.begins), None)

    @property
    def ends(self) -> PartialDate | None:
        """The end, by the first proof that tells it."""
        return next((paper.value.ends for paper in self.proofs if paper.value.ends), None)

    @property
    def on_paper_full_time(self) -> bool | None:
        """What its proofs say: full-time unless one says no; None where none says anything."""
        said = {paper.value.full_time for paper in self.proofs} - {None}
        return all(said) if said else None

    def at_work(self, employed: Iterable[PartialDate]) -> bool:
        """Whether an assessment or wage material was certainly formed within the period: then not full-time."""
        begins, ends = self.begins, self.ends
        if begins is None or ends is None:
            return False
        return any(day.after(begins) is Ternary.YES and day.before(ends) is Ternary.YES for day in employed)

    def full_time(self, employed: Iterable[PartialDate] | None) -> bool | None:
        """全日制 iff fully off duty, with no assessment or wage material in the period; None: nobody can tell."""
        on_paper = self.on_paper_full_time
        if on_paper is False or (employed is not None and self.at_work(employed)):
            return False
        if on_paper is None and (employed is None or self.begins is None or self.ends is None):
            return None
        return True

    @property
    def usual_length(self) -> bool:
        """Whether it took the years that its level takes; unknown lengths do."""
        if self.begins is None or self.ends is None:
            return True
        shortest, longest = self.level.years
        most = (self.ends.latest - self.begins.earliest).days / 365
        least = (self.ends.earliest - self.begins.latest).days / 366
        return most >= shortest and least <= longest

    def follows(self, other: Stage) -> bool:
        """Whether this stage may have been entered on the other one: higher, and not certainly begun before its end."""
        if self.level.order <= other.level.order:
            return False
        return self.begins is None or other.ends is None or self.begins.before(other.ends) is not Ternary.YES

    @cached_property
    def _kinds(self) -> frozenset[str]:
        return frozenset(paper.claim.evidence.kind or "" for paper in self.proofs)

    def shown(self, full_time: bool | None) -> EducationClaim:
        """The stage as a determination gives it."""
        level = next((paper.value.level for paper in self.proofs if paper.value.level), self.level.zh)
        foreign = any(paper.value.foreign for paper in self.proofs) or None
        return EducationClaim(
            level=level,
            degree=self.degree,
            school=self.school,
            begins=self.begins,
            ends=self.ends,
            full_time=full_time,
            foreign=foreign,
        )


def stages_of(claims: Sequence[Claim], rules: EducationRules) -> tuple[tuple[Stage, ...], tuple[Claim, ...]]:
    """The stages, lowest first, and the claims that name no known level."""
    parts = frozenset(kind for part in rules.sets.values() for kind in part)
    proving = parts | rules.degree | rules.report | rules.foreign | rules.training
    groups: dict[tuple[int, str, str], list[Paper]] = {}
    unknown: list[Claim] = []
    for claim in claims:
        value = claim.value
        if not isinstance(value, EducationClaim):
            continue
        level = rules.level_of(value.level) or rules.level_of(value.degree)
        if level is None:
            unknown.append(claim)
            continue
        key = (level.order, level.id, plain(value.school))
        groups.setdefault(key, []).append(Paper(claim, value, level, claim.evidence.kind in proving))
    return tuple(Stage(tuple(groups[key]), rules) for key in sorted(groups)), tuple(unknown)


def on_false_grounds(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """不符合报考条件取得上一级学历学位 (seed 000): stages entered on a refused one, and those entered on such in turn.

    A recognised stage of that level or above, itself soundly entered, bears the entry. `stages`: lowest first.
    """
    found: list[Stage] = []
    for stage in stages:
        refused = [other for other in stages if other.standing == "refused" and stage.follows(other)]
        unsound = [stage, *found]
        sound = [
            other
            for other in stages
            if other.standing == "recognised" and stage.follows(other) and all(other is not one for one in unsound)
        ]
        if any(all(one.level.order < bad.level.order for one in sound) for bad in refused):
            found.append(stage)
    return tuple(found)


def entered_on_false_grounds(claims: Sequence[Claim], rules: EducationRules) -> tuple[Stage, ...]:
    """Those of a person's stages that count and were entered on one that its issuer does not confirm."""
    stages, _ = stages_of([one for one in claims if one.excluded != "discounted"], rules)
    return tuple(stage for stage in on_false_grounds(stages) if stage.standing != "refused")


def plain(text: str) -> str:
    """A school's name with width and inner blanks made the same."""
    return "".join(unicodedata.normalize("NFKC", text).split())
