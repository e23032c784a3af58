"""Which faults pass by themselves: they are retried and answered 503, never counted and never a 500."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.deps import Deps
from chassis.inbox import is_passing

STARTING_UP = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
GOODBYE = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"


@pytest.fixture
async def starting_up() -> AsyncIterator[int]:
    """The port of a PostgreSQL that has just been started again after a crash, and says so."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1024)
        writer.write(b"E" + (len(STARTING_UP) + 4).to_bytes(4, "big") + STARTING_UP)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def test_a_database_that_is_starting_up_is_waited_for(starting_up: int):
    """SQLAlchemy wraps the driver's error twice; the wrapping must not make a bug of it."""
    engine = create_async_engine(
        f"postgresql+asyncpg://a:b@127.0.0.1:{starting_up}/dangan", connect_args={"ssl": False}
    )
    with pytest.raises(DBAPIError) as refused:
        async with engine.connect():
            pass
    await engine.dispose()
    assert is_passing(refused.value)


@pytest.mark.parametrize("then", ["asked at once", "asked when it is lost"])
async def test_a_statement_right_after_the_servers_goodbye_is_sent_again(deps: Deps, then: str):
    """The pool gave the connection out a moment before: what asyncpg then says is no fault of ours."""
    async with deps.db.pool.acquire() as connection:
        protocol: Any = connection._con._protocol  # type: ignore[attr-defined]  # what the network would call
        protocol.data_received(b"E" + (len(GOODBYE) + 4).to_bytes(4, "big") + GOODBYE)
        if then == "asked when it is lost":
            protocol.connection_lost(None)
        with pytest.raises((asyncpg.InternalClientError, asyncpg.InterfaceError, asyncpg.PostgresError)) as refused:
            await connection.fetchrow("select 1")
    assert is_passing(refused.value), refused.value


def test_a_driver_that_is_at_a_loss_does_not_pass():
    """Two at once on one connection would be our own fault."""
    assert not is_passing(
        asyncpg.InternalClientError("cannot switch to state 11; another operation (12) is in progress")
    )


async def test_a_wrong_statement_does_not_pass(deps: Deps):
    """It would fail for ever."""
    with pytest.raises(DBAPIError) as refused:
        async with deps.db.engine.connect() as connection:
            await connection.execute(text("select no_such_column from inbox"))
    assert not is_passing(refused.value)
