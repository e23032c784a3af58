"""The connections to one service: kept, used again, and replaced when the service has closed them."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Final

from gateway.edge.connection import Answer, Body, Connection, Stale, UpstreamFault

CONNECT_SECONDS: Final = 2.0
KEEP_ALIVE_SECONDS: Final = 4.0
"""Below uvicorn's own 5 s, so that we never reuse a connection that the service is just closing."""
CONNECTIONS: Final = 256
"""Open connections to one service; who comes later waits for one."""


class Upstream:
    """The connections to one service."""

    def __init__(self, address: str) -> None:
        host, _, port = address.removeprefix("http://").partition(":")
        self._host, self._port = host, int(port or 80)
        self.authority = f"{host}:{self._port}".encode()
        self._idle: deque[Connection] = deque()
        self._room = asyncio.Semaphore(CONNECTIONS)

    def exchange(self, head: bytes, body: Body, *, again: bool, bodiless: bool = False) -> "_Exchange":
        """`async with upstream.exchange(…) as answer`. With `again`, a kept connection that turns out to have ended
        is replaced by a new one: for requests that may be sent twice."""
        return _Exchange(self, head, body, again=again, bodiless=bodiless)

    async def take(self, *, fresh: bool) -> Connection:
        """A connection for one request; UpstreamFault."""
        await self._room.acquire()
        try:
            loop = asyncio.get_running_loop()
            while self._idle and not fresh:
                connection = self._idle.pop()
                if connection.open and loop.time() - connection.idle_since < KEEP_ALIVE_SECONDS:
                    connection.used = True
                    return connection
                connection.close()
            return await self._connect(loop)
        except BaseException:
            self._room.release()
            raise

    async def _connect(self, loop: asyncio.AbstractEventLoop) -> Connection:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, connection = await loop.create_connection(lambda: Connection(loop), self._host, self._port)
        except (OSError, TimeoutError) as fault:
            raise UpstreamFault("refused") from fault
        return connection

    def give_back(self, connection: Connection) -> None:
        """Keep a connection whose answer was read to its end; end any other."""
        self._room.release()
        if connection.open and connection.complete and connection.fault is None:
            connection.idle_since = asyncio.get_running_loop().time()
            self._idle.append(connection)
        else:
            connection.abort("given-up")

    def close(self) -> None:
        """End all connections that wait for work."""
        while self._idle:
            self._idle.pop().close()


class _Exchange:
    """One request to a service and its answer; the connection goes back at the end of the block."""

    __slots__ = ("_again", "_bodiless", "_body", "_connection", "_head", "_upstream")

    def __init__(self, upstream: Upstream, head: bytes, body: Body, *, again: bool, bodiless: bool) -> None:
        self._upstream = upstream
        self._head = head
        self._body = body
        self._again = again and not isinstance(body, AsyncIterator)
        self._bodiless = bodiless
        self._connection: Connection | None = None

    async def __aenter__(self) -> Answer:
        try:
            return await self._attempt(fresh=False)
        except Stale:
            if not self._again:
                raise
        return await self._attempt(fresh=True)

    async def _attempt(self, *, fresh: bool) -> Answer:
        connection = self._connection = await self._upstream.take(fresh=fresh)
        try:
            return await connection.request(self._head, self._body, bodiless=self._bodiless)
        except BaseException:
            self._connection = None
            self._upstream.give_back(connection)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._upstream.give_back(self._connection)
