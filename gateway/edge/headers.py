"""Headers across the border. An allow-list: what is not named here is dropped, so no spelling of a
forged `X-…-User`, `X-…-Role` or `X-Forwarded-…` header reaches a service.
"""

from collections.abc import Iterable
from typing import Final

from chassis.web import INTERNAL_TOKEN
from contracts.values.ids import new_id

MAX_HEADER_BYTES: Final = 32 * 1024
MAX_HEADERS: Final = 100

_INWARD: Final = frozenset(
    (
        b"accept", b"accept-encoding", b"accept-language", b"content-encoding", b"content-language",
        b"content-length", b"content-type", b"idempotency-key", b"if-match", b"if-modified-since",
        b"if-none-match", b"last-event-id", b"prefer", b"range", b"repr-digest", b"content-digest",
        b"tracestate", b"user-agent",
    )
)  # fmt: skip
_INTERNAL_TOKEN: Final = INTERNAL_TOKEN.encode()

# RFC 9110, section 7.6.1, and what the server in front writes itself.
_NOT_OUTWARD: Final = frozenset(
    (
        b"connection", b"keep-alive", b"proxy-connection", b"proxy-authenticate", b"te", b"trailer",
        b"transfer-encoding", b"upgrade", b"server", b"date", b"request-id", b"set-cookie",
    )
)  # fmt: skip

RawHeaders = Iterable[tuple[bytes, bytes]]


def new_request_id() -> str:
    """A fresh id for one request; what the caller sends under this name is not taken, it could name another's."""
    return new_id("req")


def find(headers: RawHeaders, name: bytes) -> bytes | None:
    """The first value of a header (names are lower case in ASGI), or None."""
    for key, value in headers:
        if key == name:
            return value
    return None


def bearer_token(headers: RawHeaders) -> bytes | None:
    """The token of the only `Authorization: Bearer` header; None when there is none, or more than one."""
    values = [value for key, value in headers if key == b"authorization"]
    if len(values) != 1:
        return None
    scheme, _, token = values[0].partition(b" ")
    return token.strip() or None if scheme.lower() == b"bearer" else None


def inward(headers: RawHeaders, token: str | None, request_id: str, traceparent: str) -> list[tuple[bytes, bytes]]:
    """Headers for the service: the allowed ones, the internal token, the request's id and trace."""
    inner = [pair for pair in headers if pair[0] in _INWARD]
    if token is not None:
        inner.append((_INTERNAL_TOKEN, token.encode()))
    inner.append((b"request-id", request_id.encode()))
    inner.append((b"traceparent", traceparent.encode()))
    return inner


def outward(headers: RawHeaders, request_id: str) -> list[tuple[bytes, bytes]]:
    """A service's headers (names in lower case) for the caller: without hop-by-hop ones and those that its
    `Connection` names."""
    outer: list[tuple[bytes, bytes]] = [(b"request-id", request_id.encode())]
    named: set[bytes] = set()
    for pair in headers:
        name = pair[0]
        if name not in _NOT_OUTWARD:
            outer.append(pair)
        elif name == b"connection":
            named.update(option.strip().lower() for option in pair[1].split(b","))
    return [pair for pair in outer if pair[0] not in named] if named else outer


def too_many(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether the header section passes the limits."""
    return len(headers) > MAX_HEADERS or sum(len(key) + len(value) for key, value in headers) > MAX_HEADER_BYTES
