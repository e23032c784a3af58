"""`python -m tests.proof [--minutes N] [--only id,id] [--seed N] [--anew]`.

Runs the steps that have not succeeded yet, prints one table, and keeps its state in bench/proof.json: a second call
goes on where the first stopped. Exit code 0: all proved; 1: something failed; 3: the time was over, call again.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from deploy.embedded.layout import TREE
from tests.proof.state import Done, State, digest_of_code, read_state
from tests.proof.steps import Step, all_steps

TABLE = Path("bench/proof.json")
LOGS = Path("bench/proof")
NOT_FINISHED = 3


def run_step(step: Step, logs: Path) -> Done:
    """Run one step to its end or its time-out; its words go into a file of its own."""
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{step.id}.log"
    began = time.monotonic()
    with log.open("wb") as words:
        process = subprocess.Popen(
            step.command, cwd=TREE, stdout=words, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            code: int | None = process.wait(step.minutes * 60)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)  # the group that this very step leads
                process.wait()
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    told = "took longer than it may" if code is None else lines[-1].strip() if lines else ""
    return Done(code == step.code, round(time.monotonic() - began, 1), told[:120])


def prove(steps: Sequence[Step], state: State, table: Path, logs: Path, minutes: float) -> bool:
    """Run what has not succeeded yet, for about so long; whether every step has been run."""
    end = time.monotonic() + minutes * 60
    for step in steps:
        earlier = state.steps.get(step.id)
        if earlier is not None and earlier.ok:
            continue
        if time.monotonic() > end:
            return False
        state.steps[step.id] = run_step(step, logs)
        state.write(table)
        _show(step.id, state.steps[step.id])
    return True


def _show(name: str, done: Done) -> None:
    print(f"{name:<26}{'yes' if done.ok else 'NO':<5}{done.seconds:>8.1f} s  {done.told}", flush=True)


def main() -> int:
    """The table, then the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof")
    parser.add_argument("--minutes", type=float, default=55.0, help="begin no step after so long")
    parser.add_argument("--only", default="", help="ids, separated by commas")
    parser.add_argument("--seed", type=int, default=None, help="of the faults; default: a fresh one, then kept")
    parser.add_argument("--anew", action="store_true", help="forget what was proved")
    told = parser.parse_args()
    code = digest_of_code(TREE)
    state = None if told.anew else read_state(TABLE, code)
    if state is None or told.seed not in (None, state.seed):
        state = State(code, secrets.randbelow(1_000_000) if told.seed is None else told.seed)
    steps = all_steps(state.seed)
    only = {name for name in told.only.split(",") if name}
    if unknown := only - {step.id for step in steps}:
        parser.error(f"no step {', '.join(sorted(unknown))}; there are {', '.join(step.id for step in steps)}")
    chosen = [step for step in steps if not only or step.id in only]
    print(f"seed {state.seed}; {sum(done.ok for done in state.steps.values())} of {len(steps)} steps stand already")
    finished = prove(chosen, state, TABLE, LOGS, told.minutes)
    print()
    for step in steps:
        if step.id in state.steps:
            _show(step.id, state.steps[step.id])
    if not finished:
        print(f"not finished: `make proof` goes on from here ({TABLE})")
        return NOT_FINISHED
    return 0 if all(state.steps[step.id].ok for step in chosen) else 1


if __name__ == "__main__":
    raise SystemExit(main())
