"""Have a dossier audited once more for a clearance (复查), after a problem was cured."""

from __future__ import annotations

from chassis.unit_of_work import UnitOfWork
from contracts.problems import Recusal, StateConflict
from services.audit.domain.clearance import Kind, State
from services.audit.domain.recusal import Relation
from services.audit.store import clearances, dossier_audits, heard, inbound_previews
from services.audit.store.tables_gate import DossierAudit
from services.audit.usecases.open_dossier_audit import open_dossier_audit, open_preview_audit
from services.audit.usecases.recuse import caller_relation
from services.audit.usecases.settle_clearances import Gate, hold_persons


async def reaudit_dossier(clearance_id: str, *, uow: UnitOfWork, gate: Gate) -> DossierAudit:
    """The audit that is open now: a new one, or the one that was asked for already.

    Refused of a clearance that is given, refused, or waits for the dossier: there is nothing to audit for it.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return await dossier_audits.get(uow, earlier)
        row = await clearances.get(uow, clearance_id)
        await hold_persons(uow, [row.person_id])
        row = await clearances.get(uow, clearance_id)
        if await caller_relation(uow, row.person_id) is Relation.RELATED:
            raise Recusal()
        dossier = await heard.find_dossier_of(uow, row.person_id)
        lent = None if dossier or row.kind != Kind.ENTER else await inbound_previews.out_of(uow, row.person_id)
        waits = State(row.state) in (State.SUSPENDED, State.IN_AUDIT)
        if waits and lent is not None:
            await open_preview_audit(uow, lent, row.kind, gate.rules)
            task = await dossier_audits.waiting_of(uow, lent)
        elif waits and dossier is not None and dossier.state == "open":
            await open_dossier_audit(uow, dossier, row.kind, gate.rules)
            task = await dossier_audits.waiting_of(uow, dossier)
        else:
            raise StateConflict(state=row.state)
        await uow.remember(task.task_id)
    return task
