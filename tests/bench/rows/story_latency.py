"""`story.latency`: from the 202 of a submission to its `receipt.issued`, under fixed arrivals."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import nats
from jose import jws
from PIL import Image

from chassis.keys import KeyRing
from cli.client import Caller
from contracts.events import ReceiptIssued
from deploy.embedded.layout import passwords
from tests.bench.context import Context, subjects
from tests.bench.measure import Row, percentile, row_of
from tests.bench.pages import distinct_page

ITEM = {"title": "样例材料年度考核登记表", "declared_page_count": 2, "formed_on": "2025-12-20"}
"""A kind with `persons = 0`: all green files at once."""
DRAIN_SECONDS = 30.0


@dataclass
class Watch:
    """When each submission was accepted and when its receipt was told."""

    accepted: dict[str, float] = field(default_factory=dict)
    issued: dict[str, float] = field(default_factory=dict)

    def latencies(self) -> list[float]:
        """Seconds from 202 to receipt, of those that have both."""
        return [max(self.issued[one] - at, 0.0) for one, at in self.accepted.items() if one in self.issued]

    @property
    def open(self) -> int:
        """Accepted, and no receipt yet."""
        return len(self.accepted.keys() - self.issued.keys())


async def run(context: Context) -> list[Row]:
    """p50 and p99 at 2/s, and whether 5/s drains, against the bare steps run alone."""
    seconds = context.seconds(20, 120)
    state = context.running
    url = f"nats://127.0.0.1:{state.port('nats')}"
    connection = await nats.connect(url, user="admin", password=passwords(state.layout).nats_admin)
    watch = Watch()

    async def told(message: Any) -> None:
        watch.issued[json.loads(message.data)["data"]["submission_id"]] = time.perf_counter()

    await connection.subscribe(ReceiptIssued.broker_subject(), cb=told)
    try:
        floors = [await _floor(context, connection) for _ in range(5)]
        await _arrive(context, watch, rate=2, count=4)
        watch.accepted.clear()
        await _arrive(context, watch, rate=2, count=int(2 * seconds))
        latencies = watch.latencies()
        watch.accepted.clear()
        await _arrive(context, watch, rate=5, count=int(5 * context.seconds(10, 60)))
        drained = max(watch.latencies())
    finally:
        await connection.close()
    floor = percentile(floors, 0.5)
    p50, p99 = percentile(latencies, 0.5), percentile(latencies, 0.99)
    return [
        row_of("story.latency", "202 to receipt, p50 at 2/s", "s", [floor], [p50], 3, "lower"),
        row_of("story.latency.p99", "202 to receipt, p99 at 2/s", "s", [floor], [p99], 10, "lower"),
        row_of("story.drain", "5/s empties within 30 s: slowest", "s", [DRAIN_SECONDS], [drained], 1, "lower"),
    ]


async def _arrive(context: Context, watch: Watch, *, rate: float, count: int) -> None:
    """Deliver `count` ready drafts at fixed times, whatever the answers do; wait until all have receipts."""
    submitter = context.signed_in("submitter")
    drafts = await _drafts(submitter, count)
    began = time.perf_counter()

    async def deliver(number: int, draft: str) -> None:
        await asyncio.sleep(max(began + number / rate - time.perf_counter(), 0))
        await submitter.post(f"/v1/submissions/{draft}/deliveries")
        watch.accepted[draft] = time.perf_counter()

    await asyncio.gather(*(deliver(number, draft) for number, draft in enumerate(drafts)))
    async with asyncio.timeout(DRAIN_SECONDS):
        while watch.open:
            await asyncio.sleep(0.05)


async def _drafts(submitter: Caller, count: int) -> list[str]:
    """Submissions with one item of two pages each, ready to be delivered."""
    known = subjects()
    limit = asyncio.Semaphore(4)

    async def draft(number: int) -> str:
        async with limit:
            made = await submitter.post("/v1/submissions", {"subject": known[number % len(known)]})
            item = await submitter.post(f"/v1/submissions/{made['id']}/items", ITEM)
            tickets = [await submitter.upload(distinct_page(secrets.token_hex(8))) for _ in range(2)]
            await submitter.post(f"/v1/submission-items/{item['id']}/pages", {"blob_tickets": tickets})
            return made["id"]

    return list(await asyncio.gather(*(draft(number) for number in range(count))))


async def _floor(context: Context, connection: Any) -> float:
    """The bare steps one after another: 4 commits, 3 synced publishes, two decodes and hashes, a signature."""
    database = await asyncpg.connect(await context.floor_database())
    await database.execute("create table if not exists step (id bigint generated always as identity, v text)")
    pages = [distinct_page(secrets.token_hex(8)) for _ in range(2)]
    key = KeyRing(context.running.layout.keys).private_jwk("receipt")
    jetstream = connection.jetstream()
    began = time.perf_counter()
    for _ in range(4):
        await database.execute("insert into step (v) values ('x')")
    for _ in range(3):
        await jetstream.publish("dangan.bench.step.taken.v1", b"x" * 800)
    for page in pages:
        hashlib.sha256(page).digest()
        Image.open(io.BytesIO(page)).convert("L").load()
    jws.sign({"receipt": "x" * 400}, key, algorithm="ES256")
    took = time.perf_counter() - began
    await database.close()
    return took
