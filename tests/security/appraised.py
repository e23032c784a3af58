"""What auditors record beside appraisals: reports on certificates, and materials held apart."""

from __future__ import annotations

import uuid
from typing import Any

from cli.client import until
from tests.support.county import County, pages

REPORTED = ("audit", "POST", "/v1/verification-reports")


def _report(material_id: str, ticket: str) -> dict[str, Any]:
    return {
        "material_id": material_id,
        "issuer": "省学位办",
        "number": uuid.uuid4().hex[:8],
        "issued_on": {"value": "2026-10"},
        "result": "confirmed",
        "blob_ticket": ticket,
        "not_related": True,
    }


def _apart(_: Any, ids: dict[str, str]) -> dict[str, Any]:
    material_id = ids.get("appraised_material_id", ids["material_id"])
    return {"material_id": material_id, "reason": "doubtful", "place": "另放柜一层", "not_related": True}


_LINE = "/v1/quarantines/{quarantine_id}"
HELD = ("audit", "POST", "/v1/quarantines")
RELEASED = ("audit", "POST", f"{_LINE}/releases")
_FINDING = "/v1/alterations/{alteration_id}"
ALTERED = ("audit", "POST", "/v1/alterations")
CONFIRMED = ("audit", "POST", f"{_FINDING}/confirmations")
FOLLOWED = ("audit", "POST", f"{_FINDING}/consequences")
_FOUND = {"fact": "birth_date", "reads_now": "1970.05", "verdict": "falsified", "falsified_object": "facts"}
_DECIDED = {"decided_by": "中共青岚县委组织部", "decided_on": "2026-01-05"}
BODIES: dict[tuple[str, str, str], Any] = {
    REPORTED: lambda _, ids: _report(ids["material_id"], ids["ticket"]),
    HELD: _apart,
    ("audit", "PATCH", _LINE): lambda *_: {"place": f"另放柜{uuid.uuid4().hex[:4]}"},
    ALTERED: lambda _, ids: {**_FOUND, "material_id": ids["material_id"], "not_related": True},
    ("audit", "PATCH", _FINDING): lambda *_: {"remark": f"见{uuid.uuid4().hex[:4]}"},
    CONFIRMED: lambda _, ids: {**_DECIDED, "blob_tickets": [ids["ticket"]]},
    FOLLOWED: lambda *_: {**_DECIDED, "kind": "points_deducted"},
    RELEASED: lambda *_: {"way": "resumed", "not_related": True},
}
"""For each act a request that goes through on a fresh material."""


async def fresh(county: County) -> dict[str, str]:
    """The ticket of an auditor's scan."""
    return {"ticket": await county.signed_in("auditor").upload(pages()[0], unit_id=county.loaded.units["QL01"])}


async def recorded(county: County, material_id: str) -> dict[str, str]:
    """A report on a filed material, once audit has heard of it."""
    auditor = county.signed_in("auditor")
    body = _report(material_id, (await fresh(county))["ticket"])
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    made = await until(
        "the filed material heard of",
        lambda: auditor.send("POST", REPORTED[2], json=body, headers=headers),
        lambda answer: answer.is_success,
    )
    return {"report_id": made.json()["id"]}


async def altered(county: County, material_id: str, *, confirmed: bool = False) -> dict[str, str]:
    """An alteration on a filed material, and the ticket of the leader's scan; confirmed where asked for."""
    body = BODIES[ALTERED](None, {"material_id": material_id})
    made = await county.signed_in("auditor").post(ALTERED[2], body)
    leader = county.signed_in("leader")
    ids = {
        "alteration_id": made["id"],
        "ticket": await leader.upload(pages()[0], unit_id=county.loaded.units["QL01"]),
    }
    if confirmed:
        await leader.post(f"{ALTERED[2]}/{made['id']}/confirmations", BODIES[CONFIRMED](None, ids), version=1)
    return ids
