"""认定表, 确认表 and 情况登记表 through the real app: what stands on them, when they can be printed, for whom."""

from __future__ import annotations

import io
from typing import Any

import openpyxl

from contracts.events import AccountChanged
from contracts.values.ids import new_id
from contracts.values.partial_date import PartialDate
from services.audit.domain.adjudication import Settled
from services.audit.domain.determination import Status
from services.audit.domain.facts import AuditFact, DateClaim
from tests.services.audit.adjudicating import Case, a_case
from tests.services.audit.altered import recorded
from tests.services.audit.api.conftest import Desk
from tests.services.audit.claiming import a_claim_on, entry, filed_paper
from tests.services.audit.office import Office
from tests.services.audit.reading import cells_of, words_of
from tests.support.rooms import somebody

FORMS = ("determination-form", "confirmation-form", "audit-register")


def path_of(case: Case, form: str) -> str:
    """A print of the case's dossier."""
    return f"campaign-dossiers/{case.id}/prints/{form}"


async def _conflict(office: Office) -> Case:
    """A dossier whose birth dates differ: an early league form, and a later recruitment form that was altered."""
    subject = await office.known_subject(name="欧阳志强")
    early = await filed_paper(office, subject, "入团志愿书", formed_on=PartialDate(value="1983-05"), category="6")
    late = await filed_paper(
        office, subject, "招工登记表", formed_on=PartialDate(value="1986-07"), category="9-2", item_no=3
    )
    await a_claim_on(office, subject, entry(subject, "1968-03", title=None, formed_on=None, signed=True,
                                            material_id=early.material_id))  # fmt: skip
    await a_claim_on(office, subject, entry(subject, "1970-03", title=None, formed_on=None, signed=True,
                                            material_id=late.material_id))  # fmt: skip
    await recorded(office, late.material_id)
    case = await a_case(office, subject=subject)
    examiner = await office.known_subject(name="王审")
    known = AccountChanged(account_id=case.pair.li.account_id, person_no=examiner.person_no, active=True)
    assert await office.hear(known) is None
    return case


async def _read(desk: Desk, case: Case, form: str) -> tuple[str, str]:
    """The words of the print, and those of the text document."""
    caller = somebody("adjudicator", case.subject.unit_id)
    pdf = await desk.get(caller, path_of(case, form))
    assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf"), pdf.text
    assert pdf.headers["cache-control"] == "private, no-store"
    assert case.subject.name not in pdf.headers["content-disposition"]
    docx = await desk.get(caller, f"{path_of(case, form)}?medium=docx")
    assert docx.status_code == 200
    assert ("form.printed", caller.account_id, (await case.dossier()).version) in await desk.office.journal(case.id)
    return words_of(pdf.content), "".join("".join(cells_of(docx.content)).split())


async def test_the_determination_form_tells_what_was_found_proposed_and_decided(desk: Desk):
    """Once the meeting has decided; what the person said and who approved stands there afterwards."""
    case = await _conflict(desk.office)
    await case.until_tabled()
    otherwise = Settled(Status.PROPOSED, DateClaim(date=PartialDate(value="1968-04")), reason="户口底账为准")
    await case.decide(otherwise=[(AuditFact.BIRTH_DATE, otherwise)])
    expected = [
        *("干部人事档案专项审核认定表", "全县科级干部专项审核", "欧阳志强"),
        *("《入团志愿书》（1983年5月形成）", "《招工登记表》（1986年7月形成", "属填小"),
        *("依据组通字〔2006〕41号", "入党时间认定口径：按入党时所处时期的党龄计算规定确定"),
        *("出生日期：拟认定为1968年3月", "出生日期：认定为1968年4月。理由：户口底账为准。"),
        *("《招工登记表》", "处有涂改（擦除）", "2026年11月20日集体研究", "3人表决，同意3人、反对0人、弃权0人"),
        *("初审人：王审", "复审人：", "□同意上述认定意见"),
    ]
    for said in await _read(desk, case, "determination-form"):
        for words in expected:
            assert words in said, words
        assert "seed" not in said
    await case.feed_back("refused")
    await case.approve()
    for said in await _read(desk, case, "determination-form"):
        assert "2026年11月22日由县财政局党组反馈，本人拒绝签字，见证人：张三、李四。" in said
        assert "经县委组织部按干部管理权限审批（组任〔2026〕9号）" in said
        assert "□" not in said


async def test_the_confirmation_form_names_the_material_of_each_fact(desk: Desk):
    """类号 and date of the deciding material; what cannot be settled is said so."""
    case = await _conflict(desk.office)
    await case.until_fed_back()
    for said in await _read(desk, case, "confirmation-form"):
        for words in (
            *("干部基本信息审核确认表", "审核结论", "依据材料"),
            *(
                "出生日期1968年3月集体研究认定《入团志愿书》（6-1，1983.05形成）",
                "参加工作时间现用记载暂予保留暂不认定",
            ),
            *("本人已签字确认", "本人签字：2026年11月22日"),
        ):
            assert words in said, words


async def test_what_was_decided_otherwise_rests_on_the_reason(desk: Desk):
    """Not on the material by which the rules would have decided another value."""
    case = await _conflict(desk.office)
    await case.until_tabled()
    otherwise = Settled(Status.PROPOSED, DateClaim(date=PartialDate(value="1968-04")), reason="户口底账为准")
    await case.decide(otherwise=[(AuditFact.BIRTH_DATE, otherwise)])
    for said in await _read(desk, case, "confirmation-form"):
        assert "出生日期1968年4月集体研究认定户口底账为准" in said
        assert "入团志愿书" not in said


async def test_the_register_fills_as_the_audit_goes_on(desk: Desk):
    """The statements from the second review on, what is determined from the meeting on, the answer when it is there."""
    case = await _conflict(desk.office)
    await case.take_up()
    stated = "1968.03（《入团志愿书》1983.05）；1968.03（《户口登记卡片》1984.05）；1970.03（《招工登记表》1986.07）"
    for said in await _read(desk, case, "audit-register"):
        for words in ("出现的时间罗列" + stated, "6-1", "入团志愿书", "王审", "出生日期：虚填，填小2年"):
            assert words in said, words
        assert "认定出生年月1968" not in said
    for fact, row in (await case.facts()).items():
        if row.disputed:
            await case.settle(fact, None)
    await case.table()
    await case.decide()
    await case.feed_back("disputed")
    for said in await _read(desk, case, "audit-register"):
        assert "认定出生年月1968.03" in said
        assert "党组会时间2026.11.20" in said
        assert "本人有异议：本人认为应为1970年3月。" in said
    blank = "参加工作时间记载是否一致□是□否是否有涂改□是□否真实性存疑□是□否组织是否进行过认定□是□否"
    assert blank in (await _read(desk, case, "audit-register"))[0], "of what no paper speaks nobody says no"


async def test_before_its_time_nothing_is_printed(desk: Desk):
    """A pair that is closed or just opened, and a dossier on which the meeting has not decided: nothing is told."""
    case = await a_case(desk.office)
    caller = somebody("adjudicator", case.subject.unit_id)
    for form in FORMS:
        answer = await desk.get(caller, path_of(case, form))
        assert (answer.status_code, answer.json()["code"]) == (409, "state-conflict"), form
    await case.until_tabled()
    states = [(await desk.get(caller, path_of(case, form))).status_code for form in FORMS]
    assert states == [409, 409, 200]


async def test_whoever_may_not_see_the_dossier_prints_nothing(desk: Desk):
    """Other units, roles and media, the subject themselves: refused, and the journal is silent."""
    case = await a_case(desk.office)
    await case.until_fed_back()
    unit_id = case.subject.unit_id
    for form in FORMS:
        path = path_of(case, form)
        assert (await desk.get(somebody("adjudicator", new_id("unt")), path)).status_code == 404
        assert (await desk.get(somebody("auditor", unit_id), path)).status_code == 403
        subject = await desk.get(somebody("leader", unit_id, person_no=case.subject.person_no), path)
        assert (subject.status_code, subject.json()["code"]) == (403, "recusal")
        assert (await desk.get(somebody("leader", unit_id), f"{path}?medium=odt")).status_code == 422
    assert "form.printed" not in {verb for verb, *_ in await desk.office.journal(case.id)}


async def test_the_register_of_a_campaign_has_one_row_a_person(desk: Desk):
    """Every dossier in scope; of one that is still in first review no more than whose it is."""
    case = await _conflict(desk.office)
    await case.until_fed_back()
    campaign_id, unit_id = case.pair.dossier.campaign_id, case.subject.unit_id
    other = await desk.office.known_subject(name="=1+1", unit_id=unit_id)
    await a_claim_on(desk.office, other, entry(other, "1971-01"))
    await desk.office.admin.execute(
        """insert into audit.campaign_dossier (id, unit_id, version, campaign_id, dossier_id, person_id, state,
          difficulty, entered_at)
        select uuidv7(), d.unit_id, 1, c.id, d.dossier_id, d.person_id, 'first_review', 0, now()
        from audit.heard_dossier d, audit.campaign c where d.dossier_no = $1 and c.state = 'running'""",
        f"D-{other.person_no}",
    )
    caller, path = somebody("adjudicator", unit_id), f"campaigns/{campaign_id}/prints/audit-register"
    answer = await desk.get(caller, f"{path}?unit_id={unit_id}")
    assert answer.status_code == 200
    sheet: Any = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    head = [name for name in lines[0] if name]
    rows = {row[1]: dict(zip(head, row, strict=True)) for row in lines[1:]}
    assert set(rows) == {"欧阳志强", "=1+1"}
    told = rows["欧阳志强"]
    assert (told["认定出生年月"], told["最早材料名称"], told["最早材料类号"]) == ("1968.03", "入团志愿书", "6-1")
    assert (told["党组会时间"], told["本人签字时间"]) == ("2026.11.20", "2026.11.22")
    assert (told["身份证号"], told["柜号"], told["性别"]) == (None, None, None), "filled in by hand"
    blank = {name: value for name, value in rows["=1+1"].items() if value is not None}
    assert set(blank) == {"序号", "姓名", "档案编号"}, "an unopened pair tells nothing"
    assert ("form.printed", caller.account_id, 2) in await desk.office.journal(campaign_id)
    hidden = await desk.get(somebody("leader", unit_id, person_no=case.subject.person_no), path)
    shown: Any = openpyxl.load_workbook(io.BytesIO(hidden.content)).active
    assert "欧阳志强" not in [cell.value for cell in shown["B"]]
    assert (await desk.get(somebody("auditor", unit_id), path)).status_code == 403
    assert (await desk.get(somebody("leader", new_id("unt")), path)).status_code == 404
