"""Imported appointment forms: added, listed, and the last one read again for an export."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.sealing import Sealed
from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, to_uuid

_LATEST = "lrm_7ZZZZZZZZZZZZZZZZZZZZZZZZZ"


@dataclass(frozen=True)
class LrmxImport:
    """One import: which elements were taken, when and by whom. The file itself is read apart."""

    import_id: str
    person_id: str
    bytes: int
    elements: Sequence[str]
    imported_at: datetime
    imported_by: str


async def add(uow: UnitOfWork, made: LrmxImport, sealed: Sealed) -> None:
    """Keep an import with its file."""
    await uow.raw().execute(
        """insert into lrmx_import (import_id, person_id, sealed, key_id, bytes, elements, imported_at, imported_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8)""",
        to_uuid(made.import_id),
        to_uuid(made.person_id),
        sealed.content,
        sealed.key_id,
        made.bytes,
        list(made.elements),
        made.imported_at,
        made.imported_by,
    )


def _import(row: Any) -> LrmxImport:
    return LrmxImport(
        from_uuid("lrm", row["import_id"]),
        from_uuid("per", row["person_id"]),
        row["bytes"],
        row["elements"],
        row["imported_at"],
        row["imported_by"],
    )


async def list_page(uow: UnitOfWork, person_id: str, before: str | None, limit: int) -> list[LrmxImport]:
    """Imports of a person, the latest first."""
    rows = await uow.raw().fetch(
        """select import_id, person_id, bytes, elements, imported_at, imported_by from lrmx_import
        where person_id = $1 and import_id < $2 order by import_id desc limit $3""",
        to_uuid(person_id),
        to_uuid(before or _LATEST),
        limit,
    )
    return [_import(row) for row in rows]


async def find(uow: UnitOfWork, import_id: str) -> LrmxImport | None:
    """One import."""
    row = await uow.raw().fetchrow(
        """select import_id, person_id, bytes, elements, imported_at, imported_by from lrmx_import
        where import_id = $1""",
        to_uuid(import_id),
    )
    return _import(row) if row else None


async def find_last_file(uow: UnitOfWork, person_id: str) -> Sealed | None:
    """The file imported last, sealed."""
    row = await uow.raw().fetchrow(
        "select sealed, key_id from lrmx_import where person_id = $1 order by import_id desc limit 1",
        to_uuid(person_id),
    )
    return Sealed(row["sealed"], row["key_id"]) if row else None
