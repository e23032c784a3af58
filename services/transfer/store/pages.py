"""Page files of items. Binding them is the busiest write of a hand-in, so it speaks asyncpg directly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import from_uuid, to_uuid


@dataclass(frozen=True)
class PageFile:
    """A checked page file: what its upload ticket says of it."""

    digest: str
    media_type: str
    bytes: int
    width: int
    height: int
    source_digest: str | None = None
    source_page_no: int | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """Digests of the files that the page rests on: its image, and what that was drawn from."""
        return (self.digest,) if self.source_digest is None else (self.digest, self.source_digest)


@dataclass(frozen=True)
class Page:
    """A page of an item; `page_id` is there from delivery on."""

    item_id: str
    page_no: int
    file: PageFile
    page_id: str | None


@dataclass(frozen=True)
class Grown:
    """An item after pages were added to it."""

    submission_id: str
    unit_id: str
    page_count: int
    version: int


# The row is locked by the update itself: two bindings at once follow one another, and each sees the other's count.
_GROW = """
update submission_item set page_count = page_count + $2, version = version + 1
where item_id = $1 and state = 'draft' returning submission_id, unit_id, page_count, version
"""
_BIND = """
insert into item_page (item_id, page_no, unit_id, digest, media_type, bytes, width, height, source_digest,
  source_page_no)
select $1, $2 + n, $3, digest, media_type, bytes, width, height, source_digest, source_page_no
from unnest($4::text[], $5::text[], $6::bigint[], $7::int[], $8::int[], $9::text[], $10::int[])
  with ordinality as page(digest, media_type, bytes, width, height, source_digest, source_page_no, n)
"""


async def grow(uow: UnitOfWork, item_id: str, count: int) -> Grown | None:
    """Make room for pages of a draft item; None when it is no draft any more, or not in scope."""
    row = await uow.raw().fetchrow(_GROW, to_uuid(item_id), count)
    return _grown(row) if row else None


async def count_of(uow: UnitOfWork, item_id: str) -> Grown:
    """An item as it is now, for the answer to a repeated request; NotFound when it is gone."""
    row = await uow.raw().fetchrow(
        "select submission_id, unit_id, page_count, version from submission_item where item_id = $1",
        to_uuid(item_id),
    )
    if row is None:
        raise NotFound()
    return _grown(row)


def _grown(row: Mapping[str, Any]) -> Grown:
    ids = from_uuid("sub", row["submission_id"]), from_uuid("unt", row["unit_id"])
    return Grown(*ids, row["page_count"], row["version"])


async def bind(uow: UnitOfWork, item_id: str, unit_id: str, after: int, files: Sequence[PageFile]) -> None:
    """Add page files behind page `after`, in their order."""
    await uow.raw().execute(
        _BIND,
        to_uuid(item_id),
        after,
        to_uuid(unit_id),
        [file.digest for file in files],
        [file.media_type for file in files],
        [file.bytes for file in files],
        [file.width for file in files],
        [file.height for file in files],
        [file.source_digest for file in files],
        [file.source_page_no for file in files],
    )


async def list_of_item(uow: UnitOfWork, item_id: str) -> Sequence[Page]:
    """The pages of one item, in order."""
    rows = await uow.raw().fetch(
        """select item_id, page_no, page_id, digest, media_type, bytes, width, height, source_digest,
          source_page_no
        from item_page where item_id = $1 order by page_no""",
        to_uuid(item_id),
    )
    return [_page(row) for row in rows]


async def list_of_submission(uow: UnitOfWork, submission_id: str) -> dict[str, list[Page]]:
    """The pages of all items of a submission, by item, in order."""
    rows = await uow.raw().fetch(
        """select p.item_id, p.page_no, p.page_id, p.digest, p.media_type, p.bytes, p.width, p.height,
          p.source_digest, p.source_page_no
        from item_page p join submission_item i using (item_id)
        where i.submission_id = $1 order by i.position, p.page_no""",
        to_uuid(submission_id),
    )
    pages: dict[str, list[Page]] = {}
    for row in rows:
        page = _page(row)
        pages.setdefault(page.item_id, []).append(page)
    return pages


async def deliver(uow: UnitOfWork, pages: Sequence[Page], custodian_unit_id: str) -> None:
    """Save the ids that pages were given at delivery, and the unit that may see them from now on."""
    await uow.raw().execute(
        """update item_page p set page_id = d.page_id, custodian_unit_id = $4
        from unnest($1::uuid[], $2::int[], $3::uuid[]) as d(item_id, page_no, page_id)
        where p.item_id = d.item_id and p.page_no = d.page_no""",
        [to_uuid(page.item_id) for page in pages],
        [page.page_no for page in pages],
        [to_uuid(page.page_id) for page in pages if page.page_id],
        to_uuid(custodian_unit_id),
    )


def _page(row: Mapping[str, Any]) -> Page:
    names = ("digest", "media_type", "bytes", "width", "height", "source_digest", "source_page_no")
    page_id = from_uuid("pag", row["page_id"]) if row["page_id"] else None
    file = PageFile(**{name: row[name] for name in names})
    return Page(from_uuid("itm", row["item_id"]), row["page_no"], file, page_id)
