"""The routes of a campaign's report: its figures, what is behind them, and who may look."""

from __future__ import annotations

import io

import openpyxl

from contracts.values.ids import new_id, to_uuid
from services.audit.domain.report_figures import FIGURES
from services.audit.papers.campaign_report import PARTS
from tests.services.audit.adjudicating import adjudicated
from tests.services.audit.api.conftest import Desk
from tests.services.audit.api.test_reviews import refused
from tests.support.rooms import somebody

RESULTS = ("无问题", "需要调查核实", "已核实")


async def test_the_report_tells_its_figures_and_opens_each(desk: Desk):
    """Over all, by unit and by rank, with shares; the organiser and the leader see it, others do not."""
    case = await adjudicated(desk.office, await desk.office.known_subject())
    campaign_id, unit_id = case.pair.dossier.campaign_id, case.subject.unit_id
    path = f"campaigns/{campaign_id}/report"
    told = (await desk.get(case.adjudicator, path)).json()
    assert (told["campaign_id"], told["state"], told["meetings"]) == (campaign_id, "running", 1)
    assert [one["code"] for one in told["figures"]] == list(FIGURES) == list(told["total"]["counts"])
    assert (told["total"]["counts"]["meeting.done"], told["total"]["percent"]["meeting.done"]) == (1, 100.0)
    assert "overstated.league" not in told["total"]["percent"]
    assert [one["unit_id"] for one in told["units"]] == [unit_id]
    assert {one["rank"]: one["counts"]["dossiers"] for one in told["ranks"]} == {
        "county": 0, "section_head": 1, "deputy_section_head": 0, "staff": 0, "unranked": 0
    }  # fmt: skip
    opened = f"{path}/figures/meeting.done/dossiers?unit_id={unit_id}&rank=section_head"
    for who in (case.adjudicator, case.leader):
        assert [one["id"] for one in (await desk.get(who, opened)).json()["items"]] == [case.id]
    for who, expected in (
        (somebody("adjudicator", new_id("unt")), (404, "not-found")),
        (somebody("auditor", unit_id), (403, "role-missing")),
        (somebody("archivist", unit_id), (403, "role-missing")),
    ):
        assert refused(await desk.get(who, path)) == expected
        assert refused(await desk.get(who, opened)) == expected
    assert refused(await desk.get(case.leader, f"{path}/figures/unheard/dossiers")) == (404, "not-found")


async def test_a_figure_opens_page_by_page_without_relatives(desk: Desk):
    """One after another by id; the caller's own dossier is not among them."""
    case = await adjudicated(desk.office, await desk.office.known_subject())
    path = f"campaigns/{case.pair.dossier.campaign_id}/report/figures/dossiers/dossiers"
    whole = (await desk.get(case.leader, f"{path}?page_size=1")).json()
    assert (len(whole["items"]), whole["next_page_token"]) == (1, None)
    subject = somebody("leader", case.subject.unit_id, person_no=case.subject.person_no)
    assert (await desk.get(subject, path)).json()["items"] == []


async def test_the_report_is_printed_to_sign_and_to_work_on(desk: Desk):
    """Recorded, for the organiser and the leader; never from another unit, nor where a figure was tampered with."""
    case = await adjudicated(desk.office, await desk.office.known_subject())
    path = f"campaigns/{case.pair.dossier.campaign_id}/report"
    leader = somebody("leader", case.subject.unit_id)
    seen, approvals = (await desk.get(leader, path)).json(), f"{path}-approvals"
    assert seen["approval"] is None
    assert refused(await desk.post(case.adjudicator, approvals, {"digest": seen["digest"]})) == (403, "role-missing")
    assert refused(await desk.post(leader, approvals, {"digest": "0" * 64})) == (409, "report-changed")
    assert refused(await desk.post(leader, approvals, {"digest": "x"})) == (422, "validation-failed")
    key = new_id("req")
    approved = await desk.post(leader, approvals, {"digest": seen["digest"]}, key=key)
    again = await desk.post(leader, approvals, {"digest": seen["digest"]}, key=key)
    assert (approved.status_code, again.json()) == (201, approved.json())
    assert (await desk.get(leader, path)).json()["approval"] == approved.json()
    assert (await desk.get(case.adjudicator, approvals)).json()["items"] == [approved.json()]
    pdf = await desk.get(case.leader, f"{path}/pdf")
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")
    book = openpyxl.load_workbook(io.BytesIO((await desk.get(case.adjudicator, f"{path}/xlsx")).content))
    ranks, units = ([[cell.value for cell in row] for row in book[name].rows] for name in ("按职级", "按单位"))
    assert ranks[2][0].startswith(f"经批准公布：{approved.json()['office']}，20")
    assert [row[0] for row in ranks if row[0] in RESULTS] == ["无问题", "需要调查核实", "已核实"]
    done = next(row for row in ranks if row[0] == "已上会认定")
    assert done[:7] == ["已上会认定", 1, 100, 0, None, 1, 100]
    assert sum(row[0] == "合计" for row in units) == len(PARTS)
    printed = await desk.office.admin.fetchval(
        "select count(*) from audit.journal where verb = 'form.printed' and resource = $1",
        case.pair.dossier.campaign_id,
    )
    assert printed == 2
    await desk.office.admin.execute(
        "update audit.campaign_dossier set result = 'no_problem' where id = $1", to_uuid(case.id)
    )
    for medium in ("pdf", "xlsx"):
        assert refused(await desk.get(case.leader, f"{path}/{medium}")) == (409, "report-sum-differs")
        elsewhere = somebody("leader", new_id("unt"))
        assert refused(await desk.get(elsewhere, f"{path}/{medium}")) == (404, "not-found")
