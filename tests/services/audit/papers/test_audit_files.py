"""Forms of a special audit as text documents and as a spreadsheet: every column, nothing cut, equal bytes."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from contracts.documents import AuditRegister, AuditRegisterRow, FactRegistered, Signer
from services.audit.papers.audit_files import audit_register_docx, confirmation_form_docx, determination_form_docx
from services.audit.papers.audit_register_file import GROUPS, audit_register_xlsx, cells
from tests.contracts.documents import audit_samples
from tests.services.audit.reading import cells_of

# The register's columns as the manual names them (audit rules, 6).
MANUAL = """
    序号 姓名 身份证号 档案编号 柜号 层号 单位 性别 籍贯
    记载是否一致 是否有涂改 真实性存疑 组织是否进行过认定 最早材料类号 最早材料名称 最早材料形成时间 出现的时间罗列
    认定出生年月
    记载是否一致 是否有涂改 真实性存疑 组织是否进行过认定 起薪材料类号 起薪材料名称 起薪材料形成时间 出现的时间罗列
    间断情况 认定参加工作时间
    政治面貌 记载是否一致 是否有涂改 真实性存疑 组织是否进行过认定 出现的时间罗列 入党时间
    民族 民族罗列 全日制学历 在职学历 最高职称 是否被聘
    初审人／时间 复审人／时间 党组会时间 本人签字时间 本人意见 档案存在问题
"""

WORDS = {
    determination_form_docx: """
        干部人事档案专项审核认定表 姓名 孙志强 工作单位及职务（职称） 清河县财政局预算股股长（会计师）
        审核中发现的问题及审核意见
        1.出生日期：档案中关于出生日期的记载不一致 3.《招工登记表》出生日期处有涂改
        其余各项（入党时间、学历学位、工作经历、干部身份）记载一致。
        拟认定意见 依据组通字〔2006〕41号等规定，拟认定如下：1.出生日期：拟认定为1968年3月
        入党时间认定口径：按入党时期的规定计算
        党委（党组）或组织部门认定意见
        2026年11月20日会议（清组纪〔2026〕12号）集体研究：1.出生日期：认定为1968年3月。 （盖章）2026年11月20日
        初审人：李红梅（签字）2026年11月2日 复审人：赵国庆（签字）2026年11月10日 □同意上述认定意见 本人签字：年月日
    """,
    confirmation_form_docx: """
        干部基本信息审核确认表 项目审核认定的内容审核结论依据材料
        出生日期1968年3月集体研究认定《入团志愿书》（6-1，1984.05形成）
        审核单位 （盖章）2026年11月20日 □本人确认无误□有异议（另附书面说明） 本人签字：年月日
    """,
    audit_register_docx: """
        干部人事档案专项审核情况登记表 身份证号 柜号 层号 单位清河县财政局籍贯山东清河
        最早材料类号6-1形成时间1984.05最早材料名称入团志愿书
        认定出生年月1968.03 起薪材料类号9-2-1 间断情况1993.02—1993.08缺少材料 认定参加工作时间1990.08
        政治面貌中共党员入党时间1995.06
        民族汉族民族罗列汉族（《干部履历表》1999.06） 全日制学历大专 最高职称会计师是否被聘□是□否
        初审人／时间李红梅2026.11.02
        党组会时间2026.11.20 本人签字时间2026.11.22 档案存在问题出生日期：填小2年，虚填
    """,
}
FORMS = {
    determination_form_docx: audit_samples.determination_form,
    confirmation_form_docx: audit_samples.confirmation_form,
    audit_register_docx: audit_samples.audit_register,
}


@pytest.mark.parametrize("write", FORMS, ids=lambda it: it.__name__)
def test_a_text_document_has_the_cells_of_the_print(write: Callable[[Any], bytes]):
    """In the same order, and with equal bytes for an equal form."""
    document = FORMS[write]()
    content = write(document)
    said = "".join("".join(cells_of(content)).split())
    for words in WORDS[write].split():
        assert words in said, words
    assert write(document) == content


def test_a_text_document_leaves_boxes_where_nobody_is_known():
    """Two first reviewers sign whoever they are; nothing was wrong."""
    form = audit_samples.determination_form(facts=[], problems=[], first_reviewers=[], second_reviewer=Signer())
    said = "".join("".join(cells_of(determination_form_docx(form))).split())
    assert said.count("初审人：（签字）年月日") == 2
    assert "经审核，入党时间、学历学位、工作经历、干部身份的记载一致，未发现问题。" in said
    answered = audit_samples.confirmation_form(answer="本人已签字确认。", signed_on="2026-11-22")
    said = "".join("".join(cells_of(confirmation_form_docx(answered))).split())
    assert "本人已签字确认。本人签字：2026年11月22日" in said
    assert "□" not in said


def sheet_of(content: bytes) -> list[list[Any]]:
    """The lines of the only sheet from the columns' names on; no cell is a formula."""
    sheet: Any = openpyxl.load_workbook(io.BytesIO(content)).active
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]


def register(*rows: AuditRegisterRow) -> AuditRegister:
    """A register of the sample's campaign."""
    return AuditRegister(campaign=audit_samples.CAMPAIGN, printed_on="2026-11-24", rows=list(rows))


def test_the_register_has_every_column_of_the_manual():
    """In its order, with a value of each row under each, and groups that name what the flags are about."""
    row = audit_samples.register_row(id_number="1", cabinet="2", layer="3", sex="男", engaged="是")
    content = audit_register_xlsx(register(row))
    head, told = sheet_of(content)
    assert head == MANUAL.split()
    assert told == [1, *cells(row)]
    assert None not in told
    assert content == audit_register_xlsx(register(row))
    groups = {name: len(columns) for name, columns in GROUPS if name}
    assert groups == {
        "出生日期": 9,
        "参加工作时间": 10,
        "政治面貌": 7,
        "民族": 2,
        "学历": 2,
        "职称": 2,
        "审核与认定": 5,
    }


def test_a_register_of_many_numbers_its_rows_and_runs_no_formula():
    """Whatever a name begins with, it is text; what nobody knows is an empty cell."""
    names = ["=HYPERLINK(1)", "+1", "@x", *(f"某{n}" for n in range(300))]
    _, *lines = sheet_of(audit_register_xlsx(register(*(AuditRegisterRow(name=name) for name in names))))
    assert [line[:2] for line in lines] == [[at, name] for at, name in enumerate(names, start=1)]
    assert {value for line in lines for value in line[2:]} == {None}


def test_what_no_cell_can_hold_goes_on_in_the_next_line():
    """The format drops a cell of more than 32,767 characters; a register must lose none."""
    stated = [f"1970.03（《干部任免审批表》第{n}份）" for n in range(2000)]
    row = audit_samples.register_row(birth=FactRegistered(stated=stated))
    _, first, second = sheet_of(audit_register_xlsx(register(row)))
    at = MANUAL.split().index("出现的时间罗列")
    assert first[at] + second[at] == "；".join(stated)
    assert (first[0], second[0], second[1]) == (1, 1, None)
