"""Campaigns on the running system: one as each act of an organiser needs it."""

from __future__ import annotations

import uuid
from typing import Any

from cli import acts
from cli.client import Problem, until
from tests.support.county import County

_ONE = "/v1/campaigns/{campaign_id}"
CHANGED_DOSSIER = ("audit", "PATCH", "/v1/campaign-dossiers/{campaign_dossier_id}")
SEEN_DOSSIER = ("audit", "GET", "/v1/campaign-dossiers/{campaign_dossier_id}")
SIGNED = ("audit", "POST", "/v1/pledges")
STARTED = ("audit", "POST", f"{_ONE}/starts")

BODIES: dict[tuple[str, str, str], Any] = {
    ("audit", "POST", "/v1/campaigns"): lambda _, ids: {"unit_id": ids["unit_id"], "name": "试验专项审核"},
    ("audit", "PATCH", _ONE): lambda *_: {"name": f"试验专项审核{uuid.uuid4().hex[:4]}"},
    ("audit", "PUT", f"{_ONE}/teams/{{kind}}"): lambda _, ids: {"head_id": ids["account_id"], "member_ids": []},
    ("audit", "POST", f"{_ONE}/extensions"): lambda _, ids: {"scope": {"unit_ids": [ids["unit_id"]]}},
    STARTED: lambda *_: {},
    ("audit", "POST", f"{_ONE}/closings"): lambda *_: {},
    ("audit", "POST", f"{_ONE}/report-approvals"): lambda _, ids: {"digest": ids.get("report_digest", "0" * 64)},
    ("audit", "POST", f"{_ONE}/assignments"): lambda *_: {"dossiers": 1},
    ("audit", "POST", f"{_ONE}/reviewer-removals"): lambda _, ids: {
        "account_id": ids["other_account_id"],
        "reason": "left",
    },
    CHANGED_DOSSIER: lambda *_: {"difficulty": uuid.uuid4().int % 1000},
    SIGNED: lambda _, ids: {
        "scope": "campaign",
        "campaign_id": ids["campaign_id"],
        "form": "drawn",
        "signed_on": "2026-01-05",
    },
    ("audit", "POST", "/v1/trainings"): lambda _, ids: _course(ids),
}
"""For each act a request that goes through on a fresh campaign."""


def _course(ids: dict[str, str]) -> dict[str, Any]:
    return {
        "unit_id": ids["unit_id"],
        "course": "专项审核业务培训",
        "kind": "audit",
        "days": 7,
        "trainer": "省委组织部",
        "held_on": "2026-03-02",
        "attendances": [{"account_id": ids["account_id"], "present": True}],
    }


async def fresh(county: County, path: str) -> dict[str, str]:
    """A campaign over the sample's subject: planned, or running where the act needs that."""
    organiser = county.signed_in("adjudicator")
    group = [(await county.signed_in(who).get("/v1/me"))["account_id"] for who in ("auditor", "auditor-2")]
    body = {
        "unit_id": county.loaded.units["QL06"],
        "name": "试验专项审核",
        "scope": {"dossier_ids": [county.dossier_id()]},
    }
    campaign = await heard(lambda: organiser.post("/v1/campaigns", body))
    one = f"/v1/campaigns/{campaign['id']}"
    ids = {"campaign_id": campaign["id"], "account_id": group[0], "other_account_id": group[1]}
    ids["campaign_dossier_id"] = (await organiser.get(f"{one}/dossiers"))["items"][0]["id"]
    if path.endswith(("/closings", "/assignments", "/reviewer-removals", "/report-approvals")):
        team = {"head_id": group[0], "member_ids": group}
        await organiser.send("PUT", f"{one}/teams/audit", json=team, headers={"If-Match": '"1"'})
        for account_id in group:
            signed = {"scope": "campaign", "campaign_id": campaign["id"], "form": "scanned", "signed_on": "2026-01-05"}
            await organiser.post("/v1/pledges", {**signed, "account_id": account_id})
        await organiser.post(f"{one}/starts", {}, version=2)
        ids["report_digest"] = (await organiser.get(f"{one}/report"))["digest"]
    return ids


async def trained(county: County) -> dict[str, str]:
    """A course in the register."""
    organiser = county.signed_in("adjudicator")
    account_id = (await county.signed_in("auditor").get("/v1/me"))["account_id"]
    body = _course({"unit_id": county.loaded.units["QL06"], "account_id": account_id})
    return {"training_id": (await heard(lambda: organiser.post("/v1/trainings", body)))["id"]}


async def heard(ask: Any) -> acts.Json:
    """The answer once audit has heard of what the request names."""

    async def asked() -> acts.Json | None:
        try:
            return await ask()
        except Problem:
            return None

    return await until("what the request names", asked, lambda answer: answer is not None)
