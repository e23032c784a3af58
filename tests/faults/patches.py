"""Changes to the chassis that only these tests make: events doubled and disordered, and guards taken away.

Applied inside a served process before it imports its service (see patched.py). The product has no switch for any
of them.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert

HELD_SECONDS = 0.4
"""How long events are held so that they can be put in another order."""
DIES_ONE_IN = 25


def deliver_twice(seed: int) -> None:
    """The relay publishes each event a second time under another message id, which the broker cannot tell."""
    from chassis.outbox import Relay
    from contracts.values.ids import from_uuid

    async def publish(self: Any, js: Any, row: Any) -> Any:
        async with self._in_flight:
            event_id = from_uuid("evt", row["event_id"])
            for message_id in (event_id, f"{event_id}-again"):
                await js.publish(row["subject"], row["body"], headers={"Nats-Msg-Id": message_id}, timeout=5)
            return row["event_id"]

    Relay._publish = publish  # type: ignore[method-assign]


class _Held:
    """Holds what arrives within a short while, and lets it go in another order, one after the other."""

    def __init__(self, reorder: Callable[[list[Any]], Sequence[Any]]) -> None:
        self._reorder = reorder
        self._waiting: list[asyncio.Event] = []
        self._release: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    async def pass_through(self) -> None:
        """Wait for one's turn in the new order."""
        mine = asyncio.Event()
        self._waiting.append(mine)
        if self._release is None or self._release.done():
            self._release = asyncio.create_task(self._let_go())
        await mine.wait()

    async def _let_go(self) -> None:
        while self._waiting:
            await asyncio.sleep(HELD_SECONDS)
            held, self._waiting = self._waiting, []
            for turn in self._reorder(held):
                turn.set()
                await asyncio.sleep(0.01)


def _hold(reorder: Callable[[list[Any]], Sequence[Any]]) -> None:
    from chassis.inbox import Inbox

    original: Any = Inbox._settle
    held = _Held(reorder)

    async def settle(self: Any, message: Any) -> None:
        await held.pass_through()
        await original(self, message)

    Inbox._settle = settle  # type: ignore[method-assign]


def shuffle(seed: int) -> None:
    """Events that arrive close together are handled in a random order."""
    rng = random.Random(f"shuffle:{seed}")
    _hold(lambda held: rng.sample(held, len(held)))


def reverse(seed: int) -> None:
    """Events that arrive close together are handled the last first."""
    _hold(lambda held: held[::-1])


def forget_inbox(seed: int) -> None:
    """The inbox takes every delivery for new, and the catalog's own key on materials is gone as well."""
    import chassis.inbox

    async def take(uow: Any, event: Any) -> bool:
        return True

    chassis.inbox.take = take
    if os.environ["DANGAN_NATS_USER"] == "catalog":
        _forget_material_key()


def _forget_material_key() -> None:
    """A material told of again gets an id of its own, as if nothing held the first one unique."""
    from contracts.values.ids import new_id
    from services.catalog.usecases import file_appraised_material as filing

    original: Any = filing._taken_in
    known: set[str] = set()

    def taken_in(appraised: Any, dossier: Any) -> Any:
        if appraised.material_id in known:
            pages = [page.model_copy(update={"page_id": new_id("pag")}) for page in appraised.pages]
            appraised = appraised.model_copy(update={"material_id": new_id("mat"), "pages": pages})
        known.add(appraised.material_id)
        return original(appraised, dossier)

    filing._taken_in = taken_in


def acknowledge_first(seed: int) -> None:
    """Events are acknowledged before they are handled, and now and then the process dies in between.

    Only where a material is told of, so that it is submissions that suffer.
    """
    from chassis.inbox import Inbox

    rng = random.Random(f"ack:{seed}:{os.getpid()}")

    async def settle(self: Any, message: Any) -> None:
        await message.ack_sync()
        if ".material." in message.subject and rng.randrange(DIES_ONE_IN) == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        await self.receive(message.subject, message.data, message.metadata.num_delivered)

    Inbox._settle = settle  # type: ignore[method-assign]


def forget_versions(seed: int) -> None:
    """What was heard last is kept, however old it is."""
    import chassis.heard
    import chassis.units

    async def learn(uow: Any, table: Any, key: Mapping[str, Any], version: int, values: Mapping[str, Any]) -> bool:
        fresh = {**values, "version": version}
        statement: Any = insert(table).values(**key, **fresh)
        statement = statement.on_conflict_do_update(index_elements=list(key), set_=fresh)
        await (await uow.session.connection()).execute(statement)
        return True

    chassis.heard.learn = learn
    chassis.units.LEARN = chassis.units.LEARN.partition("where unit_scope.version")[0]


PATCHES: Mapping[str, Callable[[int], None]] = {
    "twice": deliver_twice,
    "shuffle": shuffle,
    "reverse": reverse,
    "forget-inbox": forget_inbox,
    "acknowledge-first": acknowledge_first,
    "forget-versions": forget_versions,
}
