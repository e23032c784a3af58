"""涂改情况登记表 as a document, and as a text document to edit on."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from chassis.form_grid import Spot, draw_grid, label
from chassis.office_files import Column, word_table
from chassis.printing import ENGINE
from chassis.sheets import BOUND_A4, day_of_print
from contracts.documents.handling import AlterationLine, AlterationRecordDocument
from contracts.values.partial_date import PartialDate
from services.audit.domain.alteration import FalsifiedObject, Verdict
from services.audit.domain.facts import FACT_ZH, AuditFact
from services.audit.domain.handling import MEANS_ZH
from services.audit.papers.handling_opinion import Owner
from services.audit.papers.office import DAY, begun, dotted, finished, line

OBJECT_ZH: Final = {
    FalsifiedObject.FACTS: "出生日期、参加工作时间、入党时间、学习经历、履历、民族",
    FalsifiedObject.IDENTITY: "身份材料",
    FalsifiedObject.EDUCATION: "学历学位材料",
    FalsifiedObject.PROFESSIONAL_TITLE: "专业技术职务材料",
    FalsifiedObject.PARTY: "入党材料",
    FalsifiedObject.DELEGATE: "代表委员材料",
    FalsifiedObject.RECRUITMENT_AND_WAGE: "录用、工资材料",
    FalsifiedObject.ASSESSMENT_AND_APPOINTMENT: "考核、考察、任免材料",
    FalsifiedObject.AWARD: "评优奖励材料",
}
_VERDICTS: Final = (("slip", "笔误"), ("falsified", "造假"), ("undetermined", "无法认定"))
_COLUMNS = (
    Column("序号", 10),
    Column("涂改类型", 22),
    Column("被涂改材料名称", 34),
    Column("材料形成时间", 20),
    Column("页次", 12),
    Column("涂改后记载", 27),
    Column("涂改前记载", 27),
    Column("涂改方式", 18),
)


@dataclass(frozen=True)
class Recorded:
    """An alteration with its number in the register, and who recorded and confirmed it. `page_no` from 1."""

    no: int
    fact: AuditFact
    material: str
    formed_on: PartialDate | None
    page_no: int | None
    reads_now: str
    read_before: str | None
    means: str
    remark: str | None
    verdict: Verdict
    falsified_object: FalsifiedObject | None
    recorded_by: str
    recorded_on: date
    decided_by: str | None
    decided_on: date | None
    document_no: str | None


def alteration_record(owner: Owner, found: Recorded, today: date) -> AlterationRecordDocument:
    """The form of today."""
    row = AlterationLine(
        no=found.no,
        fact=FACT_ZH[found.fact],
        material=found.material,
        formed_on=found.formed_on.value if found.formed_on else None,
        page=str(found.page_no or ""),
        reads_now=found.reads_now,
        read_before=found.read_before or "",
        means=MEANS_ZH[found.means],
        remark=found.remark or "",
    )
    return AlterationRecordDocument(
        engine=ENGINE,
        issued_at=day_of_print(today),
        sheet=BOUND_A4,
        dossier_no=owner.dossier_no,
        person_name=owner.name,
        person_no=owner.person_no,
        rank=owner.rank,
        rows=[row],
        verdict=found.verdict.value,
        falsified_object=OBJECT_ZH[found.falsified_object] if found.falsified_object else "",
        recorded_by=found.recorded_by,
        recorded_on=found.recorded_on.isoformat(),
        decided_by=found.decided_by or "",
        decided_on=found.decided_on.isoformat() if found.decided_on else None,
        document_no=found.document_no or "",
    )


def alteration_record_docx(document: AlterationRecordDocument) -> bytes:
    """The same form; what is signed stays empty."""
    word = begun(document)
    head = [
        *(label("姓名"), Spot(document.person_name, label=True)),
        *(label("人员编号"), Spot(document.person_no, label=True)),
        *(label("职级"), Spot(document.rank, label=True)),
    ]
    draw_grid(word, (18, 39, 18, 38, 18, 39), [head], (10,))
    rows = [
        (
            *(str(row.no), row.fact, row.material, dotted(row.formed_on), row.page),
            *(row.reads_now, row.read_before or "无法辨认", row.means),
        )
        for row in document.rows
    ]
    word_table(word, _COLUMNS, [(row, False) for row in rows], left=())
    verdict = "　　".join(f"{'☑' if code == document.verdict else '□'}{name}" for code, name in _VERDICTS)
    if document.falsified_object:
        verdict += f"\n造假对象：{document.falsified_object}"
    number = f"文号：{document.document_no}\n" if document.document_no else ""
    remark = "；".join(row.remark for row in document.rows if row.remark)
    recorded = f"登记人{document.recorded_by}（签字）：　　　　　　　　{dotted(document.recorded_on)}"
    confirmed = (
        f"{number}{document.decided_by}\n\n负责人（签字、盖章）：　　　　　　　　{dotted(document.decided_on) or DAY}"
    )
    below = [
        [label("备注"), Spot(remark)],
        [label("登记情况"), Spot(f"发现涂改，逐项登记如上。\n\n{recorded}")],
        [label("性质认定"), Spot(verdict)],
        [label("组织确认意见"), Spot(confirmed)],
    ]
    draw_grid(word, (28, 142), below, (20, 28, 20, 40))
    line(word, "经组织确认后，本表装入干部人事档案正本。")
    return finished(word)
