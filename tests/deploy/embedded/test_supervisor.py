"""The supervisor on real engines, with stubs for the served processes."""

import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
import pytest

from deploy.embedded import child
from deploy.embedded.faults import CannotStart
from deploy.embedded.layout import TREE, find_layout, new_passwords
from deploy.embedded.ports import listening_socket
from deploy.embedded.reach import NOBODY
from deploy.embedded.run_state import born, find_running
from deploy.embedded.runtime import find_runtime
from deploy.embedded.services import SERVED
from deploy.embedded.supervisor import Supervisor
from tests.support.engine import Engine
from tests.support.stub import stub_options
from tests.support.waiting import until

PATIENCE = 30.0  # seconds


class Heard:
    """What the supervisor said, and waiting for it to say more."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._more = asyncio.Event()

    def __call__(self, line: str) -> None:
        self.lines.append(line)
        self._more.set()

    async def line(self, part: str) -> str:
        async with asyncio.timeout(PATIENCE):
            while not (found := [line for line in self.lines if part in line]):
                self._more.clear()
                await self._more.wait()
        return found[0]


def new_folder(engine: Engine) -> Path:
    """Goes with the run's engine directory, whatever ends the run."""
    folder = Path(tempfile.mkdtemp(prefix="up-", dir=engine.folder))
    folder.chmod(0o711)
    return folder


@dataclass(frozen=True)
class Running:
    """A supervisor and what it said."""

    supervisor: Supervisor
    heard: Heard


async def ask(supervisor: Supervisor, name: str) -> list[str]:
    """Process id, user id and broker user of a served process."""
    async with httpx.AsyncClient(timeout=PATIENCE) as http:
        return (await http.get(supervisor.state.service_urls[name])).text.split()


def pids(supervisor: Supervisor) -> dict[str, int]:
    return {name: process.pid for name, process in supervisor.state.processes.items()}


@pytest.fixture(scope="module")
def data(engine: Engine) -> Path:
    """A data directory that `nobody` can enter; the tests here use it one after the other."""
    return new_folder(engine)


@pytest.fixture(scope="module")
async def running(data: Path) -> AsyncIterator[Running]:
    """A running system, for the tests that leave it running."""
    heard = Heard()
    supervisor = Supervisor(find_layout(data), stub_options(), heard)
    await supervisor.start()
    yield Running(supervisor, heard)
    await supervisor.stop()


async def test_each_process_has_its_own_user_and_secrets(running: Running):
    state = find_running(running.supervisor.layout)
    assert state is not None
    assert set(state.processes) == {*SERVED, "postgres", "nats"}
    assert all(born(process.pid) == process.born for process in state.processes.values())
    uid = find_runtime(running.supervisor.layout).uid
    for name in SERVED:
        pid, user, broker_user = await ask(running.supervisor, name)
        assert int(pid) == state.processes[name].pid
        assert int(user) == (os.geteuid() if uid is None else NOBODY)
        assert broker_user == ("identity" if name == "gateway" else name)


@pytest.mark.parametrize("name", ["postgres", "nats"])
async def test_engines_never_run_as_root(running: Running, name: str):
    owner = Path(f"/proc/{pids(running.supervisor)[name]}").stat().st_uid
    assert owner == (NOBODY if os.geteuid() == 0 else os.geteuid())


@pytest.mark.parametrize("name", ["audit", "gateway", "postgres", "nats"])
async def test_a_child_that_is_killed_is_shown_and_started_again(running: Running, name: str):
    supervisor = running.supervisor
    before = pids(supervisor)[name]
    os.kill(before, signal.SIGKILL)
    assert "SIGKILL" in await running.heard.line(f"{name} was ended")
    await running.heard.line(f"{name} runs again")
    assert pids(supervisor)[name] != before
    assert supervisor.state.processes[name].restarts == 1


async def test_a_request_waits_while_its_process_is_restarted(running: Running):
    """The supervisor holds the socket, so a caller is not refused."""
    before = pids(running.supervisor)["transfer"]
    os.kill(before, signal.SIGKILL)
    pid, *_ = await ask(running.supervisor, "transfer")
    assert int(pid) != before


async def test_a_second_system_on_the_same_data_is_refused(running: Running, data: Path):
    second = Supervisor(find_layout(data), stub_options(), Heard())
    with pytest.raises(CannotStart, match=r"already runs .*dangan down"):
        await second.start()
    assert await ask(running.supervisor, "audit"), "the first is not disturbed"


async def test_a_stop_leaves_no_process_and_the_next_start_has_the_same_address(running: Running, data: Path):
    supervisor, children = running.supervisor, pids(running.supervisor)
    await supervisor.stop()
    assert {name: born(pid) for name, pid in children.items()} == dict.fromkeys(children, 0)
    assert find_running(supervisor.layout) is None
    again = Supervisor(find_layout(data), stub_options(), running.heard)
    await again.start()
    try:
        assert again.state.gateway_url == supervisor.state.gateway_url
    finally:
        await again.stop()


async def test_a_port_that_is_taken_is_one_clear_line(data: Path):
    with listening_socket() as taken:
        port = taken.getsockname()[1]
        supervisor = Supervisor(find_layout(data), stub_options(port=port), Heard())
        with pytest.raises(CannotStart, match=rf"port {port} cannot be had .* → .*--port"):
            await supervisor.start()
    assert find_running(supervisor.layout) is None


async def test_a_service_that_refuses_to_start_says_why_and_leaves_nothing(data: Path):
    refusing = [sys.executable, "-c", "print('rules/appraisal.toml:3: unknown key'); raise SystemExit(1)"]
    options = stub_options()
    supervisor = Supervisor(find_layout(data), stub_options(commands={**options.commands, "audit": refusing}), Heard())
    with pytest.raises(CannotStart, match=r"audit does not get ready: rules/appraisal.toml:3: unknown key"):
        await supervisor.start()
    assert all(born(pid) == 0 for pid in pids(supervisor).values())


async def test_a_full_disk_is_one_clear_line(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    """`/dev/full` answers every write as a full disk does; initdb stands for any engine."""
    home = new_folder(engine)
    for name in ("postgres", "initdb"):
        (home / name).write_text("#!/bin/sh\necho x > /dev/full\n")
        (home / name).chmod(0o755)
    monkeypatch.setenv("DANGAN_POSTGRES_BIN", str(home))
    with pytest.raises(CannotStart, match=r"cannot make its data directory .* → free some disk space"):
        await Supervisor(find_layout(home / "data"), stub_options(), Heard()).start()


async def test_passwords_of_another_database_are_one_clear_line(data: Path):
    file = data / "passwords.json"
    kept = file.read_text()
    file.write_text(json.dumps(asdict(new_passwords())))
    try:
        with pytest.raises(CannotStart, match=r"does not fit the database beside it → bring the file"):
            await Supervisor(find_layout(data), stub_options(), Heard()).start()
    finally:
        file.write_text(kept)


async def test_a_file_that_cannot_be_written_is_one_clear_line(data: Path):
    """A folder stands where a log would be, so that it cannot be written."""
    log = data / "logs" / "audit.log"
    log.unlink()
    log.mkdir()
    try:
        with pytest.raises(CannotStart, match=r"audit.log: .* → free disk space there, or correct the rights"):
            await Supervisor(find_layout(data), stub_options(), Heard()).start()
    finally:
        log.rmdir()


async def test_when_the_supervisor_is_killed_its_children_end_and_the_next_start_works(data: Path, tmp_path: Path):
    layout, log = find_layout(data), tmp_path / "log"
    first = child.spawn(child.Command([sys.executable, "-m", "tests.support.stub", str(data)], log, cwd=TREE))
    try:
        state = await until(lambda: (found := find_running(layout)) and found.ready and found)
        assert state, log.read_text()
    finally:
        first.kill()
        first.wait()
    supervisor = Supervisor(layout, stub_options(), Heard())
    await supervisor.start()
    try:
        assert all(born(process.pid) != process.born for process in state.processes.values())
        assert await ask(supervisor, "gateway")
    finally:
        await supervisor.stop()
