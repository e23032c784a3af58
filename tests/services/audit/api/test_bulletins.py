"""Bulletins of a year and the record of an alteration, through the real app: figures, papers, refusals."""

from __future__ import annotations

from datetime import date

from contracts.events import UnitChanged
from contracts.values.ids import new_id
from services.audit.store.tables_alteration import AlterationRow
from tests.services.audit.altered import confirmed, followed, recorded
from tests.services.audit.api.conftest import Desk
from tests.services.audit.office import Office, Subject, auditor
from tests.services.audit.reading import cells_of, words_of
from tests.support.rooms import somebody

SEED_004 = {"public_investigation": 2, "disqualified": 1, "points_deducted": 16}
"""Published figures of one yearly bulletin (seed 004): 2 公开查处, 1 取消任职资格, 16 扣分."""


async def unit_below(office: Office, root: str, name: str) -> str:
    """A unit of this name below another one."""
    unit_id = new_id("unt")
    told = UnitChanged(
        unit_id=unit_id, parent_id=root, code=unit_id[-8:], name=name, ancestors=[root, unit_id], path=["x", "y"]
    )
    assert await office.hear(told) is None
    return unit_id


async def altered_subject(office: Office, unit_id: str | None = None, **members: str) -> tuple[Subject, AlterationRow]:
    """A person with a filed paper that was altered."""
    subject = await office.known_subject(**({"unit_id": unit_id} if unit_id else {}), **members)
    received = await office.received(subject, title="入伍登记表")
    assert await office.hear(office.filed(received)) is None
    return subject, await recorded(office, received.material_id, page_id=received.pages[0].page_id)


async def test_the_published_year_comes_out(desk: Desk):
    """The fixture's 19 consequences over three units: by kind and by unit, and the parts add up."""
    office, root = desk.office, await desk.office.unit()
    told = {
        "县财政局": ["public_investigation"] * 2 + ["points_deducted"] * 10,
        "县教育局": ["points_deducted"] * 6,
        "县公安局": ["disqualified"],
    }
    units: dict[str, str] = {}
    for name, kinds in told.items():
        units[name] = await unit_below(office, root, name)
        _, row = await altered_subject(office, units[name])
        done = await confirmed(office, row, units[name])
        for kind in kinds:
            await followed(office, done, kind)
        await followed(office, done, "discipline", decided_on=date(2025, 12, 31))
    caller, path = somebody("leader", root), f"consequence-bulletins/pdf?unit_id={root}&year=2026"
    pdf = await desk.get(caller, path)
    assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
    said = words_of(pdf.content)
    assert "共处理19件次：公开查处2件次，取消任职资格1件次，量化考核扣分16件次。" in said
    assert "1县财政局20100012" in said
    assert "合计21160019" in said
    assert said.index("县财政局") < said.index("县教育局") < said.index("县公安局")
    assert "consequence_bulletin.printed" in {verb for verb, *_ in await office.journal(root)}
    counts = (await desk.get(caller, "consequence-counts?year=2026")).json()["items"]
    summed = {kind: sum(unit[kind] for unit in counts) for kind in SEED_004}
    assert summed == SEED_004


async def test_a_year_without_any_says_so(desk: Desk):
    """Nothing followed: the bulletin has no lines."""
    root = await desk.office.unit()
    path = f"consequence-bulletins/pdf?unit_id={root}&year=2026"
    assert "共处理0件次。" in words_of((await desk.get(somebody("adjudicator", root), path)).content)


async def test_a_year_is_printed_for_ones_own_units(desk: Desk):
    """Another unit's year is not told, nor to roles that do not read alterations, nor of a year that is none."""
    root = await desk.office.unit()
    path = f"consequence-bulletins/pdf?unit_id={root}&year=2026"
    elsewhere = await desk.get(somebody("leader", new_id("unt")), path)
    assert (elsewhere.status_code, elsewhere.json()["errors"][0]["code"]) == (422, "unknown-reference")
    assert (await desk.get(somebody("hr_system", root), path)).status_code == 403
    assert (await desk.get(somebody("leader", root), path.replace("2026", "99"))).status_code == 422


async def test_an_alteration_is_printed_to_be_signed(desk: Desk):
    """Its columns, the tick of the verdict, and after the confirmation who decided; PDF and DOCX alike."""
    subject, row = await altered_subject(desk.office, name="诸葛亮")
    caller, path = auditor(subject.unit_id), f"alterations/{row.id}/prints/alteration-record"
    said = words_of((await desk.get(caller, path)).content)
    written = "".join("".join(cells_of((await desk.get(caller, f"{path}?medium=docx")).content)).split())
    for expected in (
        *("干部人事档案涂改情况登记表", "诸葛亮", "1出生日期入伍登记表1998.07.1511970.051968.05擦除"),
        *("造假对象：出生日期", "登记人", "组织确认意见", "装入干部人事档案正本"),
    ):
        assert expected in said, expected
        assert expected in written, expected
    assert "☑造假" in written
    await confirmed(desk.office, row, subject.unit_id)
    done = words_of((await desk.get(caller, path)).content)
    assert "文号：青组审〔2026〕3号" in done
    assert "2026年11月20日" in done
    assert [verb for verb, *_ in await desk.office.journal(row.id)].count("form.printed") == 3


async def test_the_record_is_refused_outside_and_to_the_subject(desk: Desk):
    """Other units, roles, and the person whose paper it is."""
    subject, row = await altered_subject(desk.office)
    path = f"alterations/{row.id}/prints/alteration-record"
    assert (await desk.get(auditor(new_id("unt")), path)).status_code == 404
    assert (await desk.get(somebody("archivist", subject.unit_id), path)).status_code == 403
    related = await desk.get(auditor(subject.unit_id, person_no=subject.person_no), path)
    assert related.json()["code"] == "recusal"


async def test_a_score_bulletin_is_printed_before_and_after_its_approval(desk: Desk):
    """Until it is approved it says that it waits; then it bears its number under the unit's code."""
    office, root = desk.office, await desk.office.unit()
    unit_id = await unit_below(office, root, "县水利局")
    subject = await office.known_subject(unit_id=unit_id)
    adjudicator, leader = somebody("adjudicator", root), somebody("leader", root)
    fault = {"code": "late", "times": 1, "reason": "逾期一天"}
    scored = {"dossier_id": subject.dossier_id, "deductions": [fault], "not_related": True}
    score = (await desk.post(adjudicator, "scores", scored)).json()
    year = {"unit_id": root, "year": score["year"]}
    bulletin = (await desk.post(adjudicator, "score-bulletins", year)).json()
    path = f"score-bulletins/{bulletin['id']}/pdf"
    waiting = words_of((await desk.get(leader, path)).content)
    assert "（待批准）" in waiting
    assert "1县水利局1100099.00" in waiting
    await desk.post(leader, f"score-bulletins/{bulletin['id']}/approvals", {}, version=1)
    assert f"{root[-8:]}评通〔{score['year']}〕0001号" in words_of((await desk.get(leader, path)).content)
    assert (await desk.get(somebody("leader", new_id("unt")), path)).status_code == 404
    assert (await desk.get(somebody("auditor", root), path)).status_code == 403
