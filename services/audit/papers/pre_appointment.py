"""任前审核登记表 as a document, and as a text document to edit on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from chassis.form_grid import Spot, draw_grid, label
from chassis.printing import ENGINE
from chassis.sheets import BOUND_A4, day_of_print
from contracts.documents.handling import FactLine, PreAppointmentDocument, ReviewerOpinion, Stage
from services.audit.domain.clearance import Kind, State
from services.audit.domain.examination import MAIN_FACTS, Consistent
from services.audit.domain.facts import FACT_ZH, AuditFact
from services.audit.papers.handling_opinion import Owner
from services.audit.papers.office import DAY, begun, dotted, finished, line

StageKind = Literal["motion", "inspection", "appointment"]
STAGES: Final[Mapping[StageKind, str]] = {"motion": "动议", "inspection": "考察", "appointment": "任用"}
_OCCASION: Final[Mapping[Kind, str]] = {
    Kind.PROMOTE: "凡提必审（提拔）",
    Kind.ENTER: "凡进必审（进人）",
    Kind.TRANSFER: "凡转必审（转递）",
}
_STATE: Final[Mapping[State, str]] = {
    State.REQUESTED: "档案尚未调来，不提交会议",
    State.IN_AUDIT: "档案正在审核，不提交会议",
    State.CLEARED: "审核通过，可以提交会议",
    State.SUSPENDED: "暂缓",
    State.REFUSED: "不予通过，不提交会议",
}
CONSISTENT: Final[Mapping[Consistent, str]] = {"yes": "一致", "no": "不一致", "cannot_tell": "无法判断"}
ISSUE_ZH: Final[Mapping[str, str]] = {
    "inconsistent": "信息不一致",
    "alteration": "涂改",
    "false_statement": "虚填",
    "forgery": "伪造材料",
    "removal": "撤换",
    "misfiled": "错装",
    "missing": "材料缺失",
    "doubtful": "真实性存疑",
    "inaccurate": "信息不准",
    "determination_irregular": "认定说明不符合规定",
}
ROLES: Final = ("初审", "复审")


@dataclass(frozen=True)
class FactFound:
    """What was found of one fact, in words."""

    consistent: str
    problem: str = ""


@dataclass(frozen=True)
class Opinion:
    """One reviewer's word with the day of the signature; the name where it is known."""

    opinion: str
    reviewer: str
    signed_on: date


@dataclass(frozen=True)
class Cleared:
    """All that the form shows."""

    owner: Owner
    birth: str
    kind: Kind
    proposed_post: str
    asked_on: date
    stage: StageKind | None
    state: State
    reasons: Sequence[str]
    expires_on: date | None
    missing: Sequence[str]
    source: Literal["examination", "campaign", "none"] = "none"
    facts: Mapping[AuditFact, FactFound] = field(default_factory=dict)
    opinions: Sequence[Opinion] = ()


def pre_appointment_form(told: Cleared, today: date) -> PreAppointmentDocument:
    """The form of today; facts that nobody has examined stay blank."""
    blank = FactFound("")
    facts = [fact for fact in AuditFact if fact in MAIN_FACTS or fact in told.facts]
    opinions = [*told.opinions, *([None] * (len(ROLES) - len(told.opinions)))]
    return PreAppointmentDocument(
        engine=ENGINE,
        issued_at=day_of_print(today),
        sheet=BOUND_A4,
        dossier_no=told.owner.dossier_no,
        person_name=told.owner.name,
        person_no=told.owner.person_no,
        birth=told.birth,
        rank=told.owner.rank,
        occasion=_OCCASION[told.kind],
        proposed_post=told.proposed_post,
        asked_on=told.asked_on.isoformat(),
        stages=[Stage(name=name, ticked=kind == told.stage) for kind, name in STAGES.items()],
        facts=[
            FactLine(
                fact=FACT_ZH[fact],
                consistent=told.facts.get(fact, blank).consistent,
                problem=told.facts.get(fact, blank).problem,
            )
            for fact in facts
        ],
        missing=list(told.missing),
        reviewers=[_reviewer(role, one) for role, one in zip(ROLES, opinions, strict=False)],
        conclusion=_STATE[told.state],
        reasons=list(told.reasons),
        expires_on=told.expires_on.isoformat() if told.expires_on else None,
        facts_from=told.source,
    )


def _reviewer(role: str, one: Opinion | None) -> ReviewerOpinion:
    if one is None:
        return ReviewerOpinion(role=role)
    return ReviewerOpinion(role=role, opinion=one.opinion, reviewer=one.reviewer, signed_on=one.signed_on.isoformat())


def pre_appointment_docx(document: PreAppointmentDocument) -> bytes:
    """The same form as a grid."""
    word = begun(document)
    draw_grid(word, (22, 35, 22, 35, 22, 34), _head(document), (9,) * 4)
    facts = [[label("审核项目"), label("记载是否一致"), label("存在问题")]]
    facts += [[label(one.fact), Spot(one.consistent, label=True), Spot(one.problem)] for one in document.facts]
    draw_grid(word, (40, 26, 104), facts, (8,) * len(facts))
    below = [[label("缺失材料"), Spot(_numbered(document.missing) or ("无" if document.dossier_no else ""))]]
    for one in document.reviewers:
        signed = f"审核人{one.reviewer}（签字）：　　　　　　{_day(one.signed_on)}"
        below.append([label(f"{one.role}意见"), Spot(f"{one.opinion}\n\n{signed}")])
    until = f"（有效期至 {dotted(document.expires_on)}）" if document.expires_on else ""
    said = "\n".join(filter(None, (f"{document.conclusion}{until}", _numbered(document.reasons))))
    below.append([label("审核结论"), Spot(f"{said}\n\n负责人（签字、盖章）：　　　　　　　　{DAY}")])
    draw_grid(word, (22, 148), below, (12,) * len(below))
    line(word, "谁考察、谁审核，谁签字、谁负责。")
    return finished(word)


def _head(document: PreAppointmentDocument) -> list[list[Spot]]:
    stages = "　　　".join(f"{'☑' if one.ticked else '□'}{one.name}" for one in document.stages)
    return [
        [
            *(label("姓名"), Spot(document.person_name, label=True)),
            *(label("人员编号"), Spot(document.person_no, label=True)),
            *(label("出生年月"), Spot(document.birth, label=True)),
        ],
        [
            *(label("职级"), Spot(document.rank, label=True)),
            *(label("审核事由"), Spot(document.occasion, label=True)),
            *(label("申请日期"), Spot(dotted(document.asked_on), label=True)),
        ],
        [label("拟任职务"), Spot(document.proposed_post, across=5)],
        [label("审核阶段"), Spot(stages, across=5, label=True)],
    ]


def _numbered(lines: Sequence[str]) -> str:
    return "\n".join(f"{no}. {said}" for no, said in enumerate(lines, start=1))


def _day(written: str | None) -> str:
    if written is None:
        return DAY
    day = date.fromisoformat(written)
    return f"{day.year}年{day.month}月{day.day}日"
