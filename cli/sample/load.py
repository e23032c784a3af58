"""`dangan sample load`: load the sample once into the running system."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import FAILED, NOT_FOUND, fail, say

if TYPE_CHECKING:
    from cli.sample.model import Sample
    from deploy.embedded.layout import Layout

DEFAULT_SEED = 2026
_PATIENCE_S = 30.0
_MARK = "sample.json"
_WORDS = {
    "units": "单位 units",
    "persons": "干部 cadres",
    "kin": "亲属 kin",
    "facts": "人员信息 facts",
    "dossiers": "档案 dossiers",
    "pages": "页面 page images",
    "materials": "目录 catalogue rows",
}

app = typer.Typer(help="Sample data: one invented county, the same for the same seed.", no_args_is_help=True)
app.callback()(lambda: None)  # one command alone would otherwise lose its name


@app.command()
def load(
    data: Annotated[Path | None, typer.Option(help="Data directory; default .dangan/ in the tree.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed gives another county.")] = DEFAULT_SEED,
) -> None:
    """Load units, 200 cadres, their dossiers and page images, once. Example: dangan sample load

    A loading that was broken off is taken up where it ended. Exit code 4 when nothing runs.
    """
    from deploy.embedded.layout import find_layout
    from deploy.embedded.run_state import find_running

    layout = find_layout(data)
    if (already := loaded_seed(layout)) is not None:
        say(f"样例数据已在 the sample (seed {already}) is loaded")
        return
    running = find_running(layout)
    if running is None:
        fail(f"nothing runs on {layout.root}", "start it with `dangan up`", NOT_FOUND)
    asyncio.run(_load(running.gateway_url, seed))
    mark = {"seed": seed, "loaded_at": datetime.now(UTC).isoformat(timespec="seconds")}
    (layout.root / _MARK).write_text(json.dumps(mark), encoding="utf-8")


def loaded_seed(layout: Layout) -> int | None:
    """Seed of the sample that this data directory holds, or None."""
    try:
        return json.loads((layout.root / _MARK).read_text(encoding="utf-8"))["seed"]
    except FileNotFoundError:
        return None


async def _load(url: str, seed: int) -> None:
    from httpx import HTTPError

    from cli.accounts import sample_accounts
    from cli.client import Client, NotReached, Problem
    from cli.sample.generate import generate
    from cli.sample.loader import load_sample

    sample, accounts = generate(seed), sample_accounts()
    faults: list[Exception] = []
    async with Client(url, patience=_PATIENCE_S) as client:
        with _Shown(sample) as shown:
            try:
                await load_sample(
                    sample,
                    admin=accounts.signed_in(client, "system-admin"),
                    archivist=accounts.signed_in(client, "archivist"),
                    advance=shown.advance,
                )
            except* (Problem, NotReached, HTTPError) as group:
                faults.append(group)
    if faults:
        fail(str(_first(faults[0])), "run `dangan sample load` again: it goes on where it ended", FAILED)


def _first(fault: BaseException) -> BaseException:
    return _first(fault.exceptions[0]) if isinstance(fault, BaseExceptionGroup) else fault


class _Shown:
    """Progress bars, one a phase; on a pipe nothing but the last line."""

    def __init__(self, sample: Sample) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        from cli.sample.loader import phases

        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )
        self._tasks = {
            phase: self._bars.add_task(_WORDS[phase], total=total) for phase, total in phases(sample).items()
        }

    def advance(self, phase: str, count: int) -> None:
        self._bars.advance(self._tasks[phase], count)

    def __enter__(self) -> _Shown:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()
