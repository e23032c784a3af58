"""What of a campaign may change when."""

from __future__ import annotations

import pytest

from contracts.problems import OpenReviews, StateConflict, ValidationFailed, VersionStale
from contracts.values.ids import from_uuid
from services.audit.store import campaigns
from services.audit.usecases.change_campaign import put_team, start_campaign
from tests.services.audit.office import Office
from tests.services.audit.organising import organising


async def test_settings_are_fixed_at_the_start_with_the_rules(office: Office):
    """Until then they change; from then on only the name does."""
    organiser = await organising(office)
    campaign = await organiser.plan()
    campaign = await organiser.change(campaign, settings={"party_date_rule": "branch_meeting"})
    assert campaign.settings["party_date_rule"] == "branch_meeting"
    assert campaign.settings["queue"] == "easy_first"
    campaign = await start_campaign(campaign.id, campaign.version, uow=organiser.acting(), rules=office.deps.rules)
    assert (campaign.state, campaign.rules_digest) == ("running", office.deps.rules.digest)
    with pytest.raises(StateConflict):
        await organiser.change(campaign, settings={"party_date_rule": "by_period"})
    campaign = await organiser.change(campaign, name="科级干部专项审核")
    assert campaign.name == "科级干部专项审核"
    campaign = await organiser.close(campaign)
    with pytest.raises(StateConflict):
        await organiser.change(campaign, name="又")
    assert [verb for verb, *_ in await office.journal(campaign.id)] == [
        "campaign.created", "campaign.changed", "campaign.started", "campaign.changed", "campaign.closed"
    ]  # fmt: skip


async def test_a_change_that_changes_nothing_is_none(office: Office):
    """No new version, no journal row."""
    organiser = await organising(office)
    campaign = await organiser.plan()
    same = await organiser.change(campaign, name=campaign.name, settings={"queue": "easy_first"})
    assert same.version == 1


async def test_a_stale_version_is_refused_with_what_changed(office: Office):
    """The members that another changed meanwhile."""
    organiser = await organising(office)
    campaign = await organiser.plan()
    await organiser.change(campaign, name="另一名称")
    with pytest.raises(VersionStale) as refused:
        await organiser.change(campaign, settings={"queue": "hard_first"})
    assert refused.value.params == {"version": 2, "changed": ["name"]}


async def test_a_group_is_of_accounts_that_exist(office: Office):
    """Unknown and switched-off accounts are named by their place; the head is one of the members."""
    organiser = await organising(office)
    campaign = await organiser.plan()
    head, off = await organiser.account(), await organiser.account(active=False)
    with pytest.raises(ValidationFailed) as refused:
        await put_team(campaign.id, 1, "mounting", off, [head, off], uow=organiser.acting())
    assert [fault.pointer for fault in refused.value.errors] == ["/member_ids/1", "/head_id"]
    campaign = await put_team(campaign.id, 1, "mounting", head, [], uow=organiser.acting())
    async with organiser.acting() as uow:
        (team,) = await campaigns.teams_of(uow, campaign.id)
    assert (campaign.version, team.member_ids) == (2, [head])


async def test_a_campaign_does_not_close_over_open_reviews(office: Office):
    """Their sheets would be lost; once the reviewers are taken off, it closes."""
    organiser = await organising(office)
    campaign = await organiser.started(*await organiser.dossiers(2))
    await organiser.assign(campaign)
    with pytest.raises(OpenReviews) as refused:
        await organiser.close(campaign)
    assert refused.value.params == {"dossiers": 2}
    for sheet in await organiser.sheets(campaign):
        dossier_id = from_uuid("cdo", sheet["campaign_dossier_id"])
        await organiser.remove(campaign, from_uuid("acc", sheet["account_id"]), "unfit", [dossier_id])
    campaign = await organiser.close(campaign)
    assert (campaign.state, campaign.closed_at is not None) == ("closed", True)
    with pytest.raises(StateConflict):
        await organiser.close(campaign)
