"""What follows from an appraisal's state: a task for the next person, nothing while it waits for other things, or the
event of its end."""

from __future__ import annotations

from datetime import timedelta

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import new_id
from services.audit.domain.appraisal import STEP_OF
from services.audit.domain.case import Case
from services.audit.domain.rulebook import Rulebook
from services.audit.store import tasks
from services.audit.store.tables import TaskRow


async def next_step(uow: UnitOfWork, case: Case, rules: Rulebook) -> None:
    """Ask the next person, or tell how it ended and let go of the page files."""
    if not case.appraisal.state.open:
        await uow.release_blob(case.material.from_unit_id, case.material.digests, case.id)
        uow.tell(case.told(rules.return_codes), version=case.version)
        return
    step = STEP_OF.get(case.appraisal.state)
    if step is None:
        return
    task = TaskRow(
        id=new_id("tsku"),
        unit_id=case.material.dossier_unit_id,
        version=1,
        appraisal_id=case.id,
        step=step,
        state="pending",
        created_at=uow.now,
        due_at=uow.now + timedelta(days=rules.limits.due_days[step - 1]),
    )
    await tasks.add(uow, task)
    uow.record("task.assigned", task.id, task.version, {"appraisal_id": case.id, "step": step})
