"""`dangan events`: what waits, what was set aside, and publishing a range again."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.console import CONFLICT, NOT_FOUND, fail, say
from contracts.events import HEARS

app = typer.Typer(help="What waits, what was set aside, publishing again.", no_args_is_help=True)

Data = Annotated[Path | None, typer.Option(help="Data directory; default .dangan/ in the tree.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]
Service = Annotated[str, typer.Option(help="One of " + ", ".join(HEARS) + ".")]

KEPT = timedelta(days=90)
"""How long an outbox keeps its rows; what is older cannot be published again."""

_IN_RANGE = "event_id >= uuid_at($1) and event_id < uuid_at($2) and published_at is not null"
_COUNT = f"select count(*) from outbox where {_IN_RANGE}"  # noqa: S608
_AGAIN = f"update outbox set published_at = null where {_IN_RANGE}"  # noqa: S608


def _draw(rows: list[dict[str, Any]], as_json: bool, empty: str) -> None:
    if as_json:
        print(json.dumps(rows, default=str, ensure_ascii=False, indent=1))
        return
    if not rows:
        say(empty)
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*rows[0])
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    Console().print(table)


def _known(service: str) -> str:
    if service not in HEARS:
        raise typer.BadParameter(f"choose one of {', '.join(HEARS)}")
    return service


@app.command()
def lag(data: Data = None, as_json: AsJson = False) -> None:
    """Show how far each service is behind. Example: dangan events lag --json"""
    from cli.lag import lags
    from cli.operator import running_system

    rows = asyncio.run(lags(*running_system(data)))
    _draw([asdict(row) for row in rows], as_json, "no service")


@app.command()
def dead(
    service: Annotated[str | None, typer.Option(help="Only this service; needed to requeue or drop.")] = None,
    requeue: Annotated[int | None, typer.Option(help="Take this letter in again.")] = None,
    drop: Annotated[int | None, typer.Option(help="Give this letter up for good.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before dropping.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List events that were set aside; requeue or drop one. Example: dangan events dead --service audit --requeue 3"""
    letter = requeue if requeue is not None else drop
    if letter is None:
        rows = asyncio.run(_dead(data, [_known(service)] if service else list(HEARS)))
        _draw(rows, as_json, "no event was set aside")
        return
    if service is None or (requeue is not None and drop is not None):
        raise typer.BadParameter("name the --service, and either --requeue or --drop")
    if drop is not None and not yes:
        typer.confirm(f"drop letter {drop} of {service} for good?", abort=True)
    if not asyncio.run(_settle(data, _known(service), letter, again=requeue is not None)):
        fail(f"{service} has no open letter {letter}", "list them with `dangan events dead`", NOT_FOUND)
    say(f"letter {letter} of {service} is {'taken in again' if requeue is not None else 'dropped'}")


async def _dead(data: Path | None, services: list[str]) -> list[dict[str, Any]]:
    from chassis.dead_letters import list_waiting
    from cli.operator import running_system, service_work

    layout, running = running_system(data)
    rows: list[dict[str, Any]] = []
    for service in services:
        async with service_work(layout, running, service) as uow:
            rows += [{"service": service, **asdict(letter)} for letter in await list_waiting(uow)]
    return rows


async def _settle(data: Path | None, service: str, letter: int, *, again: bool) -> bool:
    from chassis.dead_letters import drop, requeue
    from cli.operator import running_system, service_work

    async with service_work(*running_system(data), service) as uow:
        return await (requeue if again else drop)(uow, letter)


@app.command()
def replay(
    service: Service,
    since: Annotated[datetime, typer.Option(help="From this moment on (UTC).")],
    until: Annotated[datetime | None, typer.Option(help="Before this moment (UTC); default: now.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    data: Data = None,
) -> None:
    """Publish what a service said in a range again, under the old ids; whoever handled an event ignores it.

    Example: dangan events replay --service transfer --since 2026-11-01
    """
    begin, end = check_range(since, until, datetime.now(UTC))
    count = asyncio.run(_replay(data, _known(service), begin, end, dry_run))
    say(f"{count} events of {service} {'would be' if dry_run else 'are'} published again")


def check_range(since: datetime, until: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """The range in UTC; ends the command when it is empty or reaches past what is kept."""
    begin = since.replace(tzinfo=UTC)
    end = until.replace(tzinfo=UTC) if until else now
    if begin < now - KEPT:
        earliest = (now - KEPT).strftime("%Y-%m-%d")
        fail("the outbox keeps 90 days, and the range begins before that", f"begin at {earliest}", CONFLICT)
    if begin >= end:
        raise typer.BadParameter("the range is empty: --since lies at or after --until")
    return begin, end


async def _replay(data: Path | None, service: str, begin: datetime, end: datetime, dry_run: bool) -> int:
    from cli.operator import running_system, service_work

    async with service_work(*running_system(data), service) as uow:
        count: int = await uow.raw().fetchval(_COUNT, begin, end)
        if count and not dry_run:
            await uow.raw().execute(_AGAIN, begin, end)
            state = {"since": begin.isoformat(), "until": end.isoformat(), "count": count}
            uow.record("events.replayed", f"services/{service}", 1, state)
    return count
