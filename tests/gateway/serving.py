"""Serves an ASGI app on a real socket inside the test's event loop, and stands in for the services."""

import asyncio
import hashlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import uvicorn


@asynccontextmanager
async def served(app: Any, listening: socket.socket | None = None) -> AsyncIterator[str]:
    """The address under which `app` answers, as the embedded profile serves it (uvicorn with httptools)."""
    own = listening or loopback_socket()
    config = uvicorn.Config(app, log_config=None, access_log=False, http="httptools", lifespan="on")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[own])
    if server.should_exit:
        raise RuntimeError("the app refused to start")
    try:
        yield f"http://127.0.0.1:{own.getsockname()[1]}"
    finally:
        await server.shutdown(sockets=[own])


def loopback_socket() -> socket.socket:
    """A listening socket on a free port."""
    own = socket.socket()
    own.bind(("127.0.0.1", 0))
    own.listen(128)
    return own


@dataclass
class Heard:
    """One request as a service got it."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    size: int
    digest: str
    largest: int
    """Bytes of the largest part in which the body arrived."""


Answer = Callable[[Heard, Any], Awaitable[None]]


@dataclass
class StubService:
    """Stands in for a service: keeps what it hears, and answers as `answer` says (an empty object by default)."""

    heard: list[Heard] = field(default_factory=list)
    answer: Answer | None = None
    early: Answer | None = None
    """Answers before the body is read."""
    receive: Any = None
    """`receive` of the latest request whose body was read."""

    async def until_hung_up(self) -> None:
        """Wait until the caller of the latest request has closed its connection; fails after five seconds."""
        async with asyncio.timeout(5):
            while (await self.receive())["type"] != "http.disconnect":
                pass

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if self.early is not None:
            await self.early(_heard(scope, 0, "", 0), send)
            return
        sha, size, largest, more = hashlib.sha256(), 0, 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            chunk = message.get("body", b"")
            sha.update(chunk)
            size, largest, more = size + len(chunk), max(largest, len(chunk)), message.get("more_body", False)
        heard = _heard(scope, size, sha.hexdigest(), largest)
        self.heard.append(heard)
        self.receive = receive
        await (self.answer or _empty_object)(heard, send)

    @property
    def last(self) -> Heard:
        """The latest request."""
        return self.heard[-1]


def _heard(scope: Any, size: int, digest: str, largest: int) -> Heard:
    headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
    path, query = scope["raw_path"].decode(), scope["query_string"].decode()
    return Heard(scope["method"], path, query, headers, size, digest, largest)


async def _lifespan(receive: Any, send: Any) -> None:
    for phase in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{phase}.complete"})


async def _empty_object(_: Heard, send: Any) -> None:
    await answer_json(send, {})


async def answer_json(send: Any, body: Any, status: int = 200, headers: Any = ()) -> None:
    """A JSON answer of a stub."""
    content = orjson.dumps(body)
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": content})


async def wait_for(holds: Callable[[], bool], what: str) -> None:
    """Give the event loop turns until something holds; fails after five seconds."""
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0)
    assert holds(), what
