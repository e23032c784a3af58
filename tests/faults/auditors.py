"""The scripted auditors: each looks for what waits, looks at its pages, and decides by the title."""

from __future__ import annotations

import asyncio
import random

import httpx

from cli.acts import appraise
from cli.client import Caller, Problem, key_of
from tests.faults.load import REFUSED
from tests.faults.notes import Notes

LOOK_EVERY = 0.4
REASON = "seal_missing"
TAKEN = frozenset({"version-stale", "state-conflict", "same-person-twice", "not-found", "dependency-down"})
"""Somebody else was faster, or the system is not whole at this moment: the next look shows what is left."""


class Auditor:
    """One account. A decision whose answer was lost is sent again under its key at the next look."""

    def __init__(self, caller: Caller, notes: Notes) -> None:
        self._caller = caller
        self._notes = notes
        self._decided: set[str] = set()
        self._rng = random.Random(caller.name)
        self.surprises: list[str] = []

    async def run(self) -> None:
        """Decide what waits, again and again, until cancelled."""
        while True:
            try:
                tasks = await self._caller.get("/v1/tasks", page_size=200)
                # Each in an order of their own, so that they seldom want the same task.
                for task in self._rng.sample(tasks["items"], len(tasks["items"])):
                    if task["resource"].startswith("appraisals/") and task["id"] not in self._decided:
                        await self._decide(task["id"], task["resource"])
            except httpx.TransportError:
                pass
            except Problem as problem:
                if problem.code not in TAKEN:
                    self.surprises.append(str(problem))
            await asyncio.sleep(LOOK_EVERY)

    async def _decide(self, task_id: str, resource: str) -> None:
        appraisal = await self._caller.get(f"/v1/{resource}")
        if appraisal["task_id"] != task_id:
            return
        refused = appraisal["title"].endswith(REFUSED)
        key = key_of("chaos", self._caller.name, task_id)
        self._notes.sent(task_id, "decide", key=key, title=appraisal["title"], refused=refused)
        await appraise(
            self._caller, appraisal, "reject" if refused else "approve", [REASON] if refused else [], key=key
        )
        self._notes.answered(task_id, "decide")
        self._decided.add(task_id)
