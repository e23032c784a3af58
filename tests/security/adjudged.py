"""What follows both first reviews, on the running system: the sample's dossier as far as the act needs it."""

from __future__ import annotations

import uuid
from typing import Any

import asyncpg

from cli import acts
from cli.client import Problem, until
from contracts.values.ids import to_uuid
from tests.security import campaigning, reviewing
from tests.support.county import SUBJECT, County, pages

_DOSSIER = "/v1/campaign-dossiers/{campaign_dossier_id}"
_FACT = "/v1/determinations/{determination_id}"
SECOND = ("audit", "POST", f"{_DOSSIER}/second-reviews")
TABLED = ("audit", "POST", f"{_DOSSIER}/tablings")
MEETING = ("audit", "POST", "/v1/campaigns/{campaign_id}/meetings")
DETERMINED = ("audit", "POST", f"{_DOSSIER}/collective-determinations")
FED_BACK = ("audit", "POST", f"{_DOSSIER}/feedbacks")
APPROVED = ("audit", "POST", f"{_DOSSIER}/approvals")
REOPENED = ("audit", "POST", f"{_DOSSIER}/reopenings")
DECIDED = ("audit", "POST", f"{_FACT}/decisions")
INVESTIGATED = ("audit", "POST", f"{_DOSSIER}/investigations")
DRAWN = ("audit", "POST", "/v1/campaigns/{campaign_id}/spot-checks")
CHECKED = ("audit", "POST", "/v1/spot-checks/{spot_check_id}/dossiers/{campaign_dossier_id}/outcomes")
OVERSEEN = ("audit", "POST", f"{_DOSSIER}/superior-reviews")
ASKED = ("audit", "POST", f"{_DOSSIER}/feedback-rounds")
CAME = ("audit", "POST", "/v1/feedback-rounds/{feedback_round_id}/answers")
TALKED = ("audit", "POST", f"{_DOSSIER}/talk-records")
ANSWERED = ("audit", "POST", "/v1/investigations/{investigation_id}/results")
_FORMS = ("handling-opinion", "{form}")
PRINTED = tuple(("audit", "GET", f"{_DOSSIER}/prints/{form}") for form in _FORMS)
ORDER = (SECOND, TABLED, DETERMINED, FED_BACK, APPROVED, REOPENED)
"""The acts in the order in which a dossier goes through them."""

_RELATION = {"not_related": True}


def _meeting(ids: dict[str, str]) -> acts.Json:
    return {
        "held_on": "2026-01-05",
        "minutes_no": f"纪要{uuid.uuid4().hex[:6]}",
        "present_ids": [ids["account_id"], ids["other_account_id"], ids["third_account_id"]],
    }


BODIES: dict[tuple[str, str, str], Any] = {
    SECOND: lambda *_: _RELATION,
    TABLED: lambda *_: _RELATION,
    MEETING: lambda _, ids: _meeting(ids),
    DETERMINED: lambda _, ids: {
        "meeting_id": ids["meeting_id"],
        "in_favour": 3,
        "against": 0,
        "abstained": 0,
        **_RELATION,
    },
    FED_BACK: lambda _, ids: {
        "organisation": "县教育局党组",
        "met_on": "2026-01-06",
        "outcome": "signed",
        "pages": [ids["ticket"]],
        **_RELATION,
    },
    APPROVED: lambda *_: _RELATION,
    REOPENED: lambda *_: {"reason": "发现更早的材料", **_RELATION},
    ASKED: lambda *_: {
        "sent_to": "县教育局党组",
        "materials_asked": ["1992年年度考核登记表"],
        "sent_on": "2026-01-05",
        "due_on": "2199-01-01",
        **_RELATION,
    },
    CAME: lambda *_: {"answered_on": "2026-01-06", "result": "not_provided", **_RELATION},
    TALKED: lambda *_: {
        "talked_on": "2026-01-06",
        "talked_by": ["张三"],
        "said": "已遗失",
        "signed": False,
        **_RELATION,
    },
    DRAWN: lambda *_: {"percent": 100},
    CHECKED: lambda *_: {"outcome": "agrees", **_RELATION},
    OVERSEEN: lambda *_: {"outcome": "confirm", **_RELATION},
    DECIDED: lambda *_: {"take": "rules", **_RELATION},
    INVESTIGATED: lambda _, ids: {
        "question": "出生日期以何为准",
        "unit_visited": "县第一中学",
        "investigator_ids": [ids["account_id"], ids["other_account_id"]],
        "due_on": "2199-01-01",
        **_RELATION,
    },
    ANSWERED: lambda *_: {"result": "not_verifiable", **_RELATION},
}
"""For each act a request that goes through on a fresh dossier."""


async def fresh(county: County, endpoint: tuple[str, str, str]) -> dict[str, str]:
    """A dossier that waits for this act."""
    if endpoint == APPROVED:
        await fresh(county, REOPENED)  # From then on audit has heard of the office for certain.
    ids = await reviewing.fresh(county, opened=True)
    adjudicator = county.signed_in("adjudicator")
    ids["third_account_id"] = (await county.signed_in("approver").get("/v1/me"))["account_id"]
    path = MEETING[2].format(**ids)
    ids["meeting_id"] = (await campaigning.heard(lambda: adjudicator.post(path, _meeting(ids))))["id"]
    for act in _before(endpoint):
        await _done(county, act, ids)
    if endpoint in (ANSWERED, CAME):
        ids["investigation_id"] = (await _done(county, INVESTIGATED, ids))["id"]
        ids["feedback_round_id"] = (await _done(county, ASKED, ids))["id"]
    if endpoint == CHECKED:
        path = DRAWN[2].format(**ids)
        ids["spot_check_id"] = (await county.signed_in("leader").post(path, BODIES[DRAWN](None, ids)))["id"]
    if endpoint == OVERSEEN:
        await _approved_below(county, ids)
    if endpoint == REOPENED:
        await until("the form filed", lambda: _state(county, ids), lambda told: told["state"] == "filed")
    listed = await adjudicator.get(f"/v1/determinations?campaign_dossier_id={ids['campaign_dossier_id']}")
    if listed["items"]:
        ids["determination_id"] = listed["items"][0]["id"]
    ids["ticket"] = await adjudicator.upload(pages()[0], unit_id=county.loaded.units["QL06"])
    return ids


def _before(endpoint: tuple[str, str, str]) -> tuple[tuple[str, str, str], ...]:
    if endpoint == OVERSEEN:
        return ORDER[: ORDER.index(REOPENED)]
    if endpoint in (DRAWN, CHECKED):
        return ORDER[: ORDER.index(DETERMINED)]
    if endpoint in PRINTED[2:]:
        return ORDER[: ORDER.index(FED_BACK)]  # There is nothing to sign before the meeting has decided.
    return ORDER[: ORDER.index(endpoint)] if endpoint in ORDER else ORDER[:1]


async def _approved_below(county: County, ids: dict[str, str]) -> None:
    """Let an office below the leader's have approved: the sample accounts hold one leader, and that one at the top."""
    connection = await asyncpg.connect(county.system.target.admin_url())
    try:
        await connection.execute(
            """update audit.determination_approval set office_unit_id = $2, approved_by = $3
            where campaign_dossier_id = $1""",
            to_uuid(ids["campaign_dossier_id"]),
            to_uuid(county.loaded.units["QL06"]),
            uuid.uuid4(),
        )
    finally:
        await connection.close()


async def _state(county: County, ids: dict[str, str]) -> acts.Json:
    return await county.signed_in("adjudicator").get(f"/v1/campaign-dossiers/{ids['campaign_dossier_id']}")


async def _done(county: County, act: tuple[str, str, str], ids: dict[str, str]) -> acts.Json:
    who = county.signed_in("leader" if act == APPROVED else "adjudicator")
    if act == APPROVED:
        await managed(county)
    if act == FED_BACK:
        ids["ticket"] = await who.upload(pages()[0], unit_id=county.loaded.units["QL06"])
    version = (await _state(county, ids))["version"]
    return await campaigning.heard(lambda: who.post(act[2].format(**ids), BODIES[act](None, ids), version=version))


async def managed(county: County) -> None:
    """Let the leader's own office manage the subject; once is enough."""
    archivist, admin = county.signed_in("archivist"), county.signed_in("system-admin")
    person = await archivist.get(f"/v1/persons/{county.loaded.persons[SUBJECT]}")
    root = county.loaded.units["QL"]
    rule = {
        "rank": person["rank"],
        "unit_id": root,
        "office": "中共青岚县委组织部",
        "office_unit_id": root,
        "valid_from": "2019-01-01",
    }
    try:
        await admin.post("/v1/managing-authorities", rule)
    except Problem:
        return  # An earlier act of this run made it.
