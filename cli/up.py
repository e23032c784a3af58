"""`dangan up`: start everything, say where it is, serve until Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.console import say
from deploy.backup.last import warning
from deploy.embedded.layout import TREE, Layout, find_layout
from deploy.embedded.supervisor import Options, Supervisor

Profile = Literal["embedded", "sandbox"]
_ACCOUNTS = TREE / "gateway" / "sample_accounts.toml"
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def up(
    data: Annotated[Path | None, typer.Option(help="Data directory; default .dangan/ in the tree.")] = None,
    port: Annotated[int, typer.Option(help="Port of the gateway; default: that of the last run.")] = 0,
    profile: Annotated[Profile, typer.Option(help="`sandbox` lets the clock be advanced.")] = "embedded",
    sample: Annotated[bool, typer.Option("--sample", help="Load the sample data, once.")] = False,
    demo: Annotated[bool, typer.Option("--demo", help="Play the story in view.")] = False,
) -> None:
    """Start engines, services and gateway; Ctrl-C stops all in order. Example: dangan up --sample --demo"""
    layout = find_layout(data)
    if data is None and (where := layout.where()):
        say(where)
    supervisor_options = Options(port=port, profile=profile)
    jobs = [["sample", "load"]] if sample else []
    jobs += [["demo"]] if demo else []
    asyncio.run(_run(layout, supervisor_options, jobs))


async def _run(layout: Layout, options: Options, jobs: list[list[str]]) -> None:
    began = time.perf_counter()
    supervisor = Supervisor(layout, options, say)
    starting = asyncio.create_task(supervisor.start())
    _hear_signals(supervisor, starting)
    try:
        await starting
    except asyncio.CancelledError:
        say("未就绪即停止 stopped before it was ready")
        return
    try:
        say(f"已就绪 ready in {time.perf_counter() - began:.1f} s")
        await _play(supervisor, layout, jobs)
        if not supervisor.stopping.is_set():
            _tell(supervisor)
            if (line := warning(layout, datetime.now(UTC))) is not None:
                say(f"警告 warning: {line}")
        await supervisor.stopping.wait()
        say("正在停止 stopping: gateway, services, NATS, PostgreSQL")
    finally:
        await supervisor.stop()
    say("已停止 stopped")


def _hear_signals(supervisor: Supervisor, starting: asyncio.Task[None]) -> None:
    """The first Ctrl-C stops in order, the second at once."""

    def heard() -> None:
        if supervisor.stopping.is_set():
            say("强制结束 killing everything")
            supervisor.force()
        supervisor.stopping.set()
        starting.cancel()

    for number in _SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, heard)


async def _play(supervisor: Supervisor, layout: Layout, jobs: list[list[str]]) -> None:
    """Run other commands against the running system, in view, as a person would."""
    for job in jobs:
        if supervisor.stopping.is_set():
            return
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "cli.main", *job, "--data", str(layout.root)
        )
        stopping = asyncio.create_task(supervisor.stopping.wait())
        ended = asyncio.create_task(process.wait())
        await asyncio.wait({stopping, ended}, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await ended
        stopping.cancel()
        if process.returncode and not supervisor.stopping.is_set():
            say(f"`dangan {' '.join(job)}` ended with code {process.returncode}; 系统继续运行 the system goes on")


def _tell(supervisor: Supervisor) -> None:
    url = supervisor.state.gateway_url
    accounts = tomllib.loads(_ACCOUNTS.read_text(encoding="utf-8"))
    names = [row["sign_in_name"] for row in accounts["account"]]
    print(f"网关 gateway    {url}")
    print(f"接口 API docs   {url}/docs")
    print(f"账号 accounts   {', '.join(names)}")
    print(f"口令 password   {accounts['secret']}  ({_ACCOUNTS.relative_to(TREE)})")
    print("停止 stop       Ctrl-C", flush=True)
