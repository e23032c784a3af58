"""Materials and pages of a dossier as a reviewer leafs through them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, cast, func, tuple_
from sqlalchemy import literal as value_of
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col, select

from chassis.columns import IdType
from chassis.unit_of_work import UnitOfWork
from contracts.values.page import PageRef
from services.audit.store.tables import HeardMaterial

MaterialPlace = tuple[list[int], int, str]
"""Where a material stands in the catalogue: its category's numbers, its own, and its id."""


@dataclass(frozen=True)
class PageFiled:
    """A page of a filed material; its file is stored under `blob_unit_id`."""

    material_id: str
    blob_unit_id: str
    page: PageRef


def place_of(row: HeardMaterial) -> MaterialPlace:
    """Sort key of the list."""
    return [int(part) for part in row.category.split("-")], row.item_no, row.material_id


async def materials_of(
    uow: UnitOfWork, dossier_id: str, *, after: MaterialPlace | None, limit: int
) -> Sequence[HeardMaterial]:
    """What is filed in a dossier, in the order of its catalogue."""
    category = cast(func.string_to_array(HeardMaterial.category, "-"), ARRAY(Integer))
    place = (category, col(HeardMaterial.item_no), col(HeardMaterial.material_id))
    statement = select(HeardMaterial).where(HeardMaterial.dossier_id == dossier_id, ~col(HeardMaterial.removed))
    if after is not None:
        last = (
            value_of(after[0], ARRAY(Integer)),
            value_of(after[1], Integer),
            value_of(after[2], IdType("mat")),
        )
        statement = statement.where(tuple_(*place) > tuple_(*last))
    return (await uow.session.exec(statement.order_by(*place).limit(limit))).all()


async def find_page(uow: UnitOfWork, dossier_id: str, page_id: str) -> PageFiled | None:
    """A page of a material that is filed in this dossier."""
    statement = select(HeardMaterial).where(
        HeardMaterial.dossier_id == dossier_id,
        ~col(HeardMaterial.removed),
        col(HeardMaterial.pages).op("@>")(func.jsonb_build_array(func.jsonb_build_object("page_id", page_id))),
    )
    row = (await uow.session.exec(statement)).first()
    if row is None:
        return None
    page = next(one for one in row.pages if one["page_id"] == page_id)
    return PageFiled(row.material_id, row.blob_unit_id, PageRef.model_validate(page))


async def pages_by_material(uow: UnitOfWork, dossier_id: str, material_ids: Collection[str]) -> dict[str, set[str]]:
    """Page ids of these materials, as far as they were ever filed in this dossier."""
    statement = select(HeardMaterial.material_id, HeardMaterial.pages).where(
        HeardMaterial.dossier_id == dossier_id, col(HeardMaterial.material_id).in_(material_ids)
    )
    rows = (await uow.session.exec(statement)).all()
    return {material_id: {page["page_id"] for page in pages} for material_id, pages in rows}
