"""Acts that wait: what is refused for want of news is asked again, anything else is told at once."""

from __future__ import annotations

import pytest

from cli.acts import once_heard
from cli.client import Problem

UNHEARD = Problem("POST", "/v1/persons", 422, {"code": "validation-failed"})
CONFLICT = Problem("POST", "/v1/persons", 409, {"code": "state-conflict"})


async def test_what_is_not_heard_of_yet_is_asked_for_again():
    faults = [UNHEARD, UNHEARD]

    async def call() -> str:
        if faults:
            raise faults.pop()
        return "made"

    assert await once_heard(call, {"validation-failed"}, seconds=10) == "made"
    assert faults == []


async def test_after_the_deadline_the_refusal_itself_is_raised():
    """Whoever reads it learns what was refused, not that something took too long."""

    async def call() -> str:
        raise UNHEARD

    with pytest.raises(Problem, match="validation-failed"):
        await once_heard(call, {"validation-failed"}, seconds=0.1)


async def test_another_refusal_is_raised_at_once():
    calls: list[int] = []

    async def call() -> str:
        calls.append(1)
        raise CONFLICT

    with pytest.raises(Problem, match="state-conflict"):
        await once_heard(call, {"validation-failed"}, seconds=10)
    assert calls == [1]
