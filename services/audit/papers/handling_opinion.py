"""档案问题处理意见 as a document, and as a text document to edit on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chassis.form_grid import Spot, draw_grid, label
from chassis.office_files import Column, word_table
from chassis.printing import ENGINE
from chassis.sheets import BOUND_A4, day_of_print
from contracts.documents.handling import HandledProblem, HandlingOpinionDocument
from services.audit.domain.handling import Problem
from services.audit.papers.office import begun, dotted, finished, opinions

_COLUMNS = (
    Column("序号", 10),
    Column("问题类别", 18),
    Column("存在问题", 44),
    Column("产生原因", 20),
    Column("处理意见", 36),
    Column("责任单位（责任人）", 21),
    Column("完成时限及办理情况", 21),
)
SIGNED = (
    ("经办意见", "经办人（签字）："),
    ("审核组意见", "组长（签字）："),
    ("组织人事部门意见", "负责人（签字、盖章）："),
)


@dataclass(frozen=True)
class Owner:
    """Whose dossier it is, as forms name them."""

    name: str
    person_no: str
    dossier_no: str | None
    rank: str


def handling_opinion(owner: Owner, campaign: str, problems: Sequence[Problem], today: date) -> HandlingOpinionDocument:
    """The form of today, a line a problem."""
    return HandlingOpinionDocument(
        engine=ENGINE,
        issued_at=day_of_print(today),
        sheet=BOUND_A4,
        dossier_no=owner.dossier_no,
        person_name=owner.name,
        person_no=owner.person_no,
        rank=owner.rank,
        campaign=campaign,
        rows=[
            HandledProblem(
                kind=one.kind,
                problem=one.problem,
                cause=one.cause,
                measure=one.measure,
                responsible=one.responsible,
                due_on=one.due_on.isoformat() if one.due_on else None,
                outcome=one.outcome,
            )
            for one in problems
        ],
    )


def handling_opinion_docx(document: HandlingOpinionDocument) -> bytes:
    """The same form; the fields that are signed stay empty."""
    word = begun(document)
    head = [
        [
            label("姓名"),
            Spot(document.person_name, label=True),
            label("人员编号"),
            Spot(document.person_no, label=True),
            label("职级"),
            Spot(document.rank, label=True),
        ],
        [
            label("档案编号"),
            Spot(document.dossier_no or "", across=2, label=True),
            label("专项审核"),
            Spot(document.campaign, across=2, label=True),
        ],
    ]
    draw_grid(word, (18, 39, 18, 38, 18, 39), head, (9, 9))
    rows = [
        (
            str(no),
            row.kind,
            row.problem,
            row.cause,
            row.measure,
            row.responsible,
            "\n".join(filter(None, (dotted(row.due_on), row.outcome))),
        )
        for no, row in enumerate(document.rows, start=1)
    ]
    word_table(word, _COLUMNS, [(row, False) for row in rows or [("", "", "未发现问题", "", "", "", "")]], left=(2, 4))
    opinions(word, SIGNED)
    return finished(word)
