"""Forms of a special audit, filled in as a dossier with an altered birth date would have them."""

from typing import Any

from contracts.documents import (
    AuditRegisterDocument,
    AuditRegisterRow,
    ConfirmationFormDocument,
    DeterminationFormDocument,
    EarliestMaterial,
    FactConfirmed,
    FactDetermined,
    FactRegistered,
    Signer,
)
from tests.contracts.documents.samples import printed

FOUND = (
    "档案中关于出生日期的记载不一致：《入团志愿书》（1984年5月形成）记载为1968年3月。《招工登记表》（1986年7月形成）、"
    "《干部任免审批表》（2018年4月形成）记载为1970年3月，晚2年，属填小，疑为虚填。依据组通字〔2006〕41号：无法查实的，以"
    "干部档案或户籍档案中最早形成的材料所记载的日期为准，拟认定出生日期为1968年3月。"
)
PAIR = [Signer(name="李红梅", on="2026-11-02"), Signer(name="王建国", on="2026-11-03")]
SECOND = Signer(name="赵国庆", on="2026-11-10")
CAMPAIGN = "清河县科级干部人事档案专项审核"


def determination_form(**changes: Any) -> DeterminationFormDocument:
    """Two facts that were determined, four that agreed, signed by nobody yet."""
    members: dict[str, Any] = {
        "person_name": "孙志强",
        "campaign": CAMPAIGN,
        "post": "清河县财政局预算股股长（会计师）",
        "facts": [
            FactDetermined(
                fact="出生日期",
                found=FOUND,
                proposed="拟认定为1968年3月（依据：组通字〔2006〕41号）。",
                decided="认定为1968年3月。",
            ),
            FactDetermined(
                fact="参加工作时间",
                found="《报到证》（1990年7月形成）记载为1990年7月。《转正定级审批表》（1991年8月形成）记载为1990年8月，晚1月。",
                proposed="拟认定为1990年8月。复审意见：以起薪时间为准。",
                decided="认定为1990年8月。",
            ),
        ],
        "consistent": ["入党时间", "学历学位", "工作经历", "干部身份"],
        "problems": ["《招工登记表》出生日期处有涂改（描改），现记载为1970年3月，涂改前记载为1968年3月，属笔误。"],
        "party_date_rule": "按入党时期的规定计算",
        "meeting": "2026年11月20日会议（清组纪〔2026〕12号）集体研究：",
        "decided_on": "2026-11-20",
        "first_reviewers": PAIR,
        "second_reviewer": SECOND,
    }
    return printed(DeterminationFormDocument, **{**members, **changes})


def register_row(**changes: Any) -> AuditRegisterRow:
    """What the register says of the same dossier."""
    birth = FactRegistered(
        consistent="否",
        altered="是",
        doubtful="否",
        determined_before="否",
        material=EarliestMaterial(code="6-1", title="入团志愿书", formed_on="1984.05"),
        stated=[
            "1968.03（《入团志愿书》1984.05）",
            "1970.03（《招工登记表》1986.07，有涂改）",
            "1970.03（《干部任免审批表》2018.04）",
        ],
        value="1968.03",
    )
    start = FactRegistered(
        consistent="否",
        altered="否",
        doubtful="否",
        determined_before="否",
        material=EarliestMaterial(code="9-2-1", title="转正定级审批表", formed_on="1991.08"),
        stated=["1990.07（《报到证》1990.07）", "1990.08（《转正定级审批表》1991.08）"],
        value="1990.08",
    )
    party = FactRegistered(
        consistent="是",
        altered="否",
        doubtful="否",
        determined_before="否",
        stated=["1995.06.12（《入党志愿书》1995.06）"],
        value="1995.06",
    )
    members: dict[str, Any] = {
        "name": "孙志强",
        "dossier_no": "QH-0042",
        "unit": "清河县财政局",
        "native_place": "山东清河",
        "birth": birth,
        "work_start": start,
        "gaps": "1993.02—1993.08缺少材料",
        "political_status": "中共党员",
        "party": party,
        "ethnicity": FactRegistered(stated=["汉族（《干部履历表》1999.06）"], value="汉族"),
        "full_time": "大专",
        "in_service": "大学（党校）",
        "technical_title": "会计师",
        "first_reviewers": PAIR,
        "second_reviewer": SECOND,
        "meeting_on": "2026-11-20",
        "signed_on": "2026-11-22",
        "answer": "本人已签字确认",
        "problems": "出生日期：填小2年，虚填；参加工作时间：填小1月；《招工登记表》出生日期处有涂改（笔误）",
    }
    return AuditRegisterRow(**{**members, **changes})


def audit_register(**changes: Any) -> AuditRegisterDocument:
    """The form of one person."""
    row = register_row(**changes)
    return printed(AuditRegisterDocument, person_name=row.name, campaign=CAMPAIGN, row=row)


def confirmation_form(**changes: Any) -> ConfirmationFormDocument:
    """What the person is asked to confirm."""
    told = (
        ("出生日期", "1968年3月", "集体研究认定", "《入团志愿书》（6-1，1984.05形成）"),
        ("参加工作时间", "1990年8月", "集体研究认定", "《转正定级审批表》（9-2-1，1991.08形成）"),
        ("入党时间", "支部大会1995年6月12日", "记载一致", "《入党志愿书》（6-2，1995.06形成）"),
        (
            "学历学位",
            "全日制大专（省财政学校），在职大学（省委党校）",
            "记载一致",
            "《毕业生登记表》（4-1-1，1990.07形成）",
        ),
        ("工作经历", "1990.08—2001.06清河县财政局科员；2001.06—清河县财政局预算股股长", "记载一致", ""),
        ("干部身份", "统招毕业生转正定级（1991年8月）", "记载一致", "《转正定级审批表》（9-2-1，1991.08形成）"),
        ("民族", "汉族", "记载一致", "《干部履历表》（1-1，1999.06形成）"),
    )
    facts = [FactConfirmed(fact=f, value=v, conclusion=c, basis=b) for f, v, c, b in told]
    members: dict[str, Any] = {
        "person_name": "孙志强",
        "campaign": CAMPAIGN,
        "post": "清河县财政局预算股股长（会计师）",
        "facts": facts,
        "first_reviewers": PAIR,
        "second_reviewer": SECOND,
        "decided_on": "2026-11-20",
    }
    return printed(ConfirmationFormDocument, **{**members, **changes})
