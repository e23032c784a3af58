"""档案问题处理意见 and 任前审核登记表 through the real app: what stands on them, and who is refused."""

from __future__ import annotations

from contracts.events import AccountChanged
from contracts.values.ids import new_id, to_uuid
from tests.services.audit.adjudicating import a_case, adjudicated
from tests.services.audit.altered import recorded
from tests.services.audit.api.conftest import Desk
from tests.services.audit.gate import ask, examined, gap_opened, sign
from tests.services.audit.office import Office, Subject, auditor
from tests.services.audit.reading import cells_of, words_of
from tests.support.rooms import somebody


def opinion_path(campaign_dossier_id: str) -> str:
    """The print of a dossier of a campaign."""
    return f"campaign-dossiers/{campaign_dossier_id}/prints/handling-opinion"


async def _altered(office: Office, subject: Subject) -> None:
    """A filed paper of the subject with an alteration that nobody has confirmed yet."""
    received = await office.received(subject, title="入伍登记表")
    assert await office.hear(office.filed(received)) is None
    await recorded(office, received.material_id)


async def test_the_opinion_names_each_problem_with_what_is_done(desk: Desk):
    """Settled facts, alterations, what is missing, and what was asked outside; in PDF and DOCX alike."""
    office = desk.office
    subject = await office.known_subject(name="欧阳建国")
    await _altered(office, subject)
    await office.hear(gap_opened(subject, "annual_assessment", years=[2019]))
    case = await adjudicated(office, subject)
    caller = somebody("adjudicator", subject.unit_id)
    answer = await desk.get(caller, opinion_path(case.id))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["cache-control"] == "private, no-store"
    assert subject.name not in answer.headers["content-disposition"]
    said = words_of(answer.content)
    written = "".join(
        "".join(cells_of((await desk.get(caller, f"{opinion_path(case.id)}?medium=docx")).content)).split()
    )
    for expected in (
        *("干部人事档案问题处理意见", "欧阳建国", subject.person_no, f"D-{subject.person_no}"),
        *("缺少依据", "档案中没有关于参加工作时间的有效记载", "继续调查核实"),
        *("《入伍登记表》", "现记载为“1970.05”", "擦除，造假", "待组织确认"),
        *("缺少《年度考核表》（2019年）", "短缺", "材料形成单位"),
        *("出生日期以何为准", "到县第一中学调查核实", "2199.01.01", "已核实（学籍卡复印件）"),
        *("经办人（签字）", "负责人（签字、盖章）"),
    ):
        assert expected in said, expected
        assert expected in written, expected
    assert ("form.printed", caller.account_id, (await case.dossier()).version) in await office.journal(case.id)
    await office.admin.execute(
        "update audit.campaign set unit_id = $2 where id = $1",
        to_uuid(case.pair.dossier.campaign_id),
        to_uuid(await office.unit()),
    )
    of_office_above = await desk.get(caller, opinion_path(case.id))
    assert of_office_above.status_code == 200


async def test_nothing_is_printed_while_first_reviews_run(desk: Desk):
    """Neither of the two is told of what the other may have found: not before the second review."""
    case = await a_case(desk.office)
    caller = somebody("adjudicator", case.subject.unit_id)
    answer = await desk.get(caller, opinion_path(case.id))
    assert (answer.status_code, answer.json()["code"]) == (409, "state-conflict")
    await case.take_up()
    assert (await desk.get(caller, opinion_path(case.id))).status_code == 200


async def test_the_opinion_is_refused_outside_and_to_the_subject(desk: Desk):
    """Other units, roles and media; the subject themselves; nothing is in the journal then."""
    case = await a_case(desk.office)
    await case.take_up()
    path, unit_id = opinion_path(case.id), case.subject.unit_id
    assert (await desk.get(somebody("adjudicator", new_id("unt")), path)).status_code == 404
    assert (await desk.get(somebody("auditor", unit_id), path)).status_code == 403
    subject = await desk.get(somebody("adjudicator", unit_id, person_no=case.subject.person_no), path)
    assert (subject.status_code, subject.json()["code"]) == (403, "recusal")
    medium = await desk.get(somebody("adjudicator", unit_id), f"{path}?medium=odt")
    assert medium.status_code == 422
    assert "form.printed" not in {verb for verb, *_ in await desk.office.journal(case.id)}


async def test_the_form_before_an_appointment_shows_what_both_found(desk: Desk):
    """Each fact, what is missing, both opinions with name and day, the gate's word and its cures."""
    office = desk.office
    subject = await office.known_subject(name="司马光")
    (row,) = await ask(office, subject)
    await office.hear(gap_opened(subject))
    first, second = auditor(), auditor()
    examiner = await office.known_subject(name="王审")
    known = AccountChanged(account_id=first.account_id, person_no=examiner.person_no, active=True)
    assert await office.hear(known) is None
    await sign(office, subject, first, examined(birth_date="alteration"), opinion="出生日期有涂改")
    await sign(office, subject, second, examined(birth_date="alteration", party_join_date="cannot_tell"))
    caller, path = somebody("leader", subject.unit_id), f"clearances/{row.id}/prints/pre-appointment-form"
    answer = await desk.get(caller, f"{path}?stage=inspection")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    said = words_of(answer.content)
    docx = await desk.get(caller, f"{path}?stage=inspection&medium=docx")
    written = "".join("".join(cells_of(docx.content)).split())
    for expected in (
        *("干部人事档案任前审核登记表", "司马光", "1970.03", "凡提必审（提拔）", "考察"),
        *("出生日期不一致涂改", "入党时间无法判断", "参加工作时间一致"),
        *("《入党志愿书》", "出生日期有涂改", "审核人王审（签字）", "与最早材料一致"),
        *("不予通过，不提交会议", "补交原件"),
    ):
        assert expected in said, expected
        assert expected in written, expected
    assert "☑考察" in written
    assert "☑动议" not in written
    journal = [verb for verb, *_ in await office.journal(row.id)]
    assert journal.count("form.printed") == 2


async def test_after_a_special_audit_the_form_shows_what_is_in_force(desk: Desk):
    """Nobody examines the dossier once more: the determinations stand there."""
    office = desk.office
    subject = await office.known_subject()
    await adjudicated(office, subject)
    (row,) = await ask(office, subject)
    answer = await desk.get(somebody("leader", subject.unit_id), f"clearances/{row.id}/prints/pre-appointment-form")
    said = words_of(answer.content)
    assert "出生日期一致参加工作时间无法判断证据不足，未予认定" in said
    assert "暂缓" in said
    assert "审核项目取自已批准的专项审核认定结果" in said


async def test_a_form_without_an_audit_stays_blank(desk: Desk):
    """What nobody has looked into is filled in by hand."""
    subject = await desk.office.known_subject()
    (row,) = await ask(desk.office, subject)
    caller, path = somebody("leader", subject.unit_id), f"clearances/{row.id}/prints/pre-appointment-form"
    said = words_of((await desk.get(caller, path)).content)
    assert "本档案尚未审核，审核项目留空填写" in said
    assert "不一致" not in said.replace("记载是否一致", "")
    assert (await desk.get(caller, f"{path}?stage=dinner")).status_code == 422
    assert (await desk.get(somebody("hr_system", subject.unit_id), path)).status_code == 403
    assert (await desk.get(somebody("leader", new_id("unt")), path)).status_code == 404
    told = await desk.get(somebody("leader", subject.unit_id, person_no=subject.person_no), path)
    assert told.json()["code"] == "recusal"
