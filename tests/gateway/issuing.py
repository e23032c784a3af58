"""An issuer to test with: keys of each kind, its JWKS, and tokens both honest and forged."""

import base64
import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from gateway.tokens.issuers import Issuer

ISSUER = "https://sso.example"
NOW = 1_800_000_000.0


def b64(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def number(value: int) -> str:
    """A big-endian integer as JWKs carry it."""
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


@cache
def rsa_key(bits: int = 2048, name: str = "own") -> rsa.RSAPrivateKey:
    """An RSA key; `name` only tells keys apart."""
    return rsa.generate_private_key(65537, bits)


@cache
def ec_key(name: str = "own") -> ec.EllipticCurvePrivateKey:
    """A P-256 key; `name` only tells keys apart."""
    return ec.generate_private_key(ec.SECP256R1())


def public_jwk(key: Any, kid: str | None, **extra: Any) -> dict[str, Any]:
    """The public half as a JWK."""
    numbers = key.public_key().public_numbers()
    if isinstance(key, rsa.RSAPrivateKey):
        content = {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)}
    else:
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        content = {"kty": "EC", "crv": "P-256", "x": b64(x), "y": b64(y)}
    return {**content, **({"kid": kid} if kid else {}), **extra}


def sign(message: bytes, algorithm: str, key: Any) -> bytes:
    """The signature of a compact JWS."""
    if algorithm == "ES256":
        r, s = utils.decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    if algorithm == "PS256":
        return key.sign(message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    return key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def compact(header: dict[str, Any], claims: Any, signature: Any) -> bytes:
    """A compact JWS; `signature` is bytes, or a function of the signing input."""
    body = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
    made = signature(body.encode()) if callable(signature) else signature
    return f"{body}.{b64(made)}".encode()


def claims(**changes: Any) -> dict[str, Any]:
    """Claims that hold at NOW; a change to None leaves the member out."""
    whole = {"iss": ISSUER, "aud": "dangan", "sub": "u-1", "exp": NOW + 600, "iat": NOW, **changes}
    return {member: value for member, value in whole.items() if value is not None}


def token(
    algorithm: str = "ES256", *, key: Any = None, kid: str | None = None, header: Any = None, **changes: Any
) -> bytes:
    """A token as the issuer would sign it, with changes to header and claims."""
    key = key or (ec_key() if algorithm == "ES256" else rsa_key())
    kid = kid or ("ec" if algorithm == "ES256" else "rsa")
    return compact(
        {"alg": algorithm, "typ": "JWT", "kid": kid, **(header or {})},
        claims(**changes),
        lambda message: sign(message, algorithm, key),
    )


@dataclass
class FakeIssuer:
    """Answers discovery and JWKS, and counts how often it is asked. `down` makes it fail."""

    keys: list[dict[str, Any]] = field(
        default_factory=lambda: [public_jwk(ec_key(), "ec", alg="ES256"), public_jwk(rsa_key(), "rsa")]
    )
    issuer: str = ISSUER
    asked: list[str] = field(default_factory=list)
    down: BaseException | None = None

    async def fetch(self, url: str) -> Any:
        """Answer as `jwks.fetch_json` would."""
        self.asked.append(url)
        if self.down:
            raise self.down
        if url.endswith("/openid-configuration"):
            return {"issuer": self.issuer, "jwks_uri": f"{ISSUER}/jwks"}
        return {"keys": self.keys}

    def settings(self, **changes: Any) -> Issuer:
        """How the gateway is told of this issuer."""
        return Issuer(name="sso", issuer=ISSUER, **changes)


@dataclass
class Clock:
    """A clock that only the test moves."""

    at: float = NOW

    def __call__(self) -> float:
        return self.at
