"""One dossier's way through the campaign, from two blind reviews to the form that the catalog files."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cli.acts import Json, once_heard
from cli.client import Caller, Problem, key_of
from tests.bench.pages import distinct_page
from tests.faults.load import Writer

NOT_HEARD_YET = frozenset({"validation-failed", "not-found", "wrong-authority"})
OVERTAKEN = frozenset({"version-stale"})
"""Another lane enlarged the campaign in between."""
PAIR_DATES = ("1997-08", "1997-09")
"""What either reviewer reads of the beginning of work; the second reviewer decides the earlier one."""
RANK = "正科级"
BORN = "1975-06-01"


@dataclass(frozen=True)
class Party:
    """Who takes part; reviewers by sign-in name."""

    archivist: Caller
    organiser: Caller
    reviewers: dict[str, Caller]
    approver: Caller
    leader: Caller
    hr: Caller


@dataclass(frozen=True)
class Running:
    """The campaign of a unit: accounts of those who vote, and the seconds after which everybody must have heard."""

    id: str
    unit_id: str
    present_ids: Sequence[str]
    heard_within: float

    @property
    def path(self) -> str:
        """Where it is."""
        return f"/v1/campaigns/{self.id}"


class Round:
    """One dossier's way through the campaign."""

    def __init__(self, campaign: Running, writer: Writer, party: Party, ref: str, number: int) -> None:
        self._campaign = campaign
        self._writer = writer
        self._party = party
        self._ref = ref
        self._number = number
        self._place = ""

    async def run(self) -> None:
        """Every act in its order; those of the pair at the same instant."""
        dossier = await self._enter()
        reviews = await self._give_out()
        await asyncio.gather(
            *(
                self._review(name, review, day)
                for (name, review), day in zip(sorted(reviews.items()), PAIR_DATES, strict=True)
            )
        )
        await self._on(self._party.organiser, "take_up", "second-reviews", {})
        await self._settle()
        await self._on(self._party.organiser, "table", "tablings", {})
        await self._decide()
        await self._feed_back()
        approved = {"document_no": f"组档〔{self._ref}〕1号"}
        await self._heard(lambda: self._on(self._party.leader, "approve", "approvals", approved, "material_id"))
        await self._clear(dossier["person_id"])

    async def _enter(self) -> Json:
        """A new cadre whose dossier enters the campaign."""
        archivist, number = self._party.archivist, f"A{self._writer.seed:06d}{self._number:04d}"
        body: Json = {"unit_id": self._campaign.unit_id, "person_no": number, "name": "钟文静", "sex": "female"}
        body |= {"rank": RANK, "birth_date": {"value": BORN}}
        person = await archivist.post("/v1/persons", body, key=self._key("person"))
        dossier = {"person_id": person["id"], "dossier_no": number, "unit_id": self._campaign.unit_id}
        made = await archivist.post("/v1/dossiers", dossier, key=self._key("dossier"))
        scope = {"scope": {"dossier_ids": [made["id"]]}}
        organiser, facts = self._as(self._party.organiser), {"dossier": made["id"], "person": person["id"]}
        path = f"{self._campaign.path}/extensions"

        async def enter() -> Json:
            version = (await self._party.organiser.get(self._campaign.path))["version"]
            return await organiser.post(self._ref, "enter", path, scope, version=version, case=self._ref, **facts)

        await self._heard(enter, OVERTAKEN)
        listed = self._party.organiser.every(f"{self._campaign.path}/dossiers", page_size=200)
        [self._place] = [row["id"] async for row in listed if row["dossier_id"] == made["id"]]
        return {"dossier_id": made["id"], "person_id": person["id"]}

    async def _give_out(self) -> dict[str, Json]:
        """Two reviewers, if the assignment of another lane has not chosen them already; their reviews by name."""
        path = f"{self._campaign.path}/assignments"
        await self._as(self._party.organiser).post(
            self._ref, "assign", path, {"dossiers": 20}, case=self._ref, place=self._place
        )
        found: dict[str, Json] = {}
        for name, caller in self._party.reviewers.items():
            async for review in caller.every("/v1/reviews", state="open", page_size=200):
                if review["campaign_dossier_id"] == self._place:
                    found[name] = review
        return found

    async def _review(self, name: str, review: Json, day: str) -> None:
        """Save the sheet twice, the second time as it is meant, and hand it in."""
        caller, path = self._party.reviewers[name], f"/v1/reviews/{review['id']}"
        first = await self._save(caller, name, path, _sheet("1990-01"), review["version"])
        saved = await self._save(caller, name, path, _sheet(day), first)
        await self._as(caller).post(
            self._ref,
            f"submit.{review['id']}",
            f"{path}/submissions",
            {"not_related": True},
            version=saved,
            case=self._ref,
            review=review["id"],
            work_start=day,
        )

    async def _save(self, caller: Caller, name: str, path: str, sheet: Json, version: int) -> int:
        """PUT has no key: when the answer is lost, a stale version may be our own change."""
        notes, act = self._writer.notes, f"save.{name}.{version}"
        notes.sent(self._ref, act, case=self._ref)
        try:
            saved = await caller.put(f"{path}/sheet", sheet, version=version)
        except Problem as problem:
            if problem.code != "version-stale":
                raise
            saved = await caller.get(path)
            if _started(saved["sheet"]) != _started(sheet):
                raise
        notes.answered(self._ref, act, case=self._ref)
        return saved["version"]

    async def _settle(self) -> None:
        """What the two saw otherwise, as the second reviewer decides it."""
        organiser = self._party.organiser
        listed = organiser.every("/v1/determinations", campaign_dossier_id=self._place, page_size=200)
        for standing in [row async for row in listed]:
            if standing["disputed"]:
                value = {"type": "date", "date": {"value": PAIR_DATES[0]}}
                otherwise = {"status": "proposed", "value": value, "reason": "转正定级表为证"}
                body = {"take": "otherwise", "otherwise": otherwise, "not_related": True}
                path = f"/v1/determinations/{standing['id']}/decisions"
                act = f"settle.{standing['fact']}"
                await self._as(organiser).post(self._ref, act, path, body, version=standing["version"], case=self._ref)

    async def _decide(self) -> None:
        """A meeting of three, all for what was proposed."""
        held = {"held_on": today(), "minutes_no": f"纪要{self._ref}", "present_ids": list(self._campaign.present_ids)}
        organiser = self._as(self._party.organiser)
        path = f"{self._campaign.path}/meetings"
        meeting = await self._heard(lambda: organiser.post(self._ref, "meet", path, held, case=self._ref))
        vote = {"meeting_id": meeting["id"], "in_favour": 3, "against": 0, "abstained": 0}
        await self._on(self._party.organiser, "decide", "collective-determinations", vote)

    async def _feed_back(self) -> None:
        page = distinct_page(f"{self._writer.seed}/{self._ref}")
        key = self._key("upload")
        ticket = await self._party.organiser.upload(page, unit_id=self._campaign.unit_id, key=key)
        told = {"organisation": "县教育局党组", "met_on": today(), "outcome": "signed", "pages": [ticket]}
        await self._on(self._party.organiser, "feed_back", "feedbacks", told)

    async def _clear(self, person_id: str) -> None:
        """HR asks whether the person may be promoted."""
        body = {"kind": "promote", "persons": [{"person_id": person_id}]}
        notes, key = self._writer.notes, self._key("clear")
        notes.sent(self._ref, "clear", case=self._ref)
        made = await self._party.hr.post("/v1/clearances", body, key=key)
        notes.answered(self._ref, "clear", case=self._ref, list=made["list_id"], clearance=made["items"][0]["id"])

    async def _on(self, caller: Caller, act: str, name: str, body: Json, *told: str) -> Json:
        """An act on the dossier as it stands now, by somebody who is no relative; members `told` are noted."""
        path = f"/v1/campaign-dossiers/{self._place}"
        version = (await caller.get(path))["version"]
        key, notes = self._key(act), self._writer.notes
        notes.sent(self._ref, act, key=key, case=self._ref)
        made = await caller.post(f"{path}/{name}", {**body, "not_related": True}, key=key, version=version)
        notes.answered(self._ref, act, case=self._ref, **{member: made[member] for member in told})
        return made

    def _as(self, caller: Caller) -> Writer:
        return Writer(caller, self._writer.notes, self._writer.seed)

    async def _heard(self, call: Any, also: frozenset[str] = frozenset()) -> Any:
        return await once_heard(call, NOT_HEARD_YET | also, seconds=self._campaign.heard_within)

    def _key(self, act: str) -> str:
        return key_of("chaos", self._writer.seed, self._ref, act)


def _sheet(work_start: str) -> Json:
    """A word on each fact that must have one."""
    dates = {"birth_date": BORN, "work_start_date": work_start}
    entries: list[Json] = [
        {"fact": fact, "verdict": "consistent", "values": [{"type": "date", "date": {"value": day}}]}
        for fact, day in dates.items()
    ]
    entries += [{"fact": "party_join_date", "verdict": "not_applicable"}]
    entries += [{"fact": fact, "verdict": "cannot_tell"} for fact in ("education", "work_experience", "cadre_identity")]
    return {"facts": entries, "claims": []}


def _started(sheet: Json) -> str | None:
    for entry in sheet["facts"]:
        if entry["fact"] == "work_start_date":
            return entry["values"][0]["date"]["value"]
    return None


def today() -> str:
    return (datetime.now(UTC) + timedelta(hours=8)).date().isoformat()
