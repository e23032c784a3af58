"""Enter a signed confidentiality pledge (保密责任书) into the register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, NotFound, RoleMissing, StateConflict, ValidationFailed
from contracts.values.ids import new_id
from services.audit.domain.campaign import CampaignState
from services.audit.store import campaigns, pairs, registers
from services.audit.store.tables_campaign import PledgeRow

PledgeScope = Literal["campaign", "digitisation_project", "reading"]
PledgeForm = Literal["drawn", "scanned"]
FOR_OTHERS = "pledge:record"
"""The permission to enter what another person signed on paper."""


@dataclass(frozen=True)
class RecordPledge:
    """`account_id` None: the caller signs. `unit_id`: whose register, where it is for no campaign."""

    account_id: str | None
    scope: PledgeScope
    campaign_id: str | None
    unit_id: str | None
    form: PledgeForm
    signed_on: date
    expires_on: date | None


async def record_pledge(command: RecordPledge, *, uow: UnitOfWork) -> PledgeRow:
    """Whoever draws a signature draws their own; a scanned one may be entered by who keeps the register."""
    async with uow:
        if earlier := await uow.replay_of():
            return await registers.get_pledge(uow, earlier)
        account_id = await _signer(command, uow)
        if command.signed_on > uow.today:
            raise ValidationFailed(errors=[FieldFault("/signed_on", "date-in-future")])
        if command.expires_on is not None and command.expires_on < command.signed_on:
            raise ValidationFailed(errors=[FieldFault("/expires_on", "date-before", {"other": "signed_on"})])
        pledge = PledgeRow(
            id=new_id("plg"),
            unit_id=await _register(command, uow),
            account_id=account_id,
            scope=command.scope,
            campaign_id=command.campaign_id,
            form=command.form,
            signed_on=command.signed_on,
            expires_on=command.expires_on,
            recorded_by=uow.caller.account_id,
            recorded_at=uow.now,
        )
        await registers.add_pledge(uow, pledge)
        uow.record("pledge.recorded", pledge.id, 1, pledge.model_dump(mode="json"))
        await uow.remember(pledge.id)
        return pledge


async def _signer(command: RecordPledge, uow: UnitOfWork) -> str:
    if command.account_id is None or command.account_id == uow.caller.account_id:
        return uow.caller.account_id
    if FOR_OTHERS not in uow.caller.permissions:
        raise RoleMissing(permission=FOR_OTHERS)
    if command.form == "drawn":
        raise ValidationFailed(errors=[FieldFault("/form", "not-allowed-value", {"allowed": "scanned"})])
    if not await pairs.accounts(uow, [command.account_id]):
        raise ValidationFailed(errors=[FieldFault("/account_id", "unknown-reference")])
    return command.account_id


async def _register(command: RecordPledge, uow: UnitOfWork) -> str:
    """The unit whose register it is: that of the campaign, which the signer need not be able to see."""
    if command.campaign_id is None:
        if command.unit_id not in uow.units:
            raise ValidationFailed(errors=[FieldFault("/unit_id", "unknown-reference")])
        return command.unit_id
    async with uow.as_service():
        try:
            campaign = await campaigns.get(uow, command.campaign_id)
        except NotFound:
            raise ValidationFailed(errors=[FieldFault("/campaign_id", "unknown-reference")]) from None
    if campaign.state == CampaignState.CLOSED.value:
        raise StateConflict(state=campaign.state)
    return campaign.unit_id
