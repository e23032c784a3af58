"""`python -m tests.races [--pairs N] [--only id,id] [--break GUARD] [--seed N] [--minutes N] [--resume]`.

Races pairs on every rule, through the use cases and real connections to PostgreSQL rather than HTTP: two requests
would differ by their way through the gateway more than by the act itself. Prints one line a rule and keeps it in
bench/races.json. Exit code 0: one winner each; 1: something else came out; 2: the run itself broke; 3: the time was
over, call it again with `--resume`. With --break the product runs without one of its guards, and exit code 1 must come.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import secrets
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from itertools import islice
from pathlib import Path
from typing import Any

from deploy.embedded.layout import TREE
from tests.proof.state import digest_of_code
from tests.races.guards import GUARDS
from tests.races.run import RULES
from tests.races.worker import Row, race
from tests.support.engine import start_engine

TABLE = Path("bench/races.json")
PAIRS = 10_000
WORKERS = 2
FAULTY, NOT_RUN, NOT_FINISHED = 1, 2, 3
HEAD = f"{'rule':<26}{'pairs':>7}{'one won':>9}{'both':>7}{'lost':>6}{'doubled':>9}{'seconds':>9}  ok  losers were told"


def _told() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.races")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="in all")
    parser.add_argument("--only", default="", help="ids of rules, separated by commas")
    parser.add_argument("--break", dest="guard", choices=sorted(GUARDS), help="take one guard away")
    parser.add_argument("--seed", type=int, default=None, help="of who is ahead, and by how much")
    parser.add_argument("--minutes", type=float, default=20.0, help="begin no rule after so long")
    parser.add_argument("--resume", action="store_true", help="skip what bench/races.json has for this code and seed")
    told = parser.parse_args()
    told.only = {name for name in told.only.split(",") if name}
    if unknown := told.only - {rule.id for rule in RULES}:
        parser.error(f"no rule {', '.join(sorted(unknown))}; there are {', '.join(rule.id for rule in RULES)}")
    return told


def main() -> int:
    """The table, then the exit code."""
    told = _told()
    code = digest_of_code(TREE)
    before = _before(code) if told.resume and told.guard is None else {}
    seed = told.seed if told.seed is not None else before.get("seed", secrets.randbelow(1_000_000))
    rows = {row["id"]: row for row in before.get("rules", []) if row["ok"] and before["seed"] == seed}
    chosen = [rule.id for rule in RULES if not told.only or rule.id in told.only]
    pairs = math.ceil(told.pairs / len(chosen))
    rows = {name: row for name, row in rows.items() if row["pairs"] >= pairs}
    print(f"seed {seed}, {pairs} pairs a rule" + (f", without {told.guard}: this must fail" if told.guard else ""))
    print(HEAD)
    for name in chosen:
        if name in rows:
            show(rows[name])

    def keep() -> None:
        if told.guard is None:
            _write(code, seed, list(rows.values()))

    _race_all([one for one in chosen if one not in rows], rows, (pairs, seed, told.guard), told.minutes, keep)
    done = [rows[name] for name in chosen if name in rows]
    wrong = sum(row["lost"] + row["doubled"] for row in done)
    print(f"{sum(row['pairs'] for row in done)} pairs, {wrong} lost or doubled")
    if any(not row["ok"] for row in done):
        return FAULTY
    return 0 if len(done) == len(chosen) else NOT_FINISHED


def _race_all(
    names: Sequence[str],
    rows: dict[str, Row],
    how: tuple[int, int, str | None],
    minutes: float,
    keep: Callable[[], None],
) -> None:
    """Two rules at a time; what has ended when the time is over is kept."""
    running = start_engine()
    end = time.monotonic() + minutes * 60
    try:
        # Forked processes would share what the engine's start left open.
        with ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("spawn")) as pool:
            waiting = iter(names)
            under_way = {pool.submit(race, running.engine.describe(), one, *how) for one in islice(waiting, WORKERS)}
            while under_way:
                ended = next(as_completed(under_way))
                under_way.remove(ended)
                row = ended.result()
                rows[row["id"]] = row
                show(row)
                keep()
                if time.monotonic() < end:
                    following = islice(waiting, 1)
                    under_way |= {pool.submit(race, running.engine.describe(), one, *how) for one in following}
    finally:
        running.stop()


def show(row: Row) -> None:
    """One line a rule, and one for each of the first things that were found."""
    codes = ", ".join(f"{code} {times}" for code, times in row["codes"].items())
    print(
        f"{row['id']:<26}{row['pairs']:>7}{row['winners'].get('1', 0):>9}{row['winners'].get('2', 0):>7}"
        f"{row['lost']:>6}{row['doubled']:>9}{row['seconds']:>9.1f}  {'yes' if row['ok'] else 'NO':<4}{codes}",
        flush=True,
    )
    for finding in row["findings"]:
        print(f"  {finding}", flush=True)


def _before(code: str) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.exists() else {}
    return kept if kept.get("code") == code else {}


def _write(code: str, seed: int, rows: Sequence[Row]) -> None:
    TABLE.parent.mkdir(exist_ok=True)
    part = TABLE.with_suffix(".part")
    told = {"code": code, "seed": seed, "rules": rows}
    part.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    part.replace(TABLE)


if __name__ == "__main__":
    try:
        ended_with = main()
    except Exception:  # a run that could not be made is neither clean nor a finding
        traceback.print_exc()
        ended_with = NOT_RUN
    raise SystemExit(ended_with)
