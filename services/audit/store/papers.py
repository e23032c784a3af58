"""Titles and dates of what a dossier holds, for the rules of determination."""

from __future__ import annotations

from pydantic import TypeAdapter
from sqlmodel import col, select

from chassis.unit_of_work import UnitOfWork
from contracts.values.partial_date import PartialDate
from services.audit.store.tables import HeardMaterial

AT_MOST = 2_000
"""No dossier holds as many materials; what lies beyond would only be kinds that are held already."""

_FORMED_ON: TypeAdapter[PartialDate | None] = TypeAdapter(PartialDate | None)


async def list_papers(uow: UnitOfWork, dossier_id: str) -> list[tuple[str, PartialDate | None]]:
    """Title and date of each material that is filed in a dossier, in the order of their ids."""
    statement = (
        select(HeardMaterial.title, HeardMaterial.formed_on)
        .where(HeardMaterial.dossier_id == dossier_id, ~col(HeardMaterial.removed))
        .order_by(col(HeardMaterial.material_id))
        .limit(AT_MOST)
    )
    found = (await uow.session.exec(statement)).all()
    return [(title, _FORMED_ON.validate_python(formed_on)) for title, formed_on in found]
