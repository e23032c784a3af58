"""Name a campaign, settle what it decides by, set up its working groups, start it, close it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import FieldFault, OpenReviews, StateConflict, ValidationFailed
from services.audit.domain.campaign import CampaignMove, CampaignState, Settings, TeamKind, campaign_moved
from services.audit.rulebook import AuditRules
from services.audit.store import campaigns, pairs
from services.audit.store.tables import Campaign, CampaignTeam


async def change_campaign(
    campaign_id: str, seen_version: int, changes: Mapping[str, Any], *, uow: UnitOfWork
) -> Campaign:
    """Another name at any time but after the end; other settings until the start.

    `changes["settings"]` holds the members that change.
    """
    async with uow:
        campaign = await _held(uow, campaign_id, seen_version)
        state = CampaignState(campaign.state)
        values: dict[str, Any] = {}
        if changes.get("name", campaign.name) != campaign.name:
            values["name"] = changes["name"]
        settings = Settings.model_validate({**campaign.settings, **changes.get("settings", {})})
        told = settings.model_dump(mode="json")
        if told != campaign.settings:
            values["settings"] = told
        if not values:
            return campaign
        if state is CampaignState.CLOSED or ("settings" in values and state is not CampaignState.PLANNED):
            raise StateConflict(state=state.value)
        campaign = await campaigns.save(uow, campaign, **values)
        uow.record("campaign.changed", campaign.id, campaign.version, values, changed=sorted(values))
        return campaign


async def put_team(
    campaign_id: str, seen_version: int, kind: TeamKind, head_id: str, member_ids: list[str], *, uow: UnitOfWork
) -> Campaign:
    """Set up a working group, or change who is in it. The head is one of its members."""
    async with uow:
        campaign = await _held(uow, campaign_id, seen_version)
        if campaign.state == CampaignState.CLOSED.value:
            raise StateConflict(state=campaign.state)
        known = {one.account_id for one in await pairs.accounts(uow, [head_id, *member_ids]) if one.active}
        faults = [
            FieldFault(f"/member_ids/{n}", "unknown-reference")
            for n, account_id in enumerate(member_ids)
            if account_id not in known
        ]
        if head_id not in known:
            faults.append(FieldFault("/head_id", "unknown-reference"))
        if faults:
            raise ValidationFailed(errors=faults)
        members = sorted({head_id, *member_ids})
        team = CampaignTeam(
            campaign_id=campaign.id, kind=kind, unit_id=campaign.unit_id, head_id=head_id, member_ids=members
        )
        await campaigns.put_team(uow, team)
        campaign = await campaigns.save(uow, campaign)
        uow.record("campaign.team_set", campaign.id, campaign.version, team.model_dump(), changed=(f"teams/{kind}",))
        return campaign


async def start_campaign(campaign_id: str, seen_version: int, *, uow: UnitOfWork, rules: AuditRules) -> Campaign:
    """From now on it decides by these settings, and by the rules of this very digest."""
    async with uow:
        if earlier := await uow.replay_of():
            return await campaigns.get(uow, earlier)
        campaign = await _held(uow, campaign_id, seen_version)
        state = campaign_moved(CampaignState(campaign.state), CampaignMove.START)
        values: dict[str, Any] = {"state": state.value, "started_at": uow.now, "rules_digest": rules.digest}
        return await _moved(uow, campaign, "campaign.started", values)


async def close_campaign(campaign_id: str, seen_version: int, *, uow: UnitOfWork) -> Campaign:
    """Nothing is given out any more. Refused while sheets are not opened: they would be lost."""
    async with uow:
        if earlier := await uow.replay_of():
            return await campaigns.get(uow, earlier)
        campaign = await _held(uow, campaign_id, seen_version)
        state = campaign_moved(CampaignState(campaign.state), CampaignMove.CLOSE)
        if open_still := await pairs.count_open(uow, campaign.id):
            raise OpenReviews(dossiers=open_still)
        return await _moved(uow, campaign, "campaign.closed", {"state": state.value, "closed_at": uow.now})


async def _held(uow: UnitOfWork, campaign_id: str, seen_version: int) -> Campaign:
    campaign = await campaigns.get(uow, campaign_id, lock=True)
    await check_version(uow, campaign.id, campaign.version, seen_version)
    return campaign


async def _moved(uow: UnitOfWork, campaign: Campaign, verb: str, values: dict[str, Any]) -> Campaign:
    campaign = await campaigns.save(uow, campaign, **values)
    uow.record(verb, campaign.id, campaign.version, values, changed=sorted(values))
    await uow.remember(campaign.id)
    return campaign
