"""The short token by which the gateway speaks to one service: ES256, 60 s, one audience.

One token serves many requests of one caller, so that the service's own cache of verified tokens hits;
what differs from request to request (its id) therefore travels in a header and not in the token.
"""

import time
from collections.abc import Callable
from typing import Any, Final

from chassis.identity import mint_internal
from gateway.tokens.principal import Principal

LIFETIME_SECONDS: Final = 60
RENEW_SECONDS: Final = 10
"""A token this close to its end is replaced, so that none expires on the way."""


class InternalTokens:
    """Mints internal tokens with the gateway's current key."""

    def __init__(self, private_jwk: dict[str, Any], now: Callable[[], float] = time.time) -> None:
        self._private_jwk = private_jwk
        self._now = now

    def for_service(self, principal: Principal, audience: str) -> str:
        """The token of this caller for this service."""
        now = self._now()
        held = principal.minted.get(audience)
        if held is not None and held[1] > now:
            return held[0]
        token = mint_internal(self._private_jwk, audience, principal.caller, now=now, seconds=LIFETIME_SECONDS)
        principal.minted[audience] = (token, now + LIFETIME_SECONDS - RENEW_SECONDS)
        return token
