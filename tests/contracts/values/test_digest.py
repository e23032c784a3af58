"""Digests travel as hexadecimal; only the header speaks base64."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.values import digest

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
EMPTY_BASE64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


def test_the_digest_of_nothing_is_the_one_of_the_standard():
    assert digest.digest_of(b"") == EMPTY
    assert digest.to_repr_digest(EMPTY) == f"sha-256=:{EMPTY_BASE64}:"


@given(st.binary())
def test_header_and_digest_are_two_spellings_of_one_thing(content: bytes):
    value = digest.digest_of(content)
    assert digest.from_repr_digest(digest.to_repr_digest(value)) == value


def test_other_algorithms_in_the_header_are_passed_over():
    other = base64.b64encode(hashlib.sha512(b"").digest()).decode()
    assert digest.from_repr_digest(f"sha-512=:{other}:, sha-256=:{EMPTY_BASE64}:") == EMPTY


@pytest.mark.parametrize(
    "header",
    [
        "", "sha-256", EMPTY, f"sha-256={EMPTY_BASE64}", f"sha-256=:{EMPTY}:", "sha-256=:AAAA:", "sha-256=::",
        "sha-256=:!!!!:", f"SHA-256=:{EMPTY_BASE64}:", "sha-512=:AAAA:", f"sha-256=:{EMPTY_BASE64}:;",
        f"sha-256=:{EMPTY_BASE64[:-1]}:",
    ],
)  # fmt: skip
def test_a_malformed_header_is_refused_without_repeating_it(header: str):
    with pytest.raises(digest.DigestInvalid) as caught:
        digest.from_repr_digest(header)
    assert not header or header not in str(caught.value)


@pytest.mark.parametrize("text", ["", EMPTY.upper(), EMPTY[1:], EMPTY + "0", EMPTY[:-1] + "g", EMPTY + "\n"])
def test_only_64_lower_case_digits_are_a_digest(text: str):
    with pytest.raises(ValidationError):
        TypeAdapter(digest.Digest).validate_python(text)
    with pytest.raises(digest.DigestInvalid):
        digest.to_repr_digest(text)


def test_a_digest_validates():
    assert TypeAdapter(digest.Digest).validate_python(EMPTY) == EMPTY
