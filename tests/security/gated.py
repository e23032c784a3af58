"""Clearances and the audits of dossiers behind them, fresh for each request that uses one up."""

from __future__ import annotations

import uuid
from typing import Any

from cli import acts
from cli.client import Problem, until
from tests.support.county import County

_CLEARANCE = "/v1/clearances/{clearance_id}"
_FACTS = ("birth_date", "work_start_date", "party_join_date", "education", "work_experience", "cadre_identity")


LENT = ("audit", "POST", "/v1/inbound-previews")
GIVEN_BACK = ("audit", "POST", "/v1/inbound-previews/{preview_id}/returns")
APPROVED = ("audit", "POST", "/v1/score-bulletins/{bulletin_id}/approvals")


def _found(dossier_id: str) -> acts.Json:
    fault = {"code": "late", "times": 1, "reason": "逾期一天"}
    return {"dossier_id": dossier_id, "deductions": [fault], "not_related": True}


def _list(_: Any, ids: dict[str, str]) -> acts.Json:
    return {"kind": "promote", "persons": [{"person_id": ids["person_id"]}]}


BODIES: dict[tuple[str, str, str], Any] = {
    ("audit", "POST", "/v1/clearances"): _list,
    ("audit", "POST", "/v1/clearances/agenda-checks"): lambda _, ids: {
        **_list(_, ids),
        "meeting_on": "2030-01-01",
    },
    ("audit", "POST", f"{_CLEARANCE}/suspensions"): lambda *_: {"reason": "收到反映"},
    ("audit", "POST", f"{_CLEARANCE}/audits"): lambda *_: {},
    ("audit", "POST", "/v1/tasks/{task_id}/examinations"): lambda *_: {
        "facts": [{"fact": fact, "consistent": "yes"} for fact in _FACTS],
        "opinion": "与最早材料一致",
        "not_related": True,
    },
    ("audit", "POST", "/v1/scores"): lambda _, ids: _found(ids["dossier_id"]),
    ("audit", "POST", "/v1/score-bulletins"): lambda _, ids: {
        "unit_id": ids["scored_unit_id"],
        "year": int(ids["scored_year"]),
    },
    APPROVED: lambda *_: {},
    LENT: lambda _, ids: {
        "person": {"person_id": ids["person_id"]},
        "lent_by": "某市水利局人事处",
        "borrowed_on": "2026-01-05",
        "due_back_on": "2026-01-19",
        "not_related": True,
    },
    GIVEN_BACK: lambda *_: {"given_back_on": "2026-01-12"},
}
"""For each act a request that goes through on a fresh dossier."""


async def fresh(county: County, person_id: str) -> dict[str, str]:
    """A dossier that nobody has audited, a clearance that waits for its audit, and the task of that."""
    body = {"person_id": person_id, "dossier_no": f"T-{uuid.uuid4().hex[:8]}"}
    await county.signed_in("archivist").post("/v1/dossiers", body)
    hr, leader = county.signed_in("hr"), county.signed_in("leader")

    async def asked() -> acts.Json | None:
        try:
            made = await hr.post("/v1/clearances", _list(None, {"person_id": person_id}))
        except Problem as problem:
            if problem.code != "validation-failed":
                raise
            return None  # audit has not heard of the person yet
        return made["items"][0]

    clearance = await until("the clearance", asked, lambda seen: seen is not None and seen["state"] == "in_audit")
    assert clearance is not None
    task = await leader.post(f"/v1/clearances/{clearance['id']}/audits", {})
    return {"clearance_id": clearance["id"], "dossier_audit_task_id": task["task_id"]}


async def newcomer(county: County, person_id: str) -> dict[str, str]:
    """Somebody who was just registered, once audit has heard of them."""
    checked = {**_list(None, {"person_id": person_id}), "meeting_on": "2030-01-01"}
    leader = county.signed_in("leader")
    await until(
        "the person heard of",
        lambda: leader.send("POST", "/v1/clearances/agenda-checks", json=checked),
        lambda answer: answer.is_success,
    )
    return {"person_id": person_id}


async def lent(county: County, person_id: str) -> dict[str, str]:
    """Another office's dossier that is lent for reading."""
    body = BODIES[LENT](None, await newcomer(county, person_id))
    made = await county.signed_in("archivist").post(LENT[2], body)
    return {"preview_id": made["id"]}


async def scored(county: County, dossier_id: str) -> dict[str, str]:
    """A score, and the bulletin over it that waits for its approval, in its first version."""
    adjudicator, leader = county.signed_in("adjudicator"), county.signed_in("leader")
    score = await adjudicator.post("/v1/scores", _found(dossier_id))
    year = {"unit_id": score["unit_id"], "year": score["year"]}
    bulletin = await adjudicator.post("/v1/score-bulletins", year)
    if bulletin["version"] > 1:  # one waited already, and was counted anew
        await leader.post(f"/v1/score-bulletins/{bulletin['id']}/approvals", {}, version=bulletin["version"])
        bulletin = await adjudicator.post("/v1/score-bulletins", year)
    return {
        "score_id": score["id"],
        "bulletin_id": bulletin["id"],
        "scored_unit_id": score["unit_id"],
        "scored_year": str(score["year"]),
    }
