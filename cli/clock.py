"""`dangan clock`: move the clock of a sandbox forward, to see a deadline come."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli.console import CONFLICT, fail, say
from cli.lag import admin_database
from cli.operator import running_system
from contracts.events import HEARS
from deploy.embedded.layout import Layout
from deploy.embedded.run_state import RunState

app = typer.Typer(help="Move the clock of a sandbox forward.", no_args_is_help=True)
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


@app.callback()
def clock() -> None:
    """Only in the profile `sandbox`."""


@app.command()
def advance(
    by: Annotated[str, typer.Argument(help="How far: 31d, 12h or 30m.")],
    data: Annotated[Path | None, typer.Option(help="Data directory; default .dangan/ in the tree.")] = None,
) -> None:
    """Move every service's clock forward; it never goes back. Example: dangan clock advance 31d"""
    step = parse(by)
    layout, running = running_system(data)
    if running.profile != "sandbox":
        fail(f"the clock of the profile {running.profile} is not moved", "use --profile sandbox", CONFLICT)
    moved = asyncio.run(_advance(layout, running, step))
    say(f"the clock is now {moved} ahead")


def parse(text: str) -> timedelta:
    """`31d`, `12h` or `30m`, greater than nothing."""
    found = re.fullmatch(r"([1-9][0-9]{0,4})([dhm])", text)
    if found is None:
        raise typer.BadParameter("write a number and d, h or m: 31d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


async def _advance(layout: Layout, running: RunState, step: timedelta) -> timedelta:
    async with admin_database(layout, running) as database, database.transaction():
        for schema in HEARS:
            await database.execute("select set_config('search_path', $1, true)", schema)
            await database.execute("update clock set moved = moved + $1", step)
        return await database.fetchval("select moved from clock") or step
