"""One rule's pairs on a database of its own, in a process of its own."""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from chassis.keys import KeyRing
from tests.races.guards import GUARDS
from tests.races.judge import Score
from tests.races.rule import Rule
from tests.races.run import RULES, track
from tests.support.engine import Engine, create_database, drop_database

SHOWN = 5
"""Findings that are kept; a guard that is gone makes hundreds."""

Row = dict[str, Any]


def race(engine: str, rule_id: str, pairs: int, seed: int, guard: str | None) -> Row:
    """A line of the table; `engine` as Engine.describe told it."""
    logging.disable(logging.CRITICAL)
    rule = next(one for one in RULES if one.id == rule_id)
    began = time.monotonic()
    score = asyncio.run(_race(Engine.described(engine), rule, pairs, str(seed), guard))
    return {
        "id": rule_id,
        "what": rule.what,
        "pairs": score.pairs,
        "winners": {str(many): times for many, times in sorted(score.winners.items())},
        "codes": dict(sorted(score.codes.items())),
        "lost": score.lost,
        "doubled": score.doubled,
        "findings": score.findings[:SHOWN],
        "seconds": round(time.monotonic() - began, 1),
        "ok": score.ok,
    }


async def _race(engine: Engine, rule: Rule, pairs: int, seed: str, guard: str | None) -> Score:
    target = await create_database(engine, f"races_{rule.id.replace('.', '_')}")
    try:
        with tempfile.TemporaryDirectory(dir=engine.folder) as folder:
            keys = Path(folder) / "keys"
            KeyRing.ensure(keys)
            async with track(target, keys, Path(folder)) as here:
                await here.prepare([rule])
                with ExitStack() as without:
                    if guard is not None:
                        without.enter_context(GUARDS[guard]())
                    return await here.race(rule, pairs, seed)
    finally:
        await drop_database(target)
