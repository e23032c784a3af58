"""Waiting for something that another process does."""

from collections.abc import Callable
from typing import TypeVar

from cli.client import until as look_until

T = TypeVar("T")


async def until(look: Callable[[], T], what: str = "what a test waits for", seconds: float = 60.0) -> T:
    """Look again and again until the answer is true, and answer it; NotReached after `seconds`."""

    async def once() -> T:
        return look()

    return await look_until(what, once, bool, seconds=seconds)
