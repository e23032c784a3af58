"""`python -m tests.faults.chaos [--only id,id] [--break NAME] [--rounds N] [--seed N] [--resume]`.

Prints one line a fault and writes bench/chaos.json; exit code 1 when anything was lost, doubled or stuck,
2 when the run itself broke. With --break the product runs without one of its guards, and exit code 1 must come.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import traceback
from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.faults.faults import BREAKS, FAULTS, Fault
from tests.faults.run import Result, Row, Terms, run

TABLE = Path("bench/chaos.json")
KEPT = Path("bench/chaos")
"""Notes and logs of each fault's last run."""
ROUNDS = 10
FAULTY, NOT_RUN = 1, 2
"""Exit codes: something was lost, doubled or stuck; the run itself broke."""
HEAD = f"{'fault':<18}{'acknowledged':>13}{'lost':>6}{'duplicated':>12}{'stuck':>7}{'recovered_s':>13}  ok"


def main() -> int:
    """The table, then the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.chaos")
    parser.add_argument("--only", default="", help="ids, separated by commas")
    parser.add_argument("--break", dest="broken", choices=sorted(BREAKS), help="take one guard away")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="kills of each process")
    parser.add_argument("--seed", type=int, default=None, help="the same seed gives the same moments")
    parser.add_argument("--resume", action="store_true", help="skip what bench/chaos.json has with this seed")
    told = parser.parse_args()
    before = _before()
    if told.seed is not None:
        seed: int = told.seed
    else:
        seed = before["seed"] if told.resume and before else secrets.randbelow(1_000_000)
    if told.broken:
        return asyncio.run(
            _prove(BREAKS[told.broken], Terms(seed, 3, pace=0.5, deadline=120.0, heard_within=20.0, quiet_for=10.0))
        )
    only = {name for name in told.only.split(",") if name}
    if unknown := only - {fault.id for fault in FAULTS}:
        parser.error(f"no fault {', '.join(sorted(unknown))}; there are {', '.join(fault.id for fault in FAULTS)}")
    chosen = [fault for fault in FAULTS if not only or fault.id in only]
    rows = [Row(**row) for row in before.get("faults", [])] if before.get("seed") == seed else []
    done = [row for row in rows if row.ok] if told.resume else []
    return asyncio.run(_all(chosen, Terms(seed, told.rounds), {row.id: row for row in rows}, {row.id for row in done}))


def _before() -> dict[str, Any]:
    return json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.exists() else {}


async def _all(faults: Sequence[Fault], terms: Terms, rows: dict[str, Row], done: Collection[str]) -> int:
    """Play these faults. `rows` are those of earlier runs with this seed; of them, `done` need not be played again."""
    print(f"seed {terms.seed}, {terms.rounds} rounds")
    print(HEAD)
    for fault in faults:
        if fault.id in done:
            show(Result(rows[fault.id]))
            continue
        result = await run(fault, terms, KEPT / fault.id)
        show(result)
        rows[fault.id] = result.row
        _write(list(rows.values()), terms.seed)
    return 0 if all(rows[fault.id].ok for fault in faults) else FAULTY


async def _prove(fault: Fault, terms: Terms) -> int:
    print(f"seed {terms.seed}: the product without a guard; this must fail")
    print(HEAD)
    result = await run(fault, terms, KEPT / fault.id)
    show(result)
    named = result.row.lost + result.row.duplicated + result.row.stuck
    print("as it must" if named else "NO SUBMISSION WAS NAMED: the checker is blind")
    return FAULTY if named else 0


def show(result: Result) -> None:
    """One line a fault, and one for each thing that was found."""
    row = result.row
    print(
        f"{row.id:<18}{row.acknowledged:>13}{row.lost:>6}{row.duplicated:>12}{row.stuck:>7}"
        f"{row.recovered_s:>13.1f}  {'yes' if row.ok else 'NO'}",
        flush=True,
    )
    for finding in result.findings:
        print(f"  {finding}", flush=True)


def _write(rows: Sequence[Row], seed: int) -> None:
    TABLE.parent.mkdir(exist_ok=True)
    told = {"seed": seed, "faults": [asdict(row) for row in rows]}
    part = TABLE.with_suffix(".part")
    part.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    part.replace(TABLE)


if __name__ == "__main__":
    try:
        code = main()
    except Exception:  # a run that could not be made is neither clean nor a finding
        traceback.print_exc()
        code = NOT_RUN
    raise SystemExit(code)
