"""`dangan up` and its neighbours against one real system: four services, the gateway, both engines."""

import asyncio
import json
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx
import pytest

from cli.lag import admin_database
from deploy.backup.last import LastBackup, remember, warning
from deploy.embedded import child
from deploy.embedded.layout import TREE, find_layout
from deploy.embedded.ports import listening_socket
from deploy.embedded.run_state import born, find_running
from tests.support.engine import Engine
from tests.support.waiting import until

PATIENCE = 90.0  # seconds


@dataclass(frozen=True)
class Up:
    """A system that `dangan up` has started."""

    data: Path
    log: Path
    process: "subprocess.Popen[bytes]"

    async def dangan(self, *words: str) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of another command on the same data."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cli.main", *words, "--data", str(self.data)),
            cwd=TREE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
        assert process.returncode is not None
        return process.returncode, out.decode(), err.decode()


@pytest.fixture(scope="module")
async def up(engine: Engine) -> AsyncIterator[Up]:
    """A sandbox, stopped by `dangan down` at the latest."""
    folder = Path(tempfile.mkdtemp(prefix="up-", dir=engine.folder))
    folder.chmod(0o711)
    log = folder / "log"
    (folder / "data").mkdir(mode=0o711)
    remember(find_layout(folder / "data"), LastBackup((datetime.now(UTC) - timedelta(days=8)).isoformat(), "/mnt/b"))
    command = [sys.executable, "-m", "cli.main", "up", "--profile", "sandbox", "--data", str(folder / "data")]
    running = Up(folder / "data", log, child.spawn(child.Command(command, log, cwd=TREE)))
    await until(lambda: "Ctrl-C" in log.read_text() or running.process.poll() is not None, seconds=PATIENCE)
    assert running.process.poll() is None, log.read_text()
    yield running
    child.stop(running.process, signal.SIGTERM, PATIENCE)


async def test_it_prints_where_it_is_and_who_may_sign_in(up: Up):
    told = up.log.read_text()
    state = find_running(find_layout(up.data))
    assert state is not None
    assert state.gateway_url in told
    assert f"{state.gateway_url}/docs" in told
    for name in ("submitter", "archivist", "auditor", "leader", "viewer"):
        assert name in told
    async with httpx.AsyncClient() as http:
        assert (await http.get(f"{state.gateway_url}/health/ready")).status_code == 200
        assert (await http.get(f"{state.gateway_url}/docs")).status_code == 200


async def test_status_shows_processes_keys_and_lag_but_no_secret(up: Up):
    code, out, err = await up.dangan("status", "--json")
    assert code == 0, err
    told = json.loads(out)
    assert {row["name"] for row in told["processes"]} == {
        *("transfer", "audit", "catalog", "access", "gateway", "postgres", "nats")
    }
    assert all(row["alive"] for row in told["processes"])
    assert {"internal-token", "receipt", "blob-ticket"} <= {key["purpose"] for key in told["keys"]}
    assert {row["service"] for row in told["events"]} == {"transfer", "audit", "catalog", "access", "identity"}
    for file in find_layout(up.data).keys.glob("*.json"):
        key = json.loads(file.read_text())
        assert str(key.get("d") or key.get("k")) not in out


async def test_an_old_backup_is_warned_of_until_there_is_a_new_one(up: Up):
    """One line of `dangan up`; `dangan backup` on the running system ends it, and `dangan status` shows it."""
    assert "the last backup is 8 days old" in up.log.read_text()
    (up.data.parent / "passphrase").write_text("seven grey herons over the reservoir\n")
    words = ("--passphrase-file", str(up.data.parent / "passphrase"))
    code, out, err = await up.dangan("backup", str(up.data.parent / "backups"), "--json", *words)
    assert (code, json.loads(out)["blobs"]["missing"]) == (0, 0), err
    code, out, err = await up.dangan("status", "--json")
    shown = json.loads(out)["last_backup"]
    assert (shown["directory"], shown["age_days"]) == (str(up.data.parent / "backups"), 0)
    assert warning(find_layout(up.data), datetime.now(UTC)) is None
    code, out, err = await up.dangan("restore", str(up.data.parent / "backups"), "--dry-run", *words)
    assert (code, out, "is whole" in err) == (0, "", True)


async def test_a_second_start_is_refused(up: Up):
    code, _, err = await up.dangan("up")
    assert code == 1
    assert "already runs" in err
    assert "dangan down" in err
    assert "Traceback" not in err


async def test_the_clock_moves_in_every_service(up: Up):
    code, _, err = await up.dangan("clock", "advance", "31d")
    assert (code, "31 days" in err) == (0, True)
    layout = find_layout(up.data)
    state = find_running(layout)
    assert state is not None
    async with admin_database(layout, state) as database:
        for schema in ("transfer", "audit", "catalog", "access", "identity"):
            assert await database.fetchval(f"select moved = interval '31 days' from {schema}.clock")


async def plant(up: Up, statement: str, *arguments: object) -> object:
    layout = find_layout(up.data)
    state = find_running(layout)
    assert state is not None
    async with admin_database(layout, state) as database:
        return await database.fetchval(statement, *arguments)


async def test_a_dead_letter_is_listed_and_dropped_into_the_journal(up: Up):
    letter = await plant(
        up,
        "insert into audit.dead_letter (event_id, source, subject, body, reason)"
        " values ($1, 's', 'dangan.transfer.material.received.v1', 'x', 'StateConflict: state-conflict') returning id",
        uuid.uuid4(),
    )
    code, out, err = await up.dangan("events", "dead", "--service", "audit", "--json")
    assert code == 0, err
    assert [row["id"] for row in json.loads(out)] == [letter]
    code, _, err = await up.dangan("events", "dead", "--service", "audit", "--drop", str(letter), "--yes")
    assert (code, "dropped" in err) == (0, True)
    code, _, err = await up.dangan("events", "dead", "--service", "audit", "--drop", str(letter), "--yes")
    assert (code, "→" in err) == (4, True)
    actor = await plant(up, "select actor from audit.journal where verb = 'dead_letter.dropped'")
    assert actor == "operator"


async def test_a_range_is_published_again(up: Up):
    """Counted first with --dry-run, which changes nothing."""
    await plant(
        up,
        "insert into identity.outbox (event_id, subject, body, published_at)"
        " values (identity.uuid_at(now() - interval '1 day'), 'dangan.identity.account.changed.v1', 'x', now())"
        " returning event_id",
    )
    waiting = "select count(*) from identity.journal where verb = 'events.replayed'"
    words = ("events", "replay", "--service", "identity", "--since", "2026-11-01")
    code, _, err = await up.dangan(*words, "--dry-run")
    assert (code, "would be published again" in err, await plant(up, waiting)) == (0, True, 0)
    code, _, err = await up.dangan(*words)
    assert (code, "are published again" in err, await plant(up, waiting)) == (0, True, 1)


async def test_a_taken_port_is_one_clear_line_and_leaves_nothing(up: Up, engine: Engine):
    folder = Path(tempfile.mkdtemp(prefix="up-", dir=engine.folder))
    folder.chmod(0o711)
    with listening_socket() as taken:
        port = str(taken.getsockname()[1])
        code, out, err = await Up(folder, up.log, up.process).dangan("up", "--port", port)
    assert (code, out) == (1, "")
    assert port in err
    assert "→" in err
    assert "Traceback" not in err


async def test_down_stops_everything_in_order(up: Up):
    """The last test of this module: the system is gone after it."""
    layout = find_layout(up.data)
    state = find_running(layout)
    assert state is not None
    code, _, err = await up.dangan("down")
    assert (code, err.strip()) == (0, "已停止 stopped")
    assert up.process.wait(PATIENCE) == 0
    assert [name for name, process in state.processes.items() if born(process.pid) == process.born] == []
    with pytest.raises(ConnectionRefusedError):
        await asyncpg.connect(host="127.0.0.1", port=state.processes["postgres"].port, user="postgres")
