"""The HTTP client between gateway and services: reuse, replacement, silence, and answers that are none."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from gateway.edge import connection, upstream
from gateway.edge.connection import UpstreamFault
from gateway.edge.upstream import Upstream

HEAD = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Name: value\r\n\r\nok"

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def service(serve: Serve) -> AsyncIterator[tuple[Upstream, list[int]]]:
    """A server that does `serve` for each connection, and the ports that its callers came from."""
    callers: list[int] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        callers.append(writer.get_extra_info("peername")[1])
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    calls = Upstream(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield calls, callers
    finally:
        calls.close()
        server.close()


def always(answer: bytes) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)

    return serve


def once(answer: bytes) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()

    return serve


async def ask(calls: Upstream, head: bytes = HEAD, *, again: bool = True) -> tuple[int, bytes]:
    async with calls.exchange(head, None, again=again) as answer:
        return answer.status, await answer.read()


async def test_connections_are_used_again():
    """Ten requests, one connection; names of headers in lower case."""
    async with service(always(OK)) as (calls, callers):
        for _ in range(10):
            assert await ask(calls) == (200, b"ok")
        assert len(callers) == 1
        async with calls.exchange(HEAD, None, again=True) as answer:
            assert answer.headers == [(b"content-length", b"2"), (b"x-name", b"value")]
            assert answer.length == 2
            await answer.read()


async def test_a_kept_connection_that_has_ended_is_replaced():
    """The service closed it meanwhile: a request that may be repeated is sent again, another is not."""
    async with service(once(OK)) as (calls, callers):
        for _ in range(3):
            assert await ask(calls) == (200, b"ok")
        assert len(callers) == 3


async def test_a_request_that_may_not_be_repeated_is_never_sent_twice():
    """The connection ends after the service has read the request and before it says a word."""
    read = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal read
        await reader.readuntil(b"\r\n\r\n")
        read += 1
        writer.write(OK)
        await reader.readuntil(b"\r\n\r\n")
        read += 1

    async with service(serve) as (calls, _):
        assert await ask(calls, again=False) == (200, b"ok")
        with pytest.raises(UpstreamFault, match="stale"):
            await ask(calls, again=False)
        assert read == 2
        assert await ask(calls, again=True) == (200, b"ok")
        assert read == 3


async def test_an_answer_that_ends_the_connection_is_whole():
    """`Connection: close` with a length."""
    closing = OK.replace(b"X-Name: value", b"Connection: close")
    async with service(once(closing)) as (calls, callers):
        assert await ask(calls) == (200, b"ok")
        assert await ask(calls) == (200, b"ok")
        assert len(callers) == 2


async def test_interim_answers_are_passed_over():
    """The answer is the one after `103`."""
    async with service(always(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK)) as (calls, _):
        assert await ask(calls) == (200, b"ok")
        assert await ask(calls) == (200, b"ok")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "broken-off"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "broken-off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "broken-off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", "broken-off"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "not-http"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", "head-too-large"),
    ],
)
async def test_what_is_no_answer_is_a_fault(answer: bytes, reason: str):
    """Never half a body, never a guess."""
    async with service(once(answer)) as (calls, _):
        with pytest.raises(UpstreamFault, match=reason):
            await ask(calls)


async def test_bytes_after_an_answer_end_the_connection():
    """They belong to no request, and must not become the answer to the next one."""
    async with service(always(OK + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")) as (calls, _):
        assert await ask(calls) == (200, b"ok")
        assert await ask(calls) == (200, b"ok")


async def test_a_silent_service_is_given_up(monkeypatch: pytest.MonkeyPatch):
    """After the longest silence that is borne."""
    monkeypatch.setattr(connection, "SILENCE_SECONDS", 0.05)
    never = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await never.wait()

    async with service(serve) as (calls, _):
        with pytest.raises(UpstreamFault, match="silent"):
            await ask(calls)
        never.set()


async def test_nobody_at_the_address():
    """Refused at once."""
    with pytest.raises(UpstreamFault, match="refused"):
        await ask(Upstream("http://127.0.0.1:1"))


async def test_a_long_request_may_take_its_time(monkeypatch: pytest.MonkeyPatch):
    """While its body is on the way, the service need not speak."""
    monkeypatch.setattr(connection, "SILENCE_SECONDS", 0.05)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"0\r\n\r\n")
        writer.write(OK)

    async def body() -> AsyncIterator[bytes]:
        for _ in range(4):
            await asyncio.sleep(0.04)  # this is the slowness that is tested
            yield b"part"

    async with service(serve) as (calls, _), calls.exchange(POST, body(), again=False) as answer:
        assert await answer.read() == b"ok"


async def test_a_body_that_breaks_off_is_never_completed():
    """The service sees the connection end, not an end of the body."""
    seen = bytearray()
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while part := await reader.read(1000):
            seen.extend(part)
        ended.set()

    async def body() -> AsyncIterator[bytes]:
        yield b"part"
        raise RuntimeError("the caller hung up")

    async with service(serve) as (calls, _):
        with pytest.raises(UpstreamFault, match="body-broken-off"):
            async with calls.exchange(POST, body(), again=False):
                pass
        await asyncio.wait_for(ended.wait(), 5)
    assert not seen.endswith(b"0\r\n\r\n")


async def test_a_slow_reader_holds_the_service_back():
    """No more than the high-water mark and the sockets' own buffers are taken from the service."""
    written = 0
    part = b"%x\r\n" % 65536 + b"x" * 65536 + b"\r\n"

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(1600):
            writer.write(part)
            written += len(part)
            await writer.drain()
        writer.write(b"0\r\n\r\n")

    async with service(serve) as (calls, _), calls.exchange(HEAD, None, again=True) as answer:
        size = 0
        async for taken in answer.parts():
            size += len(taken)
            assert written - size < 24 * 1024 * 1024
            await asyncio.sleep(0)
    assert size == 1600 * 65536


@pytest.mark.parametrize("as_parts", [True, False])
async def test_a_connection_is_heard_again_after_an_answer_that_ended_while_held_back(
    as_parts: bool, monkeypatch: pytest.MonkeyPatch
):
    """The end of a large answer came before anybody asked for its beginning; the next answer comes all the same."""
    monkeypatch.setattr(connection, "SILENCE_SECONDS", 2.0)
    monkeypatch.setattr(connection, "HIGH_WATER", 1024)
    large = b"HTTP/1.1 200 OK\r\nContent-Length: 4096\r\n\r\n" + b"a" * 4096
    async with service(always(large)) as (calls, callers):
        for _ in range(3):
            async with calls.exchange(HEAD, None, again=False) as answer:
                body = b"".join([part async for part in answer.parts()]) if as_parts else await answer.read()
                assert body == b"a" * 4096
        assert len(callers) == 1


async def test_callers_beyond_the_limit_wait(monkeypatch: pytest.MonkeyPatch):
    """Never more connections than allowed."""
    monkeypatch.setattr(upstream, "CONNECTIONS", 3)
    async with service(always(OK)) as (calls, callers):
        assert set(await asyncio.gather(*(ask(calls) for _ in range(40)))) == {(200, b"ok")}
        assert len(callers) <= 3
