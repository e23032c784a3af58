"""Materials as the desk changes them: read and written in bulk, with their order's own table."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, to_uuid
from contracts.values.partial_date import PartialDate
from services.catalog.domain.material import code_of
from services.catalog.domain.ordering import formed_key
from services.catalog.domain.scheme import Scheme, split_place
from services.catalog.domain.standing import Standing

_LOAD = """
select m.material_id, m.version, m.state, m.title, m.page_count, m.blob_unit_id, m.category, m.subclass, m.item_no,
  m.filing_seq, m.basis, m.filed_on, m.formed_on::text as formed_on, m.remark, m.item_id, m.submission_id,
  coalesce(f.dates::text, '[]') as dates, f.case_id, f.review_no, f.annex_of, coalesce(f.pinned, false) as pinned,
  f.pin_after, f.pin_reason, f.last_change,
  array(select p.page_id from page p where p.material_id = m.material_id order by p.page_no) as page_ids
from material m left join material_filing f on f.material_id = m.material_id
where m.dossier_id = $1 and m.material_id = any($2::uuid[])
"""

_WRITE = """
update material m set state = v.state, title = v.title, category = v.category, subclass = v.subclass,
  item_no = v.item_no, content_rank = v.content_rank, filing_seq = v.filing_seq, basis = v.basis,
  filed_on = v.filed_on, formed_on = v.formed_on, formed_key = v.formed_key, page_count = v.page_count,
  remark = v.remark, version = v.version, changed_at = $16
from unnest($1::uuid[], $2::text[], $3::text[], $4::smallint[], $5::smallint[], $6::int[], $7::smallint[],
  $8::bigint[], $9::text[], $10::date[], $11::jsonb[], $12::text[], $13::int[], $14::text[], $15::bigint[])
  as v(material_id, state, title, category, subclass, item_no, content_rank, filing_seq, basis, filed_on, formed_on,
    formed_key, page_count, remark, version)
where m.material_id = v.material_id
"""

_WRITE_FILING = """
insert into material_filing (material_id, unit_id, dates, case_id, review_no, annex_of, pinned, pin_after, pin_reason,
  last_change)
select v.material_id, $2, v.dates, v.case_id, v.review_no, v.annex_of, v.pinned, v.pin_after, v.pin_reason, $3
from unnest($1::uuid[], $4::jsonb[], $5::text[], $6::int[], $7::uuid[], $8::boolean[], $9::uuid[], $10::text[])
  as v(material_id, dates, case_id, review_no, annex_of, pinned, pin_after, pin_reason)
on conflict (material_id) do update set dates = excluded.dates, case_id = excluded.case_id,
  review_no = excluded.review_no, annex_of = excluded.annex_of, pinned = excluded.pinned,
  pin_after = excluded.pin_after, pin_reason = excluded.pin_reason, last_change = excluded.last_change
"""

_MOVE_PAGES = """
update page p set material_id = v.material_id, page_no = v.page_no, version = p.version + 1
from unnest($1::uuid[], $2::uuid[], $3::int[]) as v(page_id, material_id, page_no)
where p.page_id = v.page_id and (p.material_id, p.page_no) is distinct from (v.material_id, v.page_no)
returning p.page_id, p.material_id, p.page_no, p.version, p.digest, p.source_digest
"""


def _uuid(value: str | None) -> UUID | None:
    return None if value is None else to_uuid(value)


def _id(prefix: str, value: UUID | None) -> str | None:
    return None if value is None else from_uuid(prefix, value)


def _json(value: PartialDate | None) -> str | None:
    return None if value is None else value.model_dump_json()


async def load(uow: UnitOfWork, dossier_id: str, material_ids: Iterable[str]) -> dict[str, Standing]:
    """How these materials of a dossier stand; one that is not of it is absent."""
    return await read(uow.raw(), dossier_id, material_ids)


async def read(connection: Any, dossier_id: str, material_ids: Iterable[str]) -> dict[str, Standing]:
    """The same where nothing is to be changed."""
    rows = await connection.fetch(_LOAD, to_uuid(dossier_id), [to_uuid(m) for m in material_ids])
    found = [_standing(row) for row in rows]
    return {standing.material_id: standing for standing in found}


async def write(uow: UnitOfWork, unit_id: str, scheme: Scheme, change_id: str, standings: Sequence[Standing]) -> None:
    """Write standings with the versions and numbers that they carry."""
    ids = [to_uuid(s.material_id) for s in standings]
    split = [split_place(s.code) if s.code else (None, None) for s in standings]
    await uow.raw().execute(
        _WRITE,
        ids,
        [s.state for s in standings],
        [s.title for s in standings],
        [category for category, _ in split],
        [subclass for _, subclass in split],
        [s.item_no for s in standings],
        [s.rank(scheme) if s.code else None for s in standings],
        [s.sequence for s in standings],
        [s.basis for s in standings],
        [s.filed_on for s in standings],
        [_json(s.formed_on) for s in standings],
        [formed_key(s.formed_on) for s in standings],
        [s.page_count for s in standings],
        [s.remark for s in standings],
        [s.version for s in standings],
        uow.now,
    )
    await uow.raw().execute(
        _WRITE_FILING,
        ids,
        to_uuid(unit_id),
        to_uuid(change_id),
        [orjson.dumps([told.model_dump(mode="json") for told in s.dates]).decode() for s in standings],
        [s.case_id for s in standings],
        [s.review_no for s in standings],
        [_uuid(s.annex_of) for s in standings],
        [s.pinned for s in standings],
        [_uuid(s.pin_after) for s in standings],
        [s.pin_reason for s in standings],
    )


async def move_pages(uow: UnitOfWork, standings: Sequence[Standing]) -> list[Mapping[str, Any]]:
    """Give the pages to the materials that list them, in that order; the pages that moved, as they are now."""
    wanted = [(page, s.material_id, no) for s in standings for no, page in enumerate(s.page_ids, start=1)]
    return await uow.raw().fetch(
        _MOVE_PAGES,
        [to_uuid(page) for page, _, _ in wanted],
        [to_uuid(material_id) for _, material_id, _ in wanted],
        [no for _, _, no in wanted],
    )


async def settle_dossier(uow: UnitOfWork, dossier_id: str, *, materials: int, pages: int, filing_seq: int) -> int:
    """Add to a dossier's counts of filed materials and pages; its new version. Sequences used so far are kept."""
    return await uow.raw().fetchval(
        """update dossier set material_count = material_count + $2, page_count = page_count + $3,
          filing_seq = greatest(filing_seq, $4), version = version + 1, changed_at = $5
        where dossier_id = $1 returning version""",
        to_uuid(dossier_id),
        materials,
        pages,
        filing_seq,
        uow.now,
    )


def _standing(row: Any) -> Standing:
    formed_on = row["formed_on"]
    return Standing(
        material_id=from_uuid("mat", row["material_id"]),
        version=row["version"],
        state=row["state"],
        title=row["title"],
        page_count=row["page_count"],
        blob_unit_id=from_uuid("unt", row["blob_unit_id"]),
        page_ids=tuple(from_uuid("pag", page) for page in row["page_ids"]),
        code=code_of(row["category"], row["subclass"]),
        item_no=row["item_no"],
        sequence=row["filing_seq"],
        basis=row["basis"],
        filed_on=row["filed_on"],
        formed_on=None if formed_on is None else PartialDate.model_validate_json(formed_on),
        dates=tuple(PartialDate.model_validate(told) for told in orjson.loads(row["dates"])),
        remark=row["remark"],
        case_id=row["case_id"],
        review_no=row["review_no"],
        annex_of=_id("mat", row["annex_of"]),
        pinned=row["pinned"],
        pin_after=_id("mat", row["pin_after"]),
        pin_reason=row["pin_reason"],
        item_id=_id("itm", row["item_id"]),
        submission_id=_id("sub", row["submission_id"]),
        last_change=_id("chg", row["last_change"]),
    )


async def has_annexes(uow: UnitOfWork, material_id: str) -> bool:
    """Whether others hang on this material."""
    return await uow.raw().fetchval(
        "select exists (select from material_filing where annex_of = $1)", to_uuid(material_id)
    )
