"""The worker processes of a service end with it, whatever ends it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

SERVICE = """
import os, signal
from concurrent.futures import wait
from chassis.workers import make_workers

if __name__ == "__main__":
    pool = make_workers(2)
    first, second = pool.submit(os.getpid), pool.submit(os.getpid)
    print(*pool._processes, flush=True)
    wait([first, second])
    print("ready", flush=True)
    signal.pause()
"""
PATIENCE = 20.0  # seconds


def lives(pid: int) -> bool:
    """Whether a process of this number runs (a dead one that nobody has reaped does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_workers_die_with_a_killed_service(tmp_path: Path):
    """They hold the pipe that they wait on, and would wait for ever."""
    script = tmp_path / "service.py"  # a file, because spawned workers read the main module again
    script.write_text(SERVICE)
    env = {**os.environ, "PYTHONPATH": os.getcwd()}
    service = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, env=env)
    assert service.stdout is not None
    workers = [int(word) for word in service.stdout.readline().split()]
    assert service.stdout.readline() == "ready\n"
    assert workers
    assert all(map(lives, workers))
    service.send_signal(signal.SIGKILL)
    service.wait()
    service.stdout.close()
    end = time.monotonic() + PATIENCE
    while any(map(lives, workers)) and time.monotonic() < end:
        time.sleep(0.02)
    left = [pid for pid in workers if lives(pid)]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert left == []
