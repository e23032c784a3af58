"""Secrets under a passphrase: scrypt makes two keys of it, one for AES-256-GCM and one to seal the manifest with."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from deploy.backup.faults import INVALID, NOT_ALLOWED, Refused

SHORTEST, FEWEST_DIFFERENT = 12, 6
_N, _R, _P = 1 << 17, 8, 1  # 128 MiB and half a second a try (OWASP's figures for scrypt)
_LARGEST_N = 1 << 20  # what a file may ask of this machine
_CONTENT = "dangan keys and passwords, format 1"
_CHOOSE = f"请用至少 {SHORTEST} 个字符的口令 choose one of {SHORTEST} characters or more, several words say"


@dataclass(frozen=True)
class Opened:
    """The content of a sealed file, and the key that the manifest beside it is sealed with."""

    files: dict[str, str] = field(repr=False)
    manifest_key: bytes = field(repr=False)


def check_passphrase(passphrase: str) -> None:
    """Refuse what a machine would guess: too short, or too few different characters."""
    if not passphrase:
        raise Refused("口令为空 the passphrase is empty", _CHOOSE, NOT_ALLOWED)
    if len(passphrase) < SHORTEST:
        raise Refused(f"口令太短 the passphrase has fewer than {SHORTEST} characters", _CHOOSE, NOT_ALLOWED)
    if len(set(passphrase)) < FEWEST_DIFFERENT:
        raise Refused(
            f"口令太弱 the passphrase has fewer than {FEWEST_DIFFERENT} different characters", _CHOOSE, NOT_ALLOWED
        )


def seal(files: dict[str, str], passphrase: str) -> tuple[bytes, bytes]:
    """The sealed file, and the key for the manifest. `files`: path → text."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    check_passphrase(passphrase)
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    head: dict[str, Any] = {
        "content": _CONTENT,
        "kdf": {"name": "scrypt", "n": _N, "r": _R, "p": _P, "salt": _b64(salt)},
        "cipher": {"name": "AES-256-GCM", "nonce": _b64(nonce)},
    }
    key, manifest_key = _keys(passphrase, head["kdf"])
    sealed = AESGCM(key).encrypt(nonce, json.dumps(files, ensure_ascii=False).encode(), canonical(head))
    return json.dumps({**head, "sealed": _b64(sealed)}, indent=1).encode(), manifest_key


def unseal(content: bytes, passphrase: str) -> Opened:
    """What `seal` was given. Refused when the passphrase is another, which cannot be told from a changed file."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        head = json.loads(content)
        sealed = base64.b64decode(head.pop("sealed"), validate=True)
        nonce = base64.b64decode(head["cipher"]["nonce"], validate=True)
        key, manifest_key = _keys(passphrase, head["kdf"])
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise Refused(
            "密钥文件已损坏 the sealed keys cannot be read", "请用另一份备份 take another backup", INVALID
        ) from fault
    try:
        files = json.loads(AESGCM(key).decrypt(nonce, sealed, canonical(head)))
    except InvalidTag:
        raise Refused(
            "口令不对 the passphrase does not open the keys of this backup",
            "请用做这份备份时的口令 give the one that this backup was made with",
            NOT_ALLOWED,
        ) from None
    return Opened(files, manifest_key)


def canonical(value: Any) -> bytes:
    """One spelling of a JSON value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def mark(manifest_key: bytes, value: Any) -> str:
    """The seal of a manifest: nobody without the passphrase can make it for another one."""
    return hmac.new(manifest_key, canonical(value), hashlib.sha256).hexdigest()


def _keys(passphrase: str, kdf: dict[str, Any]) -> tuple[bytes, bytes]:
    """Two keys of 32 bytes; ValueError for parameters that are none, or too dear."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    n, r, p = int(kdf["n"]), int(kdf["r"]), int(kdf["p"])
    if kdf["name"] != "scrypt" or n > _LARGEST_N or r > _R or p > _P:
        raise ValueError("not our key derivation")
    both = Scrypt(salt=base64.b64decode(kdf["salt"], validate=True), length=64, n=n, r=r, p=p).derive(
        passphrase.encode()
    )
    return both[:32], both[32:]


def _b64(value: bytes) -> str:
    return base64.b64encode(value).decode()
