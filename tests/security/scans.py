"""A material with two pages of its own for each act on pages, since an act uses up what it is done to."""

from __future__ import annotations

import uuid
from typing import Any

from tests.support.county import County, pages

BODIES: dict[tuple[str, str, str], Any] = {
    ("catalog", "POST", "/v1/materials/{material_id}/pages"): lambda _, ids: {"blob_tickets": [ids["ticket"]]},
    ("catalog", "POST", "/v1/materials/{material_id}/page-orders"): lambda _, ids: {
        "page_ids": [ids.get("second_page_id", ids["page_id"]), ids["page_id"]]
    },
    ("catalog", "POST", "/v1/materials/{material_id}/page-counts"): lambda _, ids: {
        "sides": [{"page_id": ids["page_id"], "side": "cover"}]
    },
    ("catalog", "POST", "/v1/pages/{page_id}/replacements"): lambda _, ids: {
        "blob_ticket": ids["ticket"],
        "reason": "原扫描件模糊",
    },
    ("catalog", "POST", "/v1/pages/{page_id}/enhancements"): lambda *_: {},
    ("catalog", "POST", "/v1/pages/{page_id}/enhancements/{enhancement_no}/rejections"): lambda *_: {"reason": "skew"},
}
"""For each act a request that goes through on fresh pages."""


async def fresh(county: County, person_id: str, unit_id: str, account: str, path: str) -> dict[str, str]:
    """Two scanned pages, and the ticket of this account for another scan."""
    archivist = county.signed_in("archivist")
    body = {"person_id": person_id, "dossier_no": f"T-{uuid.uuid4().hex[:8]}", "unit_id": unit_id}
    dossier = await archivist.post("/v1/dossiers", body)
    tickets = [await archivist.upload(content, unit_id=unit_id) for content in pages(2)]
    row = {"title": "自传", "category": "2", "formed_on": {"value": "1980"}, "page_count": 2, "pages": tickets}
    entered = await archivist.post(f"/v1/dossiers/{dossier['id']}/materials", {"materials": [row]})
    material = entered["items"][0]
    first, second = (page["page_id"] for page in material["pages"])
    if path.endswith("rejections"):
        await archivist.post(f"/v1/pages/{first}/enhancements", {}, version=1)
    ticket = await county.signed_in(account).upload(pages()[0], unit_id=unit_id)
    return {"material_id": material["id"], "page_id": first, "second_page_id": second, "ticket": ticket}
