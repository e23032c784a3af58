"""Change what is noted about a volume: its measured thickness, a remark."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from services.catalog.store import dossiers, volumes
from services.catalog.usecases.recuse import refuse_related


async def change_volume(volume_id: str, seen_version: int, changes: Mapping[str, Any], *, uow: UnitOfWork) -> None:
    """Write the members that differ."""
    async with uow:
        volume = await volumes.lock(uow, volume_id)
        await check_version(uow, volume_id, volume.version, seen_version)
        await refuse_related(uow, (await dossiers.get(uow, volume.dossier_id)).person_id)
        changed = sorted(name for name, value in changes.items() if getattr(volume, name) != value)
        if not changed:
            return
        volume = replace(volume, version=volume.version + 1, **{name: changes[name] for name in changed})
        await volumes.save(uow, volume)
        uow.record("volume.changed", volume_id, volume.version, {"thickness_mm": volume.thickness_mm}, changed=changed)
