"""Record a material's condition, or that it needs an edge; withdraw what was recorded wrongly."""

from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import StateConflict, ValidationFailed
from contracts.values.ids import new_id
from services.catalog.domain.processing import Cause, Condition, Proposal
from services.catalog.store import processing_needs
from services.catalog.store.processing_needs import Need
from services.catalog.usecases.material_paper import check_own_paper, check_page, material_in_hand


@dataclass(frozen=True)
class RaiseNeed:
    """What was seen: a condition with its place on the page and what is proposed, or a missing edge."""

    material_id: str
    cause: Cause
    condition: Condition | None = None
    page_no: int | None = None
    spot: str | None = None
    proposal: Proposal | None = None


async def raise_need(cmd: RaiseNeed, *, uow: UnitOfWork) -> str:
    """The new entry's id. `intact` is kept as well, and asks for nothing; an edge is asked for once a page."""
    async with uow:
        if earlier := await uow.replay_of():
            return earlier
        material = await material_in_hand(uow, cmd.material_id)
        check_own_paper(material)
        if faults := check_page(material, cmd.page_no):
            raise ValidationFailed(errors=faults)
        if cmd.cause == "needs_edge" and await processing_needs.has_open_edge(uow, cmd.material_id, cmd.page_no):
            raise StateConflict(state="open")
        intact = cmd.condition == "intact"
        actor = uow.caller.account_id
        need = Need(
            need_id=new_id("prn"),
            unit_id=material.unit_id,
            material_id=cmd.material_id,
            version=1,
            cause=cmd.cause,
            condition=cmd.condition,
            page_no=cmd.page_no,
            spot=cmd.spot,
            proposal=cmd.proposal,
            source="hand",
            state="done" if intact else "open",
            reason=None,
            raised_at=uow.now,
            raised_by=actor,
            ended_at=uow.now if intact else None,
            ended_by=actor if intact else None,
        )
        await processing_needs.add(uow, need)
        state = {"material_id": cmd.material_id, "cause": cmd.cause, "condition": cmd.condition, "page_no": cmd.page_no}
        uow.record("need.raised", need.need_id, 1, state, changed=("state",))
        await uow.remember(need.need_id)
        return need.need_id


async def withdraw_need(need_id: str, seen_version: int, reason: str, *, uow: UnitOfWork) -> None:
    """It was no need after all, for this reason; it stays in the material's history."""
    async with uow:
        if await uow.replay_of():
            return
        need = await processing_needs.lock(uow, need_id)
        await check_version(uow, need_id, need.version, seen_version)
        await material_in_hand(uow, need.material_id)
        if need.state != "open":
            raise StateConflict(state=need.state)
        await processing_needs.end(uow, need, "withdrawn", reason)
        uow.record("need.withdrawn", need_id, need.version + 1, {"material_id": need.material_id}, changed=("state",))
        await uow.remember(need_id)
