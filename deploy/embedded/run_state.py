"""What runs now, for `dangan status`, `down` and a start after a kill.

The supervisor holds a lock on a file for as long as it lives (the kernel lets go of it, whatever ends the
process), and writes run.json beside it. A run.json whose lock is free is what a killed supervisor left.
"""

import fcntl
import json
import os
import signal
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from deploy.embedded.faults import CannotStart
from deploy.embedded.layout import Layout


@dataclass(frozen=True)
class ProcessState:
    """One child: its pid, when the kernel started it (so that a reused pid is told apart), its port."""

    pid: int
    born: int
    port: int
    restarts: int = 0


@dataclass
class RunState:
    """The whole system as it runs."""

    supervisor: int
    started_at: str
    gateway_url: str
    profile: str = "embedded"
    ready: bool = False
    processes: dict[str, ProcessState] = field(default_factory=dict)
    service_urls: dict[str, str] = field(default_factory=dict)

    def write(self, layout: Layout) -> None:
        """Replace run.json at once, so that a reader never sees half of it."""
        part = layout.run_state.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(json.dumps(asdict(self), indent=1))
        part.rename(layout.run_state)


def born(pid: int) -> int:
    """Start time of a process in clock ticks since boot; 0 when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    # The name in parentheses may hold spaces: count from the last one.
    rest = stat.rpartition(")")[2].split()
    return 0 if rest[0] == "Z" else int(rest[19])


def read_state(layout: Layout) -> RunState | None:
    """What run.json says, whether or not it still runs."""
    try:
        told: dict[str, Any] = json.loads(layout.run_state.read_text())
    except FileNotFoundError:
        return None
    processes = {name: ProcessState(**process) for name, process in told.pop("processes").items()}
    return RunState(**told, processes=processes)


def lock_holder(layout: Layout) -> int | None:
    """The supervisor that lives on this data directory, from its first moment on; None when there is none."""
    try:
        with layout.lock.open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return int(layout.lock.read_text() or 0)
    return None


def find_running(layout: Layout) -> RunState | None:
    """The system that runs on this data directory; None when there is none, or it has not yet said where."""
    holder, state = lock_holder(layout), read_state(layout)
    return state if state is not None and state.supervisor == holder else None


def hold_lock(layout: Layout) -> IO[str]:
    """Take the supervisor's lock; keep the file open as long as it shall hold."""
    lock = layout.lock.open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        state = find_running(layout)
        where = f" at {state.gateway_url} (process {state.supervisor})" if state else ""
        raise CannotStart(
            f"the system already runs on {layout.root}{where}", "use it, or stop it with `dangan down`"
        ) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def end_left_overs(layout: Layout, patience: float = 15.0) -> list[str]:
    """End children of a killed supervisor that are still there; their names. Call it under the lock."""
    state = read_state(layout)
    if state is None:
        return []
    alive = {name: p for name, p in state.processes.items() if p.born and born(p.pid) == p.born}
    names = sorted(alive)
    end = time.monotonic() + patience
    # The kernel has already told each child to end: this is only for one that does not.
    while alive and time.monotonic() < end:
        time.sleep(0.05)
        alive = {name: p for name, p in alive.items() if born(p.pid) == p.born}
    for process in alive.values():
        os.kill(process.pid, signal.SIGKILL)
    return names
