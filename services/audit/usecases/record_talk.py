"""Record a talk with the person (约谈): who talked with them, when, and what they said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chassis.deps import Deps
from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault
from contracts.values.ids import new_id
from services.audit.domain.adjudication import refuse
from services.audit.domain.progress import Move
from services.audit.store import adjudications, feedback_rounds
from services.audit.store.tables_oversight import TalkRecordRow
from services.audit.usecases.hold_campaign_dossier import OnDossier, hold_campaign_dossier
from services.audit.usecases.scanned_pages import checked_tickets, kept_page


@dataclass(frozen=True)
class RecordTalk:
    """`signed`: the person signed the record; `tickets` are its scanned pages, where there are any."""

    on: OnDossier
    talked_on: date
    talked_by: Sequence[str]
    said: str
    signed: bool
    tickets: Sequence[str]


async def record_talk(cmd: RecordTalk, *, uow: UnitOfWork, deps: Deps) -> TalkRecordRow:
    """The talk as it is kept; nothing of it changes. The dossier is being investigated until it is put before the
    meeting."""
    async with uow:
        if earlier := await uow.replay_of():
            return await feedback_rounds.get_talk(uow, earlier)
        held = await hold_campaign_dossier(uow, cmd.on)
        state = held.moved(Move.INVESTIGATE)
        tickets, faults = checked_tickets(cmd.tickets, uow, deps)
        if cmd.talked_on > uow.today:
            faults.append(FieldFault("/talked_on", "date-in-future"))
        refuse(faults)
        row = TalkRecordRow(
            id=new_id("tlk"),
            unit_id=held.dossier.unit_id,
            campaign_dossier_id=held.dossier.id,
            talked_on=cmd.talked_on,
            talked_by=list(cmd.talked_by),
            said=cmd.said,
            signed=cmd.signed,
            pages_unit_id=tickets[0].unit_id if tickets else None,
            pages=[kept_page(ticket) for ticket in tickets],
            recorded_by=uow.caller.account_id,
            recorded_at=uow.now,
        )
        await adjudications.add(uow, row)
        if row.pages_unit_id is not None:
            await uow.use_blob(row.pages_unit_id, [ticket.digest for ticket in tickets], row.id)
        dossier = await adjudications.move(uow, held.dossier, state)
        told = {"state": dossier.state, **row.model_dump(mode="json", include={"id", "talked_on", "signed", "pages"})}
        uow.record("campaign_dossier.talked_about", dossier.id, dossier.version, told, changed=("state",))
        await uow.remember(row.id)
    return row
