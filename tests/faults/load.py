"""What the departments do while faults come: submissions of three items each, now and then for a person just renamed.

Every write is noted before it is sent, under an idempotency key made of its ref, and sent again under the same key
for as long as the fault passes.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from cli.acts import Json
from cli.client import Caller, NotReached, Problem, key_of, until
from tests.bench.pages import distinct_page
from tests.faults.notes import Notes, Outcome
from tests.faults.people import Cadre

REFUSED = "·退）"
"""Where the title ends so, the auditors' script rejects."""
KINDS: Sequence[tuple[str, Outcome]] = (
    ("样例材料年度考核登记表（{ref}）", "filed"),  # no person: the machine's green files it
    ("干部任免审批表（{ref}）", "filed"),  # two persons
    ("年度考核登记表（{ref}" + REFUSED, "returned"),  # the machine says green, two persons say no
)
RENAMES_EVERY = 4
NOT_HEARD_YET = frozenset({"person-mismatch", "validation-failed"})


@dataclass(frozen=True)
class Writer:
    """An account whose writes are noted. `seed` keeps the keys of two runs apart."""

    caller: Caller
    notes: Notes
    seed: int

    async def post(self, ref: str, act: str, path: str, body: Any, *, version: int | None = None, **facts: Any) -> Json:
        """Create or decide; `facts` stand in both notes."""
        key = key_of("chaos", self.seed, ref, act)
        self.notes.sent(ref, act, key=key, **facts)
        made: Json = await self.caller.post(path, body, key=key, version=version)
        self.notes.answered(ref, act, **({"id": made["id"]} if "id" in made else {}), **facts)
        return made

    async def upload(self, ref: str, content: bytes) -> str:
        """A page file."""
        self.notes.sent(ref, "upload")
        ticket = await self.caller.upload(content, key=key_of("chaos", self.seed, ref, "upload"))
        self.notes.answered(ref, "upload")
        return ticket


@dataclass(frozen=True)
class Pace:
    """A submission every `seconds`, whatever the answers do, but never more than `at_once` under way."""

    seconds: float
    at_once: int
    heard_within: float
    """Seconds after which a person or dossier must have been heard of everywhere."""


class Departments:
    """The load. `run` ends when it is told to, after what was begun has been delivered or given up."""

    def __init__(self, submitter: Writer, archivist: Writer, cadres: Sequence[Cadre], pace: Pace) -> None:
        self._submitter = submitter
        self._archivist = archivist
        self._cadres = cadres
        self._pace = pace
        self._notes = submitter.notes

    async def run(self, stopped: asyncio.Event) -> None:
        """Begin submissions until `stopped`."""
        limit = asyncio.Semaphore(self._pace.at_once)
        number = 0
        async with asyncio.TaskGroup() as group:
            while not stopped.is_set():
                await limit.acquire()
                number += 1
                task = group.create_task(self._submission(number))
                task.add_done_callback(lambda _: limit.release())
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopped.wait(), self._pace.seconds)

    async def _submission(self, number: int) -> None:
        ref = f"S{number:03d}"
        cadre = self._cadres[number % len(self._cadres)]
        try:
            if number % RENAMES_EVERY:
                draft = await self._draft(ref, {"dossier_id": cadre.dossier_id})
            else:
                draft = await self._draft_of_renamed(ref, cadre)
            for position, (title, outcome) in enumerate(KINDS, start=1):
                await self._item(ref, position, draft, title, outcome)
            await self._submitter.post(ref, "deliver", f"/v1/submissions/{draft['id']}/deliveries", {})
        except (Problem, NotReached, httpx.HTTPError) as fault:
            self._notes.gave_up(ref, "submission", str(fault) or type(fault).__name__)

    async def _draft(self, ref: str, subject: Json) -> Json:
        """A draft, once transfer has heard of the dossier and of the newest name."""

        async def attempt() -> Json | None:
            try:
                return await self._submitter.post(ref, "draft", "/v1/submissions", {"subject": subject})
            except Problem as problem:
                if problem.code in NOT_HEARD_YET:
                    return None
                raise

        what = f"transfer knows {' and '.join(subject)}"
        made = await until(what, attempt, lambda made: made is not None, seconds=self._pace.heard_within)
        assert made is not None, "until answers only what is done"
        return made

    async def _draft_of_renamed(self, ref: str, cadre: Cadre) -> Json:
        """Rename the person twice in quick succession, then name them by number and newest name."""
        async with cadre.renaming:
            for act in ("first", "second"):
                await self._rename(ref, cadre, f"{cadre.name[:2]}{ref}{act[0]}")
            return await self._draft(ref, {"person_no": cadre.person_no, "name": cadre.name})

    async def _rename(self, ref: str, cadre: Cadre, name: str) -> None:
        """PATCH has no key: when the answer is lost, a stale version may be our own change."""
        path = f"/v1/persons/{cadre.person_id}"
        self._notes.sent(ref, "rename", person=cadre.person_no)
        try:
            card = await self._archivist.caller.patch(path, {"name": name}, version=cadre.version)
        except Problem as problem:
            if problem.code != "version-stale":
                raise
            card = await self._archivist.caller.get(path)
            if card["name"] != name:
                raise
        self._notes.answered(ref, "rename", person=cadre.person_no)
        cadre.name, cadre.version = name, card["version"]

    async def _item(self, ref: str, position: int, draft: Json, title: str, outcome: Outcome) -> None:
        item_ref = f"{ref}-{position}"
        pages = 1 + position % 2
        body = {
            "title": title.format(ref=item_ref),
            "formed_on": {"value": "2024-12-20"},
            "declared_page_count": pages,
        }
        path = f"/v1/submissions/{draft['id']}/items"
        item = await self._submitter.post(item_ref, "item", path, body, of=ref, title=body["title"], outcome=outcome)
        tickets = [
            await self._submitter.upload(
                f"{item_ref}.{number}", distinct_page(f"{self._submitter.seed}/{item_ref}.{number}")
            )
            for number in range(1, pages + 1)
        ]
        await self._submitter.post(
            item_ref, "pages", f"/v1/submission-items/{item['id']}/pages", {"blob_tickets": tickets}
        )
