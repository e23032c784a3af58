"""One HTTP/1.1 connection to a service, on the parser that uvicorn uses: as little work as a proxy can do.

It speaks to our own services only, never to an address from outside, and knows neither redirects, cookies,
TLS nor decompression.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Any, Final

import httptools

SILENCE_SECONDS: Final = 30.0
"""Longest silence of a service before and during its answer."""
HIGH_WATER: Final = 256 * 1024
"""Bytes of an answer that may wait for a slow reader before the service is held back."""
MAX_HEAD: Final = 64 * 1024

Headers = list[tuple[bytes, bytes]]
Body = bytes | AsyncIterator[bytes] | None


class UpstreamFault(Exception):
    """The service did not answer, or broke off; the text is a code for the log."""


class Stale(UpstreamFault):
    """A kept connection had ended before the service saw the request: it may be sent again on a new one."""


class Answer:
    """A service's answer: status and headers, then the body in parts."""

    __slots__ = ("_connection", "headers", "length", "status")

    def __init__(self, connection: "Connection", status: int, headers: Headers, length: int | None) -> None:
        self._connection = connection
        self.status = status
        self.headers = headers
        self.length = length
        """Bytes of the body as announced; None when it is not."""

    async def read(self) -> bytes:
        """The whole body; UpstreamFault when it breaks off."""
        return await self._connection.read()

    def parts(self) -> AsyncIterator[bytes]:
        """The body as it arrives; the service is held back while nobody asks. UpstreamFault when it breaks off."""
        return self._connection.parts()


class Connection(asyncio.Protocol):
    """One connection; one request at a time."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._transport: Any = None
        self._parser: Any = None
        self._writable = asyncio.Event()
        self._writable.set()
        self.open = False
        self.used = False
        self.idle_since = 0.0
        self._waiter: asyncio.Future[None] | None = None
        self._begin()

    def _begin(self) -> None:
        self._headers: Headers = []
        self._head_size = 0
        self._parts: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._paused = False
        self._has_head = False
        self.complete = False
        self._heard = False
        self._length: int | None = None
        self._bodiless = False
        self.fault: UpstreamFault | None = None
        self._sending: asyncio.Task[None] | None = None

    # What the transport tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self.open = True

    def connection_lost(self, exc: Exception | None) -> None:
        self.open = False
        self._writable.set()
        if not self.complete and self.fault is None:
            self.fault = Stale("stale") if self.used and not self._heard else UpstreamFault("broken-off")
        self._wake()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        self._heard = True
        if self.complete or self._parser is None:
            self.abort("unasked")  # bytes after an answer belong to no request
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.abort("not-http")

    # What the parser tells

    def on_message_begin(self) -> None:
        if self.complete:  # a second answer to one request: it must not become the answer to the next
            self.abort("unasked")

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.complete:
            return
        self._head_size += len(name) + len(value)
        if self._head_size > MAX_HEAD:
            self.abort("head-too-large")
            return
        name = name.lower()
        if name == b"content-length" and value.isdigit():
            self._length = int(value)
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        if self.complete:
            return
        if self._parser.get_status_code() < 200:  # an interim answer; the real one follows
            self._headers, self._length = [], None
            return
        self._has_head = True
        if self._bodiless:
            # The parser cannot know that this answer has no body, so it is not asked about another one.
            self.complete, self.open = True, False
            self._transport.close()
        self._wake()

    def on_body(self, body: bytes) -> None:
        if self.complete:
            return
        self._parts.append(body)
        self._waiting_bytes += len(body)
        if self._waiting_bytes > HIGH_WATER and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def on_message_complete(self) -> None:
        if self.complete or not self._has_head:
            return
        self.complete = True
        self._resume()  # nothing is left to hold back, and the next answer must be heard
        if not self._parser.should_keep_alive():
            self.close()
        self._wake()

    # What the proxy asks

    async def request(self, head: bytes, body: Body, *, bodiless: bool) -> Answer:
        """Send a request and wait for the head of its answer. `head` is everything before the body."""
        if not self.open:
            raise Stale("stale") if self.used else UpstreamFault("broken-off")
        self._begin()
        self._bodiless = bodiless
        self._parser = httptools.HttpResponseParser(self)
        if isinstance(body, bytes):
            self._transport.write(head + body)
        else:
            self._transport.write(head)
            if body is not None:
                chunked = b"\r\ntransfer-encoding: chunked\r\n" in head
                self._sending = self._loop.create_task(self._send(body, chunked=chunked))
        try:
            while not self._has_head:
                await self._wait()
        finally:
            if self._sending is not None and not await _settled(self._sending):
                self.open = False  # an answer to half a request: nothing more can be said on this connection
        return Answer(self, self._parser.get_status_code(), self._headers, self._length)

    async def _send(self, body: AsyncIterator[bytes], *, chunked: bool) -> None:
        try:
            async for part in body:
                self._transport.write(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
                if not self._writable.is_set():
                    async with asyncio.timeout(SILENCE_SECONDS):
                        await self._writable.wait()
                if not self.open:
                    return
        except Exception:
            self.abort("body-broken-off")
            raise
        if chunked:
            self._transport.write(b"0\r\n\r\n")

    async def read(self) -> bytes:
        """The rest of the body."""
        while not self.complete:
            self._resume()
            await self._wait()
        whole = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts.clear()
        return whole

    async def parts(self) -> AsyncIterator[bytes]:
        """The body as it arrives."""
        while True:
            while self._parts:
                part = self._parts.popleft()
                self._waiting_bytes -= len(part)
                yield part
            if self.complete:
                return
            self._resume()
            await self._wait()

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self._transport.resume_reading()

    async def _wait(self) -> None:
        """Until something was heard; UpstreamFault when the service breaks off or stays silent."""
        if self.fault is not None:
            raise self.fault
        self._waiter = self._loop.create_future()
        self._timer = self._loop.call_later(SILENCE_SECONDS, self._end_silence)
        try:
            await self._waiter
        finally:
            self._timer.cancel()
            self._waiter = None
        if self.fault is not None and not self._parts:
            raise self.fault

    def _end_silence(self) -> None:
        if self._sending is not None and not self._sending.done():
            # The service need not speak while the request is still on its way to it.
            self._timer = self._loop.call_later(SILENCE_SECONDS, self._end_silence)
        else:
            self.abort("silent")

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def abort(self, reason: str) -> None:
        """End the connection at once; whoever waits on it gets an UpstreamFault with this reason."""
        if self.fault is None and not self.complete:
            self.fault = UpstreamFault(reason)
        self.open = False
        if self._transport is not None:
            self._transport.abort()
        self._wake()

    def close(self) -> None:
        """End the connection."""
        self.open = False
        if self._transport is not None:
            self._transport.close()


async def _settled(task: "asyncio.Task[None]") -> bool:
    """Whether a task has ended; one that has not is cancelled and waited for."""
    if task.done():
        return task.exception() is None
    task.cancel()
    await asyncio.wait([task])
    return False
