"""SHA-256 digests: 64 lower-case hexadecimal digits; base64 in the header `Repr-Digest` only (RFC 9530)."""

import base64
import binascii
import hashlib
import re
from typing import Annotated, Final

from pydantic import StringConstraints

DIGEST_PATTERN: Final = r"^[0-9a-f]{64}$"
Digest = Annotated[str, StringConstraints(strict=True, pattern=DIGEST_PATTERN)]
"""SHA-256 of a file's bytes."""

_MEMBER: Final = re.compile(r"\s*([a-z*][a-z0-9_\-.*]*)=:([A-Za-z0-9+/]*={0,2}):\s*")


class DigestInvalid(ValueError):
    """A digest or its header has the wrong form; the message never repeats it."""


def digest_of(content: bytes) -> str:
    """Digest of the bytes."""
    return hashlib.sha256(content).hexdigest()


def to_repr_digest(digest: str) -> str:
    """Value of the header `Repr-Digest`: `sha-256=:…:`."""
    if re.fullmatch(DIGEST_PATTERN, digest) is None:
        raise DigestInvalid("not a sha-256 digest")
    return f"sha-256=:{base64.b64encode(bytes.fromhex(digest)).decode()}:"


def from_repr_digest(header: str) -> str:
    """The sha-256 digest out of a `Repr-Digest` header.

    Other algorithms beside it are passed over; DigestInvalid when it is not there or malformed.
    """
    found: str | None = None
    for member in header.split(","):
        match = _MEMBER.fullmatch(member)
        if match is None:
            raise DigestInvalid("not a Repr-Digest header")
        if match[1] == "sha-256":
            found = match[2]
    if found is None:
        raise DigestInvalid("no sha-256 digest")
    try:
        raw = base64.b64decode(found, validate=True)
    except binascii.Error as error:
        raise DigestInvalid("not base64") from error
    if len(raw) != hashlib.sha256().digest_size:
        raise DigestInvalid("not as long as a sha-256 digest")
    return raw.hex()
