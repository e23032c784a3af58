"""The least that a read can cost: bare FastAPI + asyncpg, the same bytes by one select."""

import contextlib
import os
from collections.abc import AsyncIterator

import asyncpg
from fastapi import FastAPI, Response

POOL: list[asyncpg.Pool] = []


@contextlib.asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """One pool."""
    POOL.append(await asyncpg.create_pool(os.environ["BENCH_DATABASE_URL"], min_size=8, max_size=8))
    yield
    await POOL.pop().close()


app = FastAPI(lifespan=lifespan)


@app.get("/cards/{number}")
async def card(number: int) -> Response:
    """The bytes of one row."""
    row = await POOL[0].fetchrow("select body from bench_card where id = $1", number)
    return Response(row["body"], media_type="application/json")
