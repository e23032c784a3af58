"""`memory.idle`: what everything holds while nothing is asked (PSS, so that shared pages count once)."""

from __future__ import annotations

import os

import psutil

from tests.bench import system
from tests.bench.context import Context
from tests.bench.measure import Row, compare
from tests.bench.rows.start_warm import bare_system


def pss(pids: list[int]) -> float:
    """Proportional set size of these processes, in MiB."""
    total = 0
    for pid in pids:
        try:
            total += psutil.Process(pid).memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return total / (1 << 20)


async def run(context: Context) -> Row:
    """Ours, supervisor included, against the floor of `start.warm`."""

    async def floor() -> float:
        async with bare_system(context.data / "bare"):
            mine = psutil.Process(os.getpid()).children(recursive=True)
            return pss([child.pid for child in mine])

    async def ours() -> float:
        async with system.running(context.data) as started:
            return pss(started.pids())

    return await compare(
        "memory.idle",
        "resident memory of everything, idle",
        "MiB",
        floor=floor,
        ours=ours,
        goal=1.6,
        better="lower",
        rounds=3,
    )
