"""Reads the product for the checker, through public GETs only."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence

from cli.acts import Json
from cli.client import Caller, Problem
from tests.faults.checker import Entry, Seen
from tests.faults.checker_campaign import SeenCase
from tests.faults.notes import Book, NotedCase

AT_ONCE = 6


class Reader:
    """An account that may read all that the checker asks for."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._limit = asyncio.Semaphore(AT_ONCE)

    async def submission(self, submission_id: str) -> Json | None:
        """A submission; None where the product knows of none."""
        async with self._limit:
            try:
                return await self._caller.get(f"/v1/submissions/{submission_id}")
            except Problem as problem:
                if problem.status == 404:
                    return None
                raise

    async def everything(self, book: Book, dossiers: Sequence[str]) -> Seen:
        """What stands there now of what was noted, and in these dossiers."""
        ids = [submission.submission_id for submission in book.submissions if submission.submission_id]
        found = dict(zip(ids, await asyncio.gather(*map(self.submission, ids)), strict=True))
        closed = [one["id"] for one in found.values() if one is not None and one["state"] == "closed"]
        receipts = await asyncio.gather(*(self._papers(one, "receipts") for one in closed))
        notes = await asyncio.gather(*(self._papers(one, "return-notes") for one in closed))
        return Seen(
            submissions=found,
            receipt_items=dict(zip(closed, receipts, strict=True)),
            return_items=dict(zip(closed, notes, strict=True)),
            catalogues=[entry for dossier in dossiers for entry in await self._catalogue(dossier)],
            listed=[row["id"] async for row in self._caller.every("/v1/submissions", page_size=200)],
            changes=[
                (row["id"], row["kind"])
                for dossier in dossiers
                async for row in self._caller.every(f"/v1/dossiers/{dossier}/material-changes", page_size=200)
            ],
            register=[line["page_id"] async for line in self._caller.every("/v1/usage-entries", page_size=200)],
        )

    async def _papers(self, submission_id: str, kind: str) -> list[Json]:
        """The items of all papers of a kind: there should be one paper at the most."""
        async with self._limit:
            listed = await self._caller.get(f"/v1/submissions/{submission_id}/{kind}")
            papers = [await self._caller.get(f"/v1/{kind}/{row['id']}") for row in listed["items"]]
        return [item for paper in papers for item in paper["document"]["items"]]

    async def cases(
        self, campaign_id: str, noted: Sequence[NotedCase], auditing: Caller, hr: Caller
    ) -> Mapping[str, SeenCase]:
        """What stands there of each dossier of the campaign, by its ref; `auditing` compares and determines."""
        listed = auditing.every(f"/v1/campaigns/{campaign_id}/dossiers", page_size=200)
        rows: defaultdict[str, list[Json]] = defaultdict(list)
        async for row in listed:
            rows[row["dossier_id"]].append(row)
        entered = [case for case in noted if "enter" in case.done]
        seen = [self._case(case, rows[case.ids["dossier"]], auditing, hr) for case in entered]
        return dict(zip((case.ref for case in entered), await asyncio.gather(*seen), strict=True))

    async def _case(self, case: NotedCase, rows: Sequence[Json], auditing: Caller, hr: Caller) -> SeenCase:
        async with self._limit:
            if not rows:
                return SeenCase(rows)
            place = rows[0]["id"]
            opened = rows[0]["state"] not in ("planned", "first_review")
            stands = auditing.every("/v1/determinations", campaign_dossier_id=place, page_size=200)
            path = f"/v1/persons/{case.ids['person']}/facts"
            facts = self._caller.every(path, history="true", page_size=200)
            asked = case.ids.get("list")
            listed = hr.every("/v1/clearances", list_id=asked, page_size=200) if asked else None
            return SeenCase(
                rows,
                await auditing.get(f"/v1/campaign-dossiers/{place}/comparison") if opened else None,
                [row async for row in stands],
                await self._catalogue(case.ids["dossier"]),
                [fact async for fact in facts],
                [row["id"] async for row in listed] if listed else (),
            )

    async def _catalogue(self, dossier_id: str) -> list[Entry]:
        catalogue = await self._caller.get(f"/v1/dossiers/{dossier_id}/catalogue")
        return [
            Entry(dossier_id, row["material_id"], row["title"], heading["category"], row["item_no"])
            for heading in catalogue["headings"]
            for row in heading["items"]
        ]
