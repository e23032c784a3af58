"""`python -m tests.bench [--only id,id] [--size small|full]`: measure, print the table, write bench/latest.json."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib
from pathlib import Path

from tests.bench import system
from tests.bench.context import Context, prepare
from tests.bench.measure import Row, show, write

ON_A_SYSTEM = (
    "service_read",
    "gateway_read",
    "gateway_latency",
    "dossier_open",
    "dossier_reorder",
    "print_catalogue",
    "deskew",
    "campaign_board",
    "campaign_differences",
    "campaign_statistics",
    "submit_durable",
    "story_latency",
)
ALONE = ("determine", "start_warm", "memory_idle")
TABLE = Path("bench/latest.json")


async def main(only: set[str], size: str) -> int:
    """Rows that need a running system share one; those that start systems come after it has ended."""
    rows: list[Row] = []

    async def measure(name: str, context: Context) -> None:
        row = await importlib.import_module(f"tests.bench.rows.{name}").run(context)
        rows.extend(row if isinstance(row, list) else [row])
        show(rows[-1:] if not isinstance(row, list) else row)
        write(rows, TABLE)

    def wanted(names: tuple[str, ...]) -> list[str]:
        return [name for name in names if not only or name.replace("_", ".") in only]

    async with contextlib.AsyncExitStack() as stack:
        data = await stack.enter_async_context(system.directory())
        async with system.running(data) as started:
            await system.command(data, "sample", "load")
            await system.until_heard(started)
            async with prepare(started, size) as context:
                for name in wanted(ON_A_SYSTEM):
                    await measure(name, context)
        for name in wanted(ALONE):
            await measure(name, Context(data=data, size=size, system=None, client=None))
    print()
    show(rows)
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    parser.add_argument("--size", choices=["small", "full"], default="small")
    arguments = parser.parse_args()
    names = {name for name in arguments.only.split(",") if name}
    raise SystemExit(asyncio.run(main(names, arguments.size)))
