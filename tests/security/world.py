"""One of everything, so that a request that should be refused would have an effect if it were not."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from cli import acts
from cli.client import until
from contracts.values.ids import new_id
from tests.security import (
    adjudged,
    appraised,
    campaigning,
    claimed,
    desk,
    gated,
    identified,
    reviewed,
    reviewing,
    shelf,
)
from tests.story.deciding import closed, handed_in, two_agree, waiting_for
from tests.support.county import SUBJECT, County, pages, paper

APPOINTMENT = "干部任免审批表"
RESUME = "干部履历表"
UNKNOWN = "驻村帮扶群众评议记录"

ACCOUNT_OF = {
    "submitter": "submitter",
    "archivist": "archivist",
    "digitizer": "digitizer",
    "auditor": "auditor",
    "adjudicator": "adjudicator",
    "leader": "leader",
    "approver": "approver",
    "viewer": "viewer",
    "cadre": "cadre",
    "hr_system": "hr",
    "system_admin": "system-admin",
    "security_admin": "security-admin",
    "security_auditor": "security-auditor",
}
"""A sample account that holds this role and no other."""

_LIMITS = httpx.Limits(keepalive_expiry=2.0)
"""A server closes what is idle for five seconds; never send into what it is closing."""


@dataclass
class World:
    """One resource of each kind, by the names of path parameters."""

    county: County
    ids: dict[str, str]
    page: bytes
    view_request: acts.Json
    http: httpx.AsyncClient
    """Adds no token of its own. One for all requests: to make one takes longer than most requests."""
    looked_at: dict[str, str] = field(default_factory=dict)
    """A filed and bound dossier that requests only look at, once one has been asked for."""

    async def token(self, role: str) -> str:
        """An access token of an account with this role only."""
        return await self.county.signed_in(ACCOUNT_OF[role]).token()

    async def call(self, role: str | None, method: str, path: str, **options: Any) -> httpx.Response:
        """One request with exactly these headers and body; `None` is nobody at all."""
        headers = dict(options.pop("headers", {}))
        if role is not None:
            headers["Authorization"] = f"Bearer {await self.token(role)}"
        return await self.http.request(method, path, headers=headers, **options)


async def _filed_and_returned(county: County) -> dict[str, str]:
    """A closed submission with a receipt and a return note, and where its filed material went."""
    submission = await handed_in(county, paper(APPOINTMENT), paper(RESUME))
    await two_agree(county, submission, rejected=[RESUME])
    receipt, note = await closed(county, submission)
    assert receipt is not None
    assert note is not None
    item_id = next(item["id"] for item in submission["items"] if item["title"] == APPOINTMENT)
    item = await county.signed_in("submitter").get(f"/v1/submission-items/{item_id}")
    material = await acts.until_heard(county.signed_in("archivist"), f"/v1/materials/{item['material_id']}")
    return {
        "receipt_id": receipt["id"],
        "return_note_id": note["id"],
        "material_id": item["material_id"],
        "category": item["filed"]["category"],
        "page_id": material["pages"][0]["page_id"],
    }


async def open_appraisal(county: County) -> dict[str, str]:
    """An appraisal that waits for its first voice."""
    submission = await handed_in(county, paper(APPOINTMENT))
    found = await waiting_for(county, "auditor", submission, {submission["items"][0]["id"]})
    appraisal = next(iter(found.values()))
    return {
        "appraisal_id": appraisal["id"],
        "audit_task_id": appraisal["task_id"],
        "appraised_material_id": appraisal["material_id"],
        "appraised_page_id": appraisal["pages"][0]["page_id"],
    }


async def held_apart(county: County) -> dict[str, str]:
    """A material that the second auditor held apart."""
    opened = await open_appraisal(county)
    body = appraised.BODIES[appraised.HELD](None, {"material_id": "", **opened})
    made = await county.signed_in("auditor-2").post("/v1/quarantines", body)
    return {"quarantine_id": made["id"]}


async def queued(county: County) -> dict[str, str]:
    """A material whose title no rule knows: it waits for the archivist."""
    submission = await handed_in(county, paper(UNKNOWN))
    await two_agree(county, submission)
    item = submission["items"][0]
    seen = await county.signed_in("submitter").get(f"/v1/submission-items/{item['id']}")
    archivist = county.signed_in("archivist")
    material = await until(
        "the queue",
        lambda: acts.until_heard(archivist, f"/v1/materials/{seen['material_id']}"),
        lambda found: found["queue"] is not None,
    )
    return {"catalog_task_id": material["queue"]["task_id"]}


async def draft(county: County, uploader: str = "submitter") -> dict[str, str]:
    """A draft with one paper, and the ticket of a page that belongs to none yet."""
    submitter = county.signed_in("submitter")
    submission = await acts.draft(submitter, county.subject())
    item = await acts.add_paper(submitter, submission, paper(APPOINTMENT))
    ticket = await county.signed_in(uploader).upload(pages()[0], unit_id=submission["unit_id"])
    return {"submission_id": submission["id"], "item_id": item["id"], "ticket": ticket}


async def view_request_body(county: County, category: str) -> acts.Json:
    """A request of the sample viewers for today, as `POST /v1/view-requests` takes it."""
    viewers: list[acts.Json] = []
    for who in ("viewer", "viewer-2"):
        me = await county.signed_in(who).get("/v1/me")
        named = {"account_id": me["account_id"], "name": me["name"], "party_member": True}
        viewers.append(named | ({"person_no": me["person_no"]} if me["person_no"] else {}))
    today = (datetime.now(UTC) + timedelta(hours=8)).date().isoformat()
    return {
        "subject": {"dossier_id": county.dossier_id()},
        "scope": {"kind": "categories", "categories": [category]},
        "purpose": "personnel",
        "reason": "干部考察任用需要",
        "from_on": today,
        "until_on": today,
        "viewers": viewers,
        "relation_declaration": "not_related",
    }


async def asked(county: County, category: str, *, signatures: int = 0) -> dict[str, str]:
    """A view request with so many signatures, and the task of the next one or the grant."""
    viewer = county.signed_in("viewer")
    made = await viewer.post("/v1/view-requests", await view_request_body(county, category))
    for signer in ("approver", "leader")[:signatures]:
        await acts.sign(county.signed_in(signer), made["id"])
    whole = await viewer.get(f"/v1/view-requests/{made['id']}")
    waiting = next((step["task_id"] for step in whole["steps"] if step["state"] == "pending"), "")
    return {"view_request_id": made["id"], "access_task_id": waiting, "grant_id": whole["grant_id"] or ""}


async def printed(county: County) -> dict[str, str]:
    """An order of prints that has ended."""
    archivist = county.signed_in("archivist")
    order = await archivist.post("/v1/dossiers/prints", {"dossier_ids": [county.dossier_id()]})
    path = f"/v1/operations/{order['id']}"
    await until("the prints", lambda: archivist.get(path), lambda seen: seen["state"] not in ("queued", "running"))
    return {"operation_id": order["id"]}


async def person_without_dossier(county: County) -> dict[str, str]:
    """A person just registered."""
    number = f"T{uuid.uuid4().int % 10**8:08d}"
    body = {"unit_id": county.loaded.units["QL06"], "person_no": number, "name": "试验人"}
    made = await county.signed_in("archivist").post("/v1/persons", body)
    return {"person_id": made["id"]}


async def removal_asked(county: County) -> dict[str, str]:
    """A removal that waits for the leader, in a dossier of its own."""
    ids = await desk.fresh(county, (await person_without_dossier(county))["person_id"])
    return {"removal_id": (await desk.asked(county, ids))["removal_id"]}


async def shelved(county: County) -> dict[str, str]:
    """A volume, its shelf, an inventory and a processing sheet, of a dossier of its own."""
    ids = await shelf.fresh(county, (await person_without_dossier(county))["person_id"])
    return {name: value for name, value in ids.items() if name not in ("dossier_id", "material_id", "other_id")}


async def authority(county: County) -> dict[str, str]:
    """A rule of managing authority for a rank that nobody has."""
    rank, unit_id = f"试验级{uuid.uuid4().hex[:4]}", county.loaded.units["QL06"]
    body = {"rank": rank, "unit_id": unit_id, "office": "中共青岚县委", "valid_from": "2019-01-01"}
    made = await county.signed_in("system-admin").post("/v1/managing-authorities", body)
    return {"authority_id": made["id"]}


@pytest.fixture(scope="session")
async def world(county: County) -> AsyncIterator[World]:
    """Built once a worker."""
    parts = await asyncio.gather(
        _filed_and_returned(county),
        open_appraisal(county),
        queued(county),
        draft(county),
        printed(county),
        removal_asked(county),
        shelved(county),
        authority(county),
        held_apart(county),
    )
    ids = {name: value for part in parts for name, value in part.items()}
    waiting, granted = await asked(county, ids["category"]), await asked(county, ids["category"], signatures=2)
    ids |= {**waiting, "grant_id": granted["grant_id"]}
    ids |= {
        "unit_id": county.loaded.units["QL06"],
        "person_id": county.loaded.persons[SUBJECT],
        "dossier_id": county.dossier_id(),
    }
    ids |= {**await reviewed.finding(county), **await reviewed.gap(county)}
    ids |= await appraised.recorded(county, ids["material_id"])
    ids |= await claimed.fresh(county, (await person_without_dossier(county))["person_id"])
    ids |= await identified.fresh(county, decided=True)
    ids |= await gated.fresh(county, (await person_without_dossier(county))["person_id"])
    ids |= await gated.lent(county, (await person_without_dossier(county))["person_id"])
    ids |= await gated.scored(county, ids["dossier_id"])
    ids = {**await campaigning.fresh(county, ""), **await campaigning.trained(county), **ids}
    ids |= {"review_id": (await reviewing.fresh(county))["review_id"]}
    settled = await adjudged.fresh(county, adjudged.ANSWERED)
    kept = ("determination_id", "meeting_id", "investigation_id", "feedback_round_id", "third_account_id", "ticket")
    ids |= {name: settled[name] for name in kept}
    ids["spot_check_id"] = (await adjudged.fresh(county, adjudged.CHECKED))["spot_check_id"]
    ids["alteration_id"] = (await appraised.altered(county, ids["material_id"]))["alteration_id"]
    ids |= {"bound_set_id": new_id("bds"), "bound_unit_id": ids["unit_id"]}
    async with httpx.AsyncClient(base_url=county.system.url, timeout=30, trust_env=False, limits=_LIMITS) as http:
        yield World(county, ids, pages()[0], await view_request_body(county, ids["category"]), http)
