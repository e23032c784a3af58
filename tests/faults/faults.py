"""The faults: what each does to a running system, and which patches it needs."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from contracts import events
from contracts.events import HEARS, EventData, MaterialAppraised, MaterialReceived, MaterialRefused, UnitChanged
from contracts.values.ids import new_id
from tests.faults.system import Patching, Victim

Injure = Callable[[Victim, random.Random, int], Awaitable[Sequence[float]]]
"""Does the damage, so many times, and heals it; answers the moments (seconds since the epoch)."""

SAMPLES = Path(events.__file__).with_name("samples") / "valid"
WIDE = {"DANGAN_INBOX_CONCURRENCY": "32"}
"""Events under way at once in each service: as many can change places."""


@dataclass(frozen=True)
class Fault:
    """One row of the table."""

    id: str
    injure: Injure
    patches: tuple[str, ...] = ()
    dead_letters: int = 0
    """Events that must end in `dead_letter`; any other number is a failure."""

    def patching(self, seed: int) -> Patching:
        """How the served processes are started."""
        return Patching(self.patches, seed, WIDE if self.patches else None)


async def _some_load(rng: random.Random) -> None:
    await asyncio.sleep(rng.uniform(0.5, 3.0))


async def kill_each(acts: Sequence[Callable[[], Awaitable[float]]], rng: random.Random) -> list[float]:
    """One act after the other, each at a seeded moment of the load; answers when they were."""
    moments: list[float] = []
    for act in acts:
        await _some_load(rng)
        moments.append(await act())
    await _some_load(rng)
    return moments


def kill(name: str) -> Fault:
    """`kill -9` one process at seeded moments."""

    async def injure(victim: Victim, rng: random.Random, rounds: int) -> Sequence[float]:
        return await kill_each([lambda: victim.kill(name)] * rounds, rng)

    return Fault(f"kill.{name}", injure)


async def _lose_storage(victim: Victim, rng: random.Random, rounds: int) -> Sequence[float]:
    return await kill_each([victim.lose_broker_storage] * rounds, rng)


async def _only_load(victim: Victim, rng: random.Random, rounds: int) -> Sequence[float]:
    """The fault is in the patches."""
    for _ in range(3 * rounds):
        await _some_load(rng)
    return []


# One subject that each service hears; transfer hears of appraisals too.
GARBLED = (MaterialReceived, MaterialAppraised, UnitChanged)


def _refused_event() -> bytes:
    """A well-formed event about an item that transfer never told of: it refuses it, five times."""
    told = json.loads((SAMPLES / f"{MaterialRefused.type_name()}.json").read_text(encoding="utf-8"))
    return json.dumps({**told, "id": new_id("evt")}).encode()


async def _poison(victim: Victim, rng: random.Random, rounds: int) -> Sequence[float]:
    await _some_load(rng)
    moment = time.time()
    for event in GARBLED:
        await victim.publish(event.broker_subject(), b'{"specversion": "1.0", "type": ')
    await victim.publish(MaterialRefused.broker_subject(), _refused_event())
    await _some_load(rng)
    return [moment]


def _listeners(event: type[EventData]) -> int:
    return sum(event in heard for heard in HEARS.values())


async def _swallow_a_row(victim: Victim, rng: random.Random, rounds: int) -> Sequence[float]:
    """One row of transfer's outbox vanishes before anybody reads it."""
    async with victim.as_superuser() as database:
        await database.execute(SWALLOW.format(nth=rng.randint(3, 6), subject=MaterialReceived.broker_subject()))
    return await _only_load(victim, rng, rounds)


SWALLOW = """
create sequence transfer.told;
create function transfer.swallow() returns trigger language plpgsql security definer as $$
begin
  return case when nextval('transfer.told') = {nth} then null else new end;
end $$;
create trigger swallow before insert on transfer.outbox for each row
when (new.subject = '{subject}') execute function transfer.swallow();
"""

KILLED = ("transfer", "audit", "catalog", "access", "gateway", "postgres", "nats")

FAULTS: Sequence[Fault] = (
    *(kill(name) for name in KILLED),
    Fault("nats.storage", _lose_storage),
    Fault("events.shuffled", _only_load, ("twice", "shuffle")),
    Fault("events.reversed", _only_load, ("twice", "reverse")),
    Fault("poison", _poison, dead_letters=sum(map(_listeners, (*GARBLED, MaterialRefused)))),
)

BREAKS: Mapping[str, Fault] = {
    "outbox": Fault("break.outbox", _swallow_a_row),
    "inbox": Fault("break.inbox", _only_load, ("twice", "forget-inbox")),
    "ack": Fault("break.ack", _only_load, ("acknowledge-first",)),
    "order": Fault("break.order", _only_load, ("reverse", "forget-versions")),
}
"""The product with one guard taken away: the run must fail and name submissions, else the checker is blind."""
