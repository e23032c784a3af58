"""`dangan demo`: play the story in view against the running system; `dangan demo audit`: a special audit."""

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
    from cli.special_audit.model import Audit
    from cli.story import Stage, Step

_PATIENCE_S = 30.0
_SYSTEM = "系统\nsystem"
_PIPE_WIDTH = 120
BROKEN_OFF = 130
"""As shells have it for Ctrl-C."""


app = typer.Typer(help="See it work, against the running system.", invoke_without_command=True)

Data = Annotated[Path | None, typer.Option(help="Data directory; default .dangan/ in the tree.")]


@app.callback()
def demo(context: typer.Context, data: Data = None) -> None:
    """Play the story: hand-in, appraisal, filing, receipt, view request, watermarked page. Example: dangan demo

    Each run hands in fresh materials. Exit codes: 1 a step failed (it says why), 4 nothing runs or no sample.
    """
    if context.invoked_subcommand is not None:
        return
    url, seed = _running(data)
    if not asyncio.run(play(url, seed)):
        raise SystemExit(FAILED)


@app.command()
def audit(
    data: Data = None,
    seed: Annotated[int, typer.Option(help="Another seed makes other dossiers up.")] = 271,
    dossiers: Annotated[int, typer.Option(min=12, max=1000, help="How many dossiers.")] = 271,
    materials: Annotated[
        int | None, typer.Option(help="Materials handed in meanwhile; default one a dossier (271 had 3035).")
    ] = None,
) -> None:
    """A special audit 专项审核 of dossiers made up from the seed, from creation to the report.

    Each figure of the report must equal what was planted. Each run makes its own companies and campaign; one that
    was broken off stays as it is. Example: dangan demo audit --dossiers 12

    Exit codes: 1 a step failed (it says why), 4 nothing runs or no sample, 130 broken off.
    """
    from cli.special_audit.generate import generate

    try:
        planned = generate(seed, dossiers, materials)
    except ValueError as fault:
        raise typer.BadParameter(str(fault)) from None
    url, _ = _running(data)
    try:
        good = asyncio.run(_audited(url, planned, data))
    except KeyboardInterrupt:
        fail("已中断 broken off", "再运行一次即另建一次专项审核 another run makes another campaign", BROKEN_OFF)
    if not good:
        raise SystemExit(FAILED)


def _running(data: Path | None) -> tuple[str, int]:
    """The running system's address and the seed of its sample; ends the command with 4 where one is missing."""
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
    return running.gateway_url, seed


async def _audited(url: str, planned: Audit, data: Path | None) -> bool:
    from rich.console import Console

    from cli.accounts import sample_accounts
    from cli.campaigns import verify
    from cli.client import Client
    from cli.special_audit.play import play as play_audit
    from cli.special_audit.review import proved
    from cli.special_audit.stage import Stage

    async def prove(campaign_id: str) -> str:
        return proved(await verify(data, campaign_id))

    accounts = sample_accounts()
    async with Client(url, patience=_PATIENCE_S) as client:
        callers = {name: accounts.signed_in(client, name) for name in accounts.by_name}
        return await play_audit(Stage(callers.__getitem__, planned, prove), Console())


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
    """What happened, safe to print; and whether it went well."""
    from rich.markup import escape

    from cli.steps import acted

    happened, good = await acted(step.act, stage)
    return escape(happened), good


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
