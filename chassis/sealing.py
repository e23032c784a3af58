"""Encryption of single members in the application: one function each way, so that another cipher can take its place.

AES-256-GCM under the key ring's `field-encryption` key. The context (the id of whom it belongs to) is
authenticated with it: a sealed member that was moved to another row does not open. The key's id is kept beside it.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from typing import Any

from chassis.keys import KeyRing

_NONCE_BYTES = 12
_KEY_IDS = """
with recursive used(key_id) as (
  (select key_id from {table} order by key_id limit 1)
  union all
  select (select s.key_id from {table} s where s.key_id > used.key_id order by s.key_id limit 1)
  from used where used.key_id is not null
) select key_id from used where key_id is not null
"""


class SealBroken(Exception):
    """What was sealed does not open: another key, another context, or changed bytes."""


@dataclass(frozen=True)
class Sealed:
    """Nonce and ciphertext with tag, and the id of the key."""

    content: bytes
    key_id: str


def seal(keys: KeyRing, content: bytes, *, context: str) -> Sealed:
    """Encrypt a member that belongs to `context`; each call gives other bytes."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # heavy, and only the catalog seals

    nonce = os.urandom(_NONCE_BYTES)
    cipher = AESGCM(_key(keys)).encrypt(nonce, content, context.encode())
    return Sealed(nonce + cipher, keys.kid("field-encryption"))


def unseal(keys: KeyRing, sealed: Sealed, *, context: str) -> bytes:
    """Decrypt; SealBroken when key, context or bytes are not those of the sealing."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if sealed.key_id != keys.kid("field-encryption"):
        raise SealBroken(f"sealed with the key {sealed.key_id}, which is not here")
    try:
        return AESGCM(_key(keys)).decrypt(
            sealed.content[:_NONCE_BYTES], sealed.content[_NONCE_BYTES:], context.encode()
        )
    except (InvalidTag, ValueError):
        raise SealBroken("the sealed member does not open") from None


async def key_ids(connection: Any, table: str) -> list[str]:
    """Ids of the keys that sealed the rows of `table`; its index on `key_id` is entered once an id, not once a row."""
    rows = await connection.fetch(_KEY_IDS.format(table=table))
    return [row["key_id"] for row in rows]


def _key(keys: KeyRing) -> bytes:
    return base64.urlsafe_b64decode(keys.secret("field-encryption") + b"=")
