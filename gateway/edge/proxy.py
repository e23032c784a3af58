"""Passes a request on to a service and its answer back, streaming both ways."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chassis.telemetry import log
from contracts.problems import DependencyDown
from gateway.edge.body import Body, ClientGone, Receive
from gateway.edge.connection import Answer, Headers, UpstreamFault
from gateway.edge.headers import outward
from gateway.edge.upstream import Upstream

Send = Callable[[Any], Awaitable[None]]

HELD_ANSWER_BYTES: Final = 64 * 1024
SLOW_READER_SECONDS: Final = 60.0
WATCH_SECONDS: Final = 0.5
"""Requests that take longer are watched for a caller who hangs up; most end before, and the watch costs a task."""
_MAY_REPEAT: Final = frozenset(("GET", "HEAD", "PUT", "DELETE", "OPTIONS"))


@dataclass(frozen=True, slots=True)
class Inward:
    """One request as the service gets it. `target` is path and query, exactly as they came."""

    service: str
    method: str
    target: bytes
    headers: Headers
    body: Body
    request_id: str

    def head(self, authority: bytes) -> bytes:
        """Everything before the body."""
        lines = [b"%b %b HTTP/1.1\r\nhost: %b\r\n" % (self.method.encode(), self.target, authority)]
        lines.extend([b"%b: %b\r\n" % pair for pair in self.headers])
        if self.body.length is None:
            lines.append(b"transfer-encoding: chunked\r\n")
        lines.append(b"\r\n")
        return b"".join(lines)


class Upstreams:
    """Connections to the services; one for each gateway process."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._services = {name: Upstream(address) for name, address in addresses.items()}

    async def __aenter__(self) -> "Upstreams":
        return self

    async def __aexit__(self, *_: object) -> None:
        for upstream in self._services.values():
            upstream.close()

    async def get(self, service: str, target: bytes, headers: Headers) -> tuple[int, bytes]:
        """Status and body of a service's answer to a request of the gateway's own; UpstreamFault."""
        upstream = self._services[service]
        lines = [b"GET %b HTTP/1.1\r\nhost: %b\r\n" % (target, upstream.authority)]
        lines.extend([b"%b: %b\r\n" % pair for pair in headers])
        async with upstream.exchange(b"".join(lines) + b"\r\n", None, again=True) as answer:
            return answer.status, await answer.read()

    async def forward(self, request: Inward, receive: Receive, send: Send) -> None:
        """Send the request on and the answer back.

        DependencyDown, TooLarge and MalformedRequest are raised only before the answer has begun. ClientGone:
        nobody listens.
        """
        upstream = self._services[request.service]
        watch = _Watch(request.body, receive)
        try:
            content = await request.body.content()
            async with upstream.exchange(
                request.head(upstream.authority),
                content,
                again=request.method in _MAY_REPEAT,
                bodiless=request.method == "HEAD",
            ) as answer:
                await _pass_back(answer, request, send)
        except UpstreamFault as fault:
            if request.body.fault is not None:
                raise request.body.fault from None
            log.warning("service_unreachable", of=request.service, reason=str(fault))
            raise DependencyDown(headers={"Retry-After": "2"}, dependency=request.service) from fault
        except asyncio.CancelledError:
            if not watch.client_gone:
                raise
            raise ClientGone from None
        finally:
            watch.stop()


async def _pass_back(answer: Answer, request: Inward, send: Send) -> None:
    start = {
        "type": "http.response.start",
        "status": answer.status,
        "headers": outward(answer.headers, request.request_id),
    }
    if answer.length is not None and answer.length <= HELD_ANSWER_BYTES:
        body = await answer.read()  # before the first byte leaves: a service that breaks off here is still a 503
        await send(start)
        await send({"type": "http.response.body", "body": body})
        return
    await send(start)
    try:
        async for part in answer.parts():
            async with asyncio.timeout(SLOW_READER_SECONDS):
                await send({"type": "http.response.body", "body": part, "more_body": True})
    except (UpstreamFault, TimeoutError) as fault:
        # The status has left. Only a broken connection still tells the caller that the body is not whole.
        log.warning("answer_broken_off", of=request.service, reason=str(fault))
        raise ClientGone from fault
    await send({"type": "http.response.body", "body": b""})


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
