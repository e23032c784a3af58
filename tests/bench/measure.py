"""Rounds, ratios and the table."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Measure = Callable[[], Awaitable[float]]
Better = Literal["higher", "lower"]
ROUNDS = 5


@dataclass(frozen=True)
class Row:
    """One figure: `ratio` is the median of ours / floor over the rounds, `min` and `max` its spread."""

    id: str
    what: str
    unit: str
    floor: float
    ours: float
    ratio: float
    min: float
    max: float
    rounds: int
    goal: str
    met: bool


async def compare(
    name: str, what: str, unit: str, *, floor: Measure, ours: Measure, goal: float, better: Better, rounds: int = ROUNDS
) -> Row:
    """Alternate floor and ours; one unmeasured round first, so that both are warm."""
    await floor()
    await ours()
    floors, mine = [], []
    for _ in range(rounds):
        floors.append(await floor())
        mine.append(await ours())
    return row_of(name, what, unit, floors, mine, goal, better)


def row_of(
    name: str, what: str, unit: str, floors: Sequence[float], mine: Sequence[float], goal: float, better: Better
) -> Row:
    """The row of these rounds, pair by pair."""
    ratios = [our / floor for our, floor in zip(mine, floors, strict=True)]
    ratio = statistics.median(ratios)
    sign = "≥" if better == "higher" else "≤"
    return Row(
        id=name,
        what=what,
        unit=unit,
        floor=statistics.median(floors),
        ours=statistics.median(mine),
        ratio=ratio,
        min=min(ratios),
        max=max(ratios),
        rounds=len(ratios),
        goal=f"{sign} {goal:g}",
        met=ratio >= goal if better == "higher" else ratio <= goal,
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of them lie."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def write(rows: Sequence[Row], path: Path) -> None:
    """`bench/latest.json`; rows measured earlier in the same file are kept, so that a run can be resumed."""
    path.parent.mkdir(exist_ok=True)
    before = json.loads(path.read_text())["rows"] if path.exists() else []
    fresh = [asdict(row) for row in rows]
    names = {row["id"] for row in fresh}
    machine = {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    kept = [row for row in before if row["id"] not in names]
    path.write_text(json.dumps({"machine": machine, "rows": [*kept, *fresh]}, ensure_ascii=False, indent=1) + "\n")


def show(rows: Sequence[Row]) -> None:
    """The table, a line a row."""
    print(f"{'row':<18}{'floor':>12}{'ours':>12}  {'unit':<8}{'ratio':>7}{'min':>7}{'max':>7}  {'goal':<8}met")
    for row in rows:
        print(
            f"{row.id:<18}{row.floor:>12.3f}{row.ours:>12.3f}  {row.unit:<8}"
            f"{row.ratio:>7.2f}{row.min:>7.2f}{row.max:>7.2f}  {row.goal:<8}{'yes' if row.met else 'NO'}"
        )
