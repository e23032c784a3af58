"""A signed token has one spelling, and every other text is refused."""

import base64
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jose import jws as jose_jws

from chassis.jws import JwsInvalid, JwsKeyUnknown, sign, verify
from chassis.keys import KeyRing

TYP = "dangan-test+jws"
PAYLOAD = {"kind": "receipt", "name": "王建国", "pages": [1, 2]}


@pytest.fixture(scope="module")
def keys(tmp_path_factory) -> KeyRing:
    return KeyRing.ensure(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def token(keys: KeyRing) -> str:
    return sign(PAYLOAD, keys.private_jwk("receipt"), typ=TYP)


def encoded(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_a_signed_payload_is_read_back(keys: KeyRing, token: str) -> None:
    read = verify(token, [keys.public_jwk("blob-ticket"), keys.public_jwk("receipt")], typ=TYP)
    assert read.payload == PAYLOAD
    assert read.kid == keys.public_jwk("receipt")["kid"]
    assert verify(token.encode(), [keys.public_jwk("receipt")], typ=TYP) == read


def test_another_implementation_accepts_it(keys: KeyRing, token: str) -> None:
    read = jose_jws.verify(token, keys.public_jwk("receipt"), algorithms=["ES256"])
    assert json.loads(read) == PAYLOAD


def test_a_key_that_is_not_given_is_named(keys: KeyRing, token: str) -> None:
    with pytest.raises(JwsKeyUnknown) as caught:
        verify(token, [keys.public_jwk("idp")], typ=TYP)
    assert caught.value.kid == keys.public_jwk("receipt")["kid"]


def test_a_key_under_a_borrowed_name_does_not_verify(keys: KeyRing, token: str) -> None:
    other = {**keys.public_jwk("idp"), "kid": keys.public_jwk("receipt")["kid"]}
    with pytest.raises(JwsInvalid, match="does not hold"):
        verify(token, [other], typ=TYP)


def test_a_token_of_another_kind_is_refused(keys: KeyRing, token: str) -> None:
    with pytest.raises(JwsInvalid, match="another kind"):
        verify(token, [keys.public_jwk("receipt")], typ="dangan-other+jws")


@pytest.mark.parametrize(
    "change",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"jwk": {"kty": "EC"}},
        {"crit": ["b64"]},
        {"x5c": []},
        {"kid": 1},
        {"typ": None},
    ],
)
def test_a_header_that_says_more_or_other_is_refused(keys: KeyRing, token: str, change: dict) -> None:
    header = {"alg": "ES256", "kid": keys.public_jwk("receipt")["kid"], "typ": TYP, **change}
    _, payload, signature = token.split(".")
    with pytest.raises(JwsInvalid):
        verify(f"{encoded(header)}.{payload}.{signature}", [keys.public_jwk("receipt")], typ=TYP)


@pytest.mark.parametrize("payload", [b"[]", b'"text"', b"{", b'{"a":1,"a":2}', b"\xff", b"[" * 5000])
def test_a_signed_payload_that_is_no_plain_object_is_refused(keys: KeyRing, payload: bytes) -> None:
    """Even with a good signature, as of a signer that is careless."""
    signed = jose_jws.sign(
        payload,
        keys.private_jwk("receipt"),
        headers={"kid": keys.private_jwk("receipt")["kid"], "typ": TYP},
        algorithm="ES256",
    )
    with pytest.raises(JwsInvalid):
        verify(signed, [keys.public_jwk("receipt")], typ=TYP)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_one_byte_changed_anywhere_is_refused(keys: KeyRing, token: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(token) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != ord(token[at])))
    changed = bytearray(token.encode())
    changed[at] = byte
    with pytest.raises((JwsInvalid, JwsKeyUnknown)):
        verify(bytes(changed), [keys.public_jwk("receipt")], typ=TYP)


@pytest.mark.parametrize("added", ["=", "\n", " ", ".", "A"])
def test_nothing_may_stand_around_the_token(keys: KeyRing, token: str, added: str) -> None:
    for changed in (token + added, added + token):
        with pytest.raises((JwsInvalid, JwsKeyUnknown)):
            verify(changed, [keys.public_jwk("receipt")], typ=TYP)


def test_the_last_character_has_one_spelling(keys: KeyRing, token: str) -> None:
    """64 bytes end in a character with four unused bits; decoders differ about them."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for char in alphabet:
        if char != token[-1]:
            with pytest.raises(JwsInvalid):
                verify(token[:-1] + char, [keys.public_jwk("receipt")], typ=TYP)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
@example("..")
@example("a.b.c")
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises((JwsInvalid, JwsKeyUnknown)):
        verify(text, [], typ=TYP)


def test_only_an_es256_key_signs(keys: KeyRing) -> None:
    with pytest.raises(ValueError, match="ES256"):
        sign(PAYLOAD, {"kid": "k", "kty": "oct", "k": "AA"}, typ=TYP)
