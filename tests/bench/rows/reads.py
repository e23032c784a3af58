"""What the read rows share: one dossier card, and a bare app that answers the same bytes."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import asyncpg

from tests.bench import load
from tests.bench.context import Context
from tests.bench.system import bare

CLIENTS = 32


@dataclass(frozen=True)
class Card:
    """The dossier that is read, the header that lets the archivist read it, and the floor's port."""

    path: str
    bearer: str
    internal: str
    floor_port: int


@contextlib.asynccontextmanager
async def card(context: Context) -> AsyncGenerator[Card, None]:
    """A dossier card, and a bare FastAPI + asyncpg app that answers its bytes by one select."""
    archivist = context.signed_in("archivist")
    first = (await archivist.get("/v1/dossiers", page_size=1))["items"][0]["id"]
    path = f"/v1/dossiers/{first}"
    body = await archivist.content(path)
    url = await context.floor_database()
    connection = await asyncpg.connect(url)
    await connection.execute("drop table if exists bench_card")
    await connection.execute("create table bench_card (id int primary key, body bytea not null)")
    await connection.executemany("insert into bench_card values ($1, $2)", [(n, body) for n in range(200)])
    await connection.close()
    token = await archivist.token()
    async with bare("tests.bench.floors.http_select:app", {"BENCH_DATABASE_URL": url}, "/cards/1") as port:
        yield Card(path, f"Bearer {token}", await context.internal_token("archivist", "catalog"), port)


async def rate(port: int, path: str, headers: dict[str, str], seconds: float) -> float:
    """Requests/s of 32 keep-alive clients."""
    job = load.Job(port, [load.request("GET", path, headers)], CLIENTS, seconds)
    return (await load.run(job)).rate
