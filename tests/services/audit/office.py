"""A small archive for use-case tests: persons, dossiers and page files, told to audit by real events."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg

from chassis.blind_index import blind_index
from chassis.deps import Deps
from chassis.identity import Caller
from chassis.inbox import Inbox
from chassis.unit_of_work import IdempotencyKey, UnitOfWork
from contracts.events import (
    DossierOpened,
    EventData,
    Kin,
    MaterialFiled,
    MaterialReceived,
    PageRef,
    PersonChanged,
    PersonKinChanged,
    UnitChanged,
)
from contracts.values.ids import from_uuid, new_id, to_uuid
from contracts.values.partial_date import PartialDate
from services.audit.store import tasks
from services.audit.store.tables import TaskRow
from services.audit.subscribers import SUBSCRIBERS
from services.audit.usecases.decide_task import Decided, DecideTask, decide_task
from services.audit.usecases.settle_clearances import gate_of
from tests.chassis.pages import jpeg, text_page
from tests.support.rooms import somebody


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
class Subject:
    """A person with a dossier, in a unit of their own."""

    name: str = "李建国"
    former_names: tuple[str, ...] = ()
    birth: str | None = "1970-03-02"
    unit_id: str = field(default_factory=lambda: new_id("unt"))
    person_id: str = field(default_factory=lambda: new_id("per"))
    dossier_id: str = field(default_factory=lambda: new_id("dos"))

    @property
    def person_no(self) -> str:
        """A number that is nobody else's."""
        return self.person_id[-12:]

    def person(self, **changes: Any) -> PersonChanged:
        """What the catalog tells of the person."""
        example: dict[str, Any] = {
            "person_id": self.person_id,
            "person_no": self.person_no,
            "name": self.name,
            "former_names": list(self.former_names),
            "birth_date": PartialDate(value=self.birth) if self.birth else None,
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


@dataclass
class Office:
    """Audit's side of the story, with the inbox as its door and the superuser's eyes for assertions."""

    deps: Deps
    admin: asyncpg.Connection[Any]
    pages_made: int = 0

    async def hear(self, event: EventData, version: int = 1, event_id: str | None = None) -> float | None:
        """Deliver an event; None when settled, else the seconds after which it is wanted again."""
        return await Inbox(self.deps, SUBSCRIBERS).receive(*letter(event, version, event_id))

    async def unit(self) -> str:
        """A unit that audit has heard of."""
        unit_id = new_id("unt")
        told = UnitChanged(
            unit_id=unit_id, parent_id=None, code=unit_id[-8:], name="组织部", ancestors=[unit_id], path=["x"]
        )
        assert await self.hear(told) is None
        return unit_id

    async def known_subject(self, **members: Any) -> Subject:
        """A person and dossier that audit has heard of; relatives: none, and that for certain."""
        subject = Subject(**{"unit_id": await self.unit(), **members})
        for event in (subject.person(), subject.dossier(), subject.kin()):
            assert await self.hear(event) is None
        return subject

    async def store(self, unit_id: str, content: bytes) -> PageRef:
        """Put a page file where an upload would have put it."""
        async with self.deps.blobs.receive(1 << 26) as incoming:
            await incoming.write(content)
            await incoming.finish()
            await incoming.keep(unit_id)
            digest = incoming.digest
        return PageRef(
            page_id=new_id("pag"),
            digest=digest,
            media_type="image/jpeg",
            bytes=len(content),
            width=1240,
            height=1754,
        )

    def drawn_page(self, dpi: int = 300) -> bytes:
        """A page like no other one."""
        self.pages_made += 1
        return jpeg(text_page(text=f"干部任免审批表\n第 {self.pages_made} 份 {new_id('pag')}"), dpi=(dpi, dpi))

    async def received(
        self,
        subject: Subject,
        pages: Sequence[PageRef] | None = None,
        unit_id: str | None = None,
        **changes: Any,
    ) -> MaterialReceived:
        """An item handed in for the subject, its page files in the store."""
        unit_id = unit_id or new_id("unt")
        if pages is None:
            pages = [await self.store(unit_id, self.drawn_page())]
        example: dict[str, Any] = {
            "material_id": new_id("mat"),
            "item_id": new_id("itm"),
            "submission_id": new_id("sub"),
            "unit_id": unit_id,
            "dossier_id": subject.dossier_id,
            "dossier_unit_id": subject.unit_id,
            "person_id": subject.person_id,
            "declared_person_no": subject.person_no,
            "declared_name_index": blind_index(self.deps.keys.blind_index_key, "name", subject.name),
            "title": "干部任免审批表",
            "formed_on": PartialDate(value="1998-07-15"),
            "declared_page_count": len(pages),
            "pages": list(pages),
        }
        return MaterialReceived(**{**example, **changes})

    async def appraising(self, subject: Subject | None = None, **changes: Any) -> MaterialReceived:
        """A received material whose appraisal has begun."""
        event = await self.received(subject or await self.known_subject(), **changes)
        assert await self.hear(event) is None
        return event

    def filed(self, received: MaterialReceived, **changes: Any) -> MaterialFiled:
        """What the catalog tells once it has filed the material."""
        example: dict[str, Any] = {
            **received.model_dump(include={"material_id", "dossier_id", "person_id", "title", "formed_on", "pages"}),
            "unit_id": received.dossier_unit_id,
            "blob_unit_id": received.unit_id,
            "category": "9-2",
            "item_no": 1,
            "page_count": len(received.pages),
            "filed_on": "2026-11-24",
            "basis": "r2018:11",
        }
        return MaterialFiled.model_validate({**example, **changes})

    # What stands in the database

    async def appraisal(self, material_id: str) -> asyncpg.Record | None:
        """The material's appraisal."""
        return await self.admin.fetchrow("select * from audit.appraisal where material_id = $1", to_uuid(material_id))

    async def checks(self, material_id: str) -> dict[str, dict[str, Any]]:
        """The automatic checks of a material, by code."""
        row = await self.appraisal(material_id)
        assert row is not None
        return {check["code"]: check for check in json.loads(row["checks"])}

    async def waiting(self, material_id: str) -> TaskRow:
        """The task that the material waits for."""
        async with self.deps.as_service() as uow:
            row = await uow.raw().fetchrow(
                """select t.id from task t join appraisal a on a.id = t.appraisal_id
                where a.material_id = $1 and t.state = 'pending'""",
                to_uuid(material_id),
            )
            assert row is not None
            return await tasks.get(uow, from_uuid("tsku", row["id"]))

    async def told(self, material_id: str) -> list[dict[str, Any]]:
        """Bodies of the events told of a material, in order."""
        rows = await self.admin.fetch("select convert_from(body, 'UTF8') as body from audit.outbox order by event_id")
        events = (json.loads(row["body"]) for row in rows)
        return [event for event in events if event["subject"] == f"materials/{material_id}"]

    async def journal(self, resource: str) -> list[tuple[str, str, int]]:
        """Verb, actor and version of each journal row of a resource, in order."""
        rows = await self.admin.fetch(
            "select verb, actor, version from audit.journal where resource = $1 order by id", resource
        )
        return [tuple(row) for row in rows]

    # What persons do

    def acting(
        self, caller: Caller, permission: str = "audit-task:decide", key: IdempotencyKey | None = None
    ) -> UnitOfWork:
        """A transaction of a person, within the scope that a route would give."""
        return self.deps.unit_of_work(caller, caller.roots(permission), idempotency=key)

    async def decide(
        self,
        task: TaskRow,
        caller: Caller | None = None,
        outcome: Any = "approve",
        *reasons: str,
        seen_version: int | None = None,
        not_related: bool | None = True,
        note: str | None = None,
        key: IdempotencyKey | None = None,
    ) -> Decided:
        """Decide a task as an auditor."""
        command = DecideTask(
            task_id=task.id,
            seen_version=seen_version or task.version,
            outcome=outcome,
            reasons=reasons,
            note=note,
            not_related=not_related,
        )
        caller = caller or auditor()
        uow, rules = self.acting(caller, key=key), self.deps.rules.appraisal
        return await decide_task(command, uow=uow, rules=rules, gate=gate_of(self.deps))


def auditor(unit_id: str = "*", person_no: str | None = None) -> Caller:
    """An auditor of a unit, under a fresh account."""
    return somebody("auditor", unit_id, person_no=person_no)
