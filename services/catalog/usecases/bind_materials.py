"""Record that loose sheets were bound into their volume."""

from collections.abc import Sequence

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import FieldFault, NotFound, StateConflict, ValidationFailed
from services.catalog.store import dossiers, loose_sheets, reviews, volumes
from services.catalog.usecases.recuse import refuse_related


async def bind_materials(volume_id: str, seen_version: int, material_ids: Sequence[str], *, uow: UnitOfWork) -> None:
    """All or none: each must lie loose, and belong to the volume's dossier and categories."""
    async with uow:
        if await uow.replay_of():
            return
        # The dossier first, as every change does: nothing moves to another category or volume meanwhile.
        dossier = await dossiers.find_locked(uow, (await volumes.get_shown(uow.raw(), volume_id)).volume.dossier_id)
        if dossier is None:
            raise NotFound()
        volume = await volumes.lock(uow, volume_id)
        await check_version(uow, volume_id, volume.version, seen_version)
        await refuse_related(uow, dossier.person_id)
        if volume.state != "in_use" or volume.kind != "original":
            raise StateConflict(state=volume.state if volume.state != "in_use" else volume.kind)
        wrong = set(await loose_sheets.find_unbindable(uow, volume_id, material_ids))
        faults = [
            FieldFault(f"/material_ids/{at}", "unknown-reference")
            for at, material_id in enumerate(material_ids)
            if material_id in wrong
        ]
        if faults:
            raise ValidationFailed(errors=faults)
        await loose_sheets.bind(uow, volume_id, material_ids)
        await reviews.mark(uow, volume.dossier_id)  # one that lay too long is a finding no more
        version = await volumes.touch(uow, volume_id)
        state = {"materials": sorted(material_ids)}
        uow.record("volume.bound", volume_id, version, state, changed=("bindings",))
        await uow.remember(volume_id)
