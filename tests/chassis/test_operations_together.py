"""Kinds whose items are done together: by one act in `all_or_nothing`, and taken back by as many as there were."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import asyncpg
import pytest

from chassis.deps import Deps
from chassis.operations import Ended
from chassis.unit_of_work import UnitOfWork
from contracts.operations import Operation
from contracts.problems import StateConflict
from tests.chassis.test_operations import Bench, Counting


class Together(Counting):
    """Draws the numbers of all items by one act, two acts an order: items with `of` 1 and the others."""

    def __init__(self) -> None:
        super().__init__()
        self.acts: list[tuple[str, int]] = []
        self.kept: set[int] = set()

    async def apply_all(self, items: Sequence[Mapping[str, Any]], uow: UnitOfWork) -> list[Ended]:
        self.acts.append(("apply", len(items)))
        ended: list[Ended] = []
        for item in items:
            if item.get("refused"):
                ended.append(StateConflict(state="closed"))
            else:
                ended.append(await self.apply(item, uow))
        return ended

    async def undo_all(self, items: Sequence[Mapping[str, Any]], uow: UnitOfWork) -> list[Ended]:
        self.acts.append(("undo", len(items)))
        return [
            StateConflict(state="kept") if item["number"] in self.kept else await self.undo(item, uow) for item in items
        ]

    def undone_with(self, item: Mapping[str, Any]) -> Mapping[str, Any] | None:
        return {"of": item["of"]} if "of" in item else None


class Stage(Bench):
    """The bench with a kind of many."""

    def __init__(self, deps: Deps, admin: asyncpg.Connection) -> None:
        super().__init__(deps, admin)
        self.kind: Together = Together()
        self.operations = self.process()

    async def undo(self, operation: Operation) -> Operation:
        """Order an undo, and let it be done."""
        async with self.uow() as uow:
            undo = await self.operations.undo(uow, operation.id)
        await self.operations.work_once()
        return undo


@pytest.fixture
async def stage(deps_for: Callable[..., Awaitable[Deps]], admin: asyncpg.Connection) -> Any:
    stage = Stage(await deps_for("catalog"), admin)
    yield stage
    await admin.execute("delete from catalog.operation where made_by = $1", stage.caller.account_id)


async def test_all_are_done_by_one_act_and_taken_back_by_one_for_each_group(stage: Stage):
    """What is taken back alone stays alone."""
    operation = await stage.order(5, "all_or_nothing", at0={"of": 1}, at1={"of": 2}, at3={"of": 1}, at4={"of": 2})
    await stage.operations.work_once()
    assert stage.kind.acts == [("apply", 5)]
    assert (await stage.row(operation))["state"] == "succeeded"
    undo = await stage.undo(operation)
    assert stage.kind.acts[1:] == [("undo", 2), ("undo", 2)]
    assert ((await stage.row(undo))["state"], await stage.drawn("-undone")) == ("succeeded", 5)
    with pytest.raises(StateConflict):
        await stage.undo(operation)


async def test_the_refused_one_is_named_and_nothing_is_done(stage: Stage):
    """Its fellows are skipped, also those before it that could have been done."""
    operation = await stage.order(3, "all_or_nothing", at1={"refused": True})
    await stage.operations.work_once()
    assert await stage.states(operation) == ["skipped", "failed", "skipped"]
    assert await stage.drawn() == 0


async def test_what_nobody_foresaw_undoes_all(stage: Stage):
    """An error of the one act is written at the first item; nothing of the rest stays."""
    operation = await stage.order(3, "all_or_nothing", at2={"broken": True})
    await stage.operations.work_once()
    assert await stage.states(operation) == ["failed", "skipped", "skipped"]
    assert await stage.drawn() == 0


async def test_one_that_cannot_be_taken_back_stops_none_of_its_group(stage: Stage):
    """It fails and can be tried again; versions of the operation count every item once."""
    operation = await stage.order(3, "all_or_nothing", at0={"of": 1}, at1={"of": 1}, at2={"of": 1})
    await stage.operations.work_once()
    stage.kind.kept = {2}
    undo = await stage.undo(operation)
    row = await stage.row(undo)
    assert (row["state"], row["done"], row["failed"]) == ("partly_done", 2, 1)
    versions = await stage.admin.fetch(
        "select settled_version from catalog.operation_item where operation_id = $1", row["operation_id"]
    )
    assert len({one["settled_version"] for one in versions}) == 3
    stage.kind.kept = set()
    again = await stage.undo(operation)
    assert ((await stage.row(again))["state"], await stage.drawn("-undone")) == ("succeeded", 3)


async def test_a_stop_before_it_began_does_none(stage: Stage):
    """The act is not even asked for."""
    operation = await stage.order(2, "all_or_nothing")
    async with stage.uow() as uow:
        await stage.operations.cancel(uow, operation.id)
    await stage.operations.work_once()
    assert ((await stage.row(operation))["state"], stage.kind.acts) == ("cancelled", [])
