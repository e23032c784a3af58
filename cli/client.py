"""A small client of the public API: sign-in, idempotency keys, uploads, and waiting for a state.

The demo, the loading of the sample, and the story and fault tests speak to a system only through this, so
that they prove what an integrator can do. It keeps no state but the access tokens.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from contracts.values.digest import digest_of, to_repr_digest

TOKEN_PATH = "/idp/token"  # noqa: S105 (an address)
MERGE_PATCH = "application/merge-patch+json"

_REFRESH_BEFORE_S = 30.0
_LOOK_AGAIN_S = 0.05
_LOOK_AGAIN_AT_MOST_S = 1.0
_PASSING = frozenset({502, 503, 504})
T = TypeVar("T")


class Problem(Exception):
    """An answer that is a refusal; `code`, `status` and the whole problem document are kept."""

    def __init__(self, method: str, path: str, status: int, document: dict[str, Any]) -> None:
        self.method, self.path, self.status, self.document = method, path, status, document
        super().__init__(f"{method} {path}: {status} {self.code}")

    @property
    def code(self) -> str:
        """The stable code, e.g. `state-conflict`."""
        return str(self.document.get("code", ""))

    @property
    def faults(self) -> list[tuple[str, str]]:
        """Pointer and code of each fault of the content."""
        return [(fault["pointer"], fault["code"]) for fault in self.document.get("errors", [])]


class NotReached(Exception):
    """A state that was waited for did not come before the deadline; `last` is what was seen at the end."""

    def __init__(self, what: str, seconds: float, last: object) -> None:
        self.last = last
        super().__init__(f"{what}: not reached within {seconds:g} s")


def key_of(*parts: object) -> str:
    """An idempotency key that is the same for the same parts, so that a repeated run repeats nothing."""
    text = "\x1f".join(str(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:40]


async def until(what: str, look: Callable[[], Awaitable[T]], done: Callable[[T], bool], *, seconds: float = 60.0) -> T:
    """Look again and again until `done` holds, and answer what was seen; NotReached after the deadline."""
    deadline = time.monotonic() + seconds
    pause = _LOOK_AGAIN_S
    while True:
        seen = await look()
        if done(seen):
            return seen
        if time.monotonic() + pause > deadline:
            raise NotReached(what, seconds, seen)
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, _LOOK_AGAIN_AT_MOST_S)


@dataclass
class Token:
    """An access token and when to ask for another (monotonic seconds)."""

    value: str
    renew_at: float


@dataclass
class Caller:
    """One account that speaks to the system.

    `patience` is for how many seconds a request that met a passing fault (no connection, 502 to 504, the same
    key still in progress) is sent again with the same key; 0: never.
    """

    http: httpx.AsyncClient
    grant: dict[str, str]
    patience: float = 0.0
    language: str = "zh-CN"
    _token: Token | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The sign-in name, or the client's id."""
        return self.grant.get("username") or self.grant["client_id"]

    async def token(self) -> str:
        """A valid access token; signs in when there is none or it is about to end."""
        if self._token is None or time.monotonic() >= self._token.renew_at:
            answer = await self._patiently(lambda: self.http.post(TOKEN_PATH, data=self.grant))
            body = _checked("POST", TOKEN_PATH, answer).json()
            renew_at = time.monotonic() + max(float(body["expires_in"]) - _REFRESH_BEFORE_S, 1.0)
            self._token = Token(body["access_token"], renew_at)
        return self._token.value

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request with this account's token; the answer whatever its status."""
        headers = {"Accept-Language": self.language, **options.pop("headers", {})}

        async def attempt() -> httpx.Response:
            headers["Authorization"] = f"Bearer {await self.token()}"
            return await self.http.request(method, path, headers=headers, **options)

        answer = await self._patiently(attempt)
        if answer.status_code == httpx.codes.UNAUTHORIZED and self._token is not None:
            # The keys of a restarted system may be others: sign in once more, then believe the answer.
            self._token = None
            answer = await self._patiently(attempt)
        return answer

    async def get(self, path: str, **params: Any) -> Any:
        """The body of one resource or page; Problem when refused."""
        return _checked("GET", path, await self.send("GET", path, params=params)).json()

    async def content(self, path: str) -> bytes:
        """The bytes of a document or image."""
        return _checked("GET", path, await self.send("GET", path)).content

    async def every(self, path: str, **params: Any) -> AsyncIterator[Any]:
        """All items of a list, page after page."""
        token: str | None = None
        while True:
            page = await self.get(path, **params, **({"page_token": token} if token else {}))
            for item in page["items"]:
                yield item
            token = page.get("next_page_token")
            if token is None:
                return

    async def post(self, path: str, body: Any = None, *, key: str | None = None, version: int | None = None) -> Any:
        """Create or decide, under an idempotency key (a fresh one unless given)."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4()), **_if_match(version)}
        answer = await self.send("POST", path, json={} if body is None else body, headers=headers)
        return _checked("POST", path, answer).json()

    async def patch(self, path: str, body: Any, *, version: int) -> Any:
        """Change members of a resource that is still at this version."""
        headers = {"Content-Type": MERGE_PATCH, **_if_match(version)}
        answer = await self.send("PATCH", path, json=body, headers=headers)
        return _checked("PATCH", path, answer).json()

    async def put(self, path: str, body: Any, *, version: int) -> Any:
        """Set a resource as a whole, in place of this version."""
        answer = await self.send("PUT", path, json=body, headers=_if_match(version))
        return _checked("PUT", path, answer).json()

    async def delete(self, path: str, *, version: int) -> None:
        """Take away a resource that is still at this version."""
        _checked("DELETE", path, await self.send("DELETE", path, headers=_if_match(version)))

    async def upload(
        self, content: bytes, *, unit_id: str | None = None, media_type: str = "image/jpeg", key: str | None = None
    ) -> str:
        """Send one page file whole, with its digest; answers the blob ticket.

        `unit_id` may be left out by an account that acts for one unit only.
        """
        headers = {
            "Idempotency-Key": key or str(uuid.uuid4()),
            "Content-Type": media_type,
            "Repr-Digest": to_repr_digest(digest_of(content)),
        }
        params = {} if unit_id is None else {"unit_id": unit_id}
        answer = await self.send("POST", "/v1/uploads", content=content, headers=headers, params=params)
        return _checked("POST", "/v1/uploads", answer).json()["blob_ticket"]

    async def _patiently(self, attempt: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        deadline = time.monotonic() + self.patience
        pause = _LOOK_AGAIN_S
        while True:
            try:
                answer = await attempt()
            except httpx.TransportError:
                if time.monotonic() + pause > deadline:
                    raise
            else:
                if not _passes(answer) or time.monotonic() + pause > deadline:
                    return answer
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LOOK_AGAIN_AT_MOST_S)


class Client:
    """The address of a system, and a connection pool to it."""

    def __init__(self, base_url: str, *, patience: float = 0.0, http: httpx.AsyncClient | None = None) -> None:
        self._http = http or httpx.AsyncClient(base_url=base_url, timeout=30.0, trust_env=False)
        self._patience = patience

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def published_keys(self) -> list[dict[str, Any]]:
        """The public keys by which receipts and return notes are verified; needs no sign-in."""
        path = "/.well-known/dangan-keys"
        return _checked("GET", path, await self._http.get(path)).json()["keys"]

    def person(self, username: str, password: str) -> Caller:
        """A person's account; signs in with the first request."""
        grant = {"grant_type": "password", "username": username, "password": password}
        return Caller(self._http, grant, self._patience)

    def machine(self, client_id: str, client_secret: str) -> Caller:
        """A machine's account (client credentials)."""
        grant = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        return Caller(self._http, grant, self._patience)


def _if_match(version: int | None) -> dict[str, str]:
    return {} if version is None else {"If-Match": f'"{version}"'}


def _passes(answer: httpx.Response) -> bool:
    """Whether the fault goes away by itself, and the same request may be sent again."""
    if answer.status_code in _PASSING:
        return True
    return answer.status_code == httpx.codes.CONFLICT and _document(answer).get("code") == "idempotency-in-progress"


def _document(answer: httpx.Response) -> dict[str, Any]:
    if "json" not in answer.headers.get("content-type", ""):
        return {}
    body = answer.json()
    return body if isinstance(body, dict) else {}


def _checked(method: str, path: str, answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    raise Problem(method, path, answer.status_code, _document(answer))
