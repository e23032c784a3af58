"""A private NATS server with JetStream, run as a direct child, with one user for each service."""

import os
import signal
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded import child
from deploy.embedded.faults import CannotStart
from deploy.embedded.ports import LOOPBACK
from deploy.embedded.reach import give_to

STREAM = "DANGAN"
ADMIN = "admin"
_START_PATIENCE = 30.0  # seconds


def _user(service: str, password: str) -> str:
    """One service's rights: publish its own subjects, read its own durable, its own inbox.

    Permission wildcards stand for whole tokens, so the durable is named exactly like the service.
    """
    publish = ", ".join(
        f'"{subject}"'
        for subject in (
            f"dangan.{service}.>",
            "$JS.API.INFO",
            f"$JS.API.STREAM.INFO.{STREAM}",
            f"$JS.API.CONSUMER.INFO.{STREAM}.{service}",
            f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{service}",
            f"$JS.ACK.{STREAM}.{service}.>",
        )
    )
    return (
        f'{{ user: "{service}", password: "{password}", permissions: {{\n'
        f"        publish: {{ allow: [{publish}] }},\n"
        f'        subscribe: {{ allow: ["_INBOX.{service}.>"] }} }} }}'
    )


@dataclass
class Nats:
    """One store directory and the server on it."""

    bin: Path
    folder: Path
    port: int
    monitor_port: int
    log: Path
    uid: int | None
    process: "subprocess.Popen[bytes] | None" = None
    name: str = "nats"

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"nats://{LOOPBACK}:{self.port}"

    @property
    def monitor_url(self) -> str:
        """The address of the monitoring endpoint, loopback only."""
        return f"http://{LOOPBACK}:{self.monitor_port}"

    @property
    def store(self) -> Path:
        """JetStream's files; losing them loses nothing (outbox and steward)."""
        return self.folder / "jetstream"

    def configure(self, admin: str, system: str, services: dict[str, str]) -> None:
        """Write the configuration from passwords: administrator, system account, and each service."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        users = ",\n      ".join(_user(name, password) for name, password in services.items())
        config = self.folder / "nats.conf"
        config.unlink(missing_ok=True)
        config.touch(mode=0o600)
        # The default acknowledges before fsync; a power cut then loses acknowledged messages.
        config.write_text(
            f'server_name: "dangan"\n'
            f'listen: "{LOOPBACK}:{self.port}"\n'
            f'http: "{LOOPBACK}:{self.monitor_port}"\n'
            f"max_payload: 1MB\n"
            f"jetstream {{\n"
            f'  store_dir: "{self.store}", max_mem: 64MB, max_file: 8GB, sync_interval: always\n'
            f"}}\n"
            f"accounts {{\n"
            f'  SYS: {{ users: [ {{ user: "sys", password: "{system}" }} ] }}\n'
            f"  APP: {{ jetstream: enabled, users: [\n"
            f'      {{ user: "{ADMIN}", password: "{admin}" }},\n'
            f"      {users}\n"
            f"  ] }}\n"
            f"}}\n"
            f"system_account: SYS\n"
        )
        give_to(self.folder, self.uid)
        give_to(config, self.uid)

    def spawn(self) -> None:
        """Start the server without waiting for it. From the main thread (see child.spawn)."""
        self.process = child.spawn(
            child.Command(
                [self.bin, "-c", self.folder / "nats.conf"],
                log=self.log,
                uid=self.uid,
                env={"PATH": os.environ.get("PATH", ""), "TZ": "UTC"},
                death_signal=signal.SIGTERM,
            )
        )

    def alive(self) -> bool:
        """Whether the server process runs."""
        return self.process is not None and self.process.poll() is None

    def ready(self) -> bool:
        """Whether the server says that it is healthy, JetStream included."""
        try:
            with urllib.request.urlopen(f"{self.monitor_url}/healthz", timeout=1) as answer:  # noqa: S310
                return answer.status == 200
        except OSError:
            return False

    async def start(self) -> None:
        """Start and wait until it is healthy."""
        self.spawn()
        if not await child.wait_until(self.ready, self.alive, _START_PATIENCE):
            self.stop()
            raise CannotStart(
                f"NATS does not start: {child.last_words(self.log) or 'no reason in its log'}",
                f"read {self.log}; free disk space or the port {self.port}",
            )

    def stop(self, patience: float = 10.0) -> None:
        """Ask for an orderly end."""
        if self.process is not None:
            child.stop(self.process, signal.SIGTERM, patience)
