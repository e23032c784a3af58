"""A poison event is set aside with its bytes, and taken in again, or dropped, by the operator."""

import asyncpg
import orjson
import pytest

from chassis import dead_letters
from chassis.deps import Deps
from chassis.inbox import MAX_ATTEMPTS, Inbox
from contracts.problems import StateConflict
from tests.chassis.test_inbox import SUBJECT, Effect, effects, inbox_with, material_received

JOURNAL = "select verb, resource from journal order by id"


async def poisoned(deps: Deps, effect: Effect) -> Inbox:
    """An inbox that has given up on one event."""
    inbox, body = inbox_with(deps, effect), orjson.dumps(material_received())
    for _ in range(MAX_ATTEMPTS):
        await inbox.receive(SUBJECT, body)
    return inbox


async def waiting(deps: Deps) -> list[dead_letters.DeadLetter]:
    async with deps.as_service() as uow:
        return await dead_letters.list_waiting(uow)


async def take_in_again(deps: Deps, inbox: Inbox) -> None:
    await dead_letters.taking_in_again(inbox).run(deps)


async def test_a_requeued_letter_takes_effect_once_its_cause_is_gone(deps: Deps, rows: asyncpg.Connection):
    effect = Effect(StateConflict())
    inbox = await poisoned(deps, effect)
    (letter,) = await waiting(deps)
    effect.error = None
    async with deps.as_service() as uow:
        assert await dead_letters.requeue(uow, letter.id)
    await take_in_again(deps, inbox)
    await take_in_again(deps, inbox)
    assert await effects(rows) == 1
    assert await waiting(deps) == []
    assert [tuple(row) for row in await rows.fetch(JOURNAL)] == [("dead_letter.requeued", f"dead-letters/{letter.id}")]


async def test_a_letter_that_is_refused_again_is_counted_anew_and_dies_again(deps: Deps, rows: asyncpg.Connection):
    effect = Effect(StateConflict())
    inbox = await poisoned(deps, effect)
    (letter,) = await waiting(deps)
    async with deps.as_service() as uow:
        await dead_letters.requeue(uow, letter.id)
    calls = effect.calls
    for _ in range(MAX_ATTEMPTS):
        await take_in_again(deps, inbox)
    assert effect.calls - calls == MAX_ATTEMPTS
    (again,) = await waiting(deps)
    assert (again.event_id, again.requeued_at) == (letter.event_id, None)
    assert again.id != letter.id
    assert await effects(rows) == 0


async def test_a_dropped_letter_waits_no_more_and_stands_in_the_journal(deps: Deps, rows: asyncpg.Connection):
    await poisoned(deps, Effect(StateConflict()))
    (letter,) = await waiting(deps)
    async with deps.as_service() as uow:
        assert await dead_letters.drop(uow, letter.id)
    assert await waiting(deps) == []
    assert [row["verb"] for row in await rows.fetch(JOURNAL)] == ["dead_letter.dropped"]
    assert await rows.fetchval("select length(body) > 0 from dead_letter"), "its bytes stay"


@pytest.mark.parametrize("act", [dead_letters.requeue, dead_letters.drop])
async def test_what_is_not_there_changes_nothing(deps: Deps, rows: asyncpg.Connection, act):
    async with deps.as_service() as uow:
        assert not await act(uow, 4711)
    assert await rows.fetch(JOURNAL) == []
