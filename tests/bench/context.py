"""What the rows share: the system, signed-in callers, and ids to work with."""

from __future__ import annotations

import contextlib
import time
import tomllib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from chassis.identity import Caller as Identity
from chassis.identity import mint_internal
from chassis.keys import KeyRing
from cli.client import Caller, Client
from cli.sample.generate import DEFAULT_SEED, generate
from cli.story import UNIT
from tests.bench.system import TREE, System


def subjects() -> list[dict[str, str]]:
    """Cadres of the sample whom the account `submitter` may hand in for."""
    return [
        {"person_no": person.person_no, "name": person.name}
        for person in generate(DEFAULT_SEED).persons
        if person.unit.startswith(UNIT)
    ]


ACCOUNTS: dict[str, Any] = tomllib.loads((TREE / "gateway" / "sample_accounts.toml").read_text(encoding="utf-8"))
FLOOR_DATABASE = "bench"


@dataclass
class Context:
    """One run of the bench. `system` and `client` are there for the rows that need a running one."""

    data: Path
    size: str
    system: System | None
    client: Client | None
    _callers: dict[str, Caller] = field(default_factory=dict)

    def seconds(self, small: float, full: float) -> float:
        """Length of one round."""
        return full if self.size == "full" else small

    @property
    def running(self) -> System:
        """The running system."""
        assert self.system is not None
        return self.system

    def signed_in(self, account: str) -> Caller:
        """A sample account, with its own token."""
        assert self.client is not None
        if account not in self._callers:
            self._callers[account] = self.client.person(account, ACCOUNTS["secret"])
        return self._callers[account]

    async def internal_token(self, account: str, service: str, seconds: int = 3600) -> str:
        """What the gateway would tell a service of this account, for rows that ask the service straight."""
        me = await self.signed_in(account).get("/v1/me")
        posts = tuple((post["role"], post["unit_id"]) for post in me["posts"])
        caller = Identity(me["account_id"], posts=posts)
        key = KeyRing(self.running.layout.keys).private_jwk("internal-token")
        return mint_internal(key, service, caller, now=time.time(), seconds=seconds)

    async def floor_database(self) -> str:
        """A database of the floors, on the same server under the same settings."""
        admin = await asyncpg.connect(self.running.admin_url("postgres"))
        try:
            if not await admin.fetchval("select 1 from pg_database where datname = $1", FLOOR_DATABASE):
                await admin.execute(f"create database {FLOOR_DATABASE}")
        finally:
            await admin.close()
        return self.running.admin_url(FLOOR_DATABASE)


@contextlib.asynccontextmanager
async def prepare(system: System, size: str) -> AsyncGenerator[Context, None]:
    """A context on a running system with its sample loaded."""
    async with Client(system.url, patience=10) as client:
        yield Context(system.layout.root, size, system, client)
