"""Show a determination with every step of it."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.unit_of_work import UnitOfWork
from services.audit.store import adjudications
from services.audit.store.tables_adjudication import DecisionOnFact, DeterminationRow
from services.audit.usecases.recuse import refuse_related


async def view_determination(
    determination_id: str, *, uow: UnitOfWork
) -> tuple[DeterminationRow, Sequence[DecisionOnFact]]:
    """What stands, and how it came to stand; the look is recorded. Recusal for the subject and relatives."""
    async with uow:
        row = await adjudications.get(uow, determination_id)
        await refuse_related(uow, row.person_id)
        steps = await adjudications.steps_of(uow, determination_id)
        uow.record("determination.viewed", row.id, row.version, {"campaign_dossier_id": row.campaign_dossier_id})
    return row, steps
