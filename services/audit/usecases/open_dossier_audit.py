"""Open the audit of one dossier by itself: a task for two persons."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from chassis.unit_of_work import SHANGHAI, UnitOfWork
from contracts.values.ids import new_id
from services.audit.domain.clearance import ClearanceRules
from services.audit.store import dossier_audits
from services.audit.store.tables import HeardDossier
from services.audit.store.tables_gate import DossierAudit, InboundPreview


async def open_dossier_audit(uow: UnitOfWork, dossier: HeardDossier, occasion: str, rules: ClearanceRules) -> None:
    """Ask for it, unless it is asked for already. `occasion` is why: a kind of clearance, or how the dossier came."""
    due_at = uow.now + timedelta(days=rules.due_days)
    of = {"dossier_id": dossier.dossier_id, "preview_id": None}
    await _open(uow, {**of, "unit_id": dossier.unit_id, "person_id": dossier.person_id}, occasion, due_at)


async def open_preview_audit(uow: UnitOfWork, preview: InboundPreview, occasion: str, rules: ClearanceRules) -> None:
    """The same for a dossier that is lent; it is due before the paper goes back."""
    back_at = datetime.combine(preview.due_back_on + timedelta(days=1), time(), SHANGHAI)
    due_at = min(uow.now + timedelta(days=rules.due_days), back_at)
    of = {"dossier_id": None, "preview_id": preview.id}
    await _open(uow, {**of, "unit_id": preview.unit_id, "person_id": preview.person_id}, occasion, due_at)


async def _open(uow: UnitOfWork, of: dict[str, Any], occasion: str, due_at: datetime) -> None:
    task = DossierAudit(
        task_id=new_id("tsku"),
        version=1,
        **of,
        occasion=occasion,
        state="pending",
        step=1,
        created_at=uow.now,
        due_at=due_at,
    )
    if await dossier_audits.open_once(uow, task):
        told = {"dossier_id": task.dossier_id, "preview_id": task.preview_id, "occasion": occasion}
        uow.record("task.assigned", task.task_id, 1, told)
