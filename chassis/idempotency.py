"""The key under which a client may send one request again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

IDEMPOTENCY_HOURS = 72


@dataclass(frozen=True)
class IdempotencyKey:
    """A client's key for one request: `scope` is client + method + path."""

    scope: str
    key: str
    request_hash: bytes

    @staticmethod
    def hash_of(*parts: bytes) -> bytes:
        """Hash by which a repeated request is told from another with the same key."""
        return hashlib.sha256(b"\0".join(parts)).digest()
