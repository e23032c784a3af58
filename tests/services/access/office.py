"""A small reading room for tests: units, persons, dossiers and pages, told to access by real events."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg

from chassis.deps import Deps
from chassis.identity import Caller
from chassis.inbox import Inbox
from chassis.unit_of_work import IdempotencyKey, UnitOfWork
from contracts.events import (
    AccountChanged,
    DossierOpened,
    EventData,
    Kin,
    MaterialFiled,
    PageRef,
    PersonChanged,
    PersonKinChanged,
    UnitChanged,
)
from contracts.problems import Refusal
from contracts.values.ids import new_id, to_uuid
from contracts.values.partial_date import PartialDate
from services.access.domain.chain import ApprovalTask
from services.access.domain.grant import Grant
from services.access.domain.period import Period
from services.access.domain.scope import Scope
from services.access.domain.view_request import Viewer, ViewRequest
from services.access.store import grants, tasks, view_requests
from services.access.subscribers import SUBSCRIBERS
from services.access.usecases.decide_task import DecideTask, decide_task
from services.access.usecases.subjects import ByDossier
from services.access.usecases.submit_view_request import SubmitViewRequest, submit_view_request
from tests.chassis.pages import jpeg, text_page
from tests.support.rooms import somebody

NOBODY_IS_RELATED: Any = "not_related"


def letter(event: EventData, version: int = 1, event_id: str | None = None) -> tuple[str, bytes]:
    """Broker subject and bytes of an event, as its speaker would publish it."""
    envelope = {
        "specversion": "1.0",
        "id": event_id or new_id("evt"),
        "source": f"/deployments/test/services/{event.owner}",
        "type": event.type_name(),
        "subject": f"{event.resource}/{event.subject_id()}",
        "time": datetime.now(UTC).isoformat(),
        "dataschema": "about:blank",
        "partitionkey": event.partition_key(),
        "sequence": f"{version:020d}",
        "data": event.model_dump(mode="json"),
    }
    return event.broker_subject(), json.dumps(envelope).encode()


@dataclass
class Person:
    """Somebody with a dossier, in the unit that keeps it."""

    unit_id: str
    name: str = "李建国"
    person_id: str = field(default_factory=lambda: new_id("per"))
    dossier_id: str = field(default_factory=lambda: new_id("dos"))

    @property
    def person_no(self) -> str:
        """A number that is nobody else's."""
        return self.person_id[-12:]

    def card(self, **changes: Any) -> PersonChanged:
        """What the catalog tells of the person."""
        example: dict[str, Any] = {
            "person_id": self.person_id,
            "person_no": self.person_no,
            "name": self.name,
            "birth_date": PartialDate(value="1970-03"),
            "unit_id": self.unit_id,
        }
        return PersonChanged(**{**example, **changes})

    def dossier(self, **changes: Any) -> DossierOpened:
        """What the catalog tells of the dossier."""
        example: dict[str, Any] = {
            "dossier_id": self.dossier_id,
            "dossier_no": f"D-{self.person_no}",
            "person_id": self.person_id,
            "unit_id": self.unit_id,
            "state": "open",
        }
        return DossierOpened(**{**example, **changes})

    def kin(self, *person_ids: str, complete: bool = True) -> PersonKinChanged:
        """What the catalog tells of the person's relatives."""
        relatives = [Kin(person_id=one, relation="sibling") for one in person_ids]
        return PersonKinChanged(person_id=self.person_id, unit_id=self.unit_id, kin=relatives, complete=complete)

    def account(self, role: str, unit_id: str) -> Caller:
        """An account of this person with one post."""
        return somebody(role, unit_id, name=self.name, person_no=self.person_no)


@dataclass
class Office:
    """Access with the inbox as its door and the superuser's eyes for assertions."""

    deps: Deps
    admin: asyncpg.Connection[Any]

    async def hear(self, event: EventData, version: int = 1, event_id: str | None = None) -> float | None:
        """Deliver an event; None when settled, else the seconds after which it is wanted again."""
        return await Inbox(self.deps, SUBSCRIBERS).receive(*letter(event, version, event_id))

    async def unit(self, *above: str) -> str:
        """A unit that access has heard of, below these."""
        unit_id = new_id("unt")
        told = UnitChanged(
            unit_id=unit_id,
            parent_id=above[-1] if above else None,
            code=unit_id[-8:],
            name="组织部",
            ancestors=[*above, unit_id],
            path=["x"],
        )
        assert await self.hear(told) is None
        return unit_id

    async def person(self, unit_id: str, name: str = "李建国", *, kin_known: bool = True) -> Person:
        """A person with a dossier that access has heard of; relatives: none, and that for certain or not at all."""
        person = Person(unit_id, name)
        for event in (person.card(), person.dossier()):
            assert await self.hear(event) is None
        if kin_known:
            assert await self.hear(person.kin()) is None
        return person

    async def filed(self, person: Person, category: str = "4-1", pages: int = 1, **changes: Any) -> MaterialFiled:
        """A material in the person's dossier with page files in the store."""
        blob_unit = new_id("unt")
        example: dict[str, Any] = {
            "material_id": new_id("mat"),
            "dossier_id": person.dossier_id,
            "person_id": person.person_id,
            "unit_id": person.unit_id,
            "blob_unit_id": blob_unit,
            "category": category,
            "item_no": 1,
            "title": "干部任免审批表",
            "formed_on": PartialDate(value="1998-07"),
            "page_count": pages,
            "pages": [await self._page(blob_unit) for _ in range(pages)],
            "filed_on": date(2026, 11, 24),
            "basis": "archivist",
        }
        event = MaterialFiled(**{**example, **changes})
        assert await self.hear(event) is None
        return event

    async def _page(self, unit_id: str) -> PageRef:
        content = jpeg(text_page(text=new_id("pag")), dpi=(150, 150))
        async with self.deps.blobs.receive(1 << 26) as incoming:
            await incoming.write(content)
            await incoming.finish()
            await incoming.keep(unit_id)
        return PageRef(
            page_id=new_id("pag"),
            digest=incoming.digest,
            media_type="image/jpeg",
            bytes=len(content),
            width=1240,
            height=1754,
        )

    # What persons do

    def acting(self, caller: Caller, permission: str, key: IdempotencyKey | None = None) -> UnitOfWork:
        """A transaction of a person, within the scope that a route would give."""
        return self.deps.unit_of_work(caller, caller.roots(permission), idempotency=key)

    async def today(self) -> date:
        """The calendar date in China by the database's clock."""
        async with self.deps.as_service() as uow:
            return uow.today

    async def submit(
        self, case: Case, caller: Caller | None = None, key: IdempotencyKey | None = None, **changes: Any
    ) -> ViewRequest:
        """Ask as the case's asker, with whatever the test changes."""
        caller = caller or case.asker
        today = await self.today()
        command: dict[str, Any] = {
            "roots": caller.roots("view-request:create"),
            "unit_id": None,
            "subject": ByDossier(case.subject.dossier_id),
            "scope": Scope("categories", categories=("4",)),
            "purpose": "personnel",
            "reason": "考察",
            "period": Period(today, today + timedelta(days=6)),
            "viewers": case.named,
            "declaration": None,
        }
        return await submit_view_request(
            SubmitViewRequest(**{**command, **changes}),
            uow=self.acting(caller, "view-request:create", key),
            policy=self.deps.rules,
        )

    async def waiting(self, request: ViewRequest) -> ApprovalTask:
        """The task that a request waits for."""
        async with self.deps.as_service() as uow:
            [task] = [one for one in await tasks.list_of(uow, request.id) if one.state == "pending"]
            return task

    async def decide(
        self,
        task: ApprovalTask,
        caller: Caller,
        outcome: Any = "approve",
        *reasons: str,
        seen_version: int | None = None,
        declaration: Any = None,
        key: IdempotencyKey | None = None,
    ) -> ApprovalTask:
        """Sign as somebody."""
        command = DecideTask(task.id, seen_version or task.version, outcome, reasons, declaration)
        uow = self.acting(caller, "access-task:decide", key)
        return await decide_task(command, uow=uow, policy=self.deps.rules)

    async def granted(self, case: Case, **changes: Any) -> Grant:
        """A request of the case, signed by everybody."""
        request = await self.submit(case, **changes)
        await self.decide(await self.waiting(request), case.head)
        await self.decide(await self.waiting(request), case.leader)
        async with self.deps.as_service() as uow:
            grant_id = await grants.find_of_request(uow, request.id)
            assert grant_id is not None
            return await grants.get(uow, grant_id)

    # What stands in the database

    async def request(self, request_id: str) -> ViewRequest:
        """A request as it is kept now."""
        async with self.deps.as_service() as uow:
            return await view_requests.get(uow, request_id)

    async def grant(self, grant_id: str) -> Grant:
        """A grant as it is kept now."""
        async with self.deps.as_service() as uow:
            return await grants.get(uow, grant_id)

    async def steps(self, request: ViewRequest) -> list[ApprovalTask]:
        """The tasks of a request."""
        async with self.deps.as_service() as uow:
            return await tasks.list_of(uow, request.id)

    async def told(self, subject: str) -> list[dict[str, Any]]:
        """Bodies of the events told of a resource (`grants/grt_…`), in order."""
        rows = await self.admin.fetch("select convert_from(body, 'UTF8') as body from access.outbox order by event_id")
        events = (json.loads(row["body"]) for row in rows)
        return [event for event in events if event["subject"] == subject]

    async def journal(self, resource: str) -> list[tuple[str, str, int]]:
        """Verb, actor and version of each journal row of a resource, in order."""
        rows = await self.admin.fetch(
            "select verb, actor, version from access.journal where resource = $1 order by id", resource
        )
        return [tuple(row) for row in rows]

    async def register(self, grant_id: str) -> list[tuple[Any, Any]]:
        """Page and viewer position of each line of the register about a grant."""
        rows = await self.admin.fetch(
            "select page_id, viewer_position from access.usage_entry where grant_id = $1 order by id",
            to_uuid(grant_id),
        )
        return [tuple(row) for row in rows]

    async def waiting_for_locks(self) -> int:
        """How many connections to this worker's database wait for a lock right now."""
        await self.admin.execute("select pg_stat_clear_snapshot()")
        return await self.admin.fetchval(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        )

    async def end_time(self, grant: Grant) -> None:
        """Let a grant's time be over, as if its days had passed."""
        await self.admin.execute(
            "update access.view_grant set valid_from = now() - interval '2 h', valid_to = now() - interval '1 s'"
            " where id = $1",
            to_uuid(grant.id),
        )


@dataclass
class Case:
    """Who takes part in a view: an asking unit with its head and viewers, a leader, and the subject."""

    unit_id: str
    archive_unit_id: str
    subject: Person
    viewers: Sequence[Person]
    head_person: Person
    leader_person: Person

    def __post_init__(self) -> None:
        self.first, self.second = (one.account("viewer", self.unit_id) for one in self.viewers)
        self.asker = self.first
        self.head = self.head_person.account("approver", self.unit_id)
        self.leader = self.leader_person.account("leader", self.archive_unit_id)

    @property
    def named(self) -> tuple[Viewer, ...]:
        """The viewers as a form names them."""
        return tuple(Viewer(one.name, party_member=True, person_no=one.person_no) for one in self.viewers)


async def new_case(office: Office) -> Case:
    """A case in units of its own; all kin are known."""
    unit_id, archive_unit_id = await office.unit(), await office.unit()
    subject = await office.person(archive_unit_id)
    people = [await office.person(unit_id, name) for name in ("王芳", "赵刚", "孙部长")]
    leader = await office.person(archive_unit_id, "钱局长")
    return Case(unit_id, archive_unit_id, subject, people[:2], people[2], leader)


def account_of(caller: Caller, person: Person, *, active: bool = True) -> AccountChanged:
    """What the gateway tells of an account."""
    return AccountChanged(account_id=caller.account_id, person_no=person.person_no, active=active)


async def outcome(act: Awaitable[object]) -> str:
    """The type of what came of an act, an answer or a refusal."""
    try:
        return type(await act).__name__
    except Refusal as refusal:
        return type(refusal).__name__
