"""A campaign's report over what its dossiers came to, by the acts of those who reviewed, met and approved."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.problems import NotFound
from services.audit.domain.report_figures import FIGURES
from services.audit.usecases.view_report import Behind, Counted, open_figure, view_report
from tests.services.audit.adjudicating import Case, a_case, adjudicated
from tests.services.audit.office import Office
from tests.support.rooms import somebody


async def report_of(office: Office, case: Case, caller: Any = None) -> Counted:
    """The report as the adjudicator of the dossier's unit sees it."""
    uow = office.acting(caller or case.adjudicator, "campaign-report:read")
    return await view_report(case.pair.dossier.campaign_id, uow=uow, rules=office.deps.rules.report)


async def behind(office: Office, case: Case, figure: str, **of: Any) -> list[str]:
    """Ids of the dossiers behind a figure."""
    asked = Behind(case.pair.dossier.campaign_id, figure, **of)
    uow = office.acting(case.adjudicator, "campaign-report:read")
    rows = await open_figure(asked, after=None, limit=50, uow=uow, rules=office.deps.rules.report)
    return [row.id for row in rows]


async def test_what_has_not_come_out_is_counted_as_a_dossier_and_no_more(office: Office):
    """Of a pair that has opened and is not tabled, the report says that it is in audit."""
    case = await a_case(office)
    counts = (await report_of(office, case)).report.total.counts
    assert {code: many for code, many in counts.items() if many} == {"dossiers": 1, "in_audit": 1}
    assert await behind(office, case, "in_audit") == await behind(office, case, "dossiers") == [case.id]


async def test_a_dossier_that_went_all_the_way_is_counted(office: Office):
    """Its problems, the meeting and the form; under its unit and the group of its rank; each figure opens to it."""
    case = await adjudicated(office, await office.known_subject())
    counted = await report_of(office, case)
    report = counted.report
    dossier, facts = await case.dossier(), await case.facts()
    differing = {f"problem.{fact.value}" for fact, row in facts.items() if row.status != "consistent"}
    expected = {"dossiers", "audited", dossier.result, "with_problems", "meeting.due", "meeting.done", *differing}
    expected |= {"forms"}
    assert {code for code, many in report.total.counts.items() if many} == expected
    assert report.meetings == 1
    assert list(report.by_unit) == [case.subject.unit_id]
    assert report.by_unit[case.subject.unit_id] == report.total
    rank = office.deps.rules.report.group_of(dossier.rank)
    assert report.by_rank == {rank: report.total}
    for code in FIGURES:
        found = await behind(office, case, code, unit_id=case.subject.unit_id, rank=rank)
        assert found == ([case.id] if code in expected else []), code
    assert await behind(office, case, "dossiers", rank="county") == []
    assert await behind(office, case, "dossiers", unit_id=(await office.known_subject()).unit_id) == []


async def test_looks_are_recorded_and_what_is_not_there_is_not_found(office: Office):
    """A figure that no report has; a campaign of another unit."""
    case = await a_case(office)
    await report_of(office, case)
    await behind(office, case, "dossiers")
    verbs = await office.admin.fetch(
        "select verb from audit.journal where resource = $1 and verb like 'campaign_report.%' order by id",
        case.pair.dossier.campaign_id,
    )
    assert [row["verb"] for row in verbs] == ["campaign_report.viewed", "campaign_report.opened"]
    with pytest.raises(NotFound):
        await behind(office, case, "dossiers; drop")
    with pytest.raises(NotFound):
        await report_of(office, case, somebody("adjudicator", (await office.known_subject()).unit_id))
