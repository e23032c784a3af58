"""Alterations on filed papers, as they are recorded, confirmed and followed by consequences."""

from __future__ import annotations

from datetime import date
from typing import Any

from chassis.identity import Caller
from contracts.values.ids import new_id
from services.audit.store.tables_alteration import AlterationRow, ConsequenceRow
from services.audit.usecases.register_alteration import (
    ConfirmAlteration,
    RecordConsequence,
    RegisterAlteration,
    confirm_alteration,
    record_consequence,
    register_alteration,
)
from services.audit.usecases.settle_clearances import gate_of
from tests.services.audit.office import Office, auditor
from tests.services.audit.tickets import ticket_for
from tests.support.rooms import somebody

FOUND: dict[str, Any] = {
    "means": "erasing",
    "reads_now": "1970.05",
    "read_before": "1968.05",
    "verdict": "falsified",
    "falsified_object": "facts",
    "remark": None,
}


async def recorded(
    office: Office,
    material_id: str,
    caller: Caller | None = None,
    *,
    page_id: str | None = None,
    not_related: bool | None = True,
    **members: Any,
) -> AlterationRow:
    """Record an alteration as an auditor."""
    caller = caller or auditor()
    command = RegisterAlteration(material_id, page_id, "birth_date", {**FOUND, **members}, not_related)
    return await register_alteration(command, uow=office.acting(caller, "alteration:write"), gate=gate_of(office.deps))


async def confirmed(
    office: Office, row: AlterationRow, unit_id: str, caller: Caller | None = None, **changes: Any
) -> AlterationRow:
    """Confirm it as the leader, with a scan of the signed record."""
    caller = caller or somebody("leader", unit_id)
    told: dict[str, Any] = {
        "finding_id": row.id,
        "seen_version": row.version,
        "decided_by": "县委组织部",
        "decided_on": date(2026, 11, 20),
        "document_no": "青组审〔2026〕3号",
        "tickets": [await ticket_for(office, caller, unit_id)],
    }
    uow = office.acting(caller, "alteration:confirm")
    command = ConfirmAlteration(**{**told, **changes})
    return await confirm_alteration(command, uow=uow, tickets=office.deps.tickets, gate=gate_of(office.deps))


async def followed(office: Office, row: AlterationRow, kind: Any = "points_deducted", **changes: Any) -> ConsequenceRow:
    """What followed from it."""
    told: dict[str, Any] = {"decided_by": "县委", "decided_on": date(2026, 11, 22), "document_no": None, **changes}
    uow = office.acting(somebody("leader"), "alteration:confirm")
    return await record_consequence(RecordConsequence(row.id, kind, **told), uow=uow, gate=gate_of(office.deps))


async def alteration_on(office: Office, material_id: str, unit_id: str) -> AlterationRow:
    """A confirmed one with a consequence."""
    row = await confirmed(office, await recorded(office, material_id), unit_id)
    await followed(office, row)
    return row


def elsewhere() -> Caller:
    """An auditor of a unit that nobody has heard of."""
    return auditor(new_id("unt"))
