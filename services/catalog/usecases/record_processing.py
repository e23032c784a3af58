"""Record what was done to a material's paper, and stand for it as the second person."""

from dataclasses import dataclass, replace

from chassis.tickets import BlobTickets, TicketInvalid
from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import FieldFault, NotFound, StateConflict, ValidationFailed
from contracts.values.ids import new_id
from services.catalog.domain.processing import Damage, Op, confirm, first_state
from services.catalog.store import processing_needs, processing_records
from services.catalog.store.processing_records import Picture, Record
from services.catalog.usecases.material_paper import check_own_paper, check_page, material_in_hand


@dataclass(frozen=True)
class RecordProcessing:
    """One act, on a page or on the whole material. `before` and `after` are tickets of photographs."""

    material_id: str
    op: Op
    damage: Damage | None = None
    page_no: int | None = None
    note: str | None = None
    need_id: str | None = None
    before: str | None = None
    after: str | None = None


async def record_processing(cmd: RecordProcessing, *, uow: UnitOfWork, tickets: BlobTickets) -> str:
    """The new record's id. An act that answers a need ends it; a `trim` not before the second person's word."""
    async with uow:
        if earlier := await uow.replay_of():
            return earlier
        material = await material_in_hand(uow, cmd.material_id)
        check_own_paper(material)
        faults = check_page(material, cmd.page_no)
        pictures: dict[str, Picture | None] = {}
        for side, text in (("before", cmd.before), ("after", cmd.after)):
            try:
                pictures[side] = _picture(text, uow, tickets)
            except TicketInvalid:
                faults.append(FieldFault(f"/{side}_ticket", "ticket-invalid"))
        if faults:
            raise ValidationFailed(errors=faults)
        record = Record(
            record_id=new_id("prr"),
            unit_id=material.unit_id,
            material_id=cmd.material_id,
            version=1,
            op=cmd.op,
            damage=cmd.damage,
            page_no=cmd.page_no,
            note=cmd.note,
            need_id=cmd.need_id,
            before=pictures["before"],
            after=pictures["after"],
            state=first_state(cmd.op),
            done_by=uow.caller.account_id,
            done_at=uow.now,
            second_person=None,
            confirmed_at=None,
        )
        await _answer_need(uow, record)
        await processing_records.add(uow, record)
        state = {"material_id": cmd.material_id, "op": cmd.op, "page_no": cmd.page_no, "state": record.state}
        uow.record("processing.recorded", record.record_id, 1, state, changed=("state",))
        await uow.remember(record.record_id)
        return record.record_id


async def confirm_processing(record_id: str, seen_version: int, *, uow: UnitOfWork) -> None:
    """The caller saw it done. Never the one who did it."""
    async with uow:
        if await uow.replay_of():
            return
        record = await processing_records.get(uow.raw(), record_id, lock=True)
        await check_version(uow, record_id, record.version, seen_version)
        await material_in_hand(uow, record.material_id)
        done = replace(record, state=confirm(record.state, record.done_by, uow.caller.account_id))
        await processing_records.confirm(uow, done)
        await _answer_need(uow, done, waited=True)
        uow.record("processing.confirmed", record_id, record.version + 1, {"op": record.op}, changed=("state",))
        await uow.remember(record_id)


def _picture(text: str | None, uow: UnitOfWork, tickets: BlobTickets) -> Picture | None:
    if text is None:
        return None
    ticket = tickets.check(text, uploader=uow.caller.account_id, now=uow.now)
    if ticket.unit_id not in uow.units or not ticket.media_type.startswith("image/"):
        raise TicketInvalid()
    return Picture(ticket.unit_id, ticket.digest, ticket.media_type)


async def _answer_need(uow: UnitOfWork, record: Record, *, waited: bool = False) -> None:
    """End the need that the act answers once it is done; it must be the material's own, and open."""
    if record.need_id is None:
        return
    try:
        need = await processing_needs.lock(uow, record.need_id)
    except NotFound:
        raise ValidationFailed(errors=[FieldFault("/need_id", "unknown-reference")]) from None
    if need.material_id != record.material_id:
        raise ValidationFailed(errors=[FieldFault("/need_id", "unknown-reference")])
    if need.state != "open":
        if waited:
            return  # it was answered or withdrawn while the act, done all the same, waited for its second person
        raise StateConflict(state=need.state)
    if record.state == "done":
        await processing_needs.end(uow, need, "done", None)
        uow.record("need.done", need.need_id, need.version + 1, {"record": record.record_id}, changed=("state",))
