"""The notebook: a client in a process of its own, which knows the product by its public API and nothing else.

`python -m tests.faults.notebook` reads a job (JSON) from stdin, makes people and dossiers, says `loading`, and
loads the system until it reads `stop`. It then goes on auditing, and tells how many submissions are still open
and how many writes were acknowledged, until it reads `compare`: then it reads the product, compares, prints the
outcome and ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx

from chassis.tasks import end
from cli.accounts import sample_accounts
from cli.client import Client, Problem
from tests.faults import notes as noted
from tests.faults.audited import Party
from tests.faults.auditors import Auditor
from tests.faults.campaign import Campaign
from tests.faults.checker import Finding, Verdict, compare
from tests.faults.checker_campaign import check_cases
from tests.faults.desk import Desk
from tests.faults.load import Departments, Pace, Writer
from tests.faults.people import Cadre, prepare
from tests.faults.reading import Reader
from tests.faults.viewers import Viewer

PATIENCE = 150.0
"""Seconds for which a request that met a passing fault is sent again."""
TOLD_EVERY = 0.5
AUDITORS = ("auditor", "auditor-2", "auditor-3")


@dataclass(frozen=True)
class Job:
    """What the runner asks for."""

    url: str
    notes: str
    seed: int
    pace: float
    at_once: int = 6
    cadres: int = 6
    heard_within: float = 60.0
    lanes: int = 3
    """Dossiers of the campaign that are on their way at once."""


async def _line() -> str:
    """The runner's next word; empty when it has gone."""
    return (await asyncio.to_thread(sys.stdin.readline)).strip()


def _say(**what: Any) -> None:
    print(json.dumps(what, ensure_ascii=False), flush=True)


class Notebook:
    """One run: load, follow, compare."""

    def __init__(self, job: Job, client: Client) -> None:
        accounts = sample_accounts()
        self._job = job
        self._client = client
        self._notes = noted.Notes(Path(job.notes))
        self._admin = accounts.signed_in(client, "system-admin")
        self._archivist = accounts.signed_in(client, "archivist")
        self._submitter = accounts.signed_in(client, "submitter")
        self._auditors = [Auditor(accounts.signed_in(client, name), self._notes) for name in AUDITORS]
        self._viewer = Viewer(
            Writer(accounts.signed_in(client, "viewer"), self._notes, job.seed), accounts.signed_in(client, "viewer-2")
        )
        self._signers = [accounts.signed_in(client, name) for name in ("approver", "leader")]
        self._archivist_2 = accounts.signed_in(client, "archivist-2")
        self._organiser, self._hr = (accounts.signed_in(client, name) for name in ("adjudicator", "hr"))
        self._reviewers = {name: accounts.signed_in(client, name) for name in AUDITORS}
        self._reader = Reader(self._archivist)
        self._closed: dict[str, str] = {}
        self._cadres: list[Cadre] = []
        self._campaign: Campaign | None = None

    async def run(self) -> None:
        """From the first unit to the outcome."""
        job = self._job
        self._cadres = await prepare(self._admin, self._archivist, self._submitter, count=job.cadres, seed=job.seed)
        await self._viewer.obtain(self._cadres[0].dossier_id, *self._signers)
        submitter, archivist, second = (
            Writer(caller, self._notes, job.seed) for caller in (self._submitter, self._archivist, self._archivist_2)
        )
        departments = Departments(submitter, archivist, self._cadres, Pace(job.pace, job.at_once, job.heard_within))
        desk = Desk(second, self._signers[1], self._cadres)
        campaign = self._campaign = await self._auditing(archivist)
        stopped, compared = asyncio.Event(), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            acting = [group.create_task(actor.run()) for actor in (*self._auditors, self._viewer)]
            loading = group.create_task(departments.run(stopped))
            working = [group.create_task(work.run(stopped)) for work in (desk, campaign)]
            _say(state="loading")
            if await _line() == "stop":
                stopped.set()
                await asyncio.gather(loading, *working)
                following = group.create_task(self._follow(compared, desk))
                await _line()
                compared.set()
                await following
            for task in (loading, *working, *acting):
                task.cancel()
        self._notes.close()
        await self._compare()

    async def _auditing(self, writer: Writer) -> Campaign:
        """A campaign that runs in the unit of the cadres."""
        units = {unit["code"]: unit["id"] async for unit in self._admin.every("/v1/units", page_size=200)}
        party = Party(self._archivist, self._organiser, self._reviewers, self._signers[0], self._signers[1], self._hr)
        campaign = Campaign(writer, party, units["QL06"], self._job.heard_within, self._job.lanes)
        await campaign.prepare(self._admin, units["QL"])
        return campaign

    async def _follow(self, compared: asyncio.Event, desk: Desk) -> None:
        """Tell how many delivered submissions have not closed; when all have, the desk works on what they brought."""
        last: asyncio.Task[None] | None = None
        while not compared.is_set():
            with contextlib.suppress(httpx.TransportError, Problem):
                waiting = await self._open()
                if not waiting and last is None:
                    last = asyncio.create_task(desk.once_more())
                at_work = last is not None and not last.done()
                _say(state="following", open=waiting + at_work, acknowledged=self._notes.acknowledged)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(compared.wait(), TOLD_EVERY)
        if last is not None and last.done():
            last.result()
        elif last is not None:
            await end([last])

    async def _open(self) -> int:
        waiting = [
            one.submission_id
            for one in noted.read(Path(self._job.notes)).submissions
            if one.delivered and one.submission_id and one.submission_id not in self._closed
        ]
        for shown in await asyncio.gather(*map(self._reader.submission, waiting)):
            if shown is not None and shown["state"] == "closed":
                self._closed[shown["id"]] = shown["closed_at"]
        return sum(one not in self._closed for one in waiting)

    async def _compare(self) -> None:
        book = noted.read(Path(self._job.notes))
        await self._open()
        seen = await self._reader.everything(book, [cadre.dossier_id for cadre in self._cadres])
        verdict = compare(book, seen)
        assert self._campaign is not None, "it was prepared before the load began"
        cases = await self._reader.cases(self._campaign.id, book.cases, self._organiser, self._hr)
        check_cases(book.cases, cases, verdict)
        self._add_surprises(verdict)
        _say(
            state="compared",
            acknowledged=self._notes.acknowledged,
            **asdict(verdict),
            submissions=[
                {"ref": one.ref, "begun_at": one.begun_at, "closed_at": self._closed.get(one.submission_id or "")}
                for one in book.submissions
            ],
        )

    def _add_surprises(self, verdict: Verdict) -> None:
        """Answers that nobody should ever get, whatever is broken behind the gateway."""
        for actor in (*self._auditors, self._viewer):
            verdict.stuck += [Finding(type(actor).__name__, None, surprise) for surprise in actor.surprises]


async def _main() -> None:
    job = Job(**json.loads(await _line()))
    async with Client(job.url, patience=PATIENCE) as client:
        await Notebook(job, client).run()


if __name__ == "__main__":
    asyncio.run(_main())
