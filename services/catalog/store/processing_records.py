"""What was done to the paper of materials."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import from_uuid, to_uuid
from services.catalog.domain.processing import Damage, Op, RecordState
from services.catalog.store.scope import SCOPE

_FIRST = UUID(int=0)


@dataclass(frozen=True)
class Picture:
    """A photograph of the paper before or after, in the blob store."""

    unit_id: str
    digest: str
    media_type: str


@dataclass(frozen=True)
class Record:
    """One act on a material's paper. A `trim` is pending until a second person stands for it."""

    record_id: str
    unit_id: str
    material_id: str
    version: int
    op: Op
    damage: Damage | None
    page_no: int | None
    note: str | None
    need_id: str | None
    before: Picture | None
    after: Picture | None
    state: RecordState
    done_by: str
    done_at: datetime
    second_person: str | None
    confirmed_at: datetime | None


_COLUMNS = """r.record_id, r.unit_id, r.material_id, r.version, r.op, r.damage, r.page_no, r.note, r.need_id,
  r.before_unit_id, r.before_digest, r.before_type, r.after_unit_id, r.after_digest, r.after_type, r.state, r.done_by,
  r.done_at, r.second_person, r.confirmed_at"""
_PENDING = f"""
select first.* from {SCOPE} cross join lateral (
  select {_COLUMNS} from processing_record r
  where r.unit_id = scope.unit_id and r.state = 'pending' and r.record_id > $2 order by r.record_id limit $3
) as first order by first.record_id limit $3
"""  # noqa: S608  # constants of this package


async def add(uow: UnitOfWork, record: Record) -> None:
    """A new record, and the use of its pictures."""
    pictures: list[Any] = []
    for picture in (record.before, record.after):
        pictures += [to_uuid(picture.unit_id), picture.digest, picture.media_type] if picture else [None] * 3
        if picture:
            await uow.use_blob(picture.unit_id, [picture.digest], record.record_id)
    await uow.raw().execute(
        """insert into processing_record (record_id, unit_id, material_id, version, op, damage, page_no, note, need_id,
          state, done_by, done_at, before_unit_id, before_digest, before_type, after_unit_id, after_digest, after_type)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)""",
        to_uuid(record.record_id),
        to_uuid(record.unit_id),
        to_uuid(record.material_id),
        record.version,
        record.op,
        record.damage,
        record.page_no,
        record.note,
        to_uuid(record.need_id) if record.need_id else None,
        record.state,
        record.done_by,
        record.done_at,
        *pictures,
    )


async def get(connection: Any, record_id: str, *, lock: bool = False) -> Record:
    """The record, held until the commit if wanted; NotFound outside the caller's units."""
    query = f"select {_COLUMNS} from processing_record r where r.record_id = $1"  # noqa: S608
    row = await connection.fetchrow(query + (" for update" if lock else ""), to_uuid(record_id))
    if row is None:
        raise NotFound()
    return _record(row)


async def confirm(uow: UnitOfWork, record: Record) -> None:
    """Write that the caller stands for it too."""
    await uow.raw().execute(
        """update processing_record set state = $2, version = version + 1, second_person = $3, confirmed_at = $4
        where record_id = $1""",
        to_uuid(record.record_id),
        record.state,
        uow.caller.account_id,
        uow.now,
    )


async def list_of_material(connection: Any, material_id: str, after: str | None, limit: int) -> list[Record]:
    """A material's sheet: all that was done to it, in order."""
    query = f"""select {_COLUMNS} from processing_record r where r.material_id = $1 and r.record_id > $2
      order by r.record_id limit $3"""  # noqa: S608
    rows = await connection.fetch(query, to_uuid(material_id), to_uuid(after) if after else _FIRST, limit)
    return [_record(row) for row in rows]


async def list_pending(connection: Any, unit_id: str | None, after: str | None, limit: int) -> list[Record]:
    """What waits for a second person in the caller's units, in the order in which it was recorded."""
    unit = to_uuid(unit_id) if unit_id else None
    rows = await connection.fetch(_PENDING, unit, to_uuid(after) if after else _FIRST, limit)
    return [_record(row) for row in rows]


def _picture(row: Any, side: str) -> Picture | None:
    unit = row[f"{side}_unit_id"]
    return Picture(from_uuid("unt", unit), row[f"{side}_digest"], row[f"{side}_type"]) if unit else None


def _record(row: Any) -> Record:
    need = row["need_id"]
    return Record(
        record_id=from_uuid("prr", row["record_id"]),
        unit_id=from_uuid("unt", row["unit_id"]),
        material_id=from_uuid("mat", row["material_id"]),
        version=row["version"],
        op=row["op"],
        damage=row["damage"],
        page_no=row["page_no"],
        note=row["note"],
        need_id=from_uuid("prn", need) if need else None,
        before=_picture(row, "before"),
        after=_picture(row, "after"),
        state=row["state"],
        done_by=row["done_by"],
        done_at=row["done_at"],
        second_person=row["second_person"],
        confirmed_at=row["confirmed_at"],
    )
