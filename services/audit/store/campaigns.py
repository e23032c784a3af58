"""Campaigns and their working groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from chassis.unit_of_work import UnitOfWork
from services.audit.store.found import found_one
from services.audit.store.scope import in_scope
from services.audit.store.tables import Campaign, CampaignTeam
from services.audit.store.tables_campaign import AssignmentRow, ReviewerRemovalRow


async def add(uow: UnitOfWork, campaign: Campaign) -> None:
    """Keep a new campaign."""
    uow.session.add(campaign)
    await uow.session.flush()


async def get(uow: UnitOfWork, campaign_id: str, *, lock: bool = False) -> Campaign:
    """One campaign; NotFound outside the caller's scope. With `lock`, its organisers come one after the other."""
    statement = select(Campaign).where(Campaign.id == campaign_id)
    if lock:
        statement = statement.with_for_update()
    return found_one((await uow.session.exec(statement)).first())


async def page_of(uow: UnitOfWork, *, after: str | None, limit: int, states: Sequence[str]) -> Sequence[Campaign]:
    """Campaigns of the caller's units, the oldest first."""
    statement = select(Campaign).where(in_scope(uow, Campaign.unit_id)).order_by(col(Campaign.id)).limit(limit)
    if after is not None:
        statement = statement.where(col(Campaign.id) > after)
    if states:
        statement = statement.where(col(Campaign.state).in_(states))
    return (await uow.session.exec(statement)).all()


async def save(uow: UnitOfWork, campaign: Campaign, **changes: Any) -> Campaign:
    """The campaign with these members changed, as its next version."""
    values = {**changes, "version": campaign.version + 1}
    await uow.session.exec(update(Campaign).where(col(Campaign.id) == campaign.id).values(**values))
    return Campaign.model_validate({**campaign.model_dump(), **values})


async def teams_of(uow: UnitOfWork, campaign_id: str) -> Sequence[CampaignTeam]:
    """The working groups of a campaign, by kind."""
    statement = select(CampaignTeam).where(CampaignTeam.campaign_id == campaign_id)
    return (await uow.session.exec(statement.order_by(col(CampaignTeam.kind)))).all()


async def find_team(uow: UnitOfWork, campaign_id: str, kind: str) -> CampaignTeam | None:
    """A working group, if it was set up."""
    statement = select(CampaignTeam).where(CampaignTeam.campaign_id == campaign_id, CampaignTeam.kind == kind)
    return (await uow.session.exec(statement)).first()


async def put_team(uow: UnitOfWork, team: CampaignTeam) -> None:
    """Keep a working group as it is from now on."""
    await uow.session.merge(team)
    await uow.session.flush()


async def add_assignment(uow: UnitOfWork, record: AssignmentRow) -> None:
    """Keep what was given out."""
    uow.session.add(record)
    await uow.session.flush()


async def get_assignment(uow: UnitOfWork, assignment_id: str) -> AssignmentRow:
    """What was given out; NotFound outside the caller's scope."""
    return found_one((await uow.session.exec(select(AssignmentRow).where(AssignmentRow.id == assignment_id))).first())


async def add_removal(uow: UnitOfWork, record: ReviewerRemovalRow) -> None:
    """Keep who was taken off."""
    uow.session.add(record)
    await uow.session.flush()


async def get_removal(uow: UnitOfWork, removal_id: str) -> ReviewerRemovalRow:
    """Who was taken off; NotFound outside the caller's scope."""
    return found_one(
        (await uow.session.exec(select(ReviewerRemovalRow).where(ReviewerRemovalRow.id == removal_id))).first()
    )
