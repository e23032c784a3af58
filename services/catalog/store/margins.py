"""Binding margins of pages, and the queue of pages whose margin is not known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, to_uuid
from services.catalog.domain.margin import MarginFacts, Verdict

_DUE = """
select q.page_id, p.scan_no, p.digest, m.blob_unit_id
from page_to_measure q join page p on p.page_id = q.page_id join material m on m.material_id = p.material_id
where q.due_at <= $1 order by q.due_at limit $2
"""
_SAVE = """
insert into page_margin (page_id, unit_id, scan_no, verdict, margin_mm, ink_in_line, dpi, measured_at)
select p.page_id, p.unit_id, $2, $3, $4, $5, $6, $7 from page p where p.page_id = $1 and p.scan_no = $2
on conflict (page_id) do update set scan_no = excluded.scan_no, verdict = excluded.verdict,
  margin_mm = excluded.margin_mm, ink_in_line = excluded.ink_in_line, dpi = excluded.dpi,
  measured_at = excluded.measured_at
returning page_id
"""
_NEEDS_EDGE = """
select p.page_id, p.material_id, p.page_no, g.verdict, g.margin_mm, g.ink_in_line
from material m join page p on p.material_id = m.material_id
  join page_margin g on g.page_id = p.page_id and g.scan_no = p.scan_no
where m.dossier_id = $1 and m.state = 'filed' and g.verdict in ('narrow', 'needs_edge')
order by m.category, m.subclass, m.item_no, p.page_no limit $2
"""
MOST = 2000


@dataclass(frozen=True)
class DuePage:
    """A page to be measured, and where the scan lies that is shown now."""

    page_id: str
    scan_no: int
    digest: str
    blob_unit_id: str


@dataclass(frozen=True)
class NarrowPage:
    """A page that wants an edge added, or a second look, before it is punched."""

    page_id: str
    material_id: str
    page_no: int
    verdict: Verdict
    margin_mm: float | None
    ink_in_line: bool


async def list_due(uow: UnitOfWork, limit: int) -> Sequence[DuePage]:
    """Pages whose turn has come, the longest waiting first."""
    rows = await uow.raw().fetch(_DUE, uow.now, limit)
    return [
        DuePage(from_uuid("pag", row["page_id"]), row["scan_no"], row["digest"], from_uuid("unt", row["blob_unit_id"]))
        for row in rows
    ]


async def save(uow: UnitOfWork, due: DuePage, facts: MarginFacts, verdict: Verdict) -> bool:
    """What was measured of this scan; False, and nothing changed, when another scan is shown by now."""
    saved = await uow.raw().fetchval(
        _SAVE,
        to_uuid(due.page_id),
        due.scan_no,
        verdict,
        facts.margin_mm,
        facts.ink_in_line,
        facts.dpi,
        uow.now,
    )
    if saved is None:
        return False
    await uow.raw().execute("delete from page_to_measure where page_id = $1", to_uuid(due.page_id))
    return True


async def put_off(uow: UnitOfWork, page_id: str, until: datetime) -> None:
    """Measure a page later: its file cannot be had now."""
    await uow.raw().execute("update page_to_measure set due_at = $2 where page_id = $1", to_uuid(page_id), until)


async def list_needs_edge(uow: UnitOfWork, dossier_id: str) -> Sequence[NarrowPage]:
    """Pages of a dossier's filed materials that want an edge or a second look, in catalogue order; at most 2,000."""
    rows = await uow.raw().fetch(_NEEDS_EDGE, to_uuid(dossier_id), MOST)
    return [
        NarrowPage(
            from_uuid("pag", row["page_id"]),
            from_uuid("mat", row["material_id"]),
            row["page_no"],
            row["verdict"],
            row["margin_mm"],
            row["ink_in_line"],
        )
        for row in rows
    ]
