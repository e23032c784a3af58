"""A private PostgreSQL server, run as a direct child.

No pg_ctl: a postmaster that pg_ctl started is not our child, and after a kill its lock file names a process
that nobody has reaped yet, so the next start is refused.
"""

import os
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from deploy.embedded import child
from deploy.embedded.faults import CannotStart
from deploy.embedded.ports import LOOPBACK
from deploy.embedded.reach import give_to

SUPERUSER = "postgres"
_TRIES = 5

_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_statement": "none",
    "log_min_error_statement": "panic",  # a failed statement may hold names: they never reach a log
    "log_parameter_max_length_on_error": "0",
    "shared_preload_libraries": "pg_stat_statements",
}


@dataclass
class Postgres:
    """One data directory and the server on it."""

    bin: Path
    data: Path
    port: int
    log: Path
    uid: int | None
    settings: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    name: str = "postgres"
    patience: float = 60.0
    """Seconds that a start may take; crash recovery of a large database is part of it."""

    def initialise(self, password: str) -> bool:
        """Make the data directory unless it is there; True when it was made.

        The locale is C.UTF-8 on purpose: under plain C, pg_trgm finds no trigram in Chinese, silently.
        """
        if (self.data / "PG_VERSION").exists():
            return False
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        give_to(self.data, self.uid)
        with tempfile.NamedTemporaryFile("w", dir=self.data.parent, prefix=".pw-") as secret:
            secret.write(password)
            secret.flush()
            give_to(Path(secret.name), self.uid)
            self._initdb(Path(secret.name))
        return True

    def _initdb(self, password_file: Path) -> None:
        done = subprocess.run(
            [
                *(self.bin / "initdb", "-D", self.data, "-U", SUPERUSER, "--pwfile", password_file),
                *("-E", "UTF8", "--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *("--auth-local=scram-sha-256", "--auth-host=scram-sha-256", "--no-instructions"),
            ],
            cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            capture_output=True,
            text=True,
            check=False,
            user=self.uid,
            group=self.uid,
            extra_groups=None if self.uid is None else [],
        )
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise CannotStart(
                f"PostgreSQL cannot make its data directory {self.data}: {reason}",
                "free some disk space there, or choose another place with `dangan up --data DIR`",
            )

    def spawn(self) -> None:
        """Start the server without waiting for it. From the main thread (see child.spawn)."""
        settings = [part for key, value in {**_SETTINGS, **self.settings}.items() for part in ("-c", f"{key}={value}")]
        self.process = child.spawn(
            child.Command(
                [self.bin / "postgres", "-D", self.data, "-p", str(self.port), *settings],
                log=self.log,
                uid=self.uid,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                death_signal=signal.SIGINT,  # the server's "fast" shutdown
            )
        )

    def alive(self) -> bool:
        """Whether the server process runs."""
        return self.process is not None and self.process.poll() is None

    def ready(self) -> bool:
        """Whether this very server takes connections, by the status line of its own lock file."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return (
            self.process is not None
            and len(lines) >= 8
            and lines[0].strip() == str(self.process.pid)
            and lines[7].strip() == "ready"
        )

    async def start(self) -> None:
        """Start and wait until connections are taken; tries again while a killed server lets go."""
        for _ in range(_TRIES):
            self.spawn()
            if await child.wait_until(self.ready, self.alive, self.patience):
                return
            if self.alive() or "lock file" not in child.last_words(self.log) + self._reason():
                break
        self.stop()
        raise CannotStart(
            f"PostgreSQL does not start: {self._reason()}",
            f"read {self.log}; free disk space or end the process that holds the data directory",
        )

    def _reason(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        fatal = [line for line in lines if "FATAL" in line or "PANIC" in line]
        return (fatal or lines or ["no reason in its log"])[-1].strip()

    def stop(self, patience: float = 20.0) -> None:
        """Fast shutdown: sessions are ended, everything is flushed."""
        if self.process is not None:
            child.stop(self.process, signal.SIGINT, patience)

    def url(self, user: str, password: str, database: str) -> str:
        """The address of a database for one role."""
        return f"postgresql://{user}:{password}@{LOOPBACK}:{self.port}/{database}"
