"""Each event heard takes effect once; passing faults are given back; poison is buried with its bytes."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import asyncpg
import orjson
import pytest

from chassis.deps import Deps
from chassis.inbox import MAX_ATTEMPTS, Inbox, NotHeardYet, Subscriber
from chassis.tasks import end
from chassis.units import learn_unit
from contracts.events import MaterialReceived, UnitChanged
from contracts.problems import StateConflict
from contracts.values.ids import new_id, to_uuid

SUBJECT = MaterialReceived.broker_subject()


def material_received() -> dict[str, Any]:
    """An event as it comes off the broker."""
    material, dossier = new_id("mat"), new_id("dos")
    data = MaterialReceived(
        material_id=material,
        item_id=new_id("itm"),
        submission_id=new_id("sub"),
        unit_id=new_id("unt"),
        dossier_id=dossier,
        dossier_unit_id=new_id("unt"),
        person_id=new_id("per"),
        title="年度考核登记表",
        formed_on=None,
        declared_page_count=1,
        pages=[],
    )
    return {
        "specversion": "1.0",
        "id": new_id("evt"),
        "source": "/deployments/local/services/transfer",
        "type": MaterialReceived.type_name(),
        "subject": f"materials/{material}",
        "time": datetime.now(UTC),
        "dataschema": "http://dangan.test/schemas/x",
        "partitionkey": dossier,
        "sequence": f"{1:020d}",
        "data": data.model_dump(mode="json"),
    }


class Effect:
    """A use case that leaves a row, and can be told to fail."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.calls = 0

    async def __call__(self, event: Any, uow: Any, deps: Deps) -> None:
        self.calls += 1
        await uow.raw().execute(
            "insert into counter (kind, unit_id, year, value) values ($1, $2, 1, 1)",
            event.data.material_id,
            to_uuid(event.data.unit_id),
        )
        if self.error:
            raise self.error


def inbox_with(deps: Deps, effect: Effect) -> Inbox:
    return Inbox(deps, [Subscriber(MaterialReceived, effect)])


async def effects(rows: asyncpg.Connection) -> int:
    return await rows.fetchval("select count(*) from counter")


async def test_an_event_delivered_twice_takes_effect_once(deps: Deps, rows: asyncpg.Connection):
    """The inbox row and the effect commit together."""
    effect, body = Effect(), orjson.dumps(material_received())
    inbox = inbox_with(deps, effect)
    assert await inbox.receive(SUBJECT, body) is None
    assert await inbox.receive(SUBJECT, body) is None
    assert (effect.calls, await effects(rows)) == (1, 1)


async def test_twins_at_the_same_moment_take_effect_once(deps: Deps, rows: asyncpg.Connection):
    """The second waits for the first's row."""
    effect, body = Effect(), orjson.dumps(material_received())
    inbox = inbox_with(deps, effect)
    assert await asyncio.gather(*(inbox.receive(SUBJECT, body) for _ in range(6))) == [None] * 6
    assert (effect.calls, await effects(rows)) == (1, 1)


@pytest.mark.parametrize("error", [NotHeardYet(), ConnectionError(), TimeoutError(), asyncpg.LockNotAvailableError()])
async def test_a_passing_fault_is_given_back_and_never_counted(deps: Deps, rows: asyncpg.Connection, error: Exception):
    """It comes again after a delay; nothing of it stays, however often."""
    effect, body = Effect(error), orjson.dumps(material_received())
    inbox = inbox_with(deps, effect)
    for delivered in range(1, MAX_ATTEMPTS + 3):
        delay = await inbox.receive(SUBJECT, body, delivered)
        assert delay is not None
        assert delay > 0
    assert await rows.fetchval("select count(*) from inbox") == 0
    assert await rows.fetchval("select count(*) from dead_letter") == 0
    effect.error = None
    assert await inbox.receive(SUBJECT, body) is None
    assert await effects(rows) == 1


@pytest.mark.parametrize("error", [StateConflict(state="filed"), KeyError("张三")])
async def test_a_refusal_or_bug_is_buried_at_the_fifth_attempt(deps: Deps, rows: asyncpg.Connection, error: Exception):
    """The event's bytes and the reason stand in dead_letter; the reason repeats no value."""
    event = material_received()
    body = orjson.dumps(event)
    inbox = inbox_with(deps, Effect(error))
    delays = [await inbox.receive(SUBJECT, body, n) for n in range(1, MAX_ATTEMPTS + 1)]
    assert [delay is None for delay in delays] == [False] * (MAX_ATTEMPTS - 1) + [True]
    dead = await rows.fetchrow("select * from dead_letter")
    assert (dead["body"], dead["event_id"]) == (body, to_uuid(event["id"]))
    assert "张三" not in dead["reason"]
    assert await effects(rows) == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\x00",
        b"[]",
        b'{"type": 1}',
        b'{"type": "dangan.nothing.happened.v1"}',
        b'{"id": "evt_1"}',
        b"[" * 100_000,
    ],
)
async def test_bytes_that_are_no_event_are_buried_at_once(deps: Deps, rows: asyncpg.Connection, body: bytes):
    """Nothing to try again."""
    assert await inbox_with(deps, Effect()).receive("dangan.transfer.x.v1", body) is None
    assert await rows.fetchval("select body from dead_letter") == body


async def test_an_event_of_the_catalogue_that_nobody_wants_is_passed_over(deps: Deps, rows: asyncpg.Connection):
    """A durable may bring more than this release acts on."""
    assert await Inbox(deps, []).receive(SUBJECT, orjson.dumps(material_received())) is None
    assert await rows.fetchval("select count(*) from dead_letter") == 0


async def test_prepared_work_is_done_outside_and_handed_in(deps: Deps):
    """`prepare` runs before the transaction; an event that is delivered again does not pay for it again."""
    seen: list[Any] = []

    async def prepare(event: Any, deps: Deps) -> str:
        seen.append("prepared")
        return "result"

    async def handle(event: Any, uow: Any, deps: Deps, *, prepared: str) -> None:
        seen.append(prepared)

    inbox = Inbox(deps, [Subscriber(MaterialReceived, handle, prepare)])
    body = orjson.dumps(material_received())
    for delivered in (1, 2):
        await inbox.receive(SUBJECT, body, delivered)
    assert seen == ["prepared", "result"]


async def test_a_state_is_kept_only_when_it_is_newer(deps: Deps, rows: asyncpg.Connection):
    """The version guard of read models, here the unit tree: any order, any number of times."""
    unit = new_id("unt")

    def named(name: str) -> UnitChanged:
        return UnitChanged(unit_id=unit, parent_id=None, code="c", name=name, ancestors=[unit], path=[name])

    for version, name in ((2, "新名"), (1, "旧名"), (2, "重复")):
        async with deps.as_service() as uow:
            await learn_unit(uow, named(name), version)
    assert await rows.fetchval("select path from unit_scope") == ["新名"]


async def test_an_inbox_ends_though_a_worker_loses_a_cancellation(deps: Deps):
    """As nats-py's own waiting does before Python 3.12; a service would hang at its stop until it was killed."""

    class Stubborn(Inbox):
        lost = 0

        async def _work(self) -> None:
            while True:
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    if self.lost:
                        raise
                    self.lost += 1

    inbox = Stubborn(deps, [])
    running = asyncio.create_task(inbox.run())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    async with asyncio.timeout(20):
        await end([running])
    assert (running.done(), inbox.lost) == (True, 1)


@pytest.mark.parametrize(
    ("subject", "source"),
    [
        ("dangan.access.material.received.v1", "/deployments/local/services/transfer"),
        (SUBJECT, "/deployments/local/services/access"),
    ],
)
async def test_a_service_cannot_speak_for_another(deps: Deps, rows: asyncpg.Connection, subject: str, source: str):
    """The broker binds a service to its subjects; type and source must fit the subject, or the event is buried."""
    effect = Effect()
    body = orjson.dumps(material_received() | {"source": source})
    assert await inbox_with(deps, effect).receive(subject, body) is None
    assert effect.calls == 0
    assert await rows.fetchval("select count(*) from dead_letter") == 1


async def test_bytes_delivered_again_are_buried_once(deps: Deps, rows: asyncpg.Connection):
    """Their acknowledgement may be lost like any other."""
    inbox = inbox_with(deps, Effect())
    for _ in range(2):
        await inbox.receive(SUBJECT, b"no event")
    assert await rows.fetchval("select count(*) from dead_letter") == 1


async def test_partitions_are_made_though_rows_came_before_them(deps: Deps, rows: asyncpg.Connection):
    """After weeks off, the week's first events lie in the default partition; they move into the new one."""
    await rows.execute("set search_path = audit")
    week = await rows.fetchval(
        "select min(inhrelid::regclass::text) from pg_inherits where inhparent = 'outbox'::regclass"
        " and inhrelid::regclass::text ~ '[0-9]{8}$'"
    )
    await rows.execute(f"drop table {week}")
    await rows.execute("insert into outbox (event_id, subject, body) values (uuidv7(), 'x', '')")
    await deps.db.pool.execute("select maintain_partitions()")
    assert await rows.fetchval("select tableoid::regclass::text from outbox") == week
    assert await rows.fetchval("select count(*) from outbox_rest") == 0
