"""Materials and their pages. Written in bulk by asyncpg: one statement for one material or for two hundred."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import from_uuid, to_uuid
from contracts.values.page import PageRef
from contracts.values.partial_date import PartialDate
from services.catalog.domain.material import Material, Origin, Place, code_of
from services.catalog.domain.ordering import Placed, formed_key, is_leading_resume
from services.catalog.domain.scheme import Scheme, split_place
from services.catalog.store import pages
from services.catalog.store.pages import NewPages

_SELECT = """
select m.material_id, m.unit_id, m.dossier_id, m.named_dossier_id, m.version, m.state, m.title, m.original_title,
  m.category, m.subclass, m.item_no, m.content_rank, m.formed_on::text as formed_on, m.filing_seq, m.page_count,
  m.remark, m.basis, m.filed_on, m.refusal_reasons, m.blob_unit_id, m.appraisal_id, m.item_id, m.submission_id,
  m.entry_id, coalesce((
    select json_agg(json_build_object('page_id', p.page_id, 'digest', p.digest, 'media_type', p.media_type,
      'bytes', p.bytes, 'width', p.width, 'height', p.height, 'source_digest', p.source_digest,
      'source_page_no', p.source_page_no) order by p.page_no)
    from page p where p.material_id = m.material_id
  )::text, '[]') as pages
from material m
"""

_INSERT = """
insert into material (material_id, unit_id, dossier_id, named_dossier_id, version, state, title, original_title,
  formed_on, formed_key, page_count, remark, blob_unit_id, refusal_reasons, appraisal_id, item_id, submission_id,
  entry_id, created_at, changed_at)
select v.material_id, v.unit_id, v.dossier_id, v.named_dossier_id, v.version, v.state, v.title, v.original_title,
  v.formed_on, v.formed_key, v.page_count, v.remark, v.blob_unit_id,
  coalesce(string_to_array(nullif(v.reasons, ''), ','), '{}'), v.appraisal_id, v.item_id, v.submission_id,
  v.entry_id, $18, $18
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::text[], $7::text[], $8::text[],
  $9::jsonb[], $10::text[], $11::int[], $12::text[], $13::uuid[], $14::text[], $15::uuid[], $16::uuid[],
  $17::uuid[], $19::uuid[])
  as v(material_id, unit_id, dossier_id, named_dossier_id, version, state, title, original_title, formed_on,
    formed_key, page_count, remark, blob_unit_id, reasons, appraisal_id, item_id, submission_id, entry_id)
on conflict (material_id) do nothing
returning material_id
"""

_SET_PLACES = """
update material m set state = 'filed', title = v.title, category = v.category, subclass = v.subclass,
  item_no = v.item_no, content_rank = v.content_rank, filing_seq = v.filing_seq, basis = v.basis,
  filed_on = v.filed_on, version = v.version, changed_at = $11
from unnest($1::uuid[], $2::text[], $3::smallint[], $4::smallint[], $5::int[], $6::smallint[], $7::bigint[],
  $8::text[], $9::date[], $10::bigint[])
  as v(material_id, title, category, subclass, item_no, content_rank, filing_seq, basis, filed_on, version)
where m.material_id = v.material_id
"""

_SHIFT = """
update material m set item_no = v.item_no, version = m.version + 1, changed_at = $3
from unnest($1::uuid[], $2::int[]) as v(material_id, item_no)
where m.material_id = v.material_id
returning m.material_id, m.version, m.place, m.item_no, m.title, m.formed_on::text as formed_on, m.page_count,
  m.item_id, m.submission_id
"""

_PLACED = """
select m.material_id, m.place, m.content_rank, m.formed_key, m.filing_seq, m.item_no, f.case_id, f.review_no,
  f.annex_of, coalesce(f.pinned, false) as pinned, f.pin_after, case when $3 and m.place = '1' then m.title end as title
from material m left join material_filing f on f.material_id = m.material_id
where m.dossier_id = $1 and m.place = any($2::text[])
"""


def _uuid(value: str | None) -> UUID | None:
    return None if value is None else to_uuid(value)


def _id(prefix: str, value: UUID | None) -> str | None:
    return None if value is None else from_uuid(prefix, value)


async def add(uow: UnitOfWork, materials: Sequence[Material]) -> int:
    """Take new materials in with their pages and the use of their files; how many were new.

    A material that is known already changes nothing: this is the guard that it is filed once.
    """
    formed = [None if m.formed_on is None else m.formed_on.model_dump_json() for m in materials]
    new = await uow.raw().fetch(
        _INSERT,
        [to_uuid(m.material_id) for m in materials],
        [to_uuid(m.unit_id) for m in materials],
        [_uuid(m.dossier_id) for m in materials],
        [to_uuid(m.named_dossier_id) for m in materials],
        [m.version for m in materials],
        [m.state for m in materials],
        [m.title for m in materials],
        [m.original_title for m in materials],
        formed,
        [formed_key(m.formed_on) for m in materials],
        [m.page_count for m in materials],
        [m.remark for m in materials],
        [to_uuid(m.blob_unit_id) for m in materials],
        [",".join(m.reasons) for m in materials],
        [_uuid(m.origin.appraisal_id) for m in materials],
        [_uuid(m.origin.item_id) for m in materials],
        [_uuid(m.origin.submission_id) for m in materials],
        uow.now,
        [_uuid(m.origin.entry_id) for m in materials],
    )
    ids = {row["material_id"] for row in new}
    await pages.insert(
        uow,
        [
            NewPages(m.material_id, m.unit_id, m.blob_unit_id, 0, m.pages)
            for m in materials
            if to_uuid(m.material_id) in ids and m.state != "refused"
        ],
    )
    return len(new)


def digests(material: Material) -> list[str]:
    """The digests of all files of a material, each once."""
    return pages.files(material.pages)


async def list_placed(
    uow: UnitOfWork, dossier_id: str, codes: Iterable[str], scheme: Scheme
) -> dict[str, list[Placed]]:
    """What stands in these categories of a dossier, by code, as their order sees it."""
    wanted = list(codes)
    leads = scheme.order.latest_resume_first == "order"
    rows = await uow.raw().fetch(_PLACED, to_uuid(dossier_id), wanted, leads)
    found: dict[str, list[Placed]] = {code: [] for code in wanted}
    for row in rows:
        placed = Placed(
            material_id=from_uuid("mat", row["material_id"]),
            rank=row["content_rank"],
            formed_key=row["formed_key"],
            sequence=row["filing_seq"],
            item_no=row["item_no"],
            case_id=row["case_id"],
            review_no=row["review_no"],
            annex_of=_id("mat", row["annex_of"]),
            pinned=row["pinned"],
            pin_after=_id("mat", row["pin_after"]),
            resume=row["title"] is not None and is_leading_resume(row["title"], row["place"], scheme),
        )
        found[row["place"]].append(placed)
    return found


async def set_places(uow: UnitOfWork, filed: Sequence[tuple[Material, Place]]) -> None:
    """Write the places of materials that were just filed."""
    split = [split_place(place.code) for _, place in filed]
    await uow.raw().execute(
        _SET_PLACES,
        [to_uuid(m.material_id) for m, _ in filed],
        [m.title for m, _ in filed],
        [category for category, _ in split],
        [subclass for _, subclass in split],
        [place.item_no for _, place in filed],
        [place.rank for _, place in filed],
        [place.sequence for _, place in filed],
        [place.basis for _, place in filed],
        [place.filed_on for _, place in filed],
        [m.version for m, _ in filed],
        uow.now,
    )


class Shifted(NamedTuple):
    """A material whose number alone is another, as it is now. `formed_on` is the JSON text that the row holds."""

    material_id: str
    version: int
    code: str
    item_no: int
    title: str
    formed_on: str | None
    page_count: int
    item_id: str | None
    submission_id: str | None


async def shift(uow: UnitOfWork, numbers: Mapping[str, int]) -> list[Shifted]:
    """Write the new numbers of materials that moved up or down."""
    ids = [to_uuid(material_id) for material_id in numbers]
    rows = await uow.raw().fetch(_SHIFT, ids, list(numbers.values()), uow.now) if ids else []
    return [
        Shifted(
            from_uuid("mat", row[0]),
            row[1],
            row[2],
            row[3],
            row[4],
            row[5],
            row[6],
            _id("itm", row[7]),
            _id("sub", row[8]),
        )
        for row in rows
    ]


async def set_refused(uow: UnitOfWork, material: Material) -> None:
    """Write a refusal, and end the use of its files."""
    await uow.raw().execute(
        """update material set state = 'refused', refusal_reasons = $2, version = $3, changed_at = $4
        where material_id = $1""",
        to_uuid(material.material_id),
        list(material.reasons),
        material.version,
        uow.now,
    )
    await uow.release_blob(material.blob_unit_id, digests(material), material.material_id)


async def get(connection: Any, material_id: str) -> Material:
    """The material with its pages; NotFound outside the caller's units."""
    row = await connection.fetchrow(_SELECT + "where m.material_id = $1", to_uuid(material_id))
    if row is None:
        raise NotFound()
    return _material(row)


async def list_entry(connection: Any, entry_id: str) -> list[Material]:
    """All materials that were entered together from a paper catalogue, in the order of the entry."""
    rows = await connection.fetch(_SELECT + "where m.entry_id = $1 order by m.filing_seq limit 200", to_uuid(entry_id))
    return [_material(row) for row in rows]


def _material(row: Any) -> Material:
    formed_on = row["formed_on"]
    return Material(
        material_id=from_uuid("mat", row["material_id"]),
        unit_id=from_uuid("unt", row["unit_id"]),
        dossier_id=_id("dos", row["dossier_id"]),
        named_dossier_id=from_uuid("dos", row["named_dossier_id"]),
        title=row["title"],
        original_title=row["original_title"],
        formed_on=None if formed_on is None else PartialDate.model_validate_json(formed_on),
        page_count=row["page_count"],
        blob_unit_id=from_uuid("unt", row["blob_unit_id"]),
        pages=tuple(_page(page) for page in orjson.loads(row["pages"])),
        origin=Origin(
            _id("apr", row["appraisal_id"]),
            _id("itm", row["item_id"]),
            _id("sub", row["submission_id"]),
            _id("mat", row["entry_id"]),
        ),
        remark=row["remark"],
        state=row["state"],
        version=row["version"],
        place=_place(row),
        reasons=tuple(row["refusal_reasons"]),
    )


def _page(told: dict[str, Any]) -> PageRef:
    return PageRef.model_validate({**told, "page_id": from_uuid("pag", UUID(told["page_id"]))})


def _place(row: Any) -> Place | None:
    code = code_of(row["category"], row["subclass"])
    if code is None:
        return None
    return Place(code, row["item_no"], row["content_rank"], row["filing_seq"], row["basis"], row["filed_on"])
