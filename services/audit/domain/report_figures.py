"""The figures of a campaign's report (专项审核统计): what each counts, and of what it is a part (seeds 000 and 002)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, get_args

from services.audit.domain.alteration import Verdict
from services.audit.domain.clearance import Words
from services.audit.domain.determination import Band, Direction, Purpose
from services.audit.domain.facts import FACT_ZH, AuditFact
from services.audit.domain.report_case import EDUCATION_ERRORS, REPORTED_ISSUES, Part, ReportCase, ReportedIssue

Weigh = Callable[[ReportCase], int]
"""By how much a dossier adds to a figure; only dossiers that have come out are asked."""


@dataclass(frozen=True)
class Figure:
    """One figure. `of` is the figure that its percentage is a share of; None: it has none.

    `summed`: it counts things of the dossiers (materials, forms) and not dossiers.
    """

    code: str
    words: Words
    of: str | None
    weigh: Weigh
    summed: bool = False


DIRECTIONS: Final[tuple[Direction, ...]] = get_args(Direction)
PURPOSES: Final[tuple[str, ...]] = (*get_args(Purpose), "other")
BANDS: Final[tuple[str, ...]] = (*get_args(Band), "uncounted")

_ISSUES: Final[Mapping[ReportedIssue, Words]] = {
    "tampering": Words("涂改造假", "tampered with"),
    "inconsistent": Words("信息不一致", "information that differs"),
    "missing": Words("重要材料缺失", "important materials missing"),
    "determination_irregular": Words("认定说明不符合规定", "a determination against the rules"),
    "inaccurate": Words("信息不准", "information that is not exact"),
    "misfiled": Words("错装混装", "misfiled materials"),
    "doubtful": Words("真实性存疑", "in doubt"),
    "forgery": Words("伪造材料", "forged materials"),
    "removal": Words("撤换材料", "materials swapped out"),
}
_EDUCATION = {
    "training_as_education": Words("培训填为学历", "training stated as education"),
    "level_overstated": Words("低学历填为高学历", "a higher level stated"),
    "part_time_as_full_time": Words("在职填为全日制", "in-service stated as full-time"),
    "degree_not_conferred": Words("无学位填有学位", "a degree stated without one"),
    "entry_qualification_false": Words("不符合报考条件取得上一级学历学位", "entered without the qualification"),
}
_DIRECTIONS = {
    "overstated": Words("填大", "age overstated"),
    "understated": Words("填小", "age understated"),
    "no_direction": Words("方向不明", "direction not known"),
}
_PURPOSES = {
    "league": Words("入团", "to join the league"),
    "party": Words("入党", "to join the party"),
    "enlistment": Words("入伍", "to enlist"),
    "schooling": Words("入学", "to enter school"),
    "recruitment": Words("招工", "to be recruited"),
    "cadre": Words("转干录干", "to become a cadre"),
    "other": Words("其他", "otherwise"),
}
_BANDS = {
    "up_to_3_months": Words("3个月以内", "up to 3 months"),
    "3_to_12_months": Words("3个月以上至1年", "over 3 to 12 months"),
    "1_to_2_years": Words("1年以上至2年", "over 1 to 2 years"),
    "over_2_years": Words("2年以上", "over 2 years"),
    "uncounted": Words("无法计算", "not countable"),
}


def fact_words(fact: AuditFact) -> Words:
    """A fact as the report heads its row."""
    return Words(FACT_ZH[fact], fact.value.replace("_", " "))


def _joined(parent: Words, own: Words) -> Words:
    return Words(f"{parent.zh}：{own.zh}", f"{parent.en}: {own.en}")


def _outcomes() -> list[Figure]:
    results = {
        "no_problem": Words("无问题", "without a problem"),
        "to_investigate": Words("需要调查核实", "to be investigated"),
        "verified": Words("已核实", "verified"),
    }
    return [
        Figure("audited", Words("审核完成", "audited"), "dossiers", lambda _: 1),
        *(
            Figure(code, words, "audited", lambda case, code=code: int(case.result == code))
            for code, words in results.items()
        ),
        Figure("consistent", Words("全部一致", "fully consistent"), "audited", lambda case: int(not case.problems)),
        Figure("with_problems", Words("存在问题", "with problems"), "audited", lambda case: int(bool(case.problems))),
        *(_aspect(fact) for fact in AuditFact),
    ]


def _aspect(fact: AuditFact) -> Figure:
    def weigh(case: ReportCase) -> int:
        return int(fact in case.problems)

    return Figure(f"problem.{fact.value}", fact_words(fact), "audited", weigh)


def _issues() -> list[Figure]:
    return [
        Figure(f"issue.{kind}", _ISSUES[kind], "audited", lambda case, kind=kind: int(kind in case.issues))
        for kind in REPORTED_ISSUES
    ]


def _altered() -> list[Figure]:
    def verdict(wanted: Verdict) -> Weigh:
        return lambda case: int(any(found is wanted for _, found in case.altered))

    birth = AuditFact.BIRTH_DATE
    return [
        Figure("altered", Words("涂改", "altered"), "audited", lambda case: int(bool(case.altered))),
        Figure(
            "altered.birth_date",
            Words("涂改：出生日期", "altered: birth date"),
            "altered",
            lambda case: int(any(fact is birth for fact, _ in case.altered)),
        ),
        Figure("altered.slip", Words("涂改：笔误", "altered: a slip"), "altered", verdict(Verdict.SLIP)),
        Figure(
            "altered.falsified",
            Words("涂改：造假", "altered: falsified"),
            "altered",
            verdict(Verdict.FALSIFIED),
        ),
    ]


def _false() -> list[Figure]:
    def weigh_all(case: ReportCase) -> int:
        return int(case.false_age is not None) + int(case.false_education)

    age = Words("虚填年龄", "false age")
    return [
        Figure("false", Words("虚填", "false statements"), None, weigh_all),
        Figure("false.age", age, "audited", lambda case: int(case.false_age is not None)),
        Figure(
            "false.education",
            Words("虚填学历学位", "false education"),
            "audited",
            lambda case: int(case.false_education),
        ),
        *(_direction(direction) for direction in (*DIRECTIONS, None)),
        *(one for direction in DIRECTIONS for one in _within(direction)),
        *(
            Figure(
                f"education.{kind}", _EDUCATION[kind], "false.education", lambda c, k=kind: int(k in c.education_errors)
            )
            for kind in EDUCATION_ERRORS
        ),
    ]


def _direction(direction: Direction | None) -> Figure:
    code = direction or "no_direction"

    def weigh(case: ReportCase) -> int:
        return int(case.false_age is not None and case.false_age.direction == direction)

    return Figure(code, _DIRECTIONS[code], "false.age", weigh)


def _within(direction: Direction) -> list[Figure]:
    """A direction's false ages by purpose and by band, each apart."""

    def weigh(member: str, wanted: str, unknown: str) -> Weigh:
        def count(case: ReportCase) -> int:
            false = case.false_age
            if false is None or false.direction != direction:
                return 0
            return int((getattr(false, member) or unknown) == wanted)

        return count

    head = _DIRECTIONS[direction]
    purposes = [
        Figure(f"{direction}.{one}", _joined(head, _PURPOSES[one]), direction, weigh("purpose", one, "other"))
        for one in PURPOSES
    ]
    bands = [
        Figure(f"{direction}.{one}", _joined(head, _BANDS[one]), direction, weigh("band", one, "uncounted"))
        for one in BANDS
    ]
    return [*purposes, *bands]


def _work() -> list[Figure]:
    def collected(case: ReportCase) -> int:
        return case.collected.filed + case.collected.returned + case.collected.pending

    def number(code: str, words: Words, of: str | None, weigh: Weigh) -> Figure:
        return Figure(code, words, of, weigh, summed=True)

    meeting = Words("应上会认定", "due before a meeting")
    return [
        number("materials", Words("收集材料", "materials collected"), None, collected),
        number("materials.filed", Words("归档材料", "filed"), "materials", lambda case: case.collected.filed),
        number("materials.returned", Words("退回材料", "returned"), "materials", lambda case: case.collected.returned),
        number("materials.pending", Words("待处理材料", "pending"), "materials", lambda case: case.collected.pending),
        Figure("meeting.due", meeting, "audited", lambda _: 1),
        Figure("meeting.done", Words("已上会认定", "determined"), "meeting.due", lambda case: int(case.determined)),
        Figure("meeting.open", Words("待上会认定", "not yet"), "meeting.due", lambda case: int(not case.determined)),
        number("forms", Words("认定表", "determination forms"), None, lambda case: case.forms),
    ]


ALL: Final = Figure("dossiers", Words("档案总数", "dossiers"), None, lambda _: 1)
IN_AUDIT: Final = Figure("in_audit", Words("正在审核", "still in audit"), "dossiers", lambda _: 1)
"""The two figures that also count what has not come out yet."""

COUNTED: Final = (*_outcomes(), *_issues(), *_altered(), *_false(), *_work())
"""Figures of the dossiers that have come out, in the order of the report."""

FIGURES: Final[Mapping[str, Figure]] = {one.code: one for one in (ALL, IN_AUDIT, *COUNTED)}


_PARTS: Final[Mapping[str, tuple[Part, ...]]] = {
    "problem": ("facts",),
    "issue": ("issues",),
    "altered": ("altered",),
    "false": ("age", "education"),
    "false.age": ("age",),
    "false.education": ("education",),
    "overstated": ("age",),
    "understated": ("age",),
    "no_direction": ("age",),
    "education": ("education",),
    "materials": ("work",),
    "forms": ("work",),
}


def _parts_of(code: str) -> tuple[Part, ...]:
    """By its own code, or by that of its head; what none names is of the outcome."""
    return _PARTS.get(code) or _PARTS.get(code.split(".")[0], ("outcome",))


OF_PART: Final[Mapping[Part, tuple[str, ...]]] = {
    part: tuple(code for code in FIGURES if part in _parts_of(code)) for part in get_args(Part)
}
"""The figures of each part; 虚填 is of two, because an age and an education are one each."""


def weight(code: str, case: ReportCase) -> int:
    """By how much a case adds to a figure."""
    figure = FIGURES[code]
    if figure is IN_AUDIT:
        return 0 if case.result else case.many
    if figure is not ALL and case.result is None:
        return 0
    return figure.weigh(case) * (1 if figure.summed else case.many)
