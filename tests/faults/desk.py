"""What the archivist does at the desk while faults come: rows entered, put in order, moved, cut, joined, taken out.

Each round works on rows of its own beside those that the departments hand in, which are renumbered by it. An act names
the version that it saw; where somebody else was faster it looks again and acts anew under another key.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import httpx

from cli.acts import Json
from cli.client import Caller, Problem
from tests.faults.load import REFUSED, Writer
from tests.faults.people import Cadre

PACE = 1.0
"""Seconds between two rounds."""
ROWS = 4
ENTERED, MOVED = "3", "10"
REASON = "并发试验"
OVERTAKEN = frozenset({"version-stale", "state-conflict", "validation-failed"})
"""Another change came between the look and the act: what it named stands elsewhere, or is one more."""
ATTEMPTS = 40
Places = Mapping[str, str | None]
"""By title the category in which it stands after an act; None where it stands in none."""


class Desk:
    """One archivist, and the leader who approves what is taken out."""

    def __init__(self, writer: Writer, leader: Caller, cadres: Sequence[Cadre]) -> None:
        self._writer = writer
        self._caller = writer.caller
        self._leader = leader
        self._cadres = cadres

    async def run(self, stopped: asyncio.Event) -> None:
        """Round after round until `stopped`; the one that was begun is ended."""
        number = 0
        while not stopped.is_set():
            number += 1
            await self._try_round(f"D{number:03d}", number, self._cadres[number % len(self._cadres)])
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), PACE)

    async def once_more(self) -> None:
        """A round in each dossier when what was handed in is filed: it is renumbered, and some of it moved."""
        rounds = [
            self._try_round(f"E{number:03d}", number, cadre) for number, cadre in enumerate(self._cadres, start=1)
        ]
        await asyncio.gather(*rounds)

    async def _try_round(self, ref: str, number: int, cadre: Cadre) -> None:
        try:
            await self._round(ref, number, cadre.dossier_id)
        except (Problem, httpx.HTTPError) as fault:
            self._writer.notes.gave_up(ref, "desk", str(fault) or type(fault).__name__)

    async def _round(self, ref: str, number: int, dossier_id: str) -> None:
        titles = [f"平时考核材料（{ref}-{position}）" for position in range(1, ROWS + 1)]
        one, two, three, four = await self._enter(ref, dossier_id, titles)
        await self._order(ref, dossier_id, [four, three, two, one])
        await self._move_handed_in(ref, dossier_id)
        await self._act(ref, "move", dossier_id, f"/v1/materials/{one}/refilings",
                        {"category": MOVED, "reason": REASON}, {titles[0]: MOVED})  # fmt: skip
        rest = f"平时考核材料（{ref}-2乙）"
        parts = [{"title": titles[1], "page_count": 1}, {"title": rest, "page_count": 1}]
        await self._act(ref, "cut", dossier_id, f"/v1/materials/{two}/splits",
                        {"parts": parts, "reason": REASON}, {titles[1]: ENTERED, rest: ENTERED})  # fmt: skip
        joined = {"material_ids": [four], "joined": "parts", "reason": REASON}
        await self._act(ref, "join", dossier_id, f"/v1/materials/{three}/merges",
                        joined, {titles[2]: ENTERED, titles[3]: None})  # fmt: skip
        if number % 2:
            await self._take_out(ref, dossier_id, one, titles[0])

    async def _enter(self, ref: str, dossier_id: str, titles: Sequence[str]) -> list[str]:
        """Rows older than what is handed in, so that it moves down."""
        rows = [
            {"title": title, "category": ENTERED, "formed_on": {"value": "2020-01"}, "page_count": 2}
            for title in titles
        ]
        path, after = f"/v1/dossiers/{dossier_id}/materials", dict.fromkeys(titles, ENTERED)
        made = await self._writer.post(ref, "enter", path, {"materials": rows}, desk=dossier_id, after=after)
        ids = {row["original_title"]: row["id"] for row in made["items"]}
        return [ids[title] for title in titles]

    async def _order(self, ref: str, dossier_id: str, first: Sequence[str]) -> None:
        """These rows at the head of their category, in this order."""

        async def wanted() -> tuple[int, Json]:
            catalogue = await self._caller.get(f"/v1/dossiers/{dossier_id}/catalogue")
            standing = [row["material_id"] for row in _rows(catalogue, ENTERED)]
            rest = [material_id for material_id in standing if material_id not in first]
            return catalogue["version"], {"category": ENTERED, "material_ids": [*first, *rest], "reason": REASON}

        await self._attempt(ref, "order", dossier_id, f"/v1/dossiers/{dossier_id}/orderings", wanted, {})

    async def _move_handed_in(self, ref: str, dossier_id: str) -> None:
        """One that a department handed in goes to another category; transfer has to follow."""
        catalogue = await self._caller.get(f"/v1/dossiers/{dossier_id}/catalogue")
        handed_in = [row for row in _rows(catalogue, "9-2") if not row["title"].endswith(REFUSED)]
        if handed_in:
            path = f"/v1/materials/{handed_in[0]['material_id']}/refilings"
            body = {"category": "9-1", "reason": REASON}
            await self._act(ref, "move-handed-in", dossier_id, path, body, {handed_in[0]["title"]: "9-1"})

    async def _act(self, ref: str, act: str, dossier_id: str, path: str, body: Json, after: Places) -> Json:
        """An act on a material, named by its version."""

        async def wanted() -> tuple[int, Json]:
            return (await self._caller.get(path.rpartition("/")[0]))["version"], body

        return await self._attempt(ref, act, dossier_id, path, wanted, after)

    async def _take_out(self, ref: str, dossier_id: str, material_id: str, title: str) -> None:
        path = f"/v1/materials/{material_id}/removals"
        asked = await self._act(ref, "ask", dossier_id, path, {"reason": "duplicate"}, {})
        writer = Writer(self._leader, self._writer.notes, self._writer.seed)
        path = f"/v1/tasks/{asked['task_id']}/decisions"
        version = (await self._leader.get(f"/v1/tasks/{asked['task_id']}"))["version"]
        facts: dict[str, Any] = {"desk": dossier_id, "after": {title: None}}
        await writer.post(ref, "approve", path, {"outcome": "approve"}, version=version, **facts)

    async def _attempt(
        self,
        ref: str,
        act: str,
        dossier_id: str,
        path: str,
        wanted: Callable[[], Awaitable[tuple[int, Json]]],
        after: Places,
    ) -> Json:
        for attempt in range(1, ATTEMPTS + 1):
            version, body = await wanted()
            name = f"{act}.{attempt}"
            try:
                return await self._writer.post(ref, name, path, body, version=version, desk=dossier_id, after=after)
            except Problem as problem:
                if problem.code not in OVERTAKEN or attempt == ATTEMPTS:
                    raise
                self._writer.notes.refused(ref, name, problem.code)
                await asyncio.sleep(0.05)
        raise AssertionError("unreachable")


def _rows(catalogue: Json, category: str) -> list[Json]:
    return [row for heading in catalogue["headings"] if heading["category"] == category for row in heading["items"]]
