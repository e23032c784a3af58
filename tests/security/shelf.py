"""Volumes, shelves, an inventory and a processing sheet of their own, fresh for each act that uses them up."""

from __future__ import annotations

import uuid
from typing import Any

from tests.security import desk
from tests.support.county import County, pages

_DIVIDED = "/v1/dossiers/{dossier_id}/volumes"
_TORN = {"cause": "condition", "condition": "torn", "proposal": "copy"}


def _spot(ids: dict[str, str]) -> Any:
    return {"cabinet_id": ids["cabinet_id"], "layer": 1, "slot": 1}


BODIES: dict[tuple[str, str, str], Any] = {
    ("catalog", "POST", _DIVIDED): lambda *_: {"kind": "duplicate"},
    ("catalog", "PATCH", "/v1/volumes/{volume_id}"): lambda *_: {"remark": f"备注{uuid.uuid4().hex[:4]}"},
    ("catalog", "POST", "/v1/volumes/{volume_id}/placements"): lambda _, ids: _spot(ids),
    ("catalog", "POST", "/v1/volumes/{volume_id}/bindings"): lambda _, ids: {"material_ids": [ids["loose_id"]]},
    ("catalog", "POST", "/v1/store-rooms"): lambda _, ids: {
        "unit_id": ids["unit_id"],
        "code": uuid.uuid4().hex[:8],
        "name": "库房",
    },
    ("catalog", "PATCH", "/v1/store-rooms/{store_room_id}"): lambda *_: {"name": f"库房{uuid.uuid4().hex[:4]}"},
    ("catalog", "POST", "/v1/store-rooms/{store_room_id}/cabinets"): lambda *_: {
        "code": uuid.uuid4().hex[:8],
        "kind": "fixed",
        "layers": 1,
        "slots": 1,
    },
    ("catalog", "PATCH", "/v1/cabinets/{cabinet_id}"): lambda *_: {"code": uuid.uuid4().hex[:8]},
    ("catalog", "POST", "/v1/inventories"): lambda _, ids: {
        "cabinet_id": ids["cabinet_id"],
        "first_layer": 1,
        "last_layer": 1,
    },
    ("catalog", "POST", "/v1/inventories/{inventory_id}/scans"): lambda _, ids: {"scans": [{"code": ids["number"]}]},
    ("catalog", "POST", "/v1/inventories/{inventory_id}/confirmations"): lambda *_: {},
    ("catalog", "POST", "/v1/inventories/{inventory_id}/settlements"): lambda _, ids: {
        "settlements": [{"code": ids["number"], "outcome": "moved_back"}]
    },
    ("catalog", "POST", "/v1/inventories/{inventory_id}/closings"): lambda *_: {},
    ("catalog", "POST", "/v1/materials/{material_id}/processing-needs"): lambda *_: _TORN,
    ("catalog", "POST", "/v1/processing-needs/{need_id}/withdrawals"): lambda *_: {"reason": "看错了"},
    ("catalog", "POST", "/v1/materials/{material_id}/processing-records"): lambda *_: {"op": "fold"},
    ("catalog", "POST", "/v1/processing-records/{record_id}/confirmations"): lambda *_: {},
}
"""For each act at the shelves a request that goes through on what `fresh` made."""


async def fresh(county: County, person_id: str, path: str = "") -> dict[str, str]:
    """A divided dossier with loose sheets, a cabinet, an inventory of it as far as this act needs, and a sheet."""
    archivist, second = county.signed_in("archivist"), county.signed_in("archivist-2")
    ids = await desk.fresh(county, person_id)
    dossier = await archivist.get(f"/v1/dossiers/{ids['dossier_id']}")
    made = await archivist.post(_DIVIDED.format(**ids), {"starts": [1, 3]}, version=dossier["version"])
    first, other = made["items"]
    # Into the second volume: what goes into another volume lies loose.
    material = await archivist.get(f"/v1/materials/{ids['other_id']}")
    refiling = {"category": "10", "reason": "归错类"}
    await archivist.post(f"/v1/materials/{ids['other_id']}/refilings", refiling, version=material["version"])
    room = {"unit_id": dossier["unit_id"], "code": uuid.uuid4().hex[:8], "name": "库房"}
    ids["store_room_id"] = (await archivist.post("/v1/store-rooms", room))["id"]
    cabinet = {"code": "A1", "kind": "dense", "layers": 1, "slots": 2}
    ids["cabinet_id"] = (await archivist.post(f"/v1/store-rooms/{ids['store_room_id']}/cabinets", cabinet))["id"]
    ids |= {"volume_id": other["id"], "number": first["code"], "loose_id": ids["other_id"]}
    layers = {"cabinet_id": ids["cabinet_id"], "first_layer": 1, "last_layer": 1}
    ids["inventory_id"] = (await archivist.post("/v1/inventories", layers))["id"]
    if path.endswith(("settlements", "closings")):
        count = f"/v1/inventories/{ids['inventory_id']}"
        if path.endswith("settlements"):
            await archivist.post(f"{count}/scans", {"scans": [{"code": ids["number"]}]})
        for version, who in enumerate((archivist, second), start=1):
            await who.post(f"{count}/confirmations", {}, version=version)
    needs = f"/v1/materials/{ids['material_id']}/processing-needs"
    ids["need_id"] = (await archivist.post(needs, _TORN))["id"]
    ticket = await second.upload(pages()[0], unit_id=dossier["unit_id"])
    records = f"/v1/materials/{ids['material_id']}/processing-records"
    ids["record_id"] = (await second.post(records, {"op": "trim", "after_ticket": ticket}))["id"]
    return ids
