"""Change a dossier's number or custodian, or close and reopen it."""

from collections.abc import Mapping
from typing import Any

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from services.catalog.store import dossiers, persons, reviews
from services.catalog.store.tables import Dossier
from services.catalog.usecases.person_checks import check_unit
from services.catalog.usecases.recuse import refuse_related
from services.catalog.usecases.tell_dossier import tell_dossier_changed


async def change_dossier(dossier_id: str, seen_version: int, changes: Mapping[str, Any], *, uow: UnitOfWork) -> None:
    """Write the members that differ. Into a closed dossier nothing is filed: what arrives is refused.

    The custodian may only become another unit of the caller's: beyond these a dossier goes by a hand-over.
    """
    async with uow:
        dossier = await _lock(uow, dossier_id, moving="unit_id" in changes)
        await check_version(uow, dossier_id, dossier.version, seen_version)
        await refuse_related(uow, dossier.person_id)
        changed = sorted(name for name, value in changes.items() if getattr(dossier, name) != value)
        if not changed:
            return
        if "unit_id" in changed:
            check_unit(uow, changes["unit_id"])
            await persons.keep_at(uow, dossier.person_id, changes["unit_id"])
            await uow.session.refresh(dossier)
            await dossiers.move_contents(uow, dossier_id)
            await reviews.mark(uow, dossier_id)
        for name in changed:
            setattr(dossier, name, changes[name])
        dossier.version, dossier.changed_at = dossier.version + 1, uow.now
        await dossiers.save(uow, dossier)
        tell_dossier_changed(uow, dossier)
        uow.record("dossier.changed", dossier_id, dossier.version, dossier, changed=changed)


async def _lock(uow: UnitOfWork, dossier_id: str, *, moving: bool) -> Dossier:
    """The dossier's row; for a move the person's before it, in the order that a change of the person takes them."""
    if moving:
        await persons.get(uow, (await dossiers.get(uow, dossier_id)).person_id, lock=True)
    return await dossiers.get(uow, dossier_id, lock=True)
