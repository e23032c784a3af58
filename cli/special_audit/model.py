"""What a made-up audit consists of. Dates are ISO text; months are counted from year 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Json = dict[str, Any]

FACTS = (
    "birth_date",
    "work_start_date",
    "party_join_date",
    "education",
    "work_experience",
    "cadre_identity",
)
"""三龄二历一身份, in the order of the forms."""

Route = Literal["graduate", "soldier", "worker"]
"""The way into work: 毕业分配, 应征入伍, 招工."""

Slipped = Literal["none", "missed", "precision"]
"""How the less careful of two reviewers differs: not at all, overlooks the planted fault, or names a day as well."""

Answer = Literal["signed", "refused", "disputed"]
"""What the person says to the result; who disputed is told a second time, and signs."""

Inquiry = Literal["verified", "not_verifiable"]


@dataclass(frozen=True)
class Altered:
    """涂改 on the paper with this title; `slip` 笔误."""

    fact: str
    paper: str
    slip: bool = False


@dataclass(frozen=True)
class FalseAge:
    """虚填年龄: by so many months too great (填大) or too small; `purpose` is what the paper with this title served."""

    paper: str
    months: int
    too_great: bool
    purpose: Literal["enlistment", "recruitment"]
    fact: str = "birth_date"


@dataclass(frozen=True)
class FalseEducation:
    """虚填学历学位, on the paper with this title. `unqualified` 不符合报考条件取得上一级, else 在职填全日制."""

    paper: str
    unqualified: bool
    fact: str = "education"


Plant = Altered | FalseAge | FalseEducation


@dataclass(frozen=True)
class Said:
    """What a paper says of a fact: `value` as claims have it."""

    fact: str
    value: Json
    altered: bool = False
    signed: bool | None = None


@dataclass(frozen=True)
class Paper:
    """A material of the dossier. `refused`: the certificate turned out not to be recognised."""

    title: str
    formed_on: str
    category: str
    pages: int = 1
    says: tuple[Said, ...] = ()
    refused: bool = False


@dataclass(frozen=True)
class Collected:
    """A material that is handed in while the audit runs, and whether it is sent back."""

    title: str
    formed_on: str
    returned: bool


@dataclass(frozen=True)
class Course:
    """How the audit of a dossier goes, beside what was planted in it."""

    slipped: Slipped = "none"
    answer: Answer = "signed"
    inquiry: Inquiry | None = None
    meeting: int = 0


@dataclass(frozen=True)
class Dossier:
    """One cadre's dossier. `birth` is what the person's card has, `truth` what a careful audit recognises by fact."""

    number: int
    name: str
    sex: str
    birth: str
    rank: str
    unit: int
    route: Route
    papers: tuple[Paper, ...]
    truth: dict[str, list[Json]]
    plant: Plant | None
    course: Course
    collected: tuple[Collected, ...]

    def paper(self, title: str) -> Paper:
        """The material with this title; no dossier has two of the same."""
        return next(paper for paper in self.papers if paper.title == title)


@dataclass(frozen=True)
class Audit:
    """The whole campaign to be: the same for the same seed and size. `units` are the companies of the group."""

    seed: int
    units: tuple[str, ...]
    dossiers: tuple[Dossier, ...]
    meetings: int
