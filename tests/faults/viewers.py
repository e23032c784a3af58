"""A viewer with a grant over one dossier, who opens every page that comes into it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import httpx

from cli.acts import Json, sign
from cli.client import Caller, NotReached, Problem, until
from tests.faults.auditors import TAKEN
from tests.faults.load import Writer

LOOK_EVERY = 1.0
_HEARD_WITHIN_S = 60.0


class Viewer:
    """Asks, has the request signed, and views; each page once."""

    def __init__(self, writer: Writer, other: Caller) -> None:
        self._writer = writer
        self._caller = writer.caller
        self._other = other
        self._grant_id = ""
        self._shown: set[str] = set()
        self.surprises: list[str] = []

    async def obtain(self, dossier_id: str, approver: Caller, leader: Caller) -> None:
        """A grant over the whole dossier, for today and tomorrow: a run may pass midnight."""
        today = (datetime.now(UTC) + timedelta(hours=8)).date()
        body = {
            "subject": {"dossier_id": dossier_id},
            "scope": {"kind": "whole"},
            "purpose": "personnel",
            "from_on": today.isoformat(),
            "until_on": (today + timedelta(days=1)).isoformat(),
            "viewers": [await _named(self._caller), await _named(self._other)],
            "relation_declaration": "not_related",
        }
        request = await until(
            "access knows the dossier",
            lambda: self._ask(body),
            lambda made: made is not None,
            seconds=_HEARD_WITHIN_S,
        )
        assert request is not None, "until answers only what is done"
        for signer in (approver, leader):
            request = await sign(signer, request["id"])
        self._grant_id = request["grant_id"]

    async def _ask(self, body: Json) -> Json | None:
        """None while access has not heard of the dossier, or of the unit that asks."""
        try:
            return await self._writer.post("V001", "request", "/v1/view-requests", body)
        except Problem as problem:
            if problem.code == "validation-failed":
                return None
            raise

    async def run(self) -> None:
        """View what is new, again and again, until cancelled."""
        while True:
            try:
                listed = await self._caller.get(f"/v1/grants/{self._grant_id}/materials")
                for page_id in (page for one in listed["items"] for page in one["page_ids"]):
                    if page_id not in self._shown:
                        await self._view(page_id)
            except (httpx.TransportError, NotReached):
                pass
            except Problem as problem:
                if problem.code not in TAKEN:
                    self.surprises.append(str(problem))
            await asyncio.sleep(LOOK_EVERY)

    async def _view(self, page_id: str) -> None:
        self._writer.notes.sent(page_id, "view", grant=self._grant_id)
        await self._caller.content(f"/v1/grants/{self._grant_id}/images/{page_id}")
        self._writer.notes.answered(page_id, "view", grant=self._grant_id)
        self._shown.add(page_id)


async def _named(caller: Caller) -> Json:
    me = await caller.get("/v1/me")
    named = {"account_id": me["account_id"], "name": me["name"], "party_member": True}
    return named | ({"person_no": me["person_no"]} if me["person_no"] else {})
