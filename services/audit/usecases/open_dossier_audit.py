"""Open the audit of one dossier by itself: a task for two persons."""

from __future__ import annotations

from datetime import timedelta

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import new_id
from services.audit.domain.clearance import ClearanceRules
from services.audit.store import dossier_audits
from services.audit.store.tables import HeardDossier
from services.audit.store.tables_gate import DossierAudit


async def open_dossier_audit(uow: UnitOfWork, dossier: HeardDossier, occasion: str, rules: ClearanceRules) -> None:
    """Ask for it, unless it is asked for already. `occasion` is why: a kind of clearance, or how the dossier came."""
    task = DossierAudit(
        task_id=new_id("tsku"),
        unit_id=dossier.unit_id,
        version=1,
        dossier_id=dossier.dossier_id,
        person_id=dossier.person_id,
        occasion=occasion,
        state="pending",
        step=1,
        created_at=uow.now,
        due_at=uow.now + timedelta(days=rules.due_days),
    )
    if await dossier_audits.open_once(uow, task):
        uow.record("task.assigned", task.task_id, 1, {"dossier_id": dossier.dossier_id, "occasion": occasion})
