"""What the rules say of clearances now: decide, sign, tell, and ask for the audit that is missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from chassis import jws
from chassis.deps import Deps
from chassis.unit_of_work import SHANGHAI, UnitOfWork
from contracts.answers import CLEARANCE_TYP
from contracts.events import ClearanceDecided
from contracts.values.ids import to_uuid
from services.audit.domain.clearance import ClearanceRules, Kind, State, verdict_on
from services.audit.store import clearances
from services.audit.store.findings import Known, findings_of
from services.audit.store.tables_gate import ClearanceRow
from services.audit.usecases.open_dossier_audit import open_dossier_audit


@dataclass(frozen=True)
class Gate:
    """The rules of the gate, and the key with which its answers are signed."""

    rules: ClearanceRules
    key: Mapping[str, Any]


def gate_of(deps: Deps) -> Gate:
    """The gate of this service."""
    return Gate(deps.rules.clearance, deps.keys.private_jwk("receipt"))


async def hold_persons(uow: UnitOfWork, person_ids: Collection[str]) -> None:
    """Hold all that the gate decides of these persons until the end of the transaction.

    Always in one order, so that two lists with the same persons do not wait for one another. Whoever writes what the
    gate asks about comes here afterwards (`reconsider`), so that no finding slips past a decision made meanwhile.
    """
    ordered = sorted(str(to_uuid(person_id)) for person_id in set(person_ids))
    await uow.raw().fetch(
        "select pg_advisory_xact_lock(hashtextextended('gate ' || person, 11)) from unnest($1::text[]) as person",
        ordered,
    )


async def reconsider(uow: UnitOfWork, person_ids: Collection[str], gate: Gate) -> None:
    """Let the rules speak anew on the standing clearances of these persons: something about them changed.

    Called in the transaction of the change, after it is written. A late finding suspends at once, and is told.
    """
    if not person_ids:
        return
    async with uow.as_service():
        await hold_persons(uow, person_ids)
        today = uow.now.astimezone(SHANGHAI).date()
        rows = [row for row in await clearances.latest_of(uow, person_ids) if clearances.standing_of(row).stands(today)]
        if rows:
            known = await findings_of(uow, {row.person_id for row in rows}, gate.rules)
            await settle(uow, rows, known, gate)


async def settle(uow: UnitOfWork, rows: Sequence[ClearanceRow], known: Mapping[str, Known], gate: Gate) -> None:
    """Decide these clearances by what is known; those that stand as before are left alone."""
    changed = [row for row in rows if decide(uow, row, known[row.person_id], gate)]
    await uow.session.flush()
    for row in changed:
        record(uow, row, "clearance.decided")
    await ask_for_audits(uow, changed, known, gate)


def decide(uow: UnitOfWork, row: ClearanceRow, known: Known, gate: Gate) -> bool:
    """Put the rules' word into the row and sign it; False where it stands as it did."""
    today = uow.now.astimezone(SHANGHAI).date()
    before = clearances.standing_of(row)
    found = verdict_on(before.kind, known.against(before.kind), gate.rules)
    after = before.after(found, today, gate.rules)
    dossier_id = known.dossier.dossier_id if known.dossier else row.dossier_id
    if after == before and dossier_id == row.dossier_id:
        return False
    if known.dossier is not None and row.dossier_id is None:
        row.unit_id = known.dossier.unit_id
    row.dossier_id = dossier_id
    row.version += 1
    clearances.put(row, after)
    sign(uow, row, gate)
    return True


def sign(uow: UnitOfWork, row: ClearanceRow, gate: Gate) -> None:
    """Date the decision, and sign it where it is an answer: what HR may show, and anybody check offline."""
    row.decided_at = uow.now
    row.rules_digest = gate.rules.digest
    row.jws = jws.sign(answer(row), gate.key, typ=CLEARANCE_TYP) if State(row.state).answered else None


def answer(row: ClearanceRow) -> dict[str, Any]:
    """The answer that is signed: ids and codes, no name and no free text."""
    reasons = clearances.standing_of(row).reasons
    return {
        "clearance_id": row.id,
        "version": row.version,
        "person_id": row.person_id,
        "dossier_id": row.dossier_id,
        "unit_id": row.unit_id,
        "kind": row.kind,
        "state": row.state,
        "reasons": [asdict(reason) for reason in reasons],
        "decided_at": row.decided_at.isoformat(timespec="milliseconds"),
        "expires_on": row.expires_on.isoformat() if row.expires_on else None,
        "rules_digest": row.rules_digest,
    }


def record(uow: UnitOfWork, row: ClearanceRow, verb: str) -> None:
    """The journal row; and the event, where it is an answer."""
    changed = ("state", "reasons", "expires_on", "decided_at")
    uow.record(verb, row.id, row.version, clearances.committed(row), changed=changed)
    state = State(row.state)
    if state.answered:
        uow.tell(
            ClearanceDecided(
                clearance_id=row.id,
                person_id=row.person_id,
                dossier_id=row.dossier_id,
                unit_id=row.unit_id,
                kind=Kind(row.kind).value,
                state=state.value,  # pyright: ignore[reportArgumentType]  # answered: one of the three
                reasons=sorted({reason.rule for reason in clearances.standing_of(row).reasons}),
                expires_on=row.expires_on,
            ),
            version=row.version,
        )


async def ask_for_audits(uow: UnitOfWork, rows: Sequence[ClearanceRow], known: Mapping[str, Known], gate: Gate) -> None:
    """Open an audit of each dossier that nobody has audited or is auditing (not audited: not before the meeting)."""
    for row in rows:
        one = known[row.person_id]
        if one.dossier is not None and any(found.kind == "not_audited" for found in one.against(Kind(row.kind))):
            await open_dossier_audit(uow, one.dossier, row.kind, gate.rules)
