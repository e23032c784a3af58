"""List what lies loose. Titles of many dossiers are shown: a view, recorded under the caller's account."""

from datetime import datetime, timedelta

from chassis.unit_of_work import UnitOfWork
from services.catalog.store import loose_sheets
from services.catalog.store.loose_sheets import LooseSheet


async def list_loose_sheets(
    unit_id: str | None,
    after: tuple[datetime, str] | None,
    limit: int,
    *,
    overdue_after: timedelta | None,
    uow: UnitOfWork,
) -> list[LooseSheet]:
    """One page, the oldest first; with `overdue_after` only those that have lain longer."""
    async with uow:
        filed_before = None if overdue_after is None else uow.now - overdue_after
        found = await loose_sheets.list_loose(uow.raw(), unit_id, filed_before, after, limit)
        state = {"unit_id": unit_id, "materials": [sheet.material_id for sheet in found]}
        uow.record("loose_sheets.listed", uow.caller.account_id, 1, state)
        return found
