"""`dangan demo`: play the story in view against the running system."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import FAILED, NOT_FOUND, fail

if TYPE_CHECKING:
    from rich.table import Table

    from cli.accounts import SampleAccounts
    from cli.story import Stage, Step

_PATIENCE_S = 30.0
_SYSTEM = "系统\nsystem"
_PIPE_WIDTH = 120


def demo(
    data: Annotated[Path | None, typer.Option(help="Data directory; default .dangan/ in the tree.")] = None,
) -> None:
    """Play the story: hand-in, appraisal, filing, receipt, view request, watermarked page. Example: dangan demo

    Each run hands in fresh materials. Exit codes: 1 a step failed (it says why), 4 nothing runs or no sample.
    """
    from cli.sample.load import loaded_seed
    from deploy.embedded.layout import find_layout
    from deploy.embedded.run_state import find_running

    layout = find_layout(data)
    running = find_running(layout)
    if running is None:
        fail(f"没有运行 nothing runs on {layout.root}", "先运行 start it with `dangan up`", NOT_FOUND)
    seed = loaded_seed(layout)
    if seed is None:
        fail("没有样例数据 the sample is not loaded", "先运行 load it with `dangan sample load`", NOT_FOUND)
    if not asyncio.run(play(running.gateway_url, seed)):
        raise SystemExit(FAILED)


async def play(url: str, seed: int, steps: Sequence[Step] | None = None) -> bool:
    """Play all steps (the whole story, unless told otherwise), each in a row of a table.

    False when one failed: its row says why, and no other follows.
    """
    from rich.console import Console
    from rich.live import Live

    from cli.accounts import sample_accounts
    from cli.client import Client
    from cli.sample.generate import generate
    from cli.story import STORY, Stage

    accounts = sample_accounts()
    async with Client(url, patience=_PATIENCE_S) as client:
        callers = {name: accounts.signed_in(client, name) for name in accounts.by_name}
        stage = Stage(people=callers.__getitem__, sample=generate(seed, imaged=1), keys=client.published_keys)
        table = _table()
        terminal = Console()
        console = terminal if terminal.is_terminal else Console(width=_PIPE_WIDTH)
        with Live(table, console=console, refresh_per_second=8):
            for number, step in enumerate(STORY if steps is None else steps, 1):
                began = time.perf_counter()
                happened, good = await _act(step, stage)
                took = f"{time.perf_counter() - began:.2f} s"
                mark = "[green]✓[/]" if good else "[red]✗[/]"
                table.add_row(f"{mark} {number}", _who(accounts, step.who), f"{step.zh}\n{step.en}", happened, took)
                if not good:
                    return False
    return True


async def _act(step: Step, stage: Stage) -> tuple[str, bool]:
    """What happened, or the problem with its cure and the request to quote; and whether it went well."""
    from httpx import HTTPError
    from rich.markup import escape

    from cli.client import NotReached, Problem
    from cli.story import Missed

    try:
        return escape(await step.act(stage)), True
    except Problem as problem:
        told = [str(problem), *(str(problem.document.get(member, "")) for member in ("detail", "fix", "request_id"))]
        told += [f"{pointer}: {code}" for pointer, code in problem.faults]
        return escape("\n".join(line for line in told if line)), False
    except (Missed, NotReached, HTTPError) as fault:
        return escape(f"{type(fault).__name__}: {fault}"), False


def _who(accounts: SampleAccounts, sign_in_name: str) -> str:
    return f"{accounts.by_name[sign_in_name].name}\n{sign_in_name}" if sign_in_name else _SYSTEM


def _table() -> Table:
    from rich.table import Table

    table = Table(title="从报送到查阅 from hand-in to view", title_justify="left", expand=False)
    table.add_column("", no_wrap=True)
    table.add_column("谁\nwho", no_wrap=True)
    table.add_column("步骤\nstep", no_wrap=True)
    table.add_column("结果\nwhat happened", overflow="fold")
    table.add_column("用时\ntime", justify="right", no_wrap=True)
    return table
