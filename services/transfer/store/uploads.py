"""Uploads: page files that came in whole."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, insert, select

from chassis.tables import TABLES
from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import from_uuid
from services.transfer.store.blob_uses import BlobUse
from services.transfer.store.statements import execute, fetch, fetch_first, table_of
from services.transfer.store.tables import UploadPageRow, UploadRow

_TABLE = table_of(UploadRow)
_PAGES = table_of(UploadPageRow)

_EXPIRE = """
with old as (select upload_id from upload where uploaded_at < $1 limit $2),
pages as (delete from upload_page p using old where p.upload_id = old.upload_id
  returning p.upload_id, p.unit_id, p.digest, false as upload),
gone as (delete from upload u using old where u.upload_id = old.upload_id
  returning u.upload_id, u.unit_id, u.digest, true as upload)
select * from pages union all select * from gone
"""


@dataclass(frozen=True)
class UploadedPage:
    """A page image that may be bound: an uploaded image itself, or a page of an uploaded file.

    The ticket is kept, because signing it again would give another text: whoever repeats an upload after a
    lost answer could then not repeat the request that binds it.
    """

    page_no: int
    digest: str
    media_type: str
    bytes: int
    width: int
    height: int
    blob_ticket: str


@dataclass(frozen=True)
class Upload:
    """A checked file: digest, type and size by content, uploader and unit, and the page images in it.

    The file of an image is its own only page; a TIFF or PDF has as many as it holds; a list has none, but the
    ticket `table_ticket`.
    """

    upload_id: str
    unit_id: str
    uploaded_by: str
    digest: str
    media_type: str
    bytes: int
    uploaded_at: datetime
    pages: tuple[UploadedPage, ...]
    table_ticket: str | None = None

    @property
    def image(self) -> UploadedPage | None:
        """The page that is the uploaded file itself; None for a file of pages and for a list."""
        first = self.pages[0] if self.pages else None
        return first if first and first.digest == self.digest else None


async def get(uow: UnitOfWork, upload_id: str) -> Upload:
    """One upload; NotFound when there is none in scope."""
    row = await fetch_first(uow, select(_TABLE).where(_TABLE.c.upload_id == upload_id))
    if row is None:
        raise NotFound()
    if row["media_type"] in TABLES:
        return Upload(pages=(), table_ticket=row["blob_ticket"], **{name: row[name] for name in _FILE})
    if row["blob_ticket"] is not None:
        return _upload(row, (UploadedPage(page_no=1, **{name: row[name] for name in _IMAGE}),))
    found = await fetch(uow, select(_PAGES).where(_PAGES.c.upload_id == upload_id).order_by(_PAGES.c.page_no))
    return _upload(row, tuple(UploadedPage(**{name: page[name] for name in ("page_no", *_IMAGE)}) for page in found))


_IMAGE = ("digest", "media_type", "bytes", "width", "height", "blob_ticket")
_FILE = ("upload_id", "unit_id", "uploaded_by", "digest", "media_type", "bytes", "uploaded_at")


def _upload(row: RowMapping, pages: tuple[UploadedPage, ...]) -> Upload:
    return Upload(pages=pages, **{name: row[name] for name in _FILE})


async def add(uow: UnitOfWork, upload: Upload) -> None:
    """A new upload, with its pages where it is a file of pages."""
    columns = {name: getattr(upload, name) for name in _FILE}
    if upload.table_ticket is not None:
        await execute(uow, insert(_TABLE).values(columns | {"blob_ticket": upload.table_ticket}))
        return
    if image := upload.image:
        columns |= {"width": image.width, "height": image.height, "blob_ticket": image.blob_ticket}
        await execute(uow, insert(_TABLE).values(columns))
        return
    await execute(uow, insert(_TABLE).values(columns))
    keys = {"upload_id": upload.upload_id, "unit_id": upload.unit_id}
    await execute(uow, insert(_PAGES).values([keys | asdict(page) for page in upload.pages]))


async def remove_older(uow: UnitOfWork, age: timedelta, limit: int) -> tuple[int, list[BlobUse]]:
    """Delete uploads made longer ago than `age`, at most `limit` of them; how many, and which uses end with them."""
    rows = await uow.raw().fetch(_EXPIRE, uow.now - age, limit)
    uses = [
        BlobUse(from_uuid("unt", row["unit_id"]), row["digest"], from_uuid("upl", row["upload_id"])) for row in rows
    ]
    return sum(row["upload"] for row in rows), uses
