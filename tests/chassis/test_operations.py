"""Long work: each item once, whatever is killed; stopped in the middle; taken back; two at once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import asyncpg
import pytest

from chassis.deps import Deps
from chassis.identity import Caller
from chassis.operations import Applied, OperationKinds, Operations, Order, OrderItem
from chassis.operations import store as operations_store
from chassis.operations.reading import events, list_items, settled_after
from chassis.unit_of_work import UnitOfWork
from contracts.events import EventData, OperationFinished
from contracts.operations import Operation
from contracts.problems import FieldFault, StateConflict, ValidationFailed
from contracts.values.ids import new_id, to_uuid
from tests.support.rooms import somebody


class Stop(BaseException):
    """The process ends here, as after kill -9."""


class Counting:
    """Draws a gapless number an item; undoing draws one of another kind. Told to, it refuses, waits or is killed."""

    name = "numbers.draw"
    counted_as = "numbers"
    permission = "material:batch"

    def __init__(self) -> None:
        self.killed_at: int | None = None
        self.before: Callable[[int], Awaitable[None]] | None = None

    async def apply(self, item: Mapping[str, Any], uow: UnitOfWork) -> Applied:
        number = await uow.next_number(item["kind"], item["unit_id"], 2026)
        if item.get("bad"):
            raise ValidationFailed(errors=[FieldFault("/kind", "not-allowed-value", {"allowed": "x"})])
        if item.get("broken"):
            raise KeyError("no such thing")
        if self.killed_at == number:
            raise Stop
        if self.before:
            await self.before(number)
        return Applied(f"numbers/{number}", {"number": number}, {**item, "number": number})

    async def undo(self, item: Mapping[str, Any], uow: UnitOfWork) -> Applied:
        number = await uow.next_number(f"{item['kind']}-undone", item["unit_id"], 2026)
        return Applied(f"numbers/{number}", {"of": item["number"]}, dict(item))


def finished(operation: Operation, units: Any) -> EventData:
    told = {"state": operation.state, **operation.progress.model_dump(include={"done", "failed", "total"})}
    return OperationFinished.model_validate(
        {"operation_id": operation.id, "unit_ids": list(units), "kind": operation.kind, **told}
    )


class Bench:
    """Operations over the catalog's own tables, of an archivist of one unit."""

    def __init__(self, deps: Deps, admin: asyncpg.Connection) -> None:
        self.deps, self.admin, self.kind = deps, admin, Counting()
        self.unit_id = new_id("unt")
        self.caller = somebody("archivist", self.unit_id)
        self.operations = self.process()

    def process(self) -> Operations:
        """A process of the service."""
        return Operations(self.deps, OperationKinds("opnc", [self.kind], finished))

    def uow(self, caller: Caller | None = None) -> UnitOfWork:
        who = caller or self.caller
        return self.deps.unit_of_work(who, frozenset(unit for _, unit in who.posts))

    async def order(self, count: int, mode: Any = "each", **odd: dict[str, Any]) -> Operation:
        """Order so many numbers; `odd` says what is special of the item at a position (`at3={...}`)."""
        items = [
            OrderItem({"kind": f"n{self.unit_id}", "unit_id": self.unit_id, **odd.get(f"at{at}", {})}, f"r{at}")
            for at in range(count)
        ]
        async with self.uow() as uow:
            return await self.operations.accept(uow, Order(self.kind, mode, items, frozenset({self.unit_id})))

    async def drawn(self, kind: str = "") -> int:
        """How many numbers are drawn and committed."""
        return (
            await self.admin.fetchval("select value from catalog.counter where kind = $1", f"n{self.unit_id}{kind}")
            or 0
        )

    async def row(self, operation: Operation) -> Any:
        return await self.admin.fetchrow(
            "select * from catalog.operation where operation_id = $1", to_uuid(operation.id)
        )

    async def states(self, operation: Operation) -> list[str]:
        rows = await self.admin.fetch(
            "select state from catalog.operation_item where operation_id = $1 order by position", to_uuid(operation.id)
        )
        return [row["state"] for row in rows]

    async def lease_ends(self) -> None:
        """As if the time of every lease were over."""
        await self.admin.execute("update catalog.operation set lease_until = '2000-01-01' where lease_by is not null")


@pytest.fixture
async def bench(deps_for: Callable[..., Awaitable[Deps]], admin: asyncpg.Connection) -> Any:
    bench = Bench(await deps_for("catalog"), admin)
    yield bench
    await admin.execute("delete from catalog.operation where made_by = $1", bench.caller.account_id)


async def test_each_item_is_done_and_told(bench: Bench):
    """All items end, the operation succeeds, and the end is told and journalled."""
    operation = await bench.order(3)
    assert await bench.operations.work_once()
    assert not await bench.operations.work_once()
    row = await bench.row(operation)
    assert (row["state"], row["done"], row["failed"]) == ("succeeded", 3, 0)
    assert await bench.drawn() == 3
    told = await bench.admin.fetchval(
        "select count(*) from catalog.outbox where convert_from(body, 'UTF8') like '%' || $1 || '%'", operation.id
    )
    assert told == 1
    verbs = await bench.admin.fetch("select verb from catalog.journal where resource = $1 order by id", operation.id)
    assert [one["verb"] for one in verbs] == ["operation.queued", "operation.finished"]


async def test_a_refused_item_stops_no_other(bench: Bench):
    """In `each` the refusal, and what nobody foresaw, stay with the item, which leaves nothing behind."""
    operation = await bench.order(4, at1={"bad": True}, at2={"broken": True})
    await bench.operations.work_once()
    assert (await bench.row(operation))["state"] == "partly_done"
    assert await bench.states(operation) == ["done", "failed", "failed", "done"]
    assert await bench.drawn() == 2
    async with bench.deps.db.reading(bench.caller, frozenset({bench.unit_id})) as connection:
        items = await list_items(connection, operation.id, ["failed"], None, 10, dict)
    assert [item.problem["code"] for item in items if item.problem] == ["validation-failed", "internal-error"]


async def test_all_or_nothing(bench: Bench):
    """One refusal and nothing was done; without one all is done in one transaction."""
    operation = await bench.order(3, "all_or_nothing", at2={"bad": True})
    await bench.operations.work_once()
    assert (await bench.row(operation))["state"] == "failed"
    assert await bench.states(operation) == ["skipped", "skipped", "failed"]
    assert await bench.drawn() == 0
    good = await bench.order(3, "all_or_nothing")
    await bench.operations.work_once()
    assert (await bench.row(good))["state"] == "succeeded"
    assert await bench.drawn() == 3


async def test_a_killed_process_leaves_no_item_twice(bench: Bench):
    """Killed in the third item: another process goes on with it once the lease is over, and not before."""
    operation = await bench.order(5)
    bench.kind.killed_at = 3
    with pytest.raises(Stop):
        await bench.operations.work_once()
    bench.kind.killed_at = None
    assert await bench.drawn() == 2
    other = bench.process()
    assert not await other.work_once()
    await bench.lease_ends()
    assert await other.work_once()
    assert await bench.drawn() == 5
    assert (await bench.row(operation))["state"] == "succeeded"


async def test_who_lost_the_lease_leaves_no_trace(bench: Bench):
    """A process that was only slow comes back while another has taken over: its item is rolled back."""
    operation = await bench.order(2)
    slow, taken_over = asyncio.Event(), asyncio.Event()

    async def hang(number: int) -> None:
        slow.set()
        await taken_over.wait()

    bench.kind.before = hang
    first = asyncio.create_task(bench.operations.work_once())
    await slow.wait()
    await bench.admin.execute(
        "update catalog.operation set lease_by = gen_random_uuid() where operation_id = $1", to_uuid(operation.id)
    )
    bench.kind.before = None
    taken_over.set()
    with pytest.raises(operations_store.LeaseLost):
        await first
    assert await bench.drawn() == 0
    assert await bench.states(operation) == ["waiting", "waiting"]


async def test_a_stop_in_the_middle(bench: Bench):
    """The item in hand is ended, the rest is skipped; an operation that has ended cannot be stopped."""
    operation = await bench.order(4)

    async def stop(number: int) -> None:
        if number == 2:
            async with bench.uow() as uow:
                await bench.operations.cancel(uow, operation.id)

    bench.kind.before = stop
    await bench.operations.work_once()
    assert (await bench.row(operation))["state"] == "cancelled"
    assert await bench.states(operation) == ["done", "done", "skipped", "skipped"]
    with pytest.raises(StateConflict):
        async with bench.uow() as uow:
            await bench.operations.cancel(uow, operation.id)


async def test_a_stop_of_all_or_nothing_leaves_nothing(bench: Bench):
    """What was done meanwhile is rolled back."""
    operation = await bench.order(3, "all_or_nothing")

    async def stop(number: int) -> None:
        if number == 3:
            async with bench.uow() as uow:
                await bench.operations.cancel(uow, operation.id)

    bench.kind.before = stop
    await bench.operations.work_once()
    assert (await bench.row(operation))["state"] == "cancelled"
    assert await bench.drawn() == 0


async def test_undo_takes_back_what_was_done_and_only_once(bench: Bench):
    """The undo is an operation of its own over the items that were done; what is undone is not undone again."""
    operation = await bench.order(3, at1={"bad": True})
    with pytest.raises(StateConflict):
        async with bench.uow() as uow:
            await bench.operations.undo(uow, operation.id)
    await bench.operations.work_once()
    async with bench.uow() as uow:
        undo = await bench.operations.undo(uow, operation.id)
    assert (undo.undoes, undo.progress.total) == (operation.id, 2)
    with pytest.raises(StateConflict, match="state-conflict"):
        async with bench.uow() as uow:
            await bench.operations.undo(uow, operation.id)
    await bench.operations.work_once()
    assert (await bench.row(undo))["state"] == "succeeded"
    assert await bench.drawn("-undone") == 2
    with pytest.raises(StateConflict):
        async with bench.uow() as uow:
            await bench.operations.undo(uow, operation.id)


async def test_two_at_once(bench: Bench):
    """Two processes take one operation each; neither waits for the other, and nothing is done twice."""
    first, second = await bench.order(10), await bench.order(10)
    assert all(await asyncio.gather(bench.operations.work_once(), bench.process().work_once()))
    assert [(await bench.row(one))["state"] for one in (first, second)] == ["succeeded", "succeeded"]
    assert await bench.drawn() == 20


async def test_rights_of_yesterday_do_nothing(bench: Bench):
    """An order that was not begun within a day is not done: its maker may have lost the post since."""
    operation = await bench.order(2)
    await bench.admin.execute(
        "update catalog.operation set created_at = created_at - interval '25 hours' where operation_id = $1",
        to_uuid(operation.id),
    )
    await bench.operations.work_once()
    assert (await bench.row(operation))["state"] == "cancelled"
    assert await bench.drawn() == 0


async def test_another_unit_sees_nothing_of_it(bench: Bench):
    """Operations are seen by who has all their units in scope."""
    operation = await bench.order(1)
    stranger = somebody("archivist", new_id("unt"))
    async with bench.uow(stranger) as uow:
        assert await uow.raw().fetchval("select count(*) from operation") == 0
        assert await uow.raw().fetchval("select count(*) from operation_item") == 0
    async with bench.uow() as uow:
        assert (
            await uow.raw().fetchval(
                "select count(*) from operation_item where operation_id = $1", to_uuid(operation.id)
            )
            == 1
        )
    await bench.operations.work_once()


async def test_the_stream_tells_each_item_once_and_resumes(bench: Bench):
    """`item`s in the order of their ends, `done` last; from any id on, only what came after it."""
    operation = await bench.order(3, at1={"bad": True})

    async def read(version: int) -> Any:
        async with bench.deps.db.reading(bench.caller, frozenset({bench.unit_id})) as connection:
            return await settled_after(connection, operation.id, version, "opnc")

    async def heard(last: int | None) -> list[tuple[str, int]]:
        told: list[tuple[str, int]] = []
        async for part in events(read, last):
            lines = dict(line.split(": ", 1) for line in part.decode().strip().splitlines())
            if "event" in lines:
                told.append((lines["event"], int(lines["id"])))
        return told

    live = asyncio.create_task(heard(None))
    await bench.operations.work_once()
    whole = await heard(None)
    assert [name for name, _ in whole] == ["item", "item", "item", "done"]
    ids = [number for _, number in whole]
    assert ids == sorted(set(ids))
    for position, number in enumerate(ids):
        assert await heard(number) == (whole[position + 1 :] or whole[-1:][:0])
    told = await live
    assert [one for one in told if one[0] != "progress"] == whole
    assert [number for _, number in told] == sorted({number for _, number in told})
