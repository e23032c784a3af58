"""Passes a request on to a service and its answer back, streaming both ways."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import structlog
from multidict import CIMultiDict
from yarl import URL

from contracts.problems import DependencyDown
from gateway.edge.body import Body, ClientGone, Receive
from gateway.edge.headers import outward

log = structlog.get_logger(__name__)

Send = Callable[[Any], Awaitable[None]]

HELD_ANSWER_BYTES: Final = 64 * 1024
CONNECT_SECONDS: Final = 2.0
ANSWER_SECONDS: Final = 30.0
"""Longest silence of a service before and during its answer."""
SLOW_READER_SECONDS: Final = 60.0
WATCH_SECONDS: Final = 0.5
"""Requests that take longer are watched for a caller who hangs up; most end before, and the watch costs a task."""
CONNECTIONS: Final = 256
KEEP_ALIVE_SECONDS: Final = 4.0
"""Below uvicorn's own 5 s, so that we never reuse a connection that the service is just closing."""


@dataclass(frozen=True, slots=True)
class Inward:
    """One request as the service gets it. `target` is path and query, exactly as they came."""

    service: str
    method: str
    target: str
    headers: CIMultiDict[str]
    body: Body
    request_id: str


class Upstreams:
    """Connections to the services; one for each gateway process."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._bases = {name: address.rstrip("/") for name, address in addresses.items()}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Upstreams":
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, limit_per_host=CONNECTIONS, keepalive_timeout=KEEP_ALIVE_SECONDS),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=ANSWER_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The HTTP client; only between opening and closing."""
        if self._session is None:
            raise RuntimeError("the gateway is not running")
        return self._session

    def url(self, service: str, target: str) -> URL:
        """Address of a path at a service; `target` is taken as it is, nothing is decoded or encoded again."""
        return URL(self._bases[service] + target, encoded=True)

    async def forward(self, request: Inward, receive: Receive, send: Send) -> int:
        """Send the request on and the answer back; the answer's status.

        DependencyDown and TooLarge are raised only before the answer has begun. ClientGone: nobody listens.
        """
        watch = _Watch(request.body, receive)
        try:
            content = await request.body.content()
            async with self.session.request(
                request.method,
                self.url(request.service, request.target),
                headers=request.headers,
                data=content,
                allow_redirects=False,
            ) as answer:
                return await _pass_back(answer, request, send)
        except (aiohttp.ClientError, TimeoutError, OSError) as fault:
            if request.body.fault is not None:
                raise request.body.fault from None
            log.warning("service_unreachable", service=request.service, fault=type(fault).__name__)
            raise DependencyDown(headers={"Retry-After": "2"}, dependency=request.service) from fault
        except asyncio.CancelledError:
            if not watch.client_gone:
                raise
            raise ClientGone from None
        finally:
            watch.stop()


async def _pass_back(answer: aiohttp.ClientResponse, request: Inward, send: Send) -> int:
    headers = outward(answer.raw_headers, request.request_id)
    start = {"type": "http.response.start", "status": answer.status, "headers": headers}
    length = answer.content_length
    if length is not None and length <= HELD_ANSWER_BYTES:
        body = await answer.read()  # before the first byte leaves: a service that breaks off here is still a 503
        await send(start)
        await send({"type": "http.response.body", "body": body})
        return answer.status
    await send(start)
    try:
        async for chunk in answer.content.iter_any():
            async with asyncio.timeout(SLOW_READER_SECONDS):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
    except (aiohttp.ClientError, TimeoutError, OSError) as fault:
        # The status has left. Only a broken connection still tells the caller that the body is not whole.
        log.warning("answer_broken_off", service=request.service, fault=type(fault).__name__)
        raise ClientGone from fault
    await send({"type": "http.response.body", "body": b""})
    return answer.status


class _Watch:
    """Cancels the running request when its caller hangs up, so that a slow service is not waited for in vain."""

    def __init__(self, body: Body, receive: Receive) -> None:
        self._body = body
        self._receive = receive
        self._request = asyncio.current_task()
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(WATCH_SECONDS, self._begin)
        self._watcher: asyncio.Task[None] | None = None
        self.client_gone = False

    def _begin(self) -> None:
        if self._body.finished:
            self._watcher = self._loop.create_task(self._wait())
        else:  # the body's own reader hears of a hang-up meanwhile
            self._timer = self._loop.call_later(WATCH_SECONDS, self._begin)

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.client_gone = True
        if self._request is not None:
            self._request.cancel()

    def stop(self) -> None:
        """End the watch; the request is over."""
        self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
        if self.client_gone and self._request is not None:
            self._request.uncancel()  # the cancellation was ours and has done its work
