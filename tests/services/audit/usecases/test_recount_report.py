"""The report comes out of the record of acts too; what somebody changed behind the system's back is refused by name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contracts.problems import ReportSumDiffers
from contracts.values.ids import to_uuid
from services.audit.domain.report import Report
from services.audit.domain.report_case import REPORTED_ISSUES
from services.audit.usecases.recount_report import checked_report
from tests.services.audit.adjudicating import Case, adjudicated
from tests.services.audit.altered import alteration_on
from tests.services.audit.office import Office


async def recounted(office: Office, case: Case) -> Report:
    """The report, counted in both ways."""
    caller = case.adjudicator
    campaign_id = case.pair.dossier.campaign_id
    return await checked_report(campaign_id, caller, caller.roots("campaign-report:read"), deps=office.deps)


async def a_reported_case(office: Office) -> Case:
    """A dossier that went all the way, with an altered paper and a false birth date among its figures."""
    subject = await office.known_subject()
    case = await adjudicated(office, subject)
    received = await office.appraising(subject)
    await office.decide(await office.waiting(received.material_id))
    await office.hear(office.filed(received))
    await alteration_on(office, received.material_id, subject.unit_id)
    return case


async def test_both_ways_come_to_the_same(office: Office):
    """Every figure, over all and in each group, also once the dossier is taken up again."""
    case = await a_reported_case(office)
    counts = (await recounted(office, case)).total.counts
    told = ("audited", "meeting.done", "forms", "altered", "materials", "materials.pending")
    assert {code: counts[code] for code in told} == dict.fromkeys(told, 1)
    await office.admin.execute(
        "update audit.campaign_dossier set state = 'filed' where id = $1", to_uuid(case.id)
    )  # as the catalog tells it
    await case.take_up(reopened_because="新材料")
    counts = (await recounted(office, case)).total.counts
    assert (counts["meeting.done"], counts["meeting.open"]) == (0, 1)


async def test_each_of_the_six_problems_is_counted_as_the_sheets_have_it(office: Office):
    """A dossier once for each, whichever reviewer wrote it and of how many facts; 涂改造假 of any of its kinds."""
    case = await a_reported_case(office)
    issues = (
        (case.pair.li_review, ["inconsistent", "inaccurate", "inaccurate", "removal"]),
        (case.pair.wang_review, ["inconsistent", "determination_irregular", "false_statement"]),
    )
    for review_id, kinds in issues:
        await office.admin.execute(
            "update audit.review set sheet = jsonb_set(sheet, '{facts,0,issues}', $2::jsonb) where id = $1",
            to_uuid(review_id),
            json.dumps([{"kind": kind} for kind in kinds]),
        )
    report = await recounted(office, case)
    told = {"inconsistent", "inaccurate", "determination_irregular", "tampering", "removal"}
    assert {kind: report.total.counts[f"issue.{kind}"] for kind in REPORTED_ISSUES} == {
        kind: int(kind in told) for kind in REPORTED_ISSUES
    }


TAMPERED: list[tuple[str, str, str]] = [
    ("campaign_dossier", "update audit.campaign_dossier set result = 'no_problem' where id = $1", "no_problem"),
    ("campaign_dossier", "update audit.campaign_dossier set result = null where id = $1", "in_audit"),
    ("state", "update audit.campaign_dossier set state = 'collective_determination' where id = $1", "meeting.done"),
    (
        "determination",
        """update audit.determination set status = case status when 'consistent' then 'undetermined' else 'consistent'
        end, value = case status when 'consistent' then null else coalesce(value, '{}') end
        where campaign_dossier_id = $1 and fact = 'birth_date'""",
        "problem.birth_date",
    ),
    (
        "cause",
        """update audit.determination set cause = case cause when 'false_statement' then null else 'false_statement' end
        where campaign_dossier_id = $1 and fact = 'birth_date'""",
        "false",
    ),
    (
        "verdict",
        """update audit.alteration_finding set verdict = 'slip', falsified_object = null where dossier_id =
        (select dossier_id from audit.campaign_dossier where id = $1)""",
        "altered.slip",
    ),
    (
        "approval",
        """update audit.determination_approval set approved_at = approved_at + interval '1 s'
        where campaign_dossier_id = $1""",
        "forms",
    ),
]


async def test_what_was_changed_behind_the_systems_back_is_refused_by_name(office: Office):
    """By a database administrator: the result, the state, a determination, a verdict, an approval."""
    case = await a_reported_case(office)
    for what, statement, figure in TAMPERED:
        refused = await _refused(office, case, statement)
        assert refused.params["sum"] == "report events", what
        assert refused.params["figure"] == figure, what
    await recounted(office, case)


OF_DOSSIER = {
    "campaign_dossier": "id = $1",
    "determination": "campaign_dossier_id = $1",
    "determination_approval": "campaign_dossier_id = $1",
    "alteration_finding": "dossier_id = (select dossier_id from audit.campaign_dossier where id = $1)",
}


async def _refused(office: Office, case: Case, statement: str) -> ReportSumDiffers:
    """The refusal once this was done; it is taken back after it."""
    key, kept = to_uuid(case.id), dict[str, list[Any]]()
    for table, of in OF_DOSSIER.items():
        kept[table] = await office.admin.fetch(f"select * from audit.{table} where {of}", key)
    await office.admin.execute(statement, key)
    try:
        with pytest.raises(ReportSumDiffers) as refused:
            await recounted(office, case)
        return refused.value
    finally:
        for table, rows in kept.items():
            for row in rows:
                members = {name: value for name, value in row.items() if name != "id"}
                sets = ", ".join(f"{name} = ${at}" for at, name in enumerate(members, 2))
                await office.admin.execute(
                    f"update audit.{table} set {sets} where id = $1", row["id"], *members.values()
                )
