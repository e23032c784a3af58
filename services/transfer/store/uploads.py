"""Uploads: page files that came in whole."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from services.transfer.store.statements import execute, fetch, fetch_first, table_of
from services.transfer.store.tables import UploadRow

_TABLE = table_of(UploadRow)


@dataclass(frozen=True)
class Upload:
    """A checked page file: digest, type and size by content, uploader and unit.

    The ticket is kept, because signing it again would give another text: whoever repeats an upload after a
    lost answer could then not repeat the request that binds it.
    """

    upload_id: str
    unit_id: str
    uploaded_by: str
    digest: str
    media_type: str
    bytes: int
    width: int
    height: int
    uploaded_at: datetime
    blob_ticket: str


async def get(uow: UnitOfWork, upload_id: str) -> Upload:
    """One upload; NotFound when there is none in scope."""
    row = await fetch_first(uow, select(_TABLE).where(_TABLE.c.upload_id == upload_id))
    if row is None:
        raise NotFound()
    return Upload(**row)


async def add(uow: UnitOfWork, upload: Upload) -> None:
    """A new upload."""
    await execute(uow, insert(_TABLE).values(asdict(upload)))


async def remove_older(uow: UnitOfWork, age: timedelta, limit: int) -> list[Upload]:
    """Delete uploads made longer ago than `age`, at most `limit` of them, and say which."""
    old = select(_TABLE.c.upload_id).where(_TABLE.c.uploaded_at < uow.now - age).limit(limit)
    rows = await fetch(uow, delete(_TABLE).where(_TABLE.c.upload_id.in_(old)).returning(_TABLE))
    return [Upload(**row) for row in rows]
