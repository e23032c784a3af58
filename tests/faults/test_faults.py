"""The short form of `make chaos`: one fixed seed, one fresh one, a few kills each.

One test, so that one worker runs it: two systems at once would measure each other. The long form is `make chaos`.
"""

import random
import secrets
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from nats.js.api import ConsumerConfig

from deploy.embedded import steward
from deploy.embedded.broker import consumer_config
from tests.faults.faults import Fault, kill_each
from tests.faults.run import Terms, run
from tests.faults.system import Victim

FIXED_SEED = 2026
ACK_WAIT = 4.0
"""Seconds until an event that a killed process held is delivered again; the product waits for 30."""
SERVICES = ("transfer", "audit", "catalog", "access", "gateway")


@pytest.fixture(autouse=True)
def _impatient_durables(monkeypatch: pytest.MonkeyPatch) -> None:
    def impatient(service: str) -> ConsumerConfig:
        config = consumer_config(service)
        config.ack_wait = ACK_WAIT
        return config

    monkeypatch.setattr(steward, "consumer_config", impatient)


def _everything(victim: Victim, rng: random.Random) -> list[Callable[[], Awaitable[float]]]:
    """A service, PostgreSQL, and NATS with its storage, in an order of the seed's own."""
    service = rng.choice(SERVICES)
    acts = [lambda: victim.kill(service), lambda: victim.kill("postgres"), victim.lose_broker_storage]
    return rng.sample(acts, len(acts))


async def test_nothing_is_lost_doubled_or_stuck(tmp_path: Path):
    """Every event twice and shuffled, while processes are killed and the broker's files are lost.

    The moments are those of the fixed seed, then those of the fresh one, on one system: its start costs most.
    """
    fresh = secrets.randbelow(1_000_000)
    print(f"fresh seed {fresh}")  # shown when it fails

    async def injure(victim: Victim, _: random.Random, rounds: int) -> Sequence[float]:
        moments: list[float] = []
        for seed in (FIXED_SEED, fresh):
            rng = random.Random(seed)
            moments += await kill_each(_everything(victim, rng), rng)
        return moments

    result = await run(Fault("short", injure, ("twice", "shuffle")), Terms(FIXED_SEED, 1, pace=1.0, lanes=1), tmp_path)
    assert not result.findings
    assert result.row.acknowledged > 50, "there was a load"
