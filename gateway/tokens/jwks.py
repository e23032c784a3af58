"""An issuer's public keys: found by discovery, cached, read again when an unknown `kid` turns up.

Nothing that a client sends starts more than one fetch a minute for an issuer, whatever `kid` it invents.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import httpx
import orjson
import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from jose import jwk
from jose.backends.base import Key
from jose.exceptions import JOSEError

from gateway.tokens.issuers import Issuer

log = structlog.get_logger(__name__)

FetchJson = Callable[[str], Awaitable[Any]]

REFRESH_SECONDS: Final = 60.0
"""Pause between two fetches that unknown keys cause."""
RETRY_SECONDS: Final = 5.0
"""Pause after a failed fetch while no key at all is known."""
MAX_AGE_SECONDS: Final = 3600.0
"""Age after which known keys are looked up again, so that a withdrawn key does not live on."""
MAX_BYTES: Final = 256 * 1024
MAX_KEYS: Final = 64
MIN_RSA_BITS: Final = 2048
_KEY_TYPES: Final = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
_PRIVATE_MEMBERS: Final = ("d", "p", "q", "k")


class IssuerDown(Exception):
    """No key of the issuer is known and it cannot be asked: the token can be neither accepted nor refused."""


async def fetch_json(url: str) -> Any:
    """Read a small JSON document; no redirects, 5 s, 256 KiB. IssuerDown for whatever goes wrong."""
    body = bytearray()
    try:
        async with (
            httpx.AsyncClient(timeout=5.0, follow_redirects=False, trust_env=False) as client,
            client.stream("GET", url, headers={"Accept": "application/json"}) as answer,
        ):
            if answer.status_code != 200:
                raise IssuerDown(f"answered {answer.status_code}")
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > MAX_BYTES:
                    raise IssuerDown("answer too large")
    except httpx.HTTPError as fault:
        raise IssuerDown(type(fault).__name__) from fault
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as fault:
        raise IssuerDown("answer is not JSON") from fault


class KeySet:
    """The keys of one issuer."""

    def __init__(
        self, issuer: Issuer, fetch: FetchJson = fetch_json, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.issuer = issuer
        self._fetch = fetch
        self._clock = clock
        self._keys: dict[str | None, Mapping[str, Any]] = {}
        self._ready: dict[tuple[str | None, str], Key | None] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._lock = asyncio.Lock()

    async def find(self, kid: str | None, algorithm: str) -> Key | None:
        """The key for this `kid` and algorithm, or None when the issuer has none; IssuerDown."""
        if self._clock() - self._fetched_at > MAX_AGE_SECONDS:
            await self._refresh()
        key = self._known(kid, algorithm)
        if key is None and not self._holds(kid):
            await self._refresh()
            key = self._known(kid, algorithm)
        if not self._keys:
            raise IssuerDown(self.issuer.name)
        return key

    def _holds(self, kid: str | None) -> bool:
        return kid in self._keys if kid is not None else len(self._keys) > 0

    def _known(self, kid: str | None, algorithm: str) -> Key | None:
        if kid is None and len(self._keys) == 1:  # RFC 7515, 4.1.4: `kid` is optional; one key needs no name
            kid = next(iter(self._keys))
        if kid not in self._keys:
            return None
        slot = (kid, algorithm)
        if slot not in self._ready:
            self._ready[slot] = _construct(self._keys[kid], algorithm)
        return self._ready[slot]

    async def _refresh(self) -> None:
        async with self._lock:
            pause = REFRESH_SECONDS if self._keys else RETRY_SECONDS
            if self._clock() - self._tried_at < pause:
                return
            self._tried_at = self._clock()
            try:
                document = await self._fetch(await self._jwks_uri())
                keys = _usable_keys(document)
            except IssuerDown as down:
                log.warning("issuer_keys_unreadable", issuer=self.issuer.name, reason=str(down))
                return
            self._keys, self._ready, self._fetched_at = keys, {}, self._clock()
            log.info("issuer_keys_read", issuer=self.issuer.name, keys=len(keys))

    async def _jwks_uri(self) -> str:
        if self.issuer.jwks_uri:
            return self.issuer.jwks_uri
        metadata = await self._fetch(self.issuer.discovery_uri)
        if not isinstance(metadata, dict) or metadata.get("issuer") != self.issuer.issuer:
            raise IssuerDown("discovery names another issuer")  # OpenID Connect Discovery 1.0, 4.3
        uri = metadata.get("jwks_uri")
        if not isinstance(uri, str) or not self.issuer.trusts(uri):
            raise IssuerDown("discovery gives no safe jwks_uri")
        return uri


def _usable_keys(document: Any) -> dict[str | None, Mapping[str, Any]]:
    """Public signature keys of a JWKS document by `kid`; symmetric, private and encryption keys are left out."""
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list) or len(keys) > MAX_KEYS:
        raise IssuerDown("not a JWKS document")
    usable: dict[str | None, Mapping[str, Any]] = {}
    for key in keys:
        if not isinstance(key, dict) or key.get("use", "sig") != "sig" or key.get("kty") not in ("RSA", "EC"):
            continue
        if any(member in key for member in _PRIVATE_MEMBERS):
            continue
        kid = key.get("kid")
        if kid is None or isinstance(kid, str):
            usable[kid] = key
    if not usable:
        raise IssuerDown("no usable key")
    return usable


def _construct(key: Mapping[str, Any], algorithm: str) -> Key | None:
    """A verifying key, or None when key and algorithm do not belong together."""
    if key.get("kty") != _KEY_TYPES[algorithm] or key.get("alg", algorithm) != algorithm:
        return None
    if algorithm == "ES256" and key.get("crv") != "P-256":
        return None
    try:
        made = jwk.construct(dict(key), "RS256" if algorithm == "PS256" else algorithm)
    except (JOSEError, ValueError, TypeError):
        return None
    public = getattr(made, "prepared_key", None)
    if isinstance(public, rsa.RSAPublicKey) and public.key_size < MIN_RSA_BITS:
        return None
    if algorithm != "PS256":
        return made
    return PssKey(public) if isinstance(public, rsa.RSAPublicKey) else None


class PssKey(Key):
    """PS256 for python-jose, which has no RSASSA-PSS of its own (RFC 7518, section 3.5)."""

    _padding: Final = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)

    def __init__(self, public: rsa.RSAPublicKey) -> None:
        super().__init__(public, "PS256")
        self._public = public

    def verify(self, msg: bytes, sig: bytes) -> bool:
        """Whether `sig` is this key's signature of `msg`."""
        try:
            self._public.verify(sig, msg, self._padding, hashes.SHA256())
        except InvalidSignature:
            return False
        return True
