"""A keyed index by which two services compare a name or a number without telling it."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata


def blind_index(key: bytes, kind: str, text: str) -> str:
    """HMAC-SHA256 of `text` (NFC, outer white space removed) under `kind`, e.g. `name`; hexadecimal.

    Equal texts of one kind give equal indexes; without the key an index tells nothing. `kind` keeps the
    indexes of different members apart, so that a number is never found by a name.
    """
    plain = unicodedata.normalize("NFC", text.strip())
    return hmac.new(key, f"{kind}\0{plain}".encode(), hashlib.sha256).hexdigest()
