"""Take a reviewer off: who has left, is found to be a relative, or is not fit. Their dossiers wait for another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, ValidationFailed
from contracts.values.ids import new_id
from services.audit.domain.campaign import CampaignState, RemovalReason, may_give_out
from services.audit.domain.progress import Move, Progress, moved
from services.audit.store import campaign_dossiers, campaigns, pairs, tainted_reviews
from services.audit.store.tables import Campaign
from services.audit.store.tables_campaign import ReviewerRemovalRow
from services.audit.usecases.settle_clearances import Gate
from services.audit.usecases.void_tainted_pairs import Dealt, void_tainted


@dataclass(frozen=True)
class RemoveReviewer:
    """Off these dossiers of the campaign, or if None off all of it, and out of the audit group."""

    campaign_id: str
    account_id: str
    reason: RemovalReason
    campaign_dossier_ids: Sequence[str] | None


async def remove_reviewer(command: RemoveReviewer, *, uow: UnitOfWork, gate: Gate) -> ReviewerRemovalRow:
    """What they wrote counts no more and stays in the database; what the other of a pair wrote keeps its place.

    A pair that is opened already stands: both sheets are known by then, and the second review decides. Not so of a
    relative's: see `void_tainted_pairs`.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return await campaigns.get_removal(uow, earlier)
        campaign = await campaigns.get(uow, command.campaign_id, lock=True)
        may_give_out(CampaignState(campaign.state))
        dealt = await _void_related(command, uow, gate)
        await pairs.hold(uow, campaign.id, command.account_id, command.campaign_dossier_ids)
        voided = await pairs.void(uow, campaign.id, command.account_id, command.reason, command.campaign_dossier_ids)
        released = {review.campaign_dossier_id for review in voided} | dealt.released
        await _check_all(command, released | dealt.for_superior, uow)
        for review in voided:
            told = {"state": "void", "void_reason": command.reason}
            uow.record("review.voided", review.review_id, review.version, told, changed=("state",))
        await _release(uow, [review.campaign_dossier_id for review in voided])
        if command.campaign_dossier_ids is None:
            await _leave_group(uow, campaign, command.account_id)
        record = ReviewerRemovalRow(
            id=new_id("rvr"),
            unit_id=campaign.unit_id,
            campaign_id=campaign.id,
            account_id=command.account_id,
            reason=command.reason,
            released=len(released),
            created_by=uow.caller.account_id,
            created_at=uow.now,
        )
        await campaigns.add_removal(uow, record)
        uow.record("reviewer_removal.created", record.id, 1, record.model_dump())
        await uow.remember(record.id)
        return record


async def _void_related(command: RemoveReviewer, uow: UnitOfWork, gate: Gate) -> Dealt:
    """All reviews of a relative, opened or not, and second ones; their dossiers are held first, in one order."""
    if command.reason != "related":
        return Dealt(frozenset(), frozenset())
    async with uow.as_service():
        found = await tainted_reviews.of_account(
            uow, command.campaign_id, command.account_id, command.campaign_dossier_ids
        )
        await tainted_reviews.hold(uow, found.dossiers)
        return await void_tainted(uow, found, "removal", gate)


async def _check_all(command: RemoveReviewer, released: Collection[str], uow: UnitOfWork) -> None:
    """Of dossiers that are named, each must be one that they have, and whose pair is not opened."""
    left = [one for one in command.campaign_dossier_ids or () if one not in released]
    if not left:
        return
    opened = await pairs.opened_of(uow, command.campaign_id, command.account_id, left)
    faults = [
        FieldFault(f"/campaign_dossier_ids/{n}", "state-conflict", {"state": opened[one]})
        if one in opened
        else FieldFault(f"/campaign_dossier_ids/{n}", "unknown-reference")
        for n, one in enumerate(command.campaign_dossier_ids or ())
        if one not in released
    ]
    raise ValidationFailed(errors=faults)


async def _release(uow: UnitOfWork, campaign_dossier_ids: Sequence[str]) -> None:
    """Each dossier waits again. The pair that lost both is released once."""
    state = moved(Progress.FIRST_REVIEW, Move.RELEASE)
    async with uow.as_service():
        versions = await campaign_dossiers.put_states(uow, campaign_dossier_ids, state, only=Progress.FIRST_REVIEW)
    for campaign_dossier_id, version in versions.items():
        uow.record("campaign_dossier.released", campaign_dossier_id, version, {"state": state.value}, ("state",))


async def _leave_group(uow: UnitOfWork, campaign: Campaign, account_id: str) -> None:
    team = await campaigns.find_team(uow, campaign.id, "audit")
    if team is None or account_id not in team.member_ids:
        return
    if team.head_id == account_id:  # another head first: a group is never without one
        raise ValidationFailed(errors=[FieldFault("/account_id", "contradiction", {"other": "teams/audit/head_id"})])
    team.member_ids = [one for one in team.member_ids if one != account_id]
    await campaigns.put_team(uow, team)
    campaign = await campaigns.save(uow, campaign)
    uow.record("campaign.team_set", campaign.id, campaign.version, team.model_dump(), changed=("teams/audit",))
