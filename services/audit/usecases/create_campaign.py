"""Plan a special audit, and take dossiers into it: whole units, or a list."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import FieldFault, ValidationFailed
from contracts.values.ids import new_id
from services.audit.domain.campaign import CampaignRules, CampaignState, Settings, may_change_scope
from services.audit.store import campaign_dossiers, campaigns
from services.audit.store.tables import Campaign

_SEED_BITS = 31
"""Short enough to be copied from a sheet of paper; it is no secret once the pairs are drawn."""


@dataclass(frozen=True)
class Scope:
    """Whole units with all below them, or a list of dossiers; both may be empty."""

    unit_ids: Sequence[str] = ()
    dossier_ids: Sequence[str] = ()


@dataclass(frozen=True)
class CreateCampaign:
    """`unit_id` is the unit that runs the campaign."""

    unit_id: str
    name: str
    settings: Settings
    scope: Scope


async def create_campaign(command: CreateCampaign, *, uow: UnitOfWork, rules: CampaignRules) -> Campaign:
    """A planned campaign with its dossiers, as many as there are."""
    async with uow:
        if earlier := await uow.replay_of():
            return await campaigns.get(uow, earlier)
        if command.unit_id not in uow.units:
            raise ValidationFailed(errors=[FieldFault("/unit_id", "unknown-reference")])
        campaign = Campaign(
            id=new_id("cmp"),
            unit_id=command.unit_id,
            version=1,
            name=command.name,
            state=CampaignState.PLANNED.value,
            settings=command.settings.model_dump(mode="json"),
            seed=secrets.randbits(_SEED_BITS),
            rules_digest=None,
            created_by=uow.caller.account_id,
            created_at=uow.now,
        )
        await campaigns.add(uow, campaign)
        entered = await _enter(uow, campaign.id, command.scope, rules)
        told = campaign.model_dump(include={"unit_id", "state", "settings", "seed"}) | {"dossiers": entered}
        uow.record("campaign.created", campaign.id, 1, told, changed=sorted(told))
        await uow.remember(campaign.id)
        return campaign


async def enter_dossiers(
    campaign_id: str, seen_version: int, scope: Scope, *, uow: UnitOfWork, rules: CampaignRules
) -> Campaign:
    """Take more dossiers in, until the campaign is closed; those that are in it already stay as they are."""
    async with uow:
        if earlier := await uow.replay_of():
            return await campaigns.get(uow, earlier)
        campaign = await campaigns.get(uow, campaign_id, lock=True)
        await check_version(uow, campaign.id, campaign.version, seen_version)
        may_change_scope(CampaignState(campaign.state))
        entered = await _enter(uow, campaign.id, scope, rules)
        campaign = await campaigns.save(uow, campaign)
        uow.record("campaign.extended", campaign.id, campaign.version, {"dossiers": entered}, changed=("dossiers",))
        await uow.remember(campaign.id)
        return campaign


async def _enter(uow: UnitOfWork, campaign_id: str, scope: Scope, rules: CampaignRules) -> int:
    known = set(uow.units)
    faults = [
        FieldFault(f"/scope/unit_ids/{n}", "unknown-reference")
        for n, unit_id in enumerate(scope.unit_ids)
        if unit_id not in known
    ]
    if scope.dossier_ids:
        there = await campaign_dossiers.open_among(uow, scope.dossier_ids)
        faults += [
            FieldFault(f"/scope/dossier_ids/{n}", "unknown-reference")
            for n, dossier_id in enumerate(scope.dossier_ids)
            if dossier_id not in there
        ]
    if faults:
        raise ValidationFailed(errors=faults)
    entered = 0
    if scope.unit_ids:
        entered += await campaign_dossiers.enter(uow, campaign_id, rules.weights, unit_ids=scope.unit_ids)
    if scope.dossier_ids:
        entered += await campaign_dossiers.enter(uow, campaign_id, rules.weights, dossier_ids=scope.dossier_ids)
    return entered
