"""Access tokens and metadata of the built-in provider."""

from datetime import datetime
from typing import Any, Final

from jose import jwt

from contracts.values.ids import new_id
from gateway.store.accounts import Credential
from gateway.tokens.issuers import AUDIENCE

LIFETIME_SECONDS: Final = 3600
GRANTS: Final = ("password", "client_credentials")


def access_token(private_jwk: dict[str, Any], issuer: str, account: Credential, now: datetime) -> str:
    """An access token (RFC 9068) for an account that has just proved itself."""
    issued_at = int(now.timestamp())
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": account.subject,
        "iat": issued_at,
        "exp": issued_at + LIFETIME_SECONDS,
        "jti": new_id("req"),
        "name": account.name,
        "groups": list(account.groups),
    }
    if account.kind == "client":
        claims["client_id"] = account.subject
    if account.person_no is not None:
        claims["employee_number"] = account.person_no
    headers = {"kid": private_jwk["kid"], "typ": "at+jwt"}
    return jwt.encode(claims, private_jwk, algorithm="ES256", headers=headers)


def metadata(issuer: str) -> dict[str, Any]:
    """What OpenID Connect Discovery 1.0, section 3, wants to know of a provider that only issues access tokens."""
    return {
        "issuer": issuer,
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "grant_types_supported": list(GRANTS),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "response_types_supported": [],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    }


def key_set(*public_jwks: dict[str, Any]) -> dict[str, Any]:
    """A JWKS document: public members only, whatever else a key file holds."""
    public = ("kid", "kty", "crv", "alg", "use", "x", "y")
    return {"keys": [{member: jwk[member] for member in public if member in jwk} for jwk in public_jwks]}
