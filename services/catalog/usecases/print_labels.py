"""Print labels for volumes or slots; each is in the journal before the file leaves."""

from collections.abc import Sequence

from chassis.deps import Deps
from chassis.printing import ENGINE
from chassis.sheets import day_of_print
from chassis.unit_of_work import UnitOfWork
from contracts.documents import Label, LabelsDocument
from services.catalog.papers.labels import draw_labels, slot_label, volume_label
from services.catalog.store.rooms import Cabinet
from services.catalog.store.volumes import ShownVolume


async def print_volume_labels(found: Sequence[ShownVolume], skip: int, *, uow: UnitOfWork, deps: Deps) -> bytes:
    """The PDF with a label for each volume. GlyphMissing when a name has a character that no shipped font has."""
    labels = [volume_label(shown, deps.settings.public_url) for shown in found]
    printed = [(shown.volume.volume_id, shown.volume.version) for shown in found]
    return await _print(labels, printed, skip, uow=uow, deps=deps)


async def print_slot_labels(
    cabinet: Cabinet, slots: Sequence[tuple[int, int]], skip: int, *, uow: UnitOfWork, deps: Deps
) -> bytes:
    """The PDF with a label for each of these layers and slots."""
    labels = [slot_label(cabinet, layer, slot, deps.settings.public_url) for layer, slot in slots]
    return await _print(labels, [(cabinet.cabinet_id, cabinet.version)], skip, uow=uow, deps=deps)


async def _print(
    labels: list[Label], printed: Sequence[tuple[str, int]], skip: int, *, uow: UnitOfWork, deps: Deps
) -> bytes:
    async with uow:
        issued_at = day_of_print(uow.today)
    sheet = deps.rules.shelf.label
    document = LabelsDocument(
        template="print/labels", engine=ENGINE, issued_at=issued_at, sheet=sheet, skip=skip, labels=labels
    )
    pdf = await deps.run_cpu(draw_labels, document, deps.settings.fonts_dir)
    async with uow:
        for resource, version in printed:
            uow.record("label.printed", resource, version, {"labels": len(labels)})
    return pdf
