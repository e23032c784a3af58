"""Enhanced images of pages, with the operations that made them."""

from typing import Any

import orjson

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import from_uuid, to_uuid
from services.catalog.domain.enhancement import Enhancement, Rejection

_PLAIN = (
    "enhancement_no",
    "scan_no",
    "digest",
    "media_type",
    "bytes",
    "width",
    "height",
    "rules_digest",
    "made_by",
    "made_at",
)
_SELECT = """
select enhancement_no, scan_no, digest, media_type, bytes, width, height, rules_digest, made_by, made_at, unit_id,
  blob_unit_id, operations::text as operations, rejection_reason, rejection_note, rejected_by, rejected_at
from page_enhancement
"""
_INSERT = """
insert into page_enhancement (enhancement_no, scan_no, digest, media_type, bytes, width, height, rules_digest, made_by,
  made_at, page_id, unit_id, blob_unit_id, operations, state)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::text::jsonb, 'made')
"""


async def next_no(uow: UnitOfWork, page_id: str) -> int:
    """The number of a page's next enhanced image; the page is held by the caller."""
    return await uow.raw().fetchval(
        "select coalesce(max(enhancement_no), 0) + 1 from page_enhancement where page_id = $1", to_uuid(page_id)
    )


async def add(uow: UnitOfWork, made: Enhancement) -> None:
    """A new image, and the use of its file."""
    await uow.raw().execute(
        _INSERT,
        *(getattr(made, name) for name in _PLAIN),
        to_uuid(made.page_id),
        to_uuid(made.unit_id),
        to_uuid(made.blob_unit_id),
        orjson.dumps(made.operations).decode(),
    )
    await uow.use_blob(made.blob_unit_id, [made.digest], made.page_id)


async def save_rejection(uow: UnitOfWork, rejected: Enhancement, rejection: Rejection) -> None:
    """Write down that an image is not used. Its file stays: what was turned down can be looked at."""
    await uow.raw().execute(
        """update page_enhancement set state = 'rejected', rejection_reason = $3, rejection_note = $4,
          rejected_by = $5, rejected_at = $6
        where page_id = $1 and enhancement_no = $2""",
        to_uuid(rejected.page_id),
        rejected.enhancement_no,
        rejection.reason,
        rejection.note,
        rejection.by,
        rejection.at,
    )


async def get(uow: UnitOfWork, page_id: str, enhancement_no: int) -> Enhancement:
    """One enhanced image; NotFound when the page has none of this number."""
    row = await uow.raw().fetchrow(
        _SELECT + "where page_id = $1 and enhancement_no = $2", to_uuid(page_id), enhancement_no
    )
    return _found(row, page_id)


async def latest(uow: UnitOfWork, page_id: str, scan_no: int) -> Enhancement:
    """The latest image of a scan that nobody rejected; NotFound when there is none."""
    row = await uow.raw().fetchrow(
        _SELECT + "where page_id = $1 and scan_no = $2 and state = 'made' order by enhancement_no desc limit 1",
        to_uuid(page_id),
        scan_no,
    )
    return _found(row, page_id)


async def list_of(connection: Any, page_id: str, before: int, limit: int) -> list[Enhancement]:
    """Enhanced images of a page, the latest first, from the one before number `before`."""
    rows = await connection.fetch(
        _SELECT + "where page_id = $1 and enhancement_no < $2 order by enhancement_no desc limit $3",
        to_uuid(page_id),
        before,
        limit,
    )
    return [_enhancement(row, page_id) for row in rows]


def _found(row: Any, page_id: str) -> Enhancement:
    if row is None:
        raise NotFound()
    return _enhancement(row, page_id)


def _enhancement(row: Any, page_id: str) -> Enhancement:
    rejection = None
    if row["rejected_at"] is not None:
        rejection = Rejection(row["rejection_reason"], row["rejection_note"], row["rejected_by"], row["rejected_at"])
    return Enhancement(
        page_id=page_id,
        unit_id=from_uuid("unt", row["unit_id"]),
        blob_unit_id=from_uuid("unt", row["blob_unit_id"]),
        operations=orjson.loads(row["operations"]),
        rejection=rejection,
        **{name: row[name] for name in _PLAIN},
    )
