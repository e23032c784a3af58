"""One unit with its archivist, persons, dossiers and appraised materials, for tests of use cases."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import asyncpg

from chassis.deps import Deps
from chassis.identity import Caller
from chassis.inbox import take
from chassis.tickets import BlobTicket
from chassis.unit_of_work import IdempotencyKey, UnitOfWork
from chassis.units import learn_unit
from contracts.events import Envelope, MaterialAppraised, PageRef, UnitChanged
from contracts.values.ids import from_uuid, new_id, to_uuid
from contracts.values.partial_date import PartialDate
from services.catalog.store.tables import Person
from services.catalog.usecases.file_appraised_material import file_appraised_material
from services.catalog.usecases.open_dossier import open_dossier
from services.catalog.usecases.register_person import register_person
from tests.support.rooms import somebody

_numbers = count(1)


def page(seed: str = "") -> PageRef:
    """A page of its own file."""
    page_id = new_id("pag")
    digest = hashlib.sha256((seed or page_id).encode()).hexdigest()
    return PageRef(page_id=page_id, digest=digest, media_type="image/png", bytes=1000, width=1240, height=1754)


@dataclass
class Kept:
    """A person with an open dossier."""

    person_id: str
    person_no: str
    dossier_id: str
    dossier_no: str


@dataclass
class Office:
    """A unit of its own in the worker's database, and the one who keeps its dossiers."""

    deps: Deps
    uow_for: Callable[..., UnitOfWork]
    admin: asyncpg.Connection
    unit_id: str = field(default_factory=lambda: new_id("unt"))
    archivist: Caller = field(init=False)

    def __post_init__(self) -> None:
        self.archivist = somebody("archivist", self.unit_id)

    async def open(self) -> "Office":
        """Let the catalog hear of the unit."""
        await hear_of(self.uow_for, self.unit_id)
        return self

    def uow(self, caller: Caller | None = None, *, key: str | None = None, body: bytes = b"") -> UnitOfWork:
        """A unit of work of the archivist, or of somebody else with one post."""
        who = caller or self.archivist
        idempotency = IdempotencyKey(who.account_id, key, IdempotencyKey.hash_of(body)) if key else None
        return self.uow_for("catalog", who, frozenset(unit for _, unit in who.posts), idempotency)

    async def register(self, name: str = "王小明", **card: Any) -> Person:
        """A person of the unit under a fresh number."""
        told: dict[str, Any] = {
            "unit_id": self.unit_id,
            "person_no": f"P{next(_numbers):06d}-{self.unit_id[-6:]}",
            "name": name,
            "former_names": [],
            "sex": None,
            "ethnicity": None,
            "native_place": None,
            "birth_date": PartialDate(value="1970-01"),
            "rank": None,
        }
        person, _ = await register_person({**told, **card}, uow=self.uow())
        return person

    async def keep(self, name: str = "王小明", **card: Any) -> Kept:
        """A person with an open dossier."""
        person = await self.register(name, **card)
        dossier_no = f"D-{person.person_no}"
        dossier_id = await open_dossier(person.person_id, dossier_no, self.unit_id, uow=self.uow())
        return Kept(person.person_id, person.person_no, dossier_id, dossier_no)

    def appraised(self, kept: Kept, title: str, formed_on: str | None = None, **changes: Any) -> MaterialAppraised:
        """A material that audit accepted for this dossier, of one page."""
        told: dict[str, Any] = {
            "material_id": new_id("mat"),
            "appraisal_id": new_id("apr"),
            "item_id": new_id("itm"),
            "submission_id": new_id("sub"),
            "unit_id": self.unit_id,
            "dossier_id": kept.dossier_id,
            "dossier_unit_id": self.unit_id,
            "person_id": kept.person_id,
            "outcome": "accepted",
            "reasons": [],
            "kind": None,
            "confirmed_by": [],
            "checks": [],
            "title": title,
            "formed_on": PartialDate(value=formed_on) if formed_on else None,
            "page_count": 1,
            "pages": [page()],
        }
        return MaterialAppraised.model_validate({**told, **changes})

    async def hear(self, appraised: MaterialAppraised, event_id: str | None = None) -> bool:
        """Let the catalog hear of it as the inbox would; False when this very event was handled before."""
        event = Envelope[MaterialAppraised](
            id=event_id or new_id("evt"),
            source="/deployments/test/services/audit",
            type=MaterialAppraised.type_name(),
            subject=f"materials/{appraised.material_id}",
            time=datetime(2026, 11, 24, tzinfo=UTC),
            dataschema="about:blank",
            partitionkey=appraised.dossier_id,
            sequence=f"{1:020d}",
            data=appraised,
        )
        async with self.uow_for("catalog") as uow:
            if not await take(uow, event):
                return False
            await file_appraised_material(event, uow, self.deps)
        return True

    async def file(self, kept: Kept, title: str, formed_on: str | None = None, **changes: Any) -> str:
        """Have a material appraised and heard of; its id."""
        appraised = self.appraised(kept, title, formed_on, **changes)
        await self.hear(appraised)
        return appraised.material_id

    def ticket(self, uploader: Caller | None = None, **changes: Any) -> str:
        """A blob ticket as transfer signs it, good for a day."""
        until = int((datetime.now(UTC) + timedelta(days=1)).timestamp())
        told: dict[str, Any] = {
            "upload_id": new_id("upl"),
            "digest": page().digest,
            "bytes": 1000,
            "media_type": "image/jpeg",
            "width": 1240,
            "height": 1754,
            "uploader": (uploader or self.archivist).account_id,
            "unit_id": self.unit_id,
            "until": until,
        }
        return self.deps.tickets.sign(BlobTicket.model_validate({**told, **changes}))

    # What the database holds, seen by the superuser.

    async def numbers(self, kept: Kept) -> list[tuple[str, int, str]]:
        """Place, number and title of everything filed, in catalogue order."""
        rows = await self.admin.fetch(
            """select place, item_no, title from catalog.material where dossier_id = $1 and state = 'filed'
            order by category, subclass, item_no""",
            to_uuid(kept.dossier_id),
        )
        return [(row["place"], row["item_no"], row["title"]) for row in rows]

    async def told(self, subject_id: str) -> list[dict[str, Any]]:
        """The events told of a resource, in order."""
        rows = await self.admin.fetch(
            "select convert_from(body, 'UTF8')::jsonb::text as event from catalog.outbox order by event_id"
        )
        events = [json.loads(row["event"]) for row in rows]
        return [event for event in events if event["subject"].endswith(f"/{subject_id}")]

    async def journal(self, resource: str) -> list[str]:
        """The verbs that the journal has of a resource, in order."""
        rows = await self.admin.fetch("select verb from catalog.journal where resource = $1 order by id", resource)
        return [row["verb"] for row in rows]

    async def task_of(self, material_id: str) -> dict[str, Any]:
        """The queue's entry for a material, with its public id."""
        row = await self.admin.fetchrow(
            "select * from catalog.filing_task where material_id = $1", to_uuid(material_id)
        )
        assert row is not None
        return {**row, "task_id": from_uuid("tskc", row["task_id"])}


async def hear_of(uow_for: Callable[..., UnitOfWork], unit_id: str, *ancestors: str) -> None:
    """Let the catalog hear of a unit below these ancestors."""
    unit = UnitChanged(
        unit_id=unit_id,
        parent_id=ancestors[-1] if ancestors else None,
        code=unit_id[-8:],
        name="单位",
        ancestors=[*ancestors, unit_id],
        path=[unit_id[-8:]],
    )
    async with uow_for("catalog") as uow:
        await learn_unit(uow, unit, 1)
