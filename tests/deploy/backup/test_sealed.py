"""Keys under a passphrase: only that one opens them, and a weak one is not taken."""

from __future__ import annotations

import base64
import json

import pytest

from deploy.backup.faults import INVALID, NOT_ALLOWED, Refused
from deploy.backup.sealed import check_passphrase, mark, seal, unseal

PASSPHRASE = "seven grey herons over the reservoir"
FILES = {"keys/receipt.json": '{"d": "a secret"}', "passwords.json": '{"postgres": "另一个"}'}


def test_what_was_sealed_comes_back_with_the_same_key_for_the_manifest():
    """Salt and nonce are fresh each time, so two sealings of the same are two files."""
    content, manifest_key = seal(FILES, PASSPHRASE)
    opened = unseal(content, PASSPHRASE)
    assert (opened.files, opened.manifest_key) == (FILES, manifest_key)
    assert b"secret" not in content
    assert "secret" not in repr(opened)
    assert seal(FILES, PASSPHRASE)[0] != content


@pytest.mark.parametrize("other", ["seven grey herons over the reservoiR", PASSPHRASE + " ", ""])
def test_another_passphrase_does_not_open_it(other: str):
    content, _ = seal(FILES, PASSPHRASE)
    with pytest.raises(Refused, match="口令不对") as refused:
        unseal(content, other)
    assert refused.value.code == NOT_ALLOWED


def changed(content: bytes, *path: str, to: object) -> bytes:
    """The sealed file with one member replaced."""
    told = json.loads(content)
    inner = told
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = to
    return json.dumps(told).encode()


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("kdf", "n"), 1 << 40),  # would ask for all memory there is
        (("kdf", "n"), 3),
        (("kdf", "name"), "plain"),
        (("kdf", "salt"), "***"),
        (("cipher",), None),
        (("sealed",), 7),
    ],
)
def test_a_file_that_is_not_of_ours_is_refused_without_trying(path: tuple[str, ...], to: object):
    content, _ = seal(FILES, PASSPHRASE)
    with pytest.raises(Refused) as refused:
        unseal(changed(content, *path, to=to), PASSPHRASE)
    assert refused.value.code == INVALID


def test_its_head_is_sealed_with_it():
    """A changed description of the same bytes does not open."""
    content, _ = seal(FILES, PASSPHRASE)
    with pytest.raises(Refused):
        unseal(changed(content, "content", to="something else"), PASSPHRASE)
    nonce = base64.b64encode(bytes(12)).decode()
    with pytest.raises(Refused):
        unseal(changed(content, "cipher", "nonce", to=nonce), PASSPHRASE)


@pytest.mark.parametrize("weak", ["", "short", "elevenchars", "aaaaaaaaaaaaaaaa", "abababababababab"])
def test_a_weak_passphrase_is_refused_before_anything_is_done(weak: str):
    with pytest.raises(Refused, match="→") as refused:
        check_passphrase(weak)
    assert refused.value.code == NOT_ALLOWED


def test_a_manifest_has_one_seal_whatever_the_order_of_its_members():
    key = bytes(32)
    assert mark(key, {"a": 1, "b": "二"}) == mark(key, {"b": "二", "a": 1})
    assert mark(key, {"a": 1, "b": "二"}) != mark(key, {"a": 2, "b": "二"})
    assert mark(key, {"a": 1}) != mark(bytes([1]) * 32, {"a": 1})
