"""Lists by pages: an opaque signed token, bound to the caller and the filters, good for 24 hours."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contracts.problems import PageTokenInvalid

DEFAULT_SIZE = 50
MAX_SIZE = 200
LIFETIME = timedelta(hours=24)


@dataclass(frozen=True)
class PageTokens:
    """Signs and reads page tokens with this service's key."""

    key: bytes

    def sign(self, binding: str, after: Sequence[Any], now: datetime) -> str:
        """A token that continues after the row with these sort keys."""
        content = json.dumps([list(after), int((now + LIFETIME).timestamp())], default=str).encode()
        return _encode(self._mac(binding, content) + content)

    def read(self, token: str, binding: str, now: datetime) -> list[Any]:
        """Sort keys of the last row shown; refused when changed, over, or of another caller or query."""
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
            mac, content = raw[:32], raw[32:]
            if not hmac.compare_digest(mac, self._mac(binding, content)):
                raise PageTokenInvalid()
            after, until = json.loads(content)
        except ValueError:
            raise PageTokenInvalid() from None
        if now.timestamp() > until:
            raise PageTokenInvalid()
        return after

    def _mac(self, binding: str, content: bytes) -> bytes:
        return hmac.new(self.key, binding.encode() + b"\0" + content, hashlib.sha256).digest()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
