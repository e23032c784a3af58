"""Materials held apart, as auditors hold them and let them go."""

from __future__ import annotations

from typing import Any

from chassis.identity import Caller
from chassis.unit_of_work import IdempotencyKey
from services.audit.domain.quarantine import QuarantineReason
from services.audit.store.tables_appraisal import QuarantineRow
from services.audit.usecases.hold_apart import HoldApart, LetGo, hold_apart, let_go
from services.audit.usecases.settle_clearances import gate_of
from tests.services.audit.office import Office, auditor


async def held(
    office: Office,
    material_id: str,
    caller: Caller | None = None,
    *,
    not_related: bool | None = True,
    key: IdempotencyKey | None = None,
    **members: Any,
) -> QuarantineRow:
    """Hold a material apart as an auditor."""
    caller = caller or auditor()
    command = HoldApart(material_id, QuarantineReason.DOUBTFUL, {"place": "另放柜 1 层", **members}, not_related)
    return await hold_apart(command, uow=office.acting(caller, "quarantine:write", key), gate=gate_of(office.deps))


async def released(
    office: Office,
    row: QuarantineRow,
    way: Any = "resumed",
    *reasons: str,
    caller: Caller | None = None,
    seen_version: int | None = None,
    key: IdempotencyKey | None = None,
) -> QuarantineRow:
    """Let it go as another auditor."""
    caller = caller or auditor()
    command = LetGo(row.id, seen_version or row.version, way, reasons, None, True)
    uow = office.acting(caller, "quarantine:write", key)
    return await let_go(command, uow=uow, rules=office.deps.rules.appraisal, gate=gate_of(office.deps))
