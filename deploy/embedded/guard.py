"""Looks after children: one that ends is shown, and started again with growing pauses."""

import asyncio
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Protocol

from deploy.embedded.child import end_group

_LOOK_EVERY = 0.1  # seconds
_BACK_OFF = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)  # seconds before the n-th restart in a row
_STEADY = 30.0  # seconds of life after which a crash counts as the first again


class Guarded(Protocol):
    """An engine or a served process."""

    name: str
    log: Path
    process: "Popen[bytes] | None"

    async def start(self) -> None:
        """Start it and wait until it works; raises when it cannot, returns when it died at once."""
        ...


@dataclass
class _Crashes:
    in_a_row: int = 0
    total: int = 0
    last_start: float = field(default_factory=time.monotonic)

    def pause(self) -> float:
        """Seconds to wait before the next start."""
        if time.monotonic() - self.last_start > _STEADY:
            self.in_a_row = 0
        self.in_a_row += 1
        self.total += 1
        return _BACK_OFF[min(self.in_a_row, len(_BACK_OFF)) - 1]


class Guard:
    """Watches its wards until cancelled."""

    def __init__(self, wards: Sequence[Guarded], say: Callable[[str], None], changed: Callable[[], None]) -> None:
        self._wards = wards
        self._say = say
        self._changed = changed
        self._crashes = {ward.name: _Crashes() for ward in wards}

    def restarts(self, name: str) -> int:
        """How often this child has been started again."""
        return self._crashes[name].total

    async def run(self) -> None:
        """One watch for each ward, so that a slow restart delays no other."""
        async with asyncio.TaskGroup() as group:
            for ward in self._wards:
                group.create_task(self._watch(ward))

    async def _watch(self, ward: Guarded) -> None:
        while True:
            if ward.process is not None and (code := ward.process.poll()) is not None:
                end_group(ward.process)
                await self._revive(ward, code)
            await asyncio.sleep(_LOOK_EVERY)

    async def _revive(self, ward: Guarded, code: int) -> None:
        crashes = self._crashes[ward.name]
        pause = crashes.pause()
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        self._say(f"进程退出 {ward.name} {how}; starting it again in {pause:g} s (log: {ward.log})")
        await asyncio.sleep(pause)
        crashes.last_start = time.monotonic()
        await ward.start()
        self._changed()
        if ward.process is not None and ward.process.poll() is None:
            self._say(f"已恢复 {ward.name} runs again")
