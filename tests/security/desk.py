"""A dossier of its own for each act at the archivist's desk, since an act uses up what it is done to."""

from __future__ import annotations

import uuid
from typing import Any

from cli import acts
from tests.support.county import County

_ROWS = [{"title": "自传", "category": "2", "formed_on": {"value": year}, "page_count": 2} for year in ("1980", "1990")]

BODIES: dict[tuple[str, str, str], Any] = {
    ("catalog", "PATCH", "/v1/materials/{material_id}"): lambda *_: {"remark": f"备注{uuid.uuid4().hex[:4]}"},
    ("catalog", "POST", "/v1/materials/{material_id}/refilings"): lambda *_: {"category": "10", "reason": "归错类"},
    ("catalog", "POST", "/v1/dossiers/{dossier_id}/orderings"): lambda _, ids: {
        "category": "2",
        "material_ids": [ids.get("other_id", ids["material_id"]), ids["material_id"]],
        "reason": "按本地惯例",
    },
    ("catalog", "POST", "/v1/materials/{material_id}/splits"): lambda *_: {
        "parts": [{"title": "自传", "page_count": 1}, {"title": "思想汇报", "page_count": 1}],
        "reason": "误订在一起",
    },
    ("catalog", "POST", "/v1/materials/{material_id}/merges"): lambda _, ids: {
        "material_ids": [ids.get("other_id", ids["material_id"])],
        "joined": "parts",
        "reason": "同一事由",
    },
    ("catalog", "POST", "/v1/dossiers/{dossier_id}/undoings"): lambda _, ids: {
        "change_id": ids.get("change_id", "chg_00000000000000000000000001")
    },
    ("catalog", "POST", "/v1/materials/{material_id}/removals"): lambda *_: {"reason": "duplicate"},
    ("catalog", "POST", "/v1/materials/{material_id}/restorations"): lambda *_: {"note": "剔错了"},
}
"""For each act a request that goes through on a fresh dossier."""


async def fresh(county: County, person_id: str) -> dict[str, str]:
    """A dossier with two autobiographies."""
    archivist = county.signed_in("archivist")
    body = {"person_id": person_id, "dossier_no": f"T-{uuid.uuid4().hex[:8]}"}
    dossier = await archivist.post("/v1/dossiers", body)
    entered = await archivist.post(f"/v1/dossiers/{dossier['id']}/materials", {"materials": _ROWS})
    first, second = (one["id"] for one in entered["items"])
    return {"dossier_id": dossier["id"], "material_id": first, "other_id": second}


async def changed(county: County, ids: dict[str, str]) -> dict[str, str]:
    """The first of them moved elsewhere: a change that can be undone."""
    material = await _material(county, ids)
    path, body = f"/v1/materials/{ids['material_id']}/refilings", {"category": "10", "reason": "归错类"}
    made = await county.signed_in("archivist").post(path, body, version=material["version"])
    return {"change_id": made["id"]}


async def asked(county: County, ids: dict[str, str]) -> dict[str, str]:
    """A removal of the first of them that waits for the leader."""
    material = await _material(county, ids)
    path = f"/v1/materials/{ids['material_id']}/removals"
    made = await county.signed_in("archivist").post(path, {"reason": "duplicate"}, version=material["version"])
    return {"removal_id": made["id"], "catalog_task_id": made["task_id"]}


async def removed(county: County, ids: dict[str, str]) -> None:
    """The first of them taken out."""
    task = await asked(county, ids)
    path = f"/v1/tasks/{task['catalog_task_id']}/decisions"
    await county.signed_in("leader").post(path, {"outcome": "approve"}, version=1)


async def _material(county: County, ids: dict[str, str]) -> acts.Json:
    return await county.signed_in("archivist").get(f"/v1/materials/{ids['material_id']}")
