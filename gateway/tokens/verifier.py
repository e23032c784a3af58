"""Verifies a bearer token: JWS by JWKS, an allow-list of algorithms, and the claims that must be right.

Everything that could let a token choose its own key or algorithm is refused before a key is looked up:
`none`, HMAC, embedded `jwk`/`x5c`, references `jku`/`x5u`, `crit` extensions (RFC 8725, section 3).
"""

import base64
import binascii
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from jose import jws
from jose.exceptions import JWSError

from gateway.tokens.issuers import ALGORITHMS, Issuer
from gateway.tokens.jwks import FetchJson, KeySet, fetch_json

MAX_TOKEN_BYTES: Final = 8192
LEEWAY_SECONDS: Final = 30
CACHE_SIZE: Final = 20_000
_KEY_CHOOSING: Final = ("jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc")
_TYPES: Final = ("jwt", "at+jwt", "application/at+jwt")
_MAX_TEXT: Final = 255


class TokenRefused(Exception):
    """The token is not accepted; the text is a code for the log, never sent to the caller."""


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """A token that holds: whose it is and until when. `expires_at` is seconds since the epoch."""

    digest: bytes
    issuer: Issuer
    subject: str
    claims: Mapping[str, Any]
    expires_at: float


class Verifier:
    """Checks tokens of the configured issuers and remembers the good ones by their SHA-256 until `exp`."""

    def __init__(
        self,
        issuers: Iterable[Issuer],
        fetch: FetchJson = fetch_json,
        now: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._key_sets = {issuer.issuer: KeySet(issuer, fetch, ticks) for issuer in issuers}
        self._now = now
        self._cache: OrderedDict[bytes, VerifiedToken] = OrderedDict()

    async def verify(self, token: bytes) -> VerifiedToken:
        """The token's content; TokenRefused when it does not hold, IssuerDown when its keys cannot be had."""
        if len(token) > MAX_TOKEN_BYTES:
            raise TokenRefused("oversized")
        digest = hashlib.sha256(token).digest()
        known = self._cache.get(digest)
        if known is not None and known.expires_at + LEEWAY_SECONDS > self._now():
            return known
        verified = await self._verify_anew(token, digest)
        self._remember(verified)
        return verified

    async def _verify_anew(self, token: bytes, digest: bytes) -> VerifiedToken:
        header, unproven = _parts(token)
        algorithm, kid = _checked_header(header)
        key_set = self._key_sets.get(_text(unproven, "iss"))
        if key_set is None:
            raise TokenRefused("issuer-unknown")
        if algorithm not in key_set.issuer.algorithms:
            raise TokenRefused("algorithm-not-of-issuer")
        key = await key_set.find(kid, algorithm)
        if key is None:
            raise TokenRefused("key-unknown")
        try:
            payload = jws.verify(token, key, [algorithm])
        except JWSError as fault:
            raise TokenRefused("signature-wrong") from fault
        claims = _json_object(payload)
        expires_at = _checked_claims(claims, key_set.issuer, self._now())
        return VerifiedToken(digest, key_set.issuer, _text(claims, "sub"), claims, expires_at)

    def _remember(self, verified: VerifiedToken) -> None:
        self._cache[verified.digest] = verified
        self._cache.move_to_end(verified.digest)
        while len(self._cache) > CACHE_SIZE:
            self._cache.popitem(last=False)


def _parts(token: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and (not yet proven) claims of a compact JWS."""
    pieces = token.split(b".")
    if len(pieces) != 3:
        raise TokenRefused("not-a-jws")  # five parts would be an encrypted token
    return _json_object(_decoded(pieces[0])), _json_object(_decoded(pieces[1]))


def _decoded(piece: bytes) -> bytes:
    try:
        return base64.b64decode(piece + b"=" * (-len(piece) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as fault:
        raise TokenRefused("not-base64url") from fault


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as fault:
        raise TokenRefused("not-json") from fault
    if not isinstance(value, dict):
        raise TokenRefused("not-an-object")
    return value


def _checked_header(header: Mapping[str, Any]) -> tuple[str, str | None]:
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise TokenRefused("algorithm-not-allowed")
    if any(member in header for member in _KEY_CHOOSING):
        raise TokenRefused("header-chooses-key")
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise TokenRefused("not-an-access-token")
    kid = header.get("kid")
    if kid is not None and (not isinstance(kid, str) or len(kid) > _MAX_TEXT):
        raise TokenRefused("kid-malformed")
    return str(algorithm), kid


def _checked_claims(claims: Mapping[str, Any], issuer: Issuer, now: float) -> float:
    """Expiry of a token whose claims hold for this issuer and this house at `now`."""
    if claims.get("iss") != issuer.issuer:
        raise TokenRefused("issuer-wrong")
    audience = claims.get("aud")
    if issuer.audience != audience and not (isinstance(audience, list) and issuer.audience in audience):
        raise TokenRefused("audience-wrong")
    expires_at = _instant(claims, "exp")
    if expires_at is None:
        raise TokenRefused("expiry-missing")
    if expires_at + LEEWAY_SECONDS <= now:
        raise TokenRefused("expired")
    not_before = max(_instant(claims, "nbf") or 0.0, _instant(claims, "iat") or 0.0)
    if not_before - LEEWAY_SECONDS > now:
        raise TokenRefused("not-yet-valid")
    if not 0 < len(_text(claims, "sub")) <= _MAX_TEXT:
        raise TokenRefused("subject-malformed")
    return expires_at


def _instant(claims: Mapping[str, Any], member: str) -> float | None:
    value = claims.get(member)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenRefused(f"{member}-malformed")
    return float(value)


def _text(claims: Mapping[str, Any], member: str) -> str:
    value = claims.get(member)
    if not isinstance(value, str):
        raise TokenRefused(f"{member}-malformed")
    return value
