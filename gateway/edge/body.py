"""A request's body on its way in: counted against its limit, never held as a whole when it is large."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

from contracts.problems import MalformedRequest, TooLarge
from gateway.edge.headers import RawHeaders, find
from gateway.edge.routing import MIB

Receive = Callable[[], Awaitable[Any]]

HELD_BYTES: Final = 64 * 1024
"""A body up to this size is read before the service is called; a longer one is streamed."""
IDLE_SECONDS: Final = 30.0
"""A caller who sends nothing for so long is given up."""


class ClientGone(Exception):
    """The caller went away; nobody waits for an answer."""


class Body:
    """The body of one request. `fault` keeps why streaming ended early, for the HTTP client wraps what it meets."""

    def __init__(self, headers: RawHeaders, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self.length = _declared_length(headers)
        self.fault: Exception | None = None
        self.finished = self.length == 0
        if self.length is not None and self.length > limit:
            raise TooLarge(limit=f"{limit // MIB} MiB")

    async def content(self) -> bytes | AsyncIterator[bytes] | None:
        """None for no body, bytes for a short one, an iterator for a long or unmeasured one."""
        if self.length == 0:
            return None
        if self.length is not None and self.length <= HELD_BYTES:
            return b"".join([chunk async for chunk in self.chunks()])
        return self.chunks()

    async def chunks(self) -> AsyncIterator[bytes]:
        """The parts as they arrive; ClientGone, TooLarge or MalformedRequest ends it and stays in `fault`."""
        taken = 0
        while not self.finished:
            message = await self._next()
            if message["type"] == "http.disconnect":
                self.fault = ClientGone()
                raise self.fault
            chunk = message.get("body", b"")
            taken += len(chunk)
            if taken > self._limit:
                self.fault = TooLarge(limit=f"{self._limit // MIB} MiB")
                raise self.fault
            self.finished = not message.get("more_body", False)
            if chunk:
                yield chunk

    async def _next(self) -> Any:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                return await self._receive()
        except TimeoutError:
            self.fault = MalformedRequest(headers={"Connection": "close"})
            raise self.fault from None


def _declared_length(headers: RawHeaders) -> int | None:
    """Bytes that the request announces, 0 when it has no body, None when it is sent in chunks."""
    if find(headers, b"transfer-encoding") is not None:
        return None
    declared = find(headers, b"content-length")
    if declared is None:
        return 0
    if not declared.isdigit():
        raise MalformedRequest()
    return int(declared)
