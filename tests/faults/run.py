"""One run: start the system and the notebook, do the damage under load, wait for quiet, compare."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from deploy.embedded.layout import TREE
from tests.faults.faults import Fault
from tests.faults.notebook import Job
from tests.faults.system import Victim, left_behind, system

PREPARED_WITHIN = 120.0


@dataclass(frozen=True)
class Terms:
    """How long and how hard. `deadline` is for how many seconds after the load all must have ended."""

    seed: int
    rounds: int
    pace: float = 1.5
    deadline: float = 240.0
    heard_within: float = 90.0
    lanes: int = 3
    """Dossiers of the campaign that are on their way at once."""
    quiet_for: float = 60.0
    """Seconds without an event under way or a decision, after which nothing more will come: on a busy machine an
    auditor may need many for a look."""


@dataclass(frozen=True)
class Row:
    """One line of the table, in the form of bench/chaos.json."""

    id: str
    acknowledged: int
    lost: int
    duplicated: int
    stuck: int
    recovered_s: float
    ok: bool


@dataclass(frozen=True)
class Result:
    """The row, and what was found, by name."""

    row: Row
    findings: Sequence[str] = field(default=())


class _Notebook:
    """The runner's end of the notebook's process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def hear(self) -> dict[str, Any]:
        """Its next line."""
        assert self._process.stdout is not None, "its output is a pipe"
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the notebook ended with code {await self._process.wait()}; its words are above")
        return json.loads(line)

    async def hear_state(self, state: str) -> dict[str, Any]:
        """Its next line of this kind; others are passed over."""
        while (told := await self.hear())["state"] != state:
            pass
        return told

    def say(self, word: str) -> None:
        """One line to it."""
        assert self._process.stdin is not None, "its input is a pipe"
        self._process.stdin.write(word.encode() + b"\n")


@contextlib.asynccontextmanager
async def _notebook(job: Job) -> AsyncGenerator[_Notebook, None]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.notebook"),
        cwd=TREE,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=16 * 1024 * 1024,
    )
    try:
        notebook = _Notebook(process)
        notebook.say(json.dumps(asdict(job)))
        yield notebook
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def run(fault: Fault, terms: Terms, keep: Path) -> Result:
    """Play one fault on a fresh system. Notes and logs are left in `keep`."""
    keep.mkdir(parents=True, exist_ok=True)
    notes = keep / "notes.ndjson"
    notes.unlink(missing_ok=True)
    rng = random.Random(f"{fault.id}:{terms.seed}")
    async with system(fault.patching(terms.seed), keep) as victim:
        extent: dict[str, Any] = {"heard_within": terms.heard_within, "lanes": terms.lanes}
        job = Job(victim.url, str(notes.resolve()), terms.seed, terms.pace, **extent)
        async with _notebook(job) as notebook:
            async with asyncio.timeout(PREPARED_WITHIN):
                await notebook.hear_state("loading")
            moments = await fault.injure(victim, rng, terms.rounds)
            healed = time.time()
            notebook.say("stop")
            await _until_quiet(victim, notebook, terms)
            notebook.say("compare")
            told = await notebook.hear_state("compared")
            dead = await victim.dead_letters()
    left = await left_behind(victim.supervisor.layout.root)
    amiss = [f"left behind: process {process}" for process in left]
    if dead != fault.dead_letters:
        amiss.append(f"{dead} dead letters instead of {fault.dead_letters}")
    return _result(fault, told, moments[-1] if moments else healed, amiss)


async def _until_quiet(victim: Victim, notebook: _Notebook, terms: Terms) -> None:
    """Until every submission has closed and no event is under way; or nothing moves any more; or the deadline."""
    end = time.monotonic() + terms.deadline
    moved, acknowledged = time.monotonic(), -1
    while time.monotonic() < end:
        told = await notebook.hear_state("following")
        if told["acknowledged"] != acknowledged or not await victim.idle():
            moved, acknowledged = time.monotonic(), told["acknowledged"]
        elif time.monotonic() - moved > (terms.quiet_for if told["open"] else 1.0):
            return


def _result(fault: Fault, told: dict[str, Any], moment: float, amiss: Sequence[str]) -> Result:
    findings = [
        f"{kind} {one['ref']} ({one['submission_id'] or 'no submission'}): {one['what']}"
        for kind in ("lost", "duplicated", "stuck")
        for one in told[kind]
    ]
    findings += amiss
    row = Row(
        id=fault.id,
        acknowledged=told["acknowledged"],
        lost=len(told["lost"]),
        duplicated=len(told["duplicated"]),
        stuck=len(told["stuck"]),
        recovered_s=round(recovered(told["submissions"], moment), 1),
        ok=not findings and told["acknowledged"] > 0,
    )
    return Result(row, findings)


def recovered(submissions: Sequence[dict[str, Any]], moment: float) -> float:
    """Seconds from the last fault until a submission begun after it had gone all the way round and closed.

    Where none was begun after it, because the fault lay in every event: until the last one closed.
    """
    closed = [(one["begun_at"], _seconds(one["closed_at"])) for one in submissions if one["closed_at"]]
    after = [ended - moment for begun, ended in closed if begun >= moment]
    return max(min(after) if after else max((ended - moment for _, ended in closed), default=0.0), 0.0)


def _seconds(instant: str) -> float:
    return datetime.fromisoformat(instant).timestamp()
