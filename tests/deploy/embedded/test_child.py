"""Child processes end with their parent, and take what they started with them."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from deploy.embedded import child
from deploy.embedded.run_state import born
from tests.support.waiting import until

# Starts a child that writes its pid into the log, and waits to be killed.
PARENT = """
import signal, sys
from pathlib import Path
from deploy.embedded.child import Command, spawn
log = Path(sys.argv[1])
spawn(Command([sys.executable, "-c", "import os, signal; print(os.getpid(), flush=True); signal.pause()"], log))
signal.pause()
"""
# A child that leaves a grandchild behind when it is killed.
FAMILY = """
import os, signal
if os.fork() == 0:
    print(os.getpid(), flush=True)
    signal.pause()
signal.pause()
"""


def pid_in(log: Path) -> int:
    text = log.read_text() if log.exists() else ""
    return int(text.split()[0]) if text.endswith("\n") else 0


async def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path):
    log = tmp_path / "log"
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, str(log))
    await until(lambda: pid_in(log))
    assert born(pid_in(log))
    parent.kill()
    await parent.wait()
    await until(lambda: not born(pid_in(log)))
    assert not born(pid_in(log))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_what_a_child_started_ends_with_it(tmp_path: Path, how: signal.Signals):
    log = tmp_path / "log"
    process = child.spawn(child.Command([sys.executable, "-c", FAMILY], log))
    await until(lambda: pid_in(log))
    child.stop(process, how, patience=5)
    await until(lambda: not born(pid_in(log)))
    assert process.returncode == -how


async def test_a_child_that_does_not_listen_is_killed(tmp_path: Path):
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); signal.pause()"
    log = tmp_path / "log"
    process = child.spawn(child.Command([sys.executable, "-c", deaf], log))
    await until(lambda: pid_in(log))
    assert child.stop(process, signal.SIGTERM, patience=0.2) is False
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("", ""),
        ("one\ntwo\n\n", "two"),
        ("rules.toml:3: unknown key\nERROR:    Application startup failed. Exiting.\n", "rules.toml:3: unknown key"),
        ('{"event": "start_refused", "reason": "no key for idp"}\n', "no key for idp"),
        ('{"event": "service_made"}\n', '{"event": "service_made"}'),
    ],
)
def test_the_last_words_of_a_process_are_its_reason(tmp_path: Path, log: str, words: str):
    (tmp_path / "log").write_text(log)
    assert child.last_words(tmp_path / "log") == words
