"""What `dangan demo` has of each step: what happened, or why it did not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias, TypeVar

from cli.story import Missed

S = TypeVar("S")
Act: TypeAlias = Callable[[S], Awaitable[str]]
"""Does one step on its stage, and tells what happened in a sentence."""


async def acted(act: Act[S], stage: S) -> tuple[str, bool]:
    """What happened, or the problem with its cure and the request to quote; and whether it went well."""
    from httpx import HTTPError

    from cli.client import NotReached, Problem

    try:
        return await act(stage), True
    except Problem as problem:
        told = [str(problem), *(str(problem.document.get(member, "")) for member in ("detail", "fix", "request_id"))]
        told += [f"{pointer}: {code}" for pointer, code in problem.faults]
        return "\n".join(line for line in told if line), False
    except (Missed, NotReached, HTTPError) as fault:
        return f"{type(fault).__name__}: {fault}", False
