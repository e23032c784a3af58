"""Hold a clearance up by hand (暂缓): something came to light that no register tells of; it is verified by an audit."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.unit_of_work import SHANGHAI, UnitOfWork
from chassis.web import check_version
from contracts.problems import Recusal, StateConflict
from contracts.values.ids import new_id
from services.audit.domain.clearance import State
from services.audit.domain.recusal import Relation
from services.audit.store import clearances, heard, inbound_previews
from services.audit.store.findings import findings_of
from services.audit.store.tables_gate import ClearanceHold, ClearanceRow
from services.audit.usecases.open_dossier_audit import open_dossier_audit, open_preview_audit
from services.audit.usecases.recuse import caller_relation
from services.audit.usecases.settle_clearances import Gate, hold_persons, settle


@dataclass(frozen=True)
class HoldClearance:
    """`reason` is free text for the archive's own people: it goes into no event and no journal row."""

    clearance_id: str
    seen_version: int
    reason: str


async def hold_clearance(command: HoldClearance, *, uow: UnitOfWork, gate: Gate) -> ClearanceRow:
    """Suspend every standing clearance of the person, and open the audit that has to look into it."""
    async with uow:
        if await uow.replay_of():
            return await clearances.get(uow, command.clearance_id)
        row = await clearances.get(uow, command.clearance_id)
        await hold_persons(uow, [row.person_id])
        row = await clearances.get(uow, command.clearance_id)
        if await caller_relation(uow, row.person_id) is Relation.RELATED:
            raise Recusal()
        await check_version(uow, row.id, row.version, command.seen_version)
        today = uow.now.astimezone(SHANGHAI).date()
        latest = await clearances.latest_of(uow, [row.person_id])
        if row.id not in {one.id for one in latest}:
            raise StateConflict(state="superseded")
        if not clearances.standing_of(row).stands(today):
            raise StateConflict(state="expired" if row.state == State.CLEARED.value else row.state)
        await _keep(uow, command, row)
        async with uow.as_service():
            standing = [one for one in latest if clearances.standing_of(one).stands(today)]
            known = await findings_of(uow, [row.person_id], gate.rules)
            await settle(uow, standing, known, gate)
            if dossier := await heard.find_dossier_of(uow, row.person_id):
                await open_dossier_audit(uow, dossier, "held", gate.rules)
            elif lent := await inbound_previews.out_of(uow, row.person_id):
                await open_preview_audit(uow, lent, "held", gate.rules)
        await uow.remember(row.id)
        return await clearances.get(uow, row.id)


async def _keep(uow: UnitOfWork, command: HoldClearance, row: ClearanceRow) -> None:
    held = ClearanceHold(
        id=new_id("clh"),
        unit_id=row.unit_id,
        clearance_id=row.id,
        person_id=row.person_id,
        reason=command.reason,
        held_by=uow.caller.account_id,
        held_at=uow.now,
    )
    await clearances.hold(uow, held)
    uow.record("clearance.held", row.id, row.version, {"hold_id": held.id, "person_id": row.person_id})
