"""What catalog says of a material that was filed, stands elsewhere, or was taken out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from chassis.unit_of_work import UnitOfWork
from contracts.events import MaterialFiled, MaterialRefiled, MaterialRemoved
from contracts.events.catalog import RefilingReason
from services.catalog.domain.material import Material
from services.catalog.domain.ordering import Placed
from services.catalog.domain.standing import Standing
from services.catalog.store.dossiers import LockedDossier
from services.catalog.store.materials import Shifted


def tell_filed(uow: UnitOfWork, dossier: LockedDossier, material: Material) -> None:
    """A material has its place for the first time."""
    place = material.place
    if place is None:
        raise ValueError("a filed material has its place")
    filed = MaterialFiled(
        material_id=material.material_id,
        dossier_id=dossier.dossier_id,
        person_id=dossier.person_id,
        unit_id=dossier.unit_id,
        blob_unit_id=material.blob_unit_id,
        item_id=material.origin.item_id,
        submission_id=material.origin.submission_id,
        category=place.code,
        item_no=place.item_no,
        title=material.title,
        formed_on=material.formed_on,
        page_count=material.page_count,
        pages=list(material.pages),
        filed_on=place.filed_on,
        basis=place.basis,
    )
    uow.tell(filed, version=material.version)
    changed = ("state", "category", "item_no")
    uow.record("material.filed", material.material_id, material.version, filed, changed=changed)


def tell_renumbered(
    uow: UnitOfWork, dossier: LockedDossier, shifted: Sequence[Shifted], before: Iterable[Placed], version: int
) -> None:
    """Materials made room for others, or closed a gap: one entry a category, one event each."""
    former = {placed.material_id: placed.item_no for placed in before}
    by_code: dict[str, dict[str, int]] = defaultdict(dict)
    told: list[tuple[Mapping[str, Any], int]] = []
    shared = {"dossier_id": dossier.dossier_id, "person_id": dossier.person_id, "unit_id": dossier.unit_id}
    for material in shifted:
        by_code[material.code][material.material_id] = material.item_no
        # As `MaterialRefiled` is dumped: making thousands of models of it would cost more than the update.
        data = {
            "material_id": material.material_id,
            **shared,
            "item_id": material.item_id,
            "submission_id": material.submission_id,
            "from_category": material.code,
            "from_item_no": former[material.material_id],
            "category": material.code,
            "item_no": material.item_no,
            "title": material.title,
            "formed_on": None if material.formed_on is None else orjson.Fragment(material.formed_on),
            "page_count": material.page_count,
            "reason": "renumbered",
        }
        told.append((data, material.version))
    if told:
        uow.tell_rows(MaterialRefiled, told)
    for code, numbers in by_code.items():
        state = {"category": code, "numbers": numbers}
        uow.record("category.renumbered", dossier.dossier_id, version, state, changed=(code,))


def tell_refiled(
    uow: UnitOfWork, dossier: LockedDossier, before: Standing, after: Standing, reason: RefilingReason
) -> None:
    """A material has another row of the catalogue, or has one again."""
    if after.code is None or after.item_no is None:
        raise ValueError("a filed material has its place")
    told = MaterialRefiled(
        material_id=after.material_id,
        dossier_id=dossier.dossier_id,
        person_id=dossier.person_id,
        unit_id=dossier.unit_id,
        item_id=after.item_id,
        submission_id=after.submission_id,
        from_category=before.code,
        from_item_no=before.item_no,
        category=after.code,
        item_no=after.item_no,
        title=after.title,
        formed_on=after.formed_on,
        page_count=after.page_count,
        reason=reason,
    )
    uow.tell(told, version=after.version)


def tell_removed(uow: UnitOfWork, dossier: LockedDossier, before: Standing, after: Standing, reason: str) -> None:
    """A material stands in no catalogue any more."""
    if before.code is None or before.item_no is None:
        raise ValueError("only what stood somewhere can be taken out")
    told = MaterialRemoved(
        material_id=after.material_id,
        dossier_id=dossier.dossier_id,
        person_id=dossier.person_id,
        unit_id=dossier.unit_id,
        item_id=after.item_id,
        submission_id=after.submission_id,
        from_category=before.code,
        from_item_no=before.item_no,
        reason=reason,
    )
    uow.tell(told, version=after.version)
