"""What is proved, each step a command of its own: small enough that little is lost when a run is broken off."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.__main__ import ALONE, ON_A_SYSTEM
from tests.faults.chaos import ROUNDS
from tests.faults.faults import BREAKS, FAULTS
from tests.races.guards import GUARDS


@dataclass(frozen=True)
class Step:
    """One command, how long it may take, and the exit code that is its success."""

    id: str
    command: Sequence[str]
    minutes: float
    code: int = 0


def _module(name: str, *arguments: str) -> Sequence[str]:
    return (sys.executable, "-m", name, *arguments)


def all_steps(seed: int) -> list[Step]:
    """In this order: what fails soonest comes first."""
    seeded = ("--seed", str(seed))
    deeper = ("-p", "tests.proof.deeper", "-m", "hypothesis", "-n", "2")
    steps = [
        Step("properties", _module("pytest", *deeper), 60),
        Step("security", _module("pytest", "-n", "2", "tests/security"), 30),
        Step("story", _module("pytest", "-n", "0", "tests/story"), 15),
        Step("races", _module("tests.races", *seeded), 30),
    ]
    # A run without its guard must fail: its success is the exit code of a failure.
    steps += [
        Step(f"break.{name}", _module("tests.faults.chaos", "--break", name, *seeded), 15, code=1) for name in BREAKS
    ]
    few = ("--pairs", "400", *seeded)
    steps += [Step(f"races.{name}", _module("tests.races", "--break", name, *few), 10, code=1) for name in GUARDS]
    steps += [
        Step(
            f"chaos.{fault.id}",
            _module("tests.faults.chaos", "--only", fault.id, "--rounds", str(ROUNDS), *seeded),
            30,
        )
        for fault in FAULTS
    ]
    steps += [
        Step(f"bench.{row}", _module("tests.bench", "--size", "full", "--only", row), 45)
        for row in (name.replace("_", ".") for name in (*ON_A_SYSTEM, *ALONE))
    ]
    return steps
