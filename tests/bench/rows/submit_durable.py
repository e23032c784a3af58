"""`submit.durable`: POST a page's blob_ticket to a submission item until its 201, 16 clients, fsync on."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from typing import Any

import asyncpg

from cli.sample.paper import page_image
from tests.bench import load
from tests.bench.context import Context, subjects
from tests.bench.measure import Row, compare

CLIENTS = 16
FLOOR = """
create table if not exists page (id uuid primary key, item uuid, digest text, ticket text);
create table if not exists key (scope text, key text, hash bytea, id text, primary key (scope, key));
create table if not exists journal (id uuid primary key, at timestamptz, actor text, verb text, resource text,
  commitment bytea);
create table if not exists blob_ref (digest text, resource text, since timestamptz, primary key (digest, resource));
"""


async def run(context: Context) -> Row:
    """Ours through the gateway against raw asyncpg: four inserts and a commit on 16 connections."""
    seconds = context.seconds(3, 8)
    submitter = context.signed_in("submitter")
    ticket = await submitter.upload(page_image(["基准页"], seed=1))
    bearer = f"Bearer {await submitter.token()}"
    url = await context.floor_database()

    async def ours() -> float:
        paths = await _pages_of_fresh_items(submitter)
        body = json.dumps({"blob_tickets": [ticket]}).encode()

        def one(path: str) -> str:
            headers = {
                "Authorization": bearer,
                "Content-Type": "application/json",
                "Idempotency-Key": str(uuid.uuid4()),
            }
            return load.request("POST", path, headers, body)

        requests = [one(paths[number % len(paths)]) for number in range(int(seconds * 2500))]
        job = load.Job(context.running.gateway_port, requests, CLIENTS, seconds, status=201, once=True)
        return (await load.run(job)).rate

    return await compare(
        "submit.durable",
        "bind a page to an item until 201",
        "req/s",
        floor=lambda: _raw(url, seconds),
        ours=ours,
        goal=0.12,
        better="higher",
    )


async def _pages_of_fresh_items(submitter: Any) -> list[str]:
    """Addresses to bind pages to: 16 items of one draft."""
    draft = await submitter.post("/v1/submissions", {"subject": subjects()[0]})
    item = {"title": "年度考核登记表", "declared_page_count": 1, "formed_on": "2025"}
    made = [await submitter.post(f"/v1/submissions/{draft['id']}/items", item) for _ in range(CLIENTS)]
    return [f"/v1/submission-items/{one['id']}/pages" for one in made]


async def _raw(url: str, seconds: float) -> float:
    connections = [await asyncpg.connect(url) for _ in range(CLIENTS)]
    await connections[0].execute(FLOOR)
    done = 0
    end = time.perf_counter() + seconds

    async def client(connection: asyncpg.Connection) -> None:
        nonlocal done
        while time.perf_counter() < end:
            fresh = uuid.uuid4()
            async with connection.transaction():
                await connection.execute("insert into page values ($1, $2, 'd', 't')", fresh, fresh)
                await connection.execute("insert into key values ('s', $1, 'h', 'i')", str(fresh))
                await connection.execute("insert into journal values ($1, now(), 'a', 'v', 'r', 'c')", fresh)
                await connection.execute("insert into blob_ref values ('d', $1, now())", str(fresh))
            done += 1

    began = time.perf_counter()
    await asyncio.gather(*(client(connection) for connection in connections))
    rate = done / (time.perf_counter() - began)
    for connection in connections:
        await connection.close()
    return rate
