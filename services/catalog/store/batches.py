"""Materials that a batch is about, in one query however many they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, to_uuid


@dataclass(frozen=True)
class Touched:
    """How a material stands when the order comes. `last_change` is the change at the desk that made it so."""

    material_id: str
    unit_id: str
    dossier_id: str
    version: int
    state: str
    title: str
    code: str | None
    last_change: str | None


async def list_touched(uow: UnitOfWork, material_ids: Sequence[str]) -> dict[str, Touched]:
    """Those of these materials that are of a dossier in the caller's units."""
    rows = await uow.raw().fetch(
        """select m.material_id, m.unit_id, m.dossier_id, m.version, m.state, m.title, m.place, f.last_change
        from material m left join material_filing f on f.material_id = m.material_id
        where m.material_id = any($1::uuid[]) and m.dossier_id is not null""",
        [to_uuid(material_id) for material_id in material_ids],
    )
    found = [
        Touched(
            material_id=from_uuid("mat", row["material_id"]),
            unit_id=from_uuid("unt", row["unit_id"]),
            dossier_id=from_uuid("dos", row["dossier_id"]),
            version=row["version"],
            state=row["state"],
            title=row["title"],
            code=row["place"],
            last_change=from_uuid("chg", row["last_change"]) if row["last_change"] else None,
        )
        for row in rows
    ]
    return {one.material_id: one for one in found}
