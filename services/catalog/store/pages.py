"""Pages of materials: the scan that is shown, and those that it replaced."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import from_uuid, to_uuid
from contracts.values.page import PageRef
from services.catalog.domain.page import Page

_INSERT = """
insert into page (page_id, unit_id, material_id, page_no, digest, media_type, bytes, width, height, source_digest,
  source_page_no)
select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::bigint[],
  $8::int[], $9::int[], $10::text[], $11::int[])
"""

_MEASURE = """
insert into page_to_measure (page_id, unit_id, due_at) select page_id, unit_id, $3
from unnest($1::uuid[], $2::uuid[]) as v(page_id, unit_id)
on conflict (page_id) do update set due_at = excluded.due_at
"""

_GET = """
select p.page_id, p.material_id, m.state, p.unit_id, m.dossier_id, d.person_id, m.blob_unit_id, p.page_no, p.version,
  p.scan_no, p.digest, p.media_type, p.bytes, p.width, p.height, p.source_digest, p.source_page_no
from page p join material m on m.material_id = p.material_id join dossier d on d.dossier_id = m.dossier_id
where p.page_id = $1 and m.state <> 'refused'
"""

_FORMER = """
select s.scan_no, s.digest, s.media_type, s.bytes, s.width, s.height, s.source_digest, s.source_page_no,
  s.blob_unit_id, s.reason, s.replaced_by, s.replaced_at
from former_scan s where s.page_id = $1
"""


class NewPages(NamedTuple):
    """Pages that a material gains, in order behind page `after`."""

    material_id: str
    unit_id: str
    blob_unit_id: str
    after: int
    pages: Sequence[PageRef]


@dataclass(frozen=True)
class FormerScan:
    """A scan that another took the place of: why, by whom, when."""

    scan_no: int
    scan: PageRef
    blob_unit_id: str
    reason: str
    replaced_by: str
    replaced_at: datetime


async def insert(uow: UnitOfWork, gains: Sequence[NewPages]) -> None:
    """Add pages, say that their files are used, and have their margins measured; one statement for all pages."""
    rows = [(gain, no, page) for gain in gains for no, page in enumerate(gain.pages, start=gain.after + 1)]
    if not rows:
        return
    ids, units = [to_uuid(page.page_id) for _, _, page in rows], [to_uuid(gain.unit_id) for gain, _, _ in rows]
    await uow.raw().execute(
        _INSERT,
        ids,
        units,
        [to_uuid(gain.material_id) for gain, _, _ in rows],
        [no for _, no, _ in rows],
        [page.digest for _, _, page in rows],
        [page.media_type for _, _, page in rows],
        [page.bytes for _, _, page in rows],
        [page.width for _, _, page in rows],
        [page.height for _, _, page in rows],
        [page.source_digest for _, _, page in rows],
        [page.source_page_no for _, _, page in rows],
    )
    await uow.raw().execute(_MEASURE, ids, units, uow.now)
    for gain in gains:
        if gain.pages:
            await uow.use_blob(gain.blob_unit_id, files(gain.pages), gain.material_id)


def files(pages: Sequence[PageRef]) -> list[str]:
    """The digests of all files that these pages rest on, each once."""
    return sorted({digest for page in pages for digest in page.files})


async def get(uow: UnitOfWork, page_id: str, *, lock: bool = False) -> Page:
    """A page; NotFound outside the caller's units, and after the material was refused.

    Whoever locks holds the dossier already, as every change does.
    """
    row = await uow.raw().fetchrow(_GET + (" for update of p, m" if lock else ""), to_uuid(page_id))
    if row is None:
        raise NotFound()
    return Page(
        page_id=page_id,
        material_id=from_uuid("mat", row["material_id"]),
        material_state=row["state"],
        unit_id=from_uuid("unt", row["unit_id"]),
        dossier_id=from_uuid("dos", row["dossier_id"]),
        person_id=from_uuid("per", row["person_id"]),
        blob_unit_id=from_uuid("unt", row["blob_unit_id"]),
        page_no=row["page_no"],
        version=row["version"],
        scan_no=row["scan_no"],
        scan=_ref(row, page_id),
    )


async def save_scan(uow: UnitOfWork, page: Page, replaced: Page, reason: str) -> None:
    """Show another scan of a page; the one before is kept, its files are used on."""
    old = replaced.scan
    await uow.raw().execute(
        """insert into former_scan (page_id, unit_id, scan_no, digest, media_type, bytes, width, height,
          source_digest, source_page_no, blob_unit_id, reason, replaced_by, replaced_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)""",
        to_uuid(page.page_id),
        to_uuid(page.unit_id),
        replaced.scan_no,
        old.digest,
        old.media_type,
        old.bytes,
        old.width,
        old.height,
        old.source_digest,
        old.source_page_no,
        to_uuid(replaced.blob_unit_id),
        reason,
        uow.caller.account_id,
        uow.now,
    )
    new = page.scan
    await uow.raw().execute(
        """update page set digest = $2, media_type = $3, bytes = $4, width = $5, height = $6, source_digest = $7,
          source_page_no = $8, scan_no = $9, version = $10
        where page_id = $1""",
        to_uuid(page.page_id),
        new.digest,
        new.media_type,
        new.bytes,
        new.width,
        new.height,
        new.source_digest,
        new.source_page_no,
        page.scan_no,
        page.version,
    )
    await uow.use_blob(page.blob_unit_id, list(new.files), page.page_id)
    # The former scan outlives whatever becomes of the material's own use of its files.
    await uow.use_blob(replaced.blob_unit_id, list(old.files), page.page_id)
    await uow.raw().execute(_MEASURE, [to_uuid(page.page_id)], [to_uuid(page.unit_id)], uow.now)


async def save_version(uow: UnitOfWork, page: Page) -> None:
    """A page of which something was written down elsewhere."""
    await uow.raw().execute("update page set version = $2 where page_id = $1", to_uuid(page.page_id), page.version)


async def touch_material(uow: UnitOfWork, material_id: str) -> None:
    """A new version of a material whose pages changed."""
    await uow.raw().execute(
        "update material set version = version + 1, changed_at = $2 where material_id = $1",
        to_uuid(material_id),
        uow.now,
    )


async def touch_dossier(uow: UnitOfWork, dossier_id: str) -> int:
    """A new version of a dossier whose catalogue lists other pages, or in another order."""
    return await uow.raw().fetchval(
        "update dossier set version = version + 1, changed_at = $2 where dossier_id = $1 returning version",
        to_uuid(dossier_id),
        uow.now,
    )


async def set_order(uow: UnitOfWork, material_id: str, page_ids: Sequence[str]) -> list[tuple[str, int]]:
    """Number all pages of a material in this order; ids and new versions of those that moved."""
    rows = await uow.raw().fetch(
        """update page p set page_no = v.page_no, version = p.version + 1
        from unnest($2::uuid[]) with ordinality as v(page_id, page_no)
        where p.page_id = v.page_id and p.material_id = $1 and p.page_no <> v.page_no
        returning p.page_id, p.version""",
        to_uuid(material_id),
        [to_uuid(page_id) for page_id in page_ids],
    )
    return [(from_uuid("pag", row["page_id"]), row["version"]) for row in rows]


async def list_former(uow: UnitOfWork, page_id: str, before: int, limit: int) -> list[FormerScan]:
    """Scans that were replaced, the latest first, from the one before number `before`."""
    rows = await uow.raw().fetch(
        _FORMER + "and s.scan_no < $2 order by s.scan_no desc limit $3", to_uuid(page_id), before, limit
    )
    return [_former(row, page_id) for row in rows]


async def get_former(uow: UnitOfWork, page_id: str, scan_no: int) -> FormerScan:
    """One replaced scan; NotFound when there is none of this number."""
    row = await uow.raw().fetchrow(_FORMER + "and s.scan_no = $2", to_uuid(page_id), scan_no)
    if row is None:
        raise NotFound()
    return _former(row, page_id)


def _former(row: Any, page_id: str) -> FormerScan:
    return FormerScan(
        row["scan_no"],
        _ref(row, page_id),
        from_uuid("unt", row["blob_unit_id"]),
        row["reason"],
        row["replaced_by"],
        row["replaced_at"],
    )


def _ref(row: Any, page_id: str) -> PageRef:
    names = ("digest", "media_type", "bytes", "width", "height", "source_digest", "source_page_no")
    return PageRef.model_validate({"page_id": page_id, **{name: row[name] for name in names}})
