"""Child processes that end with their parent, whatever ends it.

Each child has its own session, so that Ctrl-C in a terminal reaches only the supervisor, which stops the
children in order. Should the supervisor be killed, the kernel sends each child its death signal
(PR_SET_PDEATHSIG), so nothing is left behind.
"""

import asyncio
import contextlib
import ctypes
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_SAYS_NOTHING = "Application startup failed"  # uvicorn's last line, below the reason
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Command:
    """What to run: arguments, environment (None: inherited), user, log file, sockets to hand over."""

    argv: Sequence[str | Path]
    log: Path
    uid: int | None = None
    env: Mapping[str, str] | None = None
    cwd: Path = field(default_factory=lambda: Path("/"))
    pass_fds: Sequence[int] = ()
    death_signal: signal.Signals = signal.SIGTERM


def spawn(command: Command) -> subprocess.Popen[bytes]:
    """Start the command. Call it from the main thread: the death signal follows the *thread* that forked."""
    parent = os.getpid()

    def tie_to_parent() -> None:
        # Runs after the change of user, which would clear the setting.
        _libc.prctl(_PR_SET_PDEATHSIG, command.death_signal, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    with command.log.open("ab") as log:
        return subprocess.Popen(
            [str(part) for part in command.argv],
            cwd=command.cwd,
            env=None if command.env is None else dict(command.env),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=tuple(command.pass_fds),
            start_new_session=True,
            preexec_fn=tie_to_parent,
            user=command.uid,
            group=command.uid,
            extra_groups=None if command.uid is None else [],
        )


def stop(process: subprocess.Popen[bytes], how: signal.Signals, patience: float) -> bool:
    """Ask the process to end, kill it after `patience` seconds; True when it ended by itself."""
    asked = True
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            asked = False
    end_group(process)
    return asked


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what an ended child has left in its session, such as its worker processes."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


async def wait_until(ready: Callable[[], bool], alive: Callable[[], bool], patience: float) -> bool:
    """Poll `ready` every 10 ms while the process lives; False when it died or patience (seconds) ended."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if ready():
            return True
        if not alive():
            return False
        await asyncio.sleep(0.01)
    return False


def last_words(log: Path) -> str:
    """Why a process ended, by its log: the last line that says something; empty when there is none."""
    if not log.exists():
        return ""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines()]
    telling = [line for line in lines if line and _SAYS_NOTHING not in line]
    return _reason_of(telling[-1]) if telling else ""


def _reason_of(line: str) -> str:
    """The reason in a line of structured log; another line as it is."""
    try:
        told = json.loads(line)
    except ValueError:
        return line
    return str(told.get("reason") or line) if isinstance(told, dict) else line
