"""Forms of a special audit as PDF: every column of the manual, whatever is long printed whole, boxes to sign in."""

import io

import pypdf
import pytest

from chassis.documents import draw_print
from chassis.glyphs import missing_glyphs
from contracts.documents import FactDetermined, PrintDocument, Signer
from deploy.fonts import FONT_FILE, FONTS_DIR
from tests.contracts.documents import audit_samples

FORMS = [audit_samples.determination_form(), audit_samples.audit_register(), audit_samples.confirmation_form()]

COLUMNS = {
    "print/determination-form": """
        姓名孙志强
        工作单位及职务（职称）清河县财政局预算股股长（会计师）
        审核中发现的问题及审核意见
        拟认定意见
        依据组通字〔2006〕41号等规定，拟认定如下
        入党时间认定口径：按入党时期的规定计算
        党委（党组）或组织部门认定意见
        （盖章）2026年11月20日
        初审人：李红梅（签字）2026年11月2日
        初审人：王建国（签字）2026年11月3日
        复审人：赵国庆（签字）2026年11月10日
        本人意见
        本人签字：年月日
    """,
    "print/audit-register": """
        姓名孙志强
        性别
        身份证号
        档案编号QH-0042
        柜号
        层号
        单位清河县财政局
        籍贯山东清河
        出生日期记载是否一致否是否有涂改是真实性存疑否组织是否进行过认定否最早材料类号6-1名称入团志愿书形成时间1984.05
        出现的时间罗列1968.03（《入团志愿书》1984.05）；
        认定出生年月1968.03
        起薪材料类号9-2-1名称转正定级审批表形成时间1991.08
        间断情况1993.02—1993.08缺少材料
        认定参加工作时间1990.08
        政治面貌中共党员入党时间1995.06
        民族汉族民族罗列汉族（《干部履历表》1999.06）
        全日制学历大专在职学历大学（党校）
        最高职称会计师是否被聘□是□否
        初审人／时间李红梅2026.11.02
        复审人／时间赵国庆2026.11.10
        党组会时间2026.11.20
        本人签字时间2026.11.22本人意见本人已签字确认
        档案存在问题出生日期：填小2年，虚填
    """,
    "print/confirmation-form": """
        姓名孙志强
        项目审核认定的内容审核结论依据材料
        出生日期1968年3月集体研究认定《入团志愿书》（6-1，1984.05形成）
        入党时间支部大会1995年6月12日记载一致
        初审人：李红梅（签字）
        复审人：赵国庆（签字）
        审核单位（盖章）
        □本人确认无误□有异议（另附书面说明）
        本人签字：年月日
    """,
}


def pages(document: PrintDocument) -> list[str]:
    """Text of each page, without the spaces that layout puts between characters."""
    reader = pypdf.PdfReader(io.BytesIO(draw_print(document, FONTS_DIR)))
    return ["".join(page.extract_text().split()) for page in reader.pages]


@pytest.mark.parametrize("form", FORMS, ids=lambda it: it.template)
def test_a_form_has_every_column_of_the_manual_on_one_page(form: PrintDocument) -> None:
    (page,) = pages(form)
    assert page.startswith(form.title_zh + audit_samples.CAMPAIGN)
    for words in COLUMNS[form.template].split():
        assert words in page, words
    assert "第1页共1页" in page
    assert missing_glyphs(form.source().decode(), FONT_FILE) == []
    assert type(form).model_validate(form.members()) == form


def test_long_findings_go_on_to_further_pages_and_lose_nothing() -> None:
    """Every word of twelve long facts, and a loose page still says whose form it is."""
    long = audit_samples.FOUND * 3
    facts = [
        FactDetermined(fact=f"事实{n}", found=f"{long}甲{n}尾", proposed=f"乙{n}尾", decided=f"丙{n}尾")
        for n in range(12)
    ]
    sheets = pages(audit_samples.determination_form(facts=facts, post="预算股股长" * 40 + "止"))
    assert len(sheets) > 3
    text = "".join(sheets)
    assert all(f"{mark}{n}尾" in text for n in range(12) for mark in "甲乙丙")
    assert "预算股股长" * 3 in text
    assert "止" in text
    assert all("认定表（续）姓名：孙志强" in sheet for sheet in sheets[1:])
    assert "本人签字" in sheets[-1]


def test_a_register_lists_every_date_that_was_found() -> None:
    birth = audit_samples.register_row().birth.model_copy(
        update={"stated": [f"1970.03（第{n}份）" for n in range(300)]}
    )
    text = "".join(pages(audit_samples.audit_register(birth=birth, problems="问题" * 1500 + "末尾")))
    assert all(f"（第{n}份）" in text for n in range(300))
    assert "末尾" in text


def test_a_long_confirmation_repeats_its_head() -> None:
    facts = [one.model_copy(update={"value": one.value * 20}) for one in audit_samples.confirmation_form().facts] * 2
    sheets = pages(audit_samples.confirmation_form(facts=facts))
    assert len(sheets) > 1
    assert all("项目审核认定的内容审核结论依据材料" in sheet for sheet in sheets)


def test_where_nobody_is_known_there_is_room_to_sign() -> None:
    """Names and days are written by hand, and nothing was wrong."""
    nothing = {"facts": [], "problems": [], "first_reviewers": [], "second_reviewer": Signer(), "decided_on": None}
    (page,) = pages(audit_samples.determination_form(**nothing))
    assert page.count("初审人：（签字）年月日") == 2
    assert "复审人：（签字）年月日" in page
    assert "经审核，入党时间、学历学位、工作经历、干部身份的记载一致，未发现问题。" in page
    (page,) = pages(audit_samples.audit_register(birth=type(audit_samples.register_row().birth)()))
    assert "出生日期记载是否一致□是□否是否有涂改□是□否真实性存疑□是□否组织是否进行过认定□是□否" in page


def test_what_the_person_said_stands_instead_of_the_boxes() -> None:
    (page,) = pages(audit_samples.determination_form(answer="本人已签字确认", signed_on="2026-11-22"))
    assert "本人意见本人已签字确认本人签字：2026年11月22日" in page
    assert "□" not in page
