"""`dangan status`: processes, ports, keys (ids and ages, never values), and what waits."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.embedded.layout import Layout
from deploy.embedded.run_state import RunState, born


def status(
    data: Annotated[Path | None, typer.Option(help="Data directory; default .dangan/ in the tree.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables.")] = False,
) -> None:
    """Show what runs and what waits. Exit code 4 when nothing runs. Example: dangan status --json"""
    from cli.operator import running_system

    layout, running = running_system(data)
    told = asyncio.run(_gather(layout, running))
    if as_json:
        print(json.dumps(told, ensure_ascii=False, indent=1, default=str))
    else:
        _draw(told)


async def _gather(layout: Layout, running: RunState) -> dict[str, Any]:
    from chassis.keys import KeyRing
    from cli.lag import lags
    from deploy.backup.last import last_backup

    backup = last_backup(layout)
    return {
        "data": str(layout.root),
        "gateway": running.gateway_url,
        "profile": running.profile,
        "started_at": running.started_at,
        "ready": running.ready,
        "last_backup": backup and {**asdict(backup), "age_days": _age(backup.taken_at)},
        "processes": [
            {"name": name, **asdict(process), "alive": born(process.pid) == process.born}
            for name, process in running.processes.items()
        ],
        "keys": [
            {"purpose": key.purpose, "kid": key.kid, "made_at": key.made_at, "age_days": _age(key.made_at)}
            for key in KeyRing(layout.keys).infos()
        ],
        "events": [asdict(lag) for lag in await lags(layout, running)],
    }


def _age(made_at: str) -> int:
    return (datetime.now(UTC) - datetime.fromisoformat(made_at)).days


def _draw(told: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.print(f"网关 gateway {told['gateway']}   数据 data {told['data']}", highlight=False)
    backup = told["last_backup"]
    said = f"{backup['taken_at']} ({backup['age_days']} d) {backup['directory']}" if backup else "没有 none"
    console.print(f"上次备份 last backup {said}", highlight=False)
    for title, rows in (("进程 processes", "processes"), ("密钥 keys", "keys"), ("事件 events", "events")):
        if not told[rows]:
            continue
        names = [name for name in told[rows][0] if name != "born"]
        table = Table(*names, title=title, title_justify="left")
        for row in told[rows]:
            table.add_row(*("" if row[name] is None else str(row[name]) for name in names))
        console.print(table)
