"""Keys at rest: one file a purpose, 0600, with id and date, made at the first start; none has a default."""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

SIGNING = ("internal-token", "receipt", "blob-ticket", "idp")
"""Purposes with an ES256 key pair; the public half stands beside it in `public/`."""
SECRET = ("blind-index", "field-encryption", "page-token")
"""Purposes with 32 random bytes."""

Purpose = Literal["internal-token", "receipt", "blob-ticket", "idp", "blind-index", "field-encryption", "page-token"]


_GIVEN_UP = "given-up"
_KID = re.compile(f"({'|'.join((*SIGNING, *SECRET))})-[0-9a-f]{{8}}")


class KeyMissing(Exception):
    """A key that a process needs is not in its directory."""


class KeyUnreadable(Exception):
    """A key's file is there, but is no key."""


def _b64(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def _make(purpose: str) -> tuple[dict[str, Any], dict[str, Any] | None]:
    kid = f"{purpose}-{secrets.token_hex(4)}"
    head = {"kid": kid, "made_at": datetime.now(UTC).isoformat(timespec="seconds")}
    if purpose in SECRET:
        return {**head, "kty": "oct", "k": secrets.token_urlsafe(32)}, None
    from cryptography.hazmat.primitives.asymmetric import ec  # heavy, and only a first start makes keys

    numbers = ec.generate_private_key(ec.SECP256R1()).private_numbers()
    public = {
        **head,
        "kty": "EC",
        "crv": "P-256",
        "alg": "ES256",
        "use": "sig",
        "x": _b64(numbers.public_numbers.x),
        "y": _b64(numbers.public_numbers.y),
    }
    return {**public, "d": _b64(numbers.private_value)}, public


def purpose_of(kid: str) -> str | None:
    """The purpose that a key's id names; None when it is no id of a key."""
    found = _KID.fullmatch(kid)
    return found[1] if found else None


def _write(path: Path, content: dict[str, Any], owner: tuple[int, int] | None) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    if owner:
        os.chown(temporary, *owner)
        os.chown(path.parent, *owner)
    temporary.rename(path)


@dataclass(frozen=True)
class KeyInfo:
    """What may be shown of a key: never its value."""

    purpose: str
    kid: str
    made_at: str


class KeyRing:
    """The keys in one directory: `<purpose>.json`, and `public/<purpose>.json` for those that sign.

    Files are JWKs. A purpose is read when it is first asked for, so a process holds only what it uses.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._read: dict[str, dict[str, Any]] = {}

    @classmethod
    def ensure(cls, directory: Path, owner: tuple[int, int] | None = None) -> KeyRing:
        """Make what is missing; what is there is never replaced.

        Only for who has made sure that nothing needs the lost one: deploy.embedded.lost_keys.
        """
        for purpose in (*SIGNING, *SECRET):
            if not (directory / f"{purpose}.json").exists():
                private, public = _make(purpose)
                if public:
                    _write(directory / "public" / f"{purpose}.json", public, owner)
                _write(directory / f"{purpose}.json", private, owner)
        return cls(directory)

    def _load(self, name: str) -> dict[str, Any]:
        if name not in self._read:
            path = self._directory / f"{name}.json"
            try:
                self._read[name] = json.loads(path.read_text())
            except FileNotFoundError:
                raise KeyMissing(f"no key for {name} under {self._directory}; `dangan up` makes it") from None
        return self._read[name]

    def private_jwk(self, purpose: Purpose) -> dict[str, Any]:
        """The signing key as a JWK."""
        return self._load(purpose)

    def public_jwk(self, purpose: Purpose) -> dict[str, Any]:
        """The verification key as a JWK."""
        return self._load(f"public/{purpose}")

    def secret(self, purpose: Purpose) -> bytes:
        """The key of a secret purpose: 32 random bytes, as the 43 characters in which they are kept."""
        return self._load(purpose)["k"].encode()

    def kid(self, purpose: Purpose) -> str:
        """The id of a purpose's key, kept with what it sealed."""
        return self._load(purpose)["kid"]

    @cached_property
    def blind_index_key(self) -> bytes:
        """Key of the index by which names and numbers are compared without being told."""
        return self.secret("blind-index")

    def find(self, purpose: str) -> KeyInfo | None:
        """What is told of a purpose's key; None when its file is not there. KeyUnreadable for any other file."""
        path = self._directory / f"{purpose}.json"
        try:
            key = json.loads(path.read_text(encoding="utf-8"))
            return KeyInfo(purpose, key["kid"], key["made_at"])
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            raise KeyUnreadable(f"{path} is no key") from None

    def give_up(self, kid: str, owner: tuple[int, int] | None = None) -> None:
        """Note that a lost key is not waited for any longer: what it sealed stays closed."""
        noted = {"kid": kid, "given_up_at": datetime.now(UTC).isoformat(timespec="seconds")}
        _write(self._directory / _GIVEN_UP / f"{kid}.json", noted, owner)

    @property
    def given_up(self) -> frozenset[str]:
        """Ids of the lost keys without which the system may go on."""
        return frozenset(path.stem for path in (self._directory / _GIVEN_UP).glob("*.json"))

    def infos(self) -> list[KeyInfo]:
        """Ids and dates of all keys here, for `dangan status`."""
        read = [(path.stem, json.loads(path.read_text())) for path in sorted(self._directory.glob("*.json"))]
        return [KeyInfo(name, key["kid"], key["made_at"]) for name, key in read]
