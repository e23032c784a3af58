"""Encryption of single members: opens for its own key and context, and for nothing else."""

import dataclasses
from pathlib import Path

import pytest

from chassis.keys import KeyRing
from chassis.sealing import SealBroken, seal, unseal


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    """A ring of this test alone."""
    return KeyRing.ensure(tmp_path / "keys")


def test_what_was_sealed_opens_and_shows_nothing(keys: KeyRing):
    """Two sealings of one text differ, and neither holds it; the key's id stands beside."""
    one, two = (seal(keys, b"990000197001150139", context="per_1") for _ in range(2))
    assert one.content != two.content
    assert b"1970" not in one.content
    assert one.key_id == keys.kid("field-encryption")
    assert unseal(keys, one, context="per_1") == b"990000197001150139"


def test_it_opens_for_its_own_context_only(keys: KeyRing):
    """A number that was moved to another person's row is no number."""
    sealed = seal(keys, b"x", context="per_1")
    with pytest.raises(SealBroken):
        unseal(keys, sealed, context="per_2")


@pytest.mark.parametrize("at", [0, 12, -1])
def test_a_changed_byte_breaks_the_seal(keys: KeyRing, at: int):
    """In the nonce, in the text, in the tag."""
    sealed = seal(keys, b"x", context="per_1")
    content = bytearray(sealed.content)
    content[at] ^= 1
    with pytest.raises(SealBroken):
        unseal(keys, dataclasses.replace(sealed, content=bytes(content)), context="per_1")


def test_bytes_cut_short_break_the_seal(keys: KeyRing):
    """Down to none at all."""
    sealed = seal(keys, b"x", context="per_1")
    for length in (0, 5, 12, 20):
        with pytest.raises(SealBroken):
            unseal(keys, dataclasses.replace(sealed, content=sealed.content[:length]), context="per_1")


def test_another_key_says_which_one_is_missing(keys: KeyRing, tmp_path: Path):
    """So that a restored backup tells which key file it lacks."""
    sealed = seal(keys, b"x", context="per_1")
    with pytest.raises(SealBroken, match=sealed.key_id):
        unseal(KeyRing.ensure(tmp_path / "others"), sealed, context="per_1")
