"""The party organisation of the person's unit tells the person what the meeting determined (反馈, 与干部本人见面)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chassis.deps import Deps
from chassis.tickets import BlobTicket
from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, ValidationFailed
from contracts.values.ids import new_id
from services.audit.domain.adjudication import Outcome, feedback_faults
from services.audit.domain.progress import Move
from services.audit.store import adjudications, determination_outcomes
from services.audit.store.tables_adjudication import FeedbackRow
from services.audit.usecases.hold_campaign_dossier import OnDossier, hold_campaign_dossier
from services.audit.usecases.scanned_pages import checked_tickets, kept_page


@dataclass(frozen=True)
class RecordFeedback:
    """`tickets` are the scanned pages of the form as it came back: signed, or with the note of the witnesses."""

    on: OnDossier
    organisation: str
    met_on: date
    outcome: Outcome
    witnesses: Sequence[str]
    statement: str | None
    tickets: Sequence[str]


async def record_feedback(cmd: RecordFeedback, *, uow: UnitOfWork, deps: Deps) -> FeedbackRow:
    """The record as it is kept. A refusal counts as seen once witnesses note it; a dispute is open until it is
    investigated or the office decides."""
    async with uow:
        if earlier := await uow.replay_of():
            return await determination_outcomes.get_feedback(uow, earlier)
        held = await hold_campaign_dossier(uow, cmd.on)
        state = held.moved(Move.DISPUTE if cmd.outcome == "disputed" else Move.SIGN)
        tickets = _checked(cmd, uow, deps)
        row = FeedbackRow(
            id=new_id("fbk"),
            unit_id=held.dossier.unit_id,
            campaign_dossier_id=held.dossier.id,
            organisation=cmd.organisation,
            met_on=cmd.met_on,
            outcome=cmd.outcome,
            witnesses=list(cmd.witnesses),
            statement=cmd.statement,
            pages_unit_id=tickets[0].unit_id,
            pages=[kept_page(ticket) for ticket in tickets],
            recorded_by=uow.caller.account_id,
            recorded_at=uow.now,
        )
        await adjudications.add(uow, row)
        await uow.use_blob(row.pages_unit_id, [ticket.digest for ticket in tickets], row.id)
        dossier = await adjudications.move(uow, held.dossier, state)
        told = {"state": dossier.state, **row.model_dump(mode="json", include={"id", "outcome", "met_on", "pages"})}
        uow.record("campaign_dossier.fed_back", dossier.id, dossier.version, told, changed=("state",))
        await uow.remember(row.id)
    return row


def _checked(cmd: RecordFeedback, uow: UnitOfWork, deps: Deps) -> list[BlobTicket]:
    """The pages' files, which lie under one unit of the caller's; refused with all that is wrong."""
    rules = deps.rules.adjudication
    faults = feedback_faults(cmd.outcome, cmd.witnesses, cmd.statement, rules.witnesses)
    if cmd.met_on > uow.today:
        faults.append(FieldFault("/met_on", "date-in-future"))
    found, wrong = checked_tickets(cmd.tickets, uow, deps)
    faults += wrong
    if faults:
        raise ValidationFailed(errors=faults)
    return found
