"""Reports on certificates as auditors record them."""

from __future__ import annotations

from typing import Any

from chassis.identity import Caller
from chassis.unit_of_work import IdempotencyKey
from contracts.values.partial_date import PartialDate
from services.audit.store.tables_appraisal import VerificationReportRow
from services.audit.usecases.record_verification import RecordVerification, record_verification
from tests.services.audit.office import Office, auditor
from tests.services.audit.tickets import ticket_for


async def report(
    office: Office,
    material_id: str,
    result: Any = "confirmed",
    caller: Caller | None = None,
    *,
    unit_id: str,
    key: IdempotencyKey | None = None,
    ticket: str | None = None,
    **changes: Any,
) -> VerificationReportRow:
    """Record a report as an auditor of the unit."""
    caller = caller or auditor(unit_id)
    told: dict[str, Any] = {
        "material_id": material_id,
        "issuer": "教育部学生服务与素质发展中心",
        "number": "2026-0417",
        "issued_on": PartialDate(value="2026-10-11"),
        "result": result,
        "ticket": ticket or await ticket_for(office, caller, unit_id),
        "not_related": True,
    }
    uow = office.acting(caller, "verification:record", key)
    return await record_verification(RecordVerification(**{**told, **changes}), uow=uow, deps=office.deps)
