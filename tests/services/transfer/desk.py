"""A department's desk for use-case tests: units, a cadre with a dossier, drafts; and what others tell transfer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
from sqlalchemy import event

from chassis.deps import Deps
from chassis.identity import Caller
from chassis.inbox import Inbox
from chassis.tickets import BlobTicket
from chassis.unit_of_work import IdempotencyKey, UnitOfWork
from contracts.events import (
    DossierOpened,
    EventData,
    MaterialAppraised,
    MaterialFiled,
    MaterialRefused,
    PersonChanged,
)
from contracts.values.ids import new_id, to_uuid
from contracts.values.partial_date import PartialDate
from services.transfer.api.submissions import name_index
from services.transfer.domain.item import Item
from services.transfer.domain.subject import ByPerson, SubjectNamed
from services.transfer.domain.submission import Submission
from services.transfer.domain.unit import Unit
from services.transfer.store import items, submissions
from services.transfer.subscribers import SUBSCRIBERS
from services.transfer.usecases.add_item import AddItem, add_item
from services.transfer.usecases.bind_pages import BindPages, bind_pages
from services.transfer.usecases.create_submission import CreateSubmission, create_submission
from services.transfer.usecases.create_unit import CreateUnit, create_unit
from services.transfer.usecases.deliver_submission import deliver_submission
from tests.support.rooms import somebody

NAME = "欧阳·建国"
OUTCOMES = {"filed", "rejected", "refused"}


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
class Cadre:
    """A cadre whose dossier the archive unit keeps."""

    unit_id: str
    person_id: str = field(default_factory=lambda: new_id("per"))
    dossier_id: str = field(default_factory=lambda: new_id("dos"))

    @property
    def person_no(self) -> str:
        """A number that is nobody else's."""
        return self.person_id[-12:]

    def person(self, **changes: Any) -> PersonChanged:
        """What the catalog tells of the person."""
        told = {"person_id": self.person_id, "person_no": self.person_no, "name": NAME, "unit_id": self.unit_id}
        return PersonChanged.model_validate({**told, "birth_date": None, **changes})

    def dossier(self, **changes: Any) -> DossierOpened:
        """What the catalog tells of the dossier."""
        told = {"dossier_id": self.dossier_id, "dossier_no": "D-1", "person_id": self.person_id}
        return DossierOpened.model_validate({**told, "unit_id": self.unit_id, "state": "open", **changes})


@dataclass
class Desk:
    """One department below a root, and an archive unit beside it."""

    deps: Deps
    admin: asyncpg.Connection[Any]
    root: Unit
    archive: Unit
    department: Unit
    clerk: Caller
    cadre: Cadre

    def uow(self, caller: Caller | None = None, key: IdempotencyKey | None = None) -> UnitOfWork:
        """A transaction of the clerk, or of somebody else with the posts that they hold."""
        who = caller or self.clerk
        units = frozenset(unit for _, unit in who.posts)
        return self.deps.unit_of_work(who, "*" if "*" in units else units, idempotency=key)

    async def hear(self, event: EventData, version: int = 1, event_id: str | None = None) -> float | None:
        """Deliver an event; None when settled, else the seconds after which it is wanted again."""
        return await Inbox(self.deps, SUBSCRIBERS).receive(*letter(event, version, event_id))

    async def drafted(self, subject: SubjectNamed | None = None, key: IdempotencyKey | None = None) -> Submission:
        """A draft of the clerk's for the cadre."""
        named = subject or ByPerson(self.cadre.person_no, NAME)
        command = CreateSubmission(None, named, frozenset({self.department.unit_id}))
        return await create_submission(command, uow=self.uow(key=key), name_index=name_index(self.deps))

    async def item(self, submission: Submission, title: str = "干部任免审批表", pages: int = 1) -> Item:
        """An item of a draft, with so many pages."""
        command = AddItem(submission.submission_id, title, PartialDate(value="1987-05"), max(pages, 1))
        item = await add_item(command, uow=self.uow(), max_items=200)
        if pages:
            await self.bind(item.item_id, [self.ticket(n) for n in range(pages)])
        return item

    def ticket(self, n: int = 0, **changes: Any) -> str:
        """A ticket for a page file that is never looked at: binding is offline."""
        told = {
            "upload_id": new_id("upl"),
            "digest": f"{n:064x}",
            "bytes": 1000 + n,
            "media_type": "image/jpeg",
            "width": 1240,
            "height": 1754,
            "uploader": self.clerk.account_id,
            "unit_id": self.department.unit_id,
            "until": 4_000_000_000,
        }
        return self.deps.tickets.sign(BlobTicket.model_validate({**told, **changes}))

    async def bind(self, item_id: str, tickets: Sequence[str], key: IdempotencyKey | None = None) -> Any:
        """Bind pages to an item."""
        return await bind_pages(
            BindPages(item_id, tickets),
            uow=self.uow(key=key),
            tickets=self.deps.tickets,
            limits=self.deps.rules.limits.submission,
        )

    async def deliver(self, submission_id: str, *, max_pages: int = 20_000) -> Submission:
        """Hand a draft in."""
        key = self.deps.keys.private_jwk("receipt")
        return await deliver_submission(submission_id, uow=self.uow(), receipt_key=key, max_pages=max_pages)

    async def delivered(self, item_count: int = 1) -> tuple[Submission, list[Item]]:
        """A delivered submission with its items, pending."""
        draft = await self.drafted()
        for n in range(item_count):
            await self.item(draft, f"材料{n + 1}")
        return await self.deliver(draft.submission_id), await self.items_of(draft.submission_id)

    async def submission(self, submission_id: str) -> Submission:
        """A submission as it is now."""
        async with self.uow() as uow:
            return await submissions.get(uow, submission_id)

    async def items_of(self, submission_id: str) -> list[Item]:
        """The items of a submission as they are now."""
        async with self.uow() as uow:
            return list(await items.list_of(uow, submission_id))

    async def told(self, submission_id: str) -> list[dict[str, Any]]:
        """What the outbox holds about a submission, in order: each event's data, with its type and sequence."""
        rows = await self.admin.fetch("select body from transfer.outbox order by event_id")
        events = [json.loads(row["body"]) for row in rows]
        return [
            {**event["data"], "type": event["type"], "version": int(event["sequence"])}
            for event in events
            if event["data"].get("submission_id") == submission_id
        ]

    async def verbs(self, resource: str) -> list[str]:
        """What the journal says was done to a resource, in order."""
        rows = await self.admin.fetch("select verb from transfer.journal where resource = $1 order by id", resource)
        return [row["verb"] for row in rows]

    async def count(self, table: str, column: str, value: str) -> int:
        """Rows of a table about one resource."""
        return await self.admin.fetchval(f"select count(*) from transfer.{table} where {column} = $1", to_uuid(value))

    def appraised(self, item: Item, outcome: str, *reasons: str) -> MaterialAppraised:
        """Audit's word on an item."""
        told = {"appraisal_id": new_id("apr"), "outcome": outcome, "reasons": list(reasons), "kind": None}
        more = {"confirmed_by": [], "checks": [], "page_count": item.page_count, "pages": [], "formed_on": None}
        return MaterialAppraised.model_validate({**self._of(item), **told, **more, "title": item.title})

    def filed(self, item: Item, category: str = "9-2", item_no: int = 1) -> MaterialFiled:
        """The catalog's word on an item that it filed."""
        told = {"category": category, "item_no": item_no, "page_count": item.page_count, "pages": []}
        more = {"title": item.title, "formed_on": None, "filed_on": date(2026, 11, 24), "basis": "r2018:11"}
        return MaterialFiled.model_validate({**self._of(item), **told, **more})

    def refused(self, item: Item, *reasons: str) -> MaterialRefused:
        """The archivist's word on an item that does not go in."""
        return MaterialRefused.model_validate({**self._of(item), "reasons": list(reasons or ("duplicate",))})

    def story_of(self, item: Item, kind: str) -> list[EventData]:
        """The facts that one material causes, in the order in which they happen; `kind` is one of OUTCOMES."""
        if kind == "filed":
            return [self.appraised(item, "accepted"), self.filed(item, item_no=item.position)]
        if kind == "refused":
            return [self.appraised(item, "accepted"), self.refused(item)]
        return [self.appraised(item, "rejected", "A5")]

    def _of(self, item: Item) -> dict[str, Any]:
        return {
            "material_id": item.material_id,
            "item_id": item.item_id,
            "submission_id": item.submission_id,
            "unit_id": self.department.unit_id,
            "blob_unit_id": self.department.unit_id,
            "dossier_id": self.cadre.dossier_id,
            "dossier_unit_id": self.archive.unit_id,
            "person_id": self.cadre.person_id,
        }


@contextmanager
def statements(deps: Deps) -> Iterator[list[str]]:
    """Collects the statements that units of work run meanwhile, SQLAlchemy's and raw ones alike."""
    seen: list[str] = []
    connections: set[Any] = set()

    def note(record: Any) -> None:
        seen.append(record.query)

    def listen(dbapi: Any, *_: Any) -> None:
        dbapi.driver_connection.add_query_logger(note)
        connections.add(dbapi.driver_connection)

    event.listen(deps.db.engine.sync_engine, "checkout", listen)
    try:
        yield seen
    finally:
        event.remove(deps.db.engine.sync_engine, "checkout", listen)
        for connection in connections:
            connection.remove_query_logger(note)


def a_key(body: bytes = b"") -> IdempotencyKey:
    """A fresh idempotency key."""
    return IdempotencyKey("acc POST /v1/somewhere", new_id("req"), IdempotencyKey.hash_of(body))


async def open_desk(deps: Deps, admin: asyncpg.Connection[Any]) -> Desk:
    """A root, a department and an archive of their own; transfer has heard of one cadre."""
    system_admin = somebody("system_admin")

    async def make(code: str, name: str, parent: Unit | None) -> Unit:
        command = CreateUnit(parent.unit_id if parent else None, code, name)
        return await create_unit(command, uow=deps.unit_of_work(system_admin, "*"))

    root = await make(new_id("unt")[-12:], "青岚县", None)
    archive = await make("ZZB", "县委组织部", root)
    department = await make("CZJ", "县财政局", root)
    clerk = somebody("submitter", department.unit_id)
    desk = Desk(deps, admin, root, archive, department, clerk, Cadre(archive.unit_id))
    assert await desk.hear(desk.cadre.person()) is None
    assert await desk.hear(desk.cadre.dossier()) is None
    return desk
