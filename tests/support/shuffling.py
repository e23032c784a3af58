"""Events as a broker may deliver them: each twice, in any order, and those that were given back again later."""

import random
from collections.abc import Awaitable, Callable, Sequence

from contracts.events import EventData

Told = tuple[EventData, int]
"""An event and its subject's version."""
Hear = Callable[..., Awaitable[float | None]]
SEEDS = range(8)
_ROUNDS = 50


async def deliver_shuffled(hear: Hear, told: Sequence[Told], seed: int) -> None:
    """Let a service hear all of them twice in the order of a seed, until it has settled each.

    `hear(event, version=…)` answers None when it is settled, else the seconds until it is wanted again.
    """
    rng = random.Random(f"shuffled:{seed}")
    waiting = rng.sample([*told, *told], 2 * len(told))
    for _ in range(_ROUNDS):
        waiting = [one for one in waiting if await hear(one[0], version=one[1]) is not None]
        if not waiting:
            return
    raise AssertionError(f"never settled: {[(type(event).__name__, version) for event, version in waiting]}")
