"""One served process: a service or the gateway, on a socket that outlives it."""

import signal
import socket
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

from deploy.embedded import child
from deploy.embedded.services import Plan, healthy


@dataclass
class Served:
    """The socket belongs to the supervisor: while the process is away, callers wait instead of failing."""

    name: str
    sock: socket.socket
    log: Path
    plan: Plan
    process: "Popen[bytes] | None" = None

    @property
    def port(self) -> int:
        """The loopback port."""
        return self.sock.getsockname()[1]

    def spawn(self) -> None:
        """Start the process without waiting for it. From the main thread (see child.spawn)."""
        fd = self.sock.fileno()
        self.process = child.spawn(
            child.Command(
                self.plan.command(self.name, fd),
                log=self.log,
                uid=self.plan.runtime.uid,
                env=self.plan.env(self.name),
                pass_fds=(fd,),
            )
        )

    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    async def ready(self) -> bool:
        """Whether it says that it can serve."""
        return await healthy(self.port)

    async def start(self) -> None:
        """Start it and wait until it is ready or has died."""
        self.spawn()
        while self.alive():
            if await self.ready():
                return

    def stop(self, patience: float = 10.0) -> None:
        """Let requests in flight finish, then end it."""
        if self.process is not None:
            child.stop(self.process, signal.SIGTERM, patience)
