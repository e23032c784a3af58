"""Who acts: the caller that the gateway vouches for, or the service itself."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from jose import jwt
from jose.exceptions import JOSEError

from contracts.problems import NotSignedIn
from contracts.roles import permissions_of, permissions_of_everyone

Roots = frozenset[str] | str
"""Units at the top of a scope; `*` is the whole deployment."""

INTERNAL_ISSUER = "dangan-gateway"


@dataclass(frozen=True)
class Caller:
    """A person or machine with the posts it holds, each a role in a unit (`*`: the whole deployment)."""

    account_id: str
    name: str = ""
    person_no: str | None = None
    client: bool = False
    posts: tuple[tuple[str, str], ...] = ()
    is_service: bool = field(default=False)

    @cached_property
    def permissions(self) -> frozenset[str]:
        """All that any post allows, and what everybody may."""
        return permissions_of_everyone().union(*(permissions_of(role) for role, _ in self.posts))

    def roots(self, permission: str) -> Roots:
        """Units for which this caller holds `permission`; units below them are in scope too."""
        units = {unit for role, unit in self.posts if permission in permissions_of(role)}
        return "*" if "*" in units else frozenset(units)

    def holds(self, role: str) -> bool:
        """Whether some post has this role."""
        return any(held == role for held, _ in self.posts)

    @staticmethod
    def service(name: str) -> Caller:
        """The service acting by itself: subscribers and jobs."""
        return Caller(account_id=f"service:{name}", is_service=True)


class InternalTokens:
    """Verifies the gateway's short token for one audience; verified ones are kept until they expire."""

    _KEEP = 4096

    def __init__(self, public_jwk: dict[str, Any], audience: str) -> None:
        self._key = public_jwk
        self._audience = audience
        self._verified: dict[str, tuple[float, Caller]] = {}

    def caller(self, token: str) -> Caller:
        """The caller that the token names; refused when it is not the gateway's, not ours, or over."""
        known = self._verified.get(token)
        if known and known[0] > time.time():
            return known[1]
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=["ES256"],
                audience=self._audience,
                issuer=INTERNAL_ISSUER,
                options={"require_exp": True, "require_sub": True, "leeway": 5},
            )
        except JOSEError:
            raise NotSignedIn() from None
        caller = Caller(
            account_id=claims["sub"],
            name=claims.get("name", ""),
            person_no=claims.get("person_no"),
            client=bool(claims.get("client")),
            posts=tuple((role, unit) for role, unit in claims.get("posts", [])),
        )
        if len(self._verified) >= self._KEEP:
            self._verified.clear()
        self._verified[token] = (claims["exp"], caller)
        return caller


def mint_internal(private_jwk: dict[str, Any], audience: str, caller: Caller, *, now: float, seconds: int = 60) -> str:
    """The gateway's token for one service: ES256, good for `seconds`."""
    claims = {
        "iss": INTERNAL_ISSUER,
        "aud": audience,
        "sub": caller.account_id,
        "iat": int(now),
        "exp": int(now) + seconds,
        "name": caller.name,
        "person_no": caller.person_no,
        "client": caller.client,
        "posts": [list(post) for post in caller.posts],
    }
    return jwt.encode(claims, private_jwk, algorithm="ES256", headers={"kid": private_jwk["kid"]})
