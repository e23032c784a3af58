"""A special audit while faults come: dossier after dossier goes the whole way from two blind reviews to its form.

Each act is noted under the dossier's ref before it is sent, with its own key. What the two reviewers write differs, so
that the second reviewer has something to settle, and the catalog something to carry out.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import httpx

from cli.acts import once_heard
from cli.client import Caller, NotReached, Problem, key_of
from tests.faults.audited import NOT_HEARD_YET, RANK, Party, Round, Running, today
from tests.faults.load import Writer

PACE = 1.0
"""Seconds between two dossiers of a lane."""


class Campaign:
    """One campaign of one unit, which every round enlarges by one dossier; `lanes` of them are on their way at once."""

    def __init__(self, writer: Writer, party: Party, unit_id: str, heard_within: float, lanes: int) -> None:
        self._writer = writer
        self._party = party
        self._unit_id = unit_id
        self._heard_within = heard_within
        self._lanes = lanes
        self._running: Running | None = None

    @property
    def id(self) -> str:
        """The campaign's id, once it is prepared."""
        assert self._running is not None, "it was prepared"
        return self._running.id

    async def prepare(self, admin: Caller, county_id: str) -> None:
        """The office that manages the cadres, and a running campaign whose reviewers have signed."""
        party, organiser = self._party, self._party.organiser
        rule = {"rank": RANK, "unit_id": self._unit_id, "office": "县委组织部", "office_unit_id": county_id}
        rule["valid_from"] = "2016-01-01"
        key = self._key("authority")
        await self._heard(lambda: admin.post("/v1/managing-authorities", rule, key=key))
        members = [await _account(caller) for caller in party.reviewers.values()]
        present = [await _account(caller) for caller in (organiser, party.approver, party.leader)]
        body = {"unit_id": self._unit_id, "name": "专项审核（故障试验）", "settings": {"training_dossiers": 0}}
        made = await self._heard(lambda: organiser.post("/v1/campaigns", body, key=self._key("campaign")))
        team = {"head_id": members[0], "member_ids": members}
        path = f"/v1/campaigns/{made['id']}"
        made = await self._heard(lambda: organiser.put(f"{path}/teams/audit", team, version=made["version"]))
        pledge = {"scope": "campaign", "campaign_id": made["id"], "form": "drawn", "signed_on": today()}
        for name, caller in party.reviewers.items():
            await caller.post("/v1/pledges", pledge, key=self._key("pledge", name))
        await organiser.post(f"{path}/starts", version=made["version"], key=self._key("start"))
        self._running = Running(made["id"], self._unit_id, present, self._heard_within)

    async def run(self, stopped: asyncio.Event) -> None:
        """Dossier after dossier until `stopped`; those that were begun go all the way."""
        await asyncio.gather(*(self._lane(first, stopped) for first in range(1, self._lanes + 1)))

    async def _lane(self, number: int, stopped: asyncio.Event) -> None:
        assert self._running is not None, "it was prepared"
        while not stopped.is_set():
            ref = f"A{number:03d}"
            try:
                await Round(self._running, self._writer, self._party, ref, number).run()
            except (Problem, NotReached, httpx.HTTPError) as fault:
                self._writer.notes.gave_up(ref, "case", str(fault) or type(fault).__name__)
            number += self._lanes
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), PACE)

    async def _heard(self, call: Any) -> Any:
        return await once_heard(call, NOT_HEARD_YET, seconds=self._heard_within)

    def _key(self, *parts: object) -> str:
        return key_of("chaos", self._writer.seed, "campaign", *parts)


async def _account(caller: Caller) -> str:
    return (await caller.get("/v1/me"))["account_id"]
