"""Compact JWS with ES256, read strictly: signed documents are proofs, and must have one spelling.

RFC 7515 leaves much open that a proof does not need. Here the header is exactly `alg`, `kid` and `typ`; the
algorithm is ES256; keys come from the caller and never from the token; base64url is canonical and JSON has no
member twice, so that no other text verifies as the same document by accident of a decoder.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

ALGORITHM = "ES256"
MAX_BYTES = 4 * 1024 * 1024
_HALF = 32

Jwk = Mapping[str, Any]


class JwsInvalid(Exception):
    """The text is no JWS of the kind that is asked for, or its signature does not hold; never repeats it."""


class JwsOfAnotherKind(JwsInvalid):
    """A JWS, of another `typ` than is asked for; whether its signature holds was not looked at."""


class JwsKeyUnknown(Exception):
    """The token names a key that the caller does not have; `kid` says which."""

    def __init__(self, kid: str) -> None:
        super().__init__(kid)
        self.kid = kid


@dataclass(frozen=True)
class Signed:
    """A payload whose signature holds, and the key that it was signed with."""

    payload: Mapping[str, Any]
    kid: str


def sign(payload: Mapping[str, Any], private_jwk: Jwk, *, typ: str) -> str:
    """Sign a JSON object; members are sorted, so one payload has one signing input."""
    header = {"alg": ALGORITHM, "kid": private_jwk["kid"], "typ": typ}
    signing_input = f"{_encode(_canonical(header))}.{_encode(_canonical(payload))}"
    der = _private_key(private_jwk).sign(signing_input.encode(), ec.ECDSA(SHA256()))
    r, s = decode_dss_signature(der)
    return f"{signing_input}.{_encode(r.to_bytes(_HALF, 'big') + s.to_bytes(_HALF, 'big'))}"


def verify(token: str | bytes, keys: Iterable[Jwk], *, typ: str) -> Signed:
    """Read a token that must be of type `typ` and signed by one of these public keys.

    Raises `JwsKeyUnknown` when it names another key, `JwsInvalid` for everything else that is not right.
    """
    text = _ascii(token)
    header_text, dot, rest = text.partition(".")
    payload_text, second_dot, signature_text = rest.partition(".")
    if not dot or not second_dot:
        raise JwsInvalid("not three parts")
    kid = _checked_kid(_object(header_text), typ)
    key = next((key for key in keys if key.get("kid") == kid), None)
    if key is None:
        raise JwsKeyUnknown(kid)
    _check_signature(key, f"{header_text}.{payload_text}".encode(), _decode(signature_text))
    return Signed(_object(payload_text), kid)


def read_unverified(token: str | bytes) -> Mapping[str, Any]:
    """The payload of a token that the caller made or has verified itself; the signature is not looked at."""
    parts = _ascii(token).split(".")
    if len(parts) != 3:
        raise JwsInvalid("not three parts")
    return _object(parts[1])


def _ascii(token: str | bytes) -> str:
    if len(token) > MAX_BYTES:
        raise JwsInvalid("too long")
    try:
        return token.decode("ascii") if isinstance(token, bytes) else token
    except UnicodeDecodeError:
        raise JwsInvalid("not ASCII") from None


def _checked_kid(header: Mapping[str, Any], typ: str) -> str:
    kid = header.get("kid")
    if set(header) != {"alg", "kid", "typ"} or not isinstance(kid, str):
        raise JwsInvalid("the header holds alg, kid and typ, and nothing else")
    if header["alg"] != ALGORITHM:
        raise JwsInvalid("the algorithm is not ES256")
    if header["typ"] != typ:
        raise JwsOfAnotherKind("another kind of token")
    return kid


def _check_signature(key: Jwk, signed: bytes, signature: bytes) -> None:
    if len(signature) != 2 * _HALF:
        raise JwsInvalid("a signature of another length")
    r, s = int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
    try:
        _public_key(key).verify(encode_dss_signature(r, s), signed, ec.ECDSA(SHA256()))
    except InvalidSignature:
        raise JwsInvalid("the signature does not hold") from None


def _canonical(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise JwsInvalid("not base64url") from None
    # The last character may carry unused bits: only one spelling of them is the token's.
    if _encode(raw) != text:
        raise JwsInvalid("not canonical base64url")
    return raw


def _object(part: str) -> Mapping[str, Any]:
    try:
        value = json.loads(_decode(part), object_pairs_hook=_members)
    except (ValueError, RecursionError):
        raise JwsInvalid("not JSON") from None
    if not isinstance(value, dict):
        raise JwsInvalid("not a JSON object")
    return cast("dict[str, Any]", value)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise JwsInvalid("a member stands twice")
    return members


def _number(jwk: Jwk, member: str) -> int:
    return int.from_bytes(_decode(str(jwk[member])), "big")


def _checked_curve(jwk: Jwk) -> None:
    if (jwk.get("kty"), jwk.get("crv"), jwk.get("alg", ALGORITHM)) != ("EC", "P-256", ALGORITHM):
        raise ValueError("not an ES256 key")


def is_public_key(jwk: Jwk) -> bool:
    """Whether a JWK can verify: a point on P-256, with a key id."""
    try:
        _public_key(jwk)
    except (JwsInvalid, ValueError, KeyError):
        return False
    return "kid" in jwk


def _public_key(jwk: Jwk) -> ec.EllipticCurvePublicKey:
    _checked_curve(jwk)
    return _point(_number(jwk, "x"), _number(jwk, "y"))


def _private_key(jwk: Jwk) -> ec.EllipticCurvePrivateKey:
    _checked_curve(jwk)
    return _scalar(_number(jwk, "d"))


@lru_cache(maxsize=64)
def _point(x: int, y: int) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


@lru_cache(maxsize=8)
def _scalar(d: int) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(d, ec.SECP256R1())
