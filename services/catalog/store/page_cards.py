"""Pages as those who work on them read them: scan, binding margin, enhanced image. One query for a list."""

from typing import Any

import orjson

from chassis.raw import RawConnection
from contracts.problems import NotFound
from contracts.values.ids import from_uuid, to_uuid

_CARD = """
select p.page_id, p.material_id, p.page_no, p.version, p.scan_no, p.digest, p.media_type, p.bytes, p.width, p.height,
  case when p.source_digest is not null
    then json_build_object('digest', p.source_digest, 'page_no', p.source_page_no)::text end as source,
  case when g.page_id is not null then json_build_object('verdict', g.verdict, 'margin_mm', g.margin_mm,
    'ink_in_line', g.ink_in_line, 'dpi', g.dpi, 'measured_at', g.measured_at)::text end as margin,
  coalesce(s.side, 'printed') as side,
  (select max(e.enhancement_no) from page_enhancement e
    where e.page_id = p.page_id and e.scan_no = p.scan_no and e.state = 'made') as enhanced
from page p join material m on m.material_id = p.material_id
  left join page_margin g on g.page_id = p.page_id and g.scan_no = p.scan_no
  left join page_side s on s.page_id = p.page_id
"""


async def list_of(connection: RawConnection, material_id: str, after: int, limit: int) -> list[dict[str, Any]]:
    """Pages of a material in order, from the one after number `after`."""
    rows = await connection.fetch(
        _CARD + "where p.material_id = $1 and p.page_no > $2 order by p.page_no limit $3",
        to_uuid(material_id),
        after,
        limit,
    )
    return [_card(row) for row in rows]


async def get(connection: RawConnection, page_id: str) -> dict[str, Any]:
    """One page; NotFound outside the caller's units, and after its material was refused."""
    row = await connection.fetchrow(_CARD + "where p.page_id = $1 and m.state <> 'refused'", to_uuid(page_id))
    if row is None:
        raise NotFound()
    return _card(row)


def _card(row: Any) -> dict[str, Any]:
    plain = ("page_no", "version", "scan_no", "digest", "media_type", "bytes", "width", "height", "side", "enhanced")
    return {
        "id": from_uuid("pag", row["page_id"]),
        "material_id": from_uuid("mat", row["material_id"]),
        **{name: row[name] for name in plain},
        "source": orjson.loads(row["source"]) if row["source"] else None,
        "margin": orjson.loads(row["margin"]) if row["margin"] else None,
    }
