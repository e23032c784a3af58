"""What the steps of a made-up audit share: who acts, what has been made so far, and work on many dossiers at once."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from cli.client import Caller, key_of
from cli.sample.paper import CELL, page_image
from cli.special_audit.figures import Compared
from cli.special_audit.model import Audit, Dossier, Json
from cli.story import Missed

T = TypeVar("T")

AT_ONCE = 8
"""Requests in flight; more make nothing faster on two cores."""

REVIEWERS = ("auditor", "auditor-2", "auditor-3")
"""Sample accounts of the audit group, of whom each dossier gets two."""

HEARD_S = 180.0
"""How long to wait for news from another service: after hundreds of new dossiers there is a queue of them."""

Prove = Callable[[str], Awaitable[str]]
"""Says that no first review of a campaign was changed after it was handed in, or raises Missed."""


@dataclass
class Stage:
    """Who is there, and what has happened so far. `tag` is in every number of this run, so that another makes its
    own campaign; `told` hears how many of how many are done; ids are kept by the numbers of the dossiers."""

    people: Callable[[str], Caller]
    audit: Audit
    prove: Prove
    told: Callable[[int, int], None] = lambda done, of: None
    tag: str = field(default_factory=lambda: uuid.uuid4().hex[:6])
    county: str = ""
    group: str = ""
    companies: list[str] = field(default_factory=list)
    accounts: dict[str, str] = field(default_factory=dict)
    persons: dict[int, str] = field(default_factory=dict)
    dossiers: dict[int, str] = field(default_factory=dict)
    materials: dict[int, dict[str, str]] = field(default_factory=dict)
    submissions: list[str] = field(default_factory=list)
    campaign: Json = field(default_factory=dict)
    places: dict[int, str] = field(default_factory=dict)
    meetings: list[str] = field(default_factory=list)
    figures: list[Compared] = field(default_factory=list)

    def key(self, *parts: object) -> str:
        """An idempotency key of this run."""
        return key_of("audit", self.tag, *parts)

    async def account(self, who: str) -> str:
        """The account id of a sample account."""
        if who not in self.accounts:
            self.accounts[who] = (await self.people(who).get("/v1/me"))["account_id"]
        return self.accounts[who]

    async def each(self, items: Iterable[T], work: Callable[[T], Awaitable[None]]) -> int:
        """Do the same for all of them, a few at a time; how many there were. The first fault ends it."""
        waiting = list(items)
        limit, done = asyncio.Semaphore(AT_ONCE), 0

        async def one(item: T) -> None:
            nonlocal done
            async with limit:
                await work(item)
            done += 1
            self.told(done, len(waiting))

        try:
            async with asyncio.TaskGroup() as group:
                for item in waiting:
                    group.create_task(one(item))
        except ExceptionGroup as faults:
            raise _first(faults) from faults
        return len(waiting)

    async def act(self, who: str, dossier: Dossier, act: str, body: Json | None = None, *, nth: int = 0) -> Any:
        """An act on a dossier of the campaign, as it stands now; the person who acts declares to be no relative."""
        path = f"/v1/campaign-dossiers/{self.places[dossier.number]}"
        caller = self.people(who)
        now = await caller.get(path)
        told = {**(body or {}), "not_related": True}
        key = self.key(act, dossier.number, nth)
        return await caller.post(f"{path}/{act}", told, version=now["version"], key=key)

    async def scan(self, who: str, dossier: Dossier, title: str) -> str:
        """The ticket of a freshly drawn page of a form about the person."""
        lines = [title, CELL.join(("姓名", dossier.name, "编号", f"{self.tag}-{dossier.number}"))]
        content = await asyncio.to_thread(page_image, lines, f"{self.tag}:{title}:{dossier.number}", 72)
        return await self.people(who).upload(content, unit_id=self.companies[dossier.unit])


def _first(fault: BaseException) -> BaseException:
    return _first(fault.exceptions[0]) if isinstance(fault, BaseExceptionGroup) else fault


def today(days: int = 0) -> str:
    """A day in China, from now."""
    return (datetime.now(UTC) + timedelta(hours=8, days=days)).date().isoformat()


def same(what: str, found: object, planted: object) -> None:
    """Go on only if the system tells what was planted."""
    if found != planted:
        raise Missed(f"{what}: {found}, planted {planted}")
