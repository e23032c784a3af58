"""The gateway as an ASGI application: who is calling, where to, and what may cross.

A request of `/v1` needs a token and goes to a service, or to the gateway's own routes (`/v1/me`, `/v1/tasks`),
which are a service too: they get the same internal token for an audience of their own. Everything
else is public: sign-in, documents, keys, health.
"""

import time
import traceback
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from prometheus_client import Histogram

from chassis.inbox import is_passing
from chassis.telemetry import Trace, current_trace, log
from contracts.problems import DependencyDown, HeadersTooLarge, NotFound, NotSignedIn, Overloaded, Refusal
from gateway.edge.answers import InternalError, problem_answer
from gateway.edge.body import Body, ClientGone, Receive
from gateway.edge.headers import MAX_HEADER_BYTES, bearer_token, find, inward, too_many
from gateway.edge.proxy import Inward, Send, Upstreams
from gateway.edge.routing import JSON_BODY_BYTES, OWN, Route, route_of
from gateway.principals import Principals
from gateway.stream_tickets import StreamTickets, without_ticket
from gateway.tokens.internal import InternalTokens
from gateway.tokens.jwks import IssuerDown
from gateway.tokens.principal import Principal
from gateway.tokens.verifier import TokenRefused

Asgi = Callable[[Any, Receive, Send], Awaitable[None]]

AT_ONCE: Final = 1024
"""Requests in flight beyond this are refused at once instead of waiting for memory to run out."""
LOOPBACK: Final = ("127.0.0.1", "::1")
PRINCIPAL: Final = "dangan.principal"
"""Key of the ASGI scope under which the gateway's own routes find the caller with all posts."""

SECONDS = Histogram("dangan_gateway_seconds", "Requests at the gateway", ["service", "status"])


@cache
def _timer(service: str, status: int) -> Histogram:
    """The series of a service and status: looked up once, because a look-up costs more than the count."""
    return SECONDS.labels(service, str(status))


@dataclass(frozen=True, slots=True)
class Border:
    """What the edge works with."""

    own: Asgi
    upstreams: Upstreams
    principals: Principals
    tokens: InternalTokens
    stream_tickets: StreamTickets
    public_url: str


class Edge:
    """One gateway process. `open` connects it once the event loop runs."""

    def __init__(self, make: Callable[[AsyncExitStack], Awaitable[Border]]) -> None:
        self._make = make
        self._border: Border | None = None
        self._inside = 0

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._count(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        async with AsyncExitStack() as stack:
            await receive()
            try:
                self._border = await self._make(stack)
            except Exception as fault:
                log.error("start_refused", reason=str(fault))
                await send({"type": "lifespan.startup.failed", "message": str(fault)})
                return
            await send({"type": "lifespan.startup.complete"})
            await receive()
        self._border = None
        await send({"type": "lifespan.shutdown.complete"})

    @property
    def border(self) -> Border:
        """What the edge works with; only within its lifespan."""
        if self._border is None:
            raise RuntimeError("the gateway is used outside its lifespan")
        return self._border

    async def _count(self, scope: Any, receive: Receive, send: Send) -> None:
        border = self.border
        self._inside += 1
        try:
            await _Exchange(border, scope, receive, send, crowded=self._inside > AT_ONCE).run()
        finally:
            self._inside -= 1


class _Exchange:
    """One request and its answer."""

    __slots__ = ("_began", "_border", "_crowded", "_headers", "_receive", "_scope", "_send", "_service", "_status")

    def __init__(self, border: Border, scope: Any, receive: Receive, send: Send, *, crowded: bool) -> None:
        self._border = border
        self._scope = scope
        self._headers: list[tuple[bytes, bytes]] = scope["headers"]
        self._receive = receive
        self._send = send
        self._crowded = crowded
        self._service = "none"
        self._status = 0
        self._began = time.perf_counter()

    async def run(self) -> None:
        parent = find(self._headers, b"traceparent")
        current_trace.set(Trace.begin(None, parent.decode("latin-1") if parent is not None else None))
        try:
            await self._dispatch()
        except ClientGone:
            self._status = self._status or 499
        except Refusal as refusal:
            await self._refuse(refusal)
        except Exception as fault:
            await self._answer_unforeseen(fault)
        finally:
            _timer(self._service, self._status).observe(time.perf_counter() - self._began)

    async def _dispatch(self) -> None:
        if self._crowded:
            raise Overloaded(headers={"Retry-After": "2"})
        if too_many(self._headers):
            raise HeadersTooLarge(limit=f"{MAX_HEADER_BYTES // 1024} KiB")
        if not self._scope["path"].startswith("/v1"):
            await self._serve(None)
            return
        raw_path: bytes = self._scope["raw_path"]
        route = route_of(raw_path.partition(b"?")[0])
        if route is None:
            raise NotFound()
        if route.public:
            await self._serve(None)
            return
        principal = await self._stream_caller() or await self._principal()
        self._service = route.service
        if route.service == OWN:
            await self._serve(principal)
        else:
            await self._pass_on(route, principal)

    async def _stream_caller(self) -> Principal | None:
        """The holder of a stream's ticket, where the request carries one in place of a token."""
        query: bytes = self._scope["query_string"]
        if b"ticket=" not in query or self._scope["method"] != "GET" or find(self._headers, b"authorization"):
            return None
        principal = await self._border.stream_tickets.take(self._scope["raw_path"].partition(b"?")[0], query)
        if principal is not None:
            self._scope["query_string"] = without_ticket(query)
        return principal

    async def _principal(self) -> Principal:
        token = bearer_token(self._headers)
        if token is None:
            raise NotSignedIn(headers={"WWW-Authenticate": "Bearer"})
        try:
            return await self._border.principals.of(token)
        except TokenRefused as refused:
            log.info("token_refused", reason=str(refused))
            raise NotSignedIn(headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}) from None
        except IssuerDown as down:
            raise DependencyDown(headers={"Retry-After": "5"}, dependency=f"issuer {down}") from None

    async def _pass_on(self, route: Route, principal: Principal) -> None:
        scope, trace = self._scope, current_trace.get()
        query: bytes = scope["query_string"]
        target = scope["raw_path"].partition(b"?")[0] + (b"?" + query if query else b"")
        token = self._border.tokens.for_service(principal, route.service)
        request = Inward(
            service=route.service,
            method=scope["method"],
            target=target,
            headers=inward(self._headers, token, trace.request_id or "", trace.traceparent or ""),
            body=Body(self._headers, self._receive, route.body_limit),
            request_id=trace.request_id or "",
        )
        await self._border.upstreams.forward(request, self._receive, self._remember)

    async def _serve(self, principal: Principal | None) -> None:
        """Answer from the gateway's own routes. Their bodies are small and are read first."""
        self._service = OWN
        path = self._scope["path"]
        if path == "/metrics" and not self._is_local():
            raise NotFound()
        body = Body(self._headers, self._receive, JSON_BODY_BYTES)
        content = b"".join([chunk async for chunk in body.chunks()])
        token = None if principal is None else self._border.tokens.for_service(principal, OWN)
        trace = current_trace.get()
        headers = inward(self._headers, token, trace.request_id or "", trace.traceparent or "")
        if path == "/idp/token" and (basic := find(self._headers, b"authorization")) is not None:
            headers.append((b"authorization", basic))  # client_secret_basic (RFC 6749, 2.3.1)
        scope = {**self._scope, "headers": headers, PRINCIPAL: principal}
        await self._border.own(scope, _replay(content, self._receive), self._remember)

    def _is_local(self) -> bool:
        """Whether the peer is on this machine and speaks for itself: figures are not for everybody."""
        client = self._scope.get("client")
        forwarded = find(self._headers, b"x-forwarded-for") or find(self._headers, b"forwarded")
        return client is not None and client[0] in LOOPBACK and forwarded is None

    async def _remember(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
        await self._send(message)

    async def _refuse(self, refusal: Refusal) -> None:
        if self._status:
            raise refusal  # the answer has begun; the server breaks the connection, and the caller sees that
        answer = problem_answer(
            refusal, headers=self._headers, path=self._scope["path"], public_url=self._border.public_url
        )
        await answer(self._scope, self._receive, self._remember)

    async def _answer_unforeseen(self, fault: Exception) -> None:
        if is_passing(fault):
            log.warning("request_interrupted", error=type(fault).__name__)
            await self._refuse(DependencyDown(headers={"Retry-After": "1"}, dependency=OWN))
            return
        frames = traceback.extract_tb(fault.__traceback__)[-8:]
        # Places only: the text of an exception may repeat what the caller sent.
        place = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames]
        log.error("unforeseen", error=type(fault).__name__, place=place)
        await self._refuse(InternalError())


def _replay(content: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body that was read already, and then what comes after it."""
    pending: list[bytes] = [content]

    async def again() -> Any:
        if pending:
            return {"type": "http.request", "body": pending.pop(), "more_body": False}
        return await receive()

    return again
