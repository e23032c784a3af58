"""The five served processes: their commands, their environment, their health."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from deploy.embedded.layout import SERVICES, Layout, Passwords
from deploy.embedded.ports import LOOPBACK
from deploy.embedded.runtime import Runtime

GATEWAY = "gateway"
SERVED = ("transfer", "audit", "catalog", "access", GATEWAY)
SERVE = "deploy.embedded.serve"
_PASSED_ON = ("PATH", "LANG", "TZ", "TMPDIR", "SSL_CERT_FILE")
_PASSED_PREFIXES = ("AWS_", "DANGAN_")


def schema_of(name: str) -> str:
    """The schema and broker user of a served process; the gateway's is `identity`."""
    return "identity" if name == GATEWAY else name


def default_command(name: str) -> list[str]:
    """How a served process is started.

    `{python}` stands for the Python that its user can run, `{fd}` for its listening socket, which it inherits.
    """
    app = "gateway.app:create_app" if name == GATEWAY else f"services.{name}.app:create_app"
    # The socket outlives the process: while one is restarted, its callers wait instead of being refused.
    return ["{python}", "-m", SERVE, app, "{fd}"]


@dataclass(frozen=True)
class Plan:
    """What all served processes are told."""

    layout: Layout
    runtime: Runtime
    passwords: Passwords
    database_port: int
    nats_url: str
    urls: Mapping[str, str]
    profile: str = "embedded"
    commands: Mapping[str, Sequence[str]] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    def command(self, name: str, fd: int) -> list[str]:
        """The arguments of one process; a test may name its own."""
        argv: list[str] = []
        for part in self.commands.get(name) or default_command(name):
            argv += self.runtime.python if part == "{python}" else [part.replace("{fd}", str(fd))]
        return argv

    def env(self, name: str) -> dict[str, str]:
        """The environment of one process: its own secrets only, and nothing else of ours."""
        schema = schema_of(name)
        kept = {
            key: value for key, value in os.environ.items() if key in _PASSED_ON or key.startswith(_PASSED_PREFIXES)
        }
        told = {
            "DANGAN_PROFILE": self.profile,
            "DANGAN_DEPLOYMENT": os.environ.get("DANGAN_DEPLOYMENT", "local"),
            "DANGAN_DATABASE_URL": (
                f"postgresql://{schema}_svc:{self.passwords.database[schema]}@{LOOPBACK}:{self.database_port}/dangan"
            ),
            "DANGAN_NATS_URL": self.nats_url,
            "DANGAN_NATS_USER": schema,
            "DANGAN_NATS_PASSWORD": self.passwords.nats[schema],
            "DANGAN_KEYS_DIR": str(self.layout.keys),
            "DANGAN_BLOBS_URL": os.environ.get("DANGAN_BLOBS_URL") or self.layout.blobs.as_uri(),
            "DANGAN_PUBLIC_URL": os.environ.get("DANGAN_PUBLIC_URL") or self.urls[GATEWAY],
            "PYTHONPATH": os.pathsep.join(str(path) for path in self.runtime.paths),
            "PYTHONUNBUFFERED": "1",
            # Not ours: the unprivileged user cannot enter it, and asyncpg looks there for a client's key.
            "HOME": str(self.layout.root),
        }
        if name == GATEWAY:
            told |= {f"DANGAN_{other.upper()}_URL": url for other, url in self.urls.items() if other != name}
        return kept | told | dict(self.environment)


async def healthy(port: int, path: str = "/health/ready", patience: float = 2.0) -> bool:
    """Whether the process on this loopback port answers 200; takes at least 20 ms when it does not."""
    try:
        async with asyncio.timeout(patience):
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: {LOOPBACK}\r\nConnection: close\r\n\r\n".encode())
                await writer.drain()
                status = await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        status = b""
    if b" 200 " in status:
        return True
    await asyncio.sleep(0.02)
    return False


assert {schema_of(name) for name in SERVED} == set(SERVICES)  # noqa: S101
