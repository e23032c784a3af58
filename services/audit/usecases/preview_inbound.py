"""Borrow a dossier for reading before its person is taken in, and give it back (先调档审核，再提部务会议讨论)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import StateConflict
from contracts.values.ids import new_id
from services.audit.domain.inbound_preview import Loan
from services.audit.domain.recusal import admit
from services.audit.store import dossier_audits, heard, inbound_previews
from services.audit.store.tables_gate import InboundPreview
from services.audit.usecases.find_named import Named, find_named
from services.audit.usecases.open_dossier_audit import open_preview_audit
from services.audit.usecases.recuse import caller_relation, refuse_related
from services.audit.usecases.settle_clearances import Gate, hold_persons, reconsider


@dataclass(frozen=True)
class PreviewInbound:
    """Whose dossier, which office lends it, by which letter, and for how long."""

    person: Named
    lent_by: str
    letter_no: str | None
    loan: Loan
    not_related: bool | None


async def preview_inbound(cmd: PreviewInbound, *, uow: UnitOfWork, gate: Gate) -> InboundPreview:
    """The preview; two persons are asked to audit what is lent, and who is to enter waits for them.

    StateConflict for a person whose dossier is kept here, and while an earlier loan is out; Recusal.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return await inbound_previews.get(uow, earlier)
        (person,) = await find_named(uow, [cmd.person], at="/person")
        relation = await caller_relation(uow, person.person_id)
        admit(relation, cmd.not_related)
        cmd.loan.check(uow.today)
        row = InboundPreview(
            id=new_id("ibp"),
            unit_id=person.unit_id,
            version=1,
            person_id=person.person_id,
            lent_by=cmd.lent_by,
            letter_no=cmd.letter_no,
            borrowed_on=cmd.loan.borrowed_on,
            due_back_on=cmd.loan.due_back_on,
            relation=relation.value,
            declared_not_related=cmd.not_related,
            recorded_by=uow.caller.account_id,
            recorded_at=uow.now,
            given_back_on=None,
            given_back_by=None,
        )
        await hold_persons(uow, [person.person_id])
        async with uow.as_service():  # the dossier may be kept by another unit, and so may an earlier loan
            if await heard.find_dossier_of(uow, person.person_id) is not None:
                raise StateConflict(state="dossier kept here")
            if await inbound_previews.out_of(uow, person.person_id) is not None:
                raise StateConflict(state="preview out")
        await inbound_previews.add(uow, row)
        told = {"person_id": row.person_id, "relation": row.relation, "due_back_on": row.due_back_on.isoformat()}
        uow.record("inbound_preview.registered", row.id, 1, told)
        await open_preview_audit(uow, row, "preview", gate.rules)
        await reconsider(uow, [row.person_id], gate)
        await uow.remember(row.id)
    return row


async def give_back(preview_id: str, seen_version: int, on: date, *, uow: UnitOfWork, gate: Gate) -> InboundPreview:
    """The preview once the paper has gone back; an audit that has not ended by then is withdrawn with it."""
    async with uow:
        if earlier := await uow.replay_of():
            return await inbound_previews.get(uow, earlier)
        row = await inbound_previews.get(uow, preview_id)
        await refuse_related(uow, row.person_id)
        await hold_persons(uow, [row.person_id])
        row = await inbound_previews.get(uow, preview_id, lock=True)
        await check_version(uow, row.id, row.version, seen_version)
        inbound_previews.loan_of(row).returned(on, uow.today)
        given = await inbound_previews.give_back(uow, row, on)
        for task_id, version in await dossier_audits.withdraw(uow, row.id):
            uow.record("task.withdrawn", task_id, version, {"state": "withdrawn"}, changed=("state",))
        told = {"given_back_on": on.isoformat()}
        uow.record("inbound_preview.given_back", row.id, given.version, told, changed=("given_back_on",))
        await reconsider(uow, [row.person_id], gate)
        await uow.remember(row.id)
    return given
