"""Bound sets on the running system: the sample's filed dossier, as far on its way as the act needs it."""

from __future__ import annotations

from typing import Any

from cli import acts
from cli.client import until
from tests.security import adjudged
from tests.support.county import County

_SET = "/v1/bound-sets/{bound_set_id}"
ASKED = ("audit", "POST", "/v1/campaigns/{campaign_id}/bound-sets")
PRINTED = ("audit", "POST", f"{_SET}/printings")
DISCARDED = ("audit", "POST", f"{_SET}/discards")
HANDED_OVER = ("audit", "POST", f"{_SET}/hand-overs")
STORED = ("audit", "POST", f"{_SET}/storings")
SEEN = tuple(("audit", "GET", f"{_SET}{what}") for what in ("", "/pdf", "/receipt/jws", "/receipt/pdf"))

_GIVEN = {"given_by": "王审", "received_by": "赵档", "handed_over_on": "2026-01-08"}
BODIES: dict[tuple[str, str, str], Any] = {
    ASKED: lambda _, ids: {"unit_id": ids["bound_unit_id"], "campaign_dossier_ids": [ids["campaign_dossier_id"]]},
    PRINTED: lambda *_: {},
    DISCARDED: lambda *_: {},
    HANDED_OVER: lambda *_: _GIVEN,
    STORED: lambda *_: {"place": "二号库房 3 柜 2 层"},
}
"""For each act a request that goes through on a fresh dossier."""


async def fresh(county: County, endpoint: tuple[str, str, str]) -> dict[str, str]:
    """A set that waits for this act; each after the other ones."""
    ids = await adjudged.fresh(county, adjudged.REOPENED)
    adjudicator, archivist = county.signed_in("adjudicator"), county.signed_in("archivist")
    dossier = await adjudicator.get(f"/v1/campaign-dossiers/{ids['campaign_dossier_id']}")
    ids["bound_unit_id"] = dossier["unit_id"]
    if endpoint == ASKED:
        return ids
    made = await adjudicator.post(ASKED[2].format(**ids), BODIES[ASKED](None, ids))
    ids["bound_set_id"] = made["id"]

    async def seen() -> acts.Json:
        return await adjudicator.get(f"/v1/bound-sets/{ids['bound_set_id']}")

    made = await until("the set compiled", seen, lambda told: told["state"] != "compiling")
    steps = [(adjudicator, PRINTED), (archivist, HANDED_OVER), (archivist, STORED)]
    for who, act in steps[: _needed(endpoint)]:
        made = await who.post(act[2].format(**ids), BODIES[act](None, ids), version=made["version"])
    ids["bound_set_version"] = str(made["version"])
    return ids


def _needed(endpoint: tuple[str, str, str]) -> int:
    """How many steps come before the act; the receipt is there after the hand-over."""
    return {PRINTED: 0, DISCARDED: 0, HANDED_OVER: 1, STORED: 2}.get(endpoint, 2)
