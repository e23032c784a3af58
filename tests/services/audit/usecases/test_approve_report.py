"""Results are published only as they were approved: by somebody who made none of them, and until a figure changes."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from contracts.problems import NotFound, ReportChanged, ReportSumDiffers, SamePersonTwice, StateConflict
from contracts.values.ids import from_uuid, new_id, to_uuid
from tests.services.audit.adjudicating import adjudicated
from tests.services.audit.office import Office
from tests.services.audit.publishing import approve, shown
from tests.support.rooms import somebody


async def test_an_approval_stands_until_a_figure_changes_and_again_once_it_is_as_it_was(office: Office):
    """Kept with the office, who and when; and never for figures that somebody did not see."""
    case = await adjudicated(office, await office.known_subject())
    before = await shown(office, case)
    assert before.approval is None
    row = await approve(office, case, before.digest, document_no="组发〔2026〕3号")
    assert (row.approved_by, row.office_unit_id) == (case.leader.account_id, case.subject.unit_id)
    assert (row.dossiers, row.document_no) == (1, "组发〔2026〕3号")
    after = await shown(office, case)
    assert (after.approval, after.digest) == (row, before.digest)
    key = to_uuid(case.id)
    await office.admin.execute("update audit.campaign_dossier set state = 'filed' where id = $1", key)
    await case.take_up(reopened_because="新材料")
    changed = await shown(office, case)
    assert changed.approval is None
    with pytest.raises(ReportChanged):
        await approve(office, case, "0" * 64)
    await approve(office, case, changed.digest)
    assert (await shown(office, case)).approval is not None
    told = await office.admin.fetch(
        "select verb from audit.journal where resource = $1 and verb = 'campaign_report.approved'",
        row.campaign_id,
    )
    assert len(told) == 2


async def test_nobody_approves_what_they_had_a_part_in(office: Office):
    """Who asked for the campaign, who heads a group, a member, who recorded a meeting; nor from another unit."""
    case = await adjudicated(office, await office.known_subject())
    digest = (await shown(office, case)).digest
    head, member = new_id("acc"), new_id("acc")
    await office.admin.execute(
        """insert into audit.campaign_team (campaign_id, kind, unit_id, head_id, member_ids)
        values ($1, 'mounting', $2, $3, $4)""",
        to_uuid(case.pair.dossier.campaign_id),
        to_uuid(case.subject.unit_id),
        to_uuid(head),
        [to_uuid(member)],
    )
    asked = await office.admin.fetchval(
        "select created_by from audit.campaign where id = $1", to_uuid(case.pair.dossier.campaign_id)
    )
    for account_id in (from_uuid("acc", asked), case.adjudicator.account_id, head, member):
        with pytest.raises(SamePersonTwice):
            await approve(office, case, digest, replace(case.leader, account_id=account_id))
    with pytest.raises(NotFound):
        await approve(office, case, digest, somebody("leader", new_id("unt")))


async def test_of_two_leaders_at_once_one_approves(office: Office):
    """The other is told that these figures are approved; so is whoever comes later."""
    case = await adjudicated(office, await office.known_subject())
    digest = (await shown(office, case)).digest
    leaders = [somebody("leader", case.subject.unit_id) for _ in range(2)]
    results = await asyncio.gather(
        *(approve(office, case, digest, leader) for leader in leaders), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in results) == ["ReportApprovalRow", "StateConflict"]
    with pytest.raises(StateConflict):
        await approve(office, case, digest)


async def test_nothing_is_approved_that_did_not_happen_or_has_not_begun(office: Office):
    """A figure that was changed behind the system's back; a campaign that is planned."""
    case = await adjudicated(office, await office.known_subject())
    await office.admin.execute(
        "update audit.campaign_dossier set result = 'no_problem' where id = $1", to_uuid(case.id)
    )
    with pytest.raises(ReportSumDiffers):
        await approve(office, case, (await shown(office, case)).digest)
    await office.admin.execute(
        "update audit.campaign set state = 'planned', started_at = null, rules_digest = null where id = $1",
        to_uuid(case.pair.dossier.campaign_id),
    )
    with pytest.raises(StateConflict):
        await approve(office, case, "0" * 64)
