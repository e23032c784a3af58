"""One thin ASGI layer: request id and trace in and out, and an answer to the unforeseen."""

from __future__ import annotations

import time

from fastapi import Request
from prometheus_client import Histogram
from starlette.datastructures import MutableHeaders, State
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.telemetry import Trace, current_trace, log

REQUESTS = Histogram("dangan_request_seconds", "Requests", ["service", "method", "status"])


class RequestContext:
    """Sets the trace of the request; adds `Request-Id` and `traceparent` to the answer; logs one line."""

    def __init__(self, app: ASGIApp, app_state: State) -> None:
        self._app = app
        self._state = app_state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name: value for name, value in scope["headers"] if name in (b"request-id", b"traceparent")}
        trace = Trace.begin(_text(headers.get(b"request-id")), _text(headers.get(b"traceparent")))
        current_trace.set(trace)
        began, status = time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                out = MutableHeaders(scope=message)
                out["Request-Id"] = trace.request_id or ""
                out["traceparent"] = trace.traceparent or ""
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except ClientDisconnect:
            status = status or 499  # nobody is there to read an answer
        except Exception as error:
            if status:
                raise  # the answer had begun: the connection ends, and the client sees that
            response = await self._state.on_unforeseen(Request(scope), error)
            await response(scope, receive, answer)
        finally:
            seconds = time.perf_counter() - began
            REQUESTS.labels(self._state.deps.name, scope["method"], str(status)).observe(seconds)
            if status >= 500:
                log.warning("request_failed", status=status, path=scope["path"])


def _text(value: bytes | None) -> str | None:
    return value.decode("latin-1") if value is not None else None
