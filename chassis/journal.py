"""Journal rows: who did what to which resource, with a salted commitment to the new state."""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from uuid_utils.compat import uuid7

# Nothing is returned from the entry: whoever writes it need not be one who may read it.
INSERT = """
with entry as (
  insert into journal (id, at, actor, verb, resource, version, changed, request_id, commitment)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
)
insert into journal_salt (journal_id, salt) values ($1, $10)
"""


def canonical_json(state: Mapping[str, Any] | BaseModel) -> bytes:
    """One spelling of a state: sorted keys, no white space, UTF-8."""
    plain = state.model_dump(mode="json") if isinstance(state, BaseModel) else dict(state)
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode()


def commitment(salt: bytes, state: Mapping[str, Any] | BaseModel) -> bytes:
    """SHA-256(32-byte random salt ‖ canonical JSON of the new state)."""
    return hashlib.sha256(salt + canonical_json(state)).digest()


@dataclass(frozen=True)
class Entry:
    """One row to be: ids and codes only. `changed` names the members that a change touched."""

    verb: str
    resource: str
    version: int
    state: Mapping[str, Any] | BaseModel
    changed: Sequence[str] = ()
    id: uuid.UUID = field(default_factory=uuid7)

    def row(self, *, at: datetime, actor: str, request_id: str | None) -> tuple[Any, ...]:
        """Parameters of INSERT."""
        salt = secrets.token_bytes(32)
        sealed = commitment(salt, self.state)
        changed = list(self.changed)
        return self.id, at, actor, self.verb, self.resource, self.version, changed, request_id, sealed, salt
