"""Scoring of a dossier (评分): 100 points, deductions capped per item, vetoes, and the grade.

Source: seed 004 (items 报送时间, 审核, 整理; grades 优秀/合格/不合格); the worked standard: score = sum over items of
(item − deduction), <90 不合格, 90 to below 97 合格, from 97 优秀; any veto makes it 不合格 (audit rules, section 9).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from contracts.problems import FieldFault, ValidationFailed
from services.audit.domain.clearance import Words


class Grade(StrEnum):
    """优秀, 合格, 不合格."""

    EXCELLENT = "excellent"
    QUALIFIED = "qualified"
    UNQUALIFIED = "unqualified"


@dataclass(frozen=True)
class Deduction:
    """A kind of fault: `points` off for each time it is found, within the cap of its item."""

    id: str
    item: str
    points: Decimal
    words: Words


@dataclass(frozen=True)
class Item:
    """A part of the score: its full `points`, and the most that all its deductions together take off (`cap`)."""

    id: str
    points: Decimal
    cap: Decimal
    words: Words


@dataclass(frozen=True)
class Rubric:
    """The rubric of an office. `excellent_from` and `qualified_from` are the lowest scores of those grades."""

    items: Mapping[str, Item]
    deductions: Mapping[str, Deduction]
    vetoes: Mapping[str, Words]
    excellent_from: Decimal
    qualified_from: Decimal
    digest: str

    @property
    def full(self) -> Decimal:
        """The score of a dossier without a fault."""
        return sum((item.points for item in self.items.values()), Decimal(0))


@dataclass(frozen=True)
class Fault:
    """A fault that the scorer found: which deduction, how many times, and why, in words."""

    deduction: str
    times: int
    reason: str


@dataclass(frozen=True)
class Line:
    """An item of the result: what was taken off by its faults, and after the cap."""

    item: str
    points: Decimal
    found: Decimal
    taken: Decimal

    @property
    def left(self) -> Decimal:
        """What the item counts."""
        return self.points - self.taken


@dataclass(frozen=True)
class Score:
    """The result: points of each item, vetoes, and the grade."""

    lines: tuple[Line, ...]
    vetoes: tuple[str, ...]
    total: Decimal
    grade: Grade


def check_faults(faults: Sequence[Fault], vetoes: Sequence[str], rubric: Rubric) -> None:
    """Every fault and veto must be of the rubric, each once; all that is wrong is told together."""
    wrong = [
        *_wrong("/deductions/{}/code", [fault.deduction for fault in faults], rubric.deductions),
        *_wrong("/vetoes/{}", vetoes, rubric.vetoes),
    ]
    if wrong:
        raise ValidationFailed(errors=wrong)


def _wrong(pointer: str, codes: Sequence[str], known: Collection[str]) -> list[FieldFault]:
    wrong: list[FieldFault] = []
    for at, code in enumerate(codes):
        if code not in known:
            wrong.append(FieldFault(pointer.format(at), "not-allowed-value", {"allowed": ", ".join(sorted(known))}))
        elif code in codes[:at]:
            wrong.append(FieldFault(pointer.format(at), "duplicate"))
    return wrong


def score_of(faults: Collection[Fault], vetoes: Collection[str], rubric: Rubric) -> Score:
    """The score by the rubric, the same in whatever order the faults are told."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for fault in faults:
        deduction = rubric.deductions[fault.deduction]
        found[deduction.item] += deduction.points * fault.times
    lines = tuple(
        Line(item.id, item.points, found[item.id], min(found[item.id], item.cap)) for item in rubric.items.values()
    )
    total = sum((line.left for line in lines), Decimal(0))
    return Score(lines, tuple(sorted(set(vetoes))), total, grade_of(total, vetoes, rubric))


def grade_of(total: Decimal, vetoes: Collection[str], rubric: Rubric) -> Grade:
    """单项否决: any veto makes it 不合格, whatever the points."""
    if vetoes or total < rubric.qualified_from:
        return Grade.UNQUALIFIED
    return Grade.EXCELLENT if total >= rubric.excellent_from else Grade.QUALIFIED
