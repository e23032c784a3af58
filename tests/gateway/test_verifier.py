"""Which tokens the gateway takes, and every way of forging one that it does not."""

import hashlib
import hmac
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from gateway.tokens.issuers import Issuer
from gateway.tokens.jwks import IssuerDown
from gateway.tokens.verifier import LEEWAY_SECONDS, MAX_TOKEN_BYTES, TokenRefused, Verifier
from tests.gateway import issuing
from tests.gateway.issuing import NOW, Clock, FakeIssuer, claims, compact, ec_key, public_jwk, rsa_key, sign, token


def verifier(fake: FakeIssuer | None = None, clock: Clock | None = None, **settings: Any) -> Verifier:
    fake = fake or FakeIssuer()
    clock = clock or Clock()
    return Verifier([fake.settings(**settings)], fetch=fake.fetch, now=clock, ticks=clock)


def hmac_with(secret: bytes):
    return lambda message: hmac.new(secret, message, hashlib.sha256).digest()


def pem(key: Any) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256"])
async def test_a_token_of_each_allowed_algorithm_is_taken(algorithm: str):
    """The allow-list is RS256, PS256 and ES256."""
    verified = await verifier().verify(token(algorithm))
    assert (verified.subject, verified.issuer.name, verified.expires_at) == ("u-1", "sso", NOW + 600)


def by_attacker(header: dict[str, Any], algorithm: str = "ES256") -> bytes:
    attacker = ec_key("attacker") if algorithm == "ES256" else rsa_key(name="attacker")
    return token(algorithm, key=attacker, header=header)


ATTACKS: dict[str, tuple[bytes, str]] = {
    "alg none": (compact({"alg": "none"}, claims(), b""), "algorithm-not-allowed"),
    "alg None in capitals": (compact({"alg": "NONE"}, claims(), b""), "algorithm-not-allowed"),
    "no alg": (compact({"typ": "JWT"}, claims(), b"x"), "algorithm-not-allowed"),
    "alg a list": (compact({"alg": ["ES256"]}, claims(), b"x"), "algorithm-not-allowed"),
    "HMAC with the public RSA key": (
        compact({"alg": "HS256", "kid": "rsa"}, claims(), hmac_with(pem(rsa_key()))),
        "algorithm-not-allowed",
    ),
    "HMAC with the public EC key": (
        compact({"alg": "HS256", "kid": "ec"}, claims(), hmac_with(pem(ec_key()))),
        "algorithm-not-allowed",
    ),
    "HMAC said to be ES256": (
        compact({"alg": "ES256", "kid": "ec"}, claims(), hmac_with(pem(ec_key()))),
        "signature-wrong",
    ),
    "RS512": (compact({"alg": "RS512", "kid": "rsa"}, claims(), b"x"), "algorithm-not-allowed"),
    "EdDSA": (compact({"alg": "EdDSA", "kid": "ec"}, claims(), b"x"), "algorithm-not-allowed"),
    "embedded jwk": (by_attacker({"jwk": public_jwk(ec_key("attacker"), "ec")}), "header-chooses-key"),
    "jku": (by_attacker({"jku": "https://evil.example/jwks"}), "header-chooses-key"),
    "x5u": (by_attacker({"x5u": "https://evil.example/cert"}), "header-chooses-key"),
    "x5c": (by_attacker({"x5c": ["MIIB"]}), "header-chooses-key"),
    "crit": (token(header={"crit": ["exp"]}), "header-chooses-key"),
    "another's key": (by_attacker({}), "signature-wrong"),
    "another's RSA key": (by_attacker({}, "RS256"), "signature-wrong"),
    "PS256 padding said to be RS256": (
        compact({"alg": "RS256", "kid": "rsa"}, claims(), lambda m: sign(m, "PS256", rsa_key())),
        "signature-wrong",
    ),
    "EC key asked to do RSA": (
        compact({"alg": "RS256", "kid": "ec"}, claims(), lambda m: sign(m, "RS256", rsa_key())),
        "key-unknown",
    ),
    "unknown kid": (token(kid="other"), "key-unknown"),
    "no kid while there are several keys": (
        compact({"alg": "ES256"}, claims(), lambda m: sign(m, "ES256", ec_key())),
        "key-unknown",
    ),
    "kid a path": (token(kid="../../etc/passwd"), "key-unknown"),
    "kid too long": (token(kid="k" * 300), "kid-malformed"),
    "kid a number": (token(header={"kid": 7}), "kid-malformed"),
    "empty signature": (compact({"alg": "ES256", "kid": "ec"}, claims(), b""), "signature-wrong"),
    "zero signature": (compact({"alg": "ES256", "kid": "ec"}, claims(), bytes(64)), "signature-wrong"),
    "issuer unknown": (token(iss="https://evil.example"), "issuer-unknown"),
    "issuer missing": (token(iss=None), "iss-malformed"),
    "issuer a list": (token(iss=[issuing.ISSUER]), "iss-malformed"),
    "issuer with a slash more": (token(iss=issuing.ISSUER + "/"), "issuer-unknown"),
    "audience of another": (token(aud="payroll"), "audience-wrong"),
    "audiences of others": (token(aud=["payroll", "mail"]), "audience-wrong"),
    "audience missing": (token(aud=None), "audience-wrong"),
    "audience an object": (token(aud={"dangan": True}), "audience-wrong"),
    "expiry missing": (token(exp=None), "expiry-missing"),
    "expiry a text": (token(exp=str(NOW + 600)), "exp-malformed"),
    "expiry true": (token(exp=True), "exp-malformed"),
    "expired beyond the leeway": (token(exp=NOW - LEEWAY_SECONDS), "expired"),
    "not yet valid": (token(nbf=NOW + LEEWAY_SECONDS + 1), "not-yet-valid"),
    "issued in the future": (token(iat=NOW + LEEWAY_SECONDS + 1), "not-yet-valid"),
    "subject missing": (token(sub=None), "sub-malformed"),
    "subject empty": (token(sub=""), "subject-malformed"),
    "subject a number": (token(sub=7), "sub-malformed"),
    "oversized": (token(note="x" * MAX_TOKEN_BYTES), "oversized"),
    "another kind of JWS": (token(header={"typ": "receipt+jws"}), "not-an-access-token"),
    "encrypted": (b"a.b.c.d.e", "not-a-jws"),
    "two parts": (b"a.b", "not-a-jws"),
    "empty": (b"", "not-a-jws"),
    "not base64": (b"*.*.*", "not-base64url"),
    "header not JSON": (b"YWJj.YWJj.YWJj", "not-json"),
    "header a list": (b"W10.W10.W10", "not-an-object"),
}


@pytest.mark.parametrize("attack", ATTACKS)
async def test_a_forged_token_is_refused(attack: str):
    """Each attack is refused for its own reason, so that no other check hides a missing one."""
    forged, reason = ATTACKS[attack]
    with pytest.raises(TokenRefused, match=f"^{reason}$"):
        await verifier().verify(forged)


async def test_the_claims_cannot_be_changed_under_a_good_signature():
    """A signature covers header and claims."""
    honest, other = token().split(b"."), token(sub="u-2").split(b".")
    with pytest.raises(TokenRefused, match="signature-wrong"):
        await verifier().verify(b".".join([honest[0], other[1], honest[2]]))


@pytest.mark.parametrize(
    "accepted",
    [
        {"exp": NOW - LEEWAY_SECONDS + 1},
        {"nbf": NOW + LEEWAY_SECONDS},
        {"aud": ["payroll", "dangan"]},
        {"exp": NOW + 0.5},
    ],
)
async def test_clocks_may_differ_by_the_leeway(accepted: dict[str, Any]):
    """30 s of difference between clocks refuse nobody."""
    assert (await verifier().verify(token(**accepted))).subject == "u-1"


@pytest.mark.parametrize("kind", ["at+jwt", "application/at+jwt", "jwt"])
async def test_access_tokens_may_say_what_they_are(kind: str):
    """RFC 9068 types are taken."""
    assert await verifier().verify(token(header={"typ": kind}))


async def test_an_issuer_may_be_held_to_fewer_algorithms():
    """An algorithm that the house allows is refused where the issuer does not use it."""
    with pytest.raises(TokenRefused, match="algorithm-not-of-issuer"):
        await verifier(algorithms=("RS256",)).verify(token("ES256"))


async def test_a_verified_token_is_remembered_only_until_it_expires():
    """The cache never lets a token outlive its expiry and leeway."""
    clock, fake = Clock(), FakeIssuer()
    checks = verifier(fake, clock)
    first = await checks.verify(token())
    assert await checks.verify(token()) is not first  # ES256 signatures differ: another token
    again = token()
    known = await checks.verify(again)
    assert await checks.verify(again) is known
    clock.at = NOW + 600 + LEEWAY_SECONDS
    with pytest.raises(TokenRefused, match="expired"):
        await checks.verify(again)


async def test_keys_are_read_once_and_an_unknown_kid_asks_at_most_once_a_minute():
    """A flood of invented key ids costs one fetch a minute."""
    clock, fake = Clock(), FakeIssuer()
    checks = verifier(fake, clock, jwks_uri=f"{issuing.ISSUER}/jwks")
    await checks.verify(token())
    for n in range(20):
        with pytest.raises(TokenRefused, match="key-unknown"):
            await checks.verify(token(kid=f"invented-{n}"))
    assert len(fake.asked) == 1
    clock.at += 60
    for n in range(20):
        with pytest.raises(TokenRefused, match="key-unknown"):
            await checks.verify(token(kid=f"invented-{n}"))
    assert len(fake.asked) == 2


async def test_a_rotated_key_is_found_and_the_withdrawn_one_forgotten():
    """After a rotation the new key works at the next look, and the old one no longer."""
    clock, fake = Clock(), FakeIssuer()
    checks = verifier(fake, clock)
    await checks.verify(token())
    fake.keys = [public_jwk(ec_key("new"), "ec-2")]
    clock.at += 60
    assert await checks.verify(token(key=ec_key("new"), kid="ec-2"))
    with pytest.raises(TokenRefused, match="key-unknown"):
        await checks.verify(token())


async def test_a_withdrawn_key_is_forgotten_within_the_hour():
    """Known keys are looked up again, even when no unknown one turns up."""
    clock, fake = Clock(), FakeIssuer()
    checks = verifier(fake, clock)
    await checks.verify(token())
    fake.keys = [public_jwk(ec_key("new"), "ec-2")]
    clock.at += 3601
    with pytest.raises(TokenRefused, match="key-unknown"):
        await checks.verify(token(exp=clock.at + 60))


async def test_known_keys_outlive_an_issuer_that_is_down():
    """An outage of the issuer signs out nobody; only while no key is known is the answer open."""
    clock, fake = Clock(), FakeIssuer()
    checks = verifier(fake, clock)
    fake.down = IssuerDown("refused")
    with pytest.raises(IssuerDown):
        await checks.verify(token())
    fake.down = None
    clock.at += 5
    assert await checks.verify(token())
    fake.down = IssuerDown("refused")
    clock.at += 3601
    assert await checks.verify(token(exp=clock.at + 60))


@pytest.mark.parametrize(
    "key",
    [
        {"kty": "oct", "k": "c2VjcmV0", "kid": "ec"},
        {**public_jwk(ec_key(), "ec"), "use": "enc"},
        {**public_jwk(ec_key(), "ec"), "d": "AAAA"},
        "ec",
    ],
)
async def test_a_jwks_without_a_public_signature_key_is_no_jwks(key: Any):
    """Symmetric, private and encryption keys are never used."""
    with pytest.raises(IssuerDown):
        await verifier(FakeIssuer(keys=[key])).verify(token())


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (public_jwk(rsa_key(1024), "rsa"), "RS256"),
        ({**public_jwk(ec_key(), "ec"), "crv": "P-384"}, "ES256"),
        (public_jwk(ec_key(), "ec", alg="ES384"), "ES256"),
        ({**public_jwk(ec_key(), "ec"), "x": "AAAA"}, "ES256"),
        ({"kty": "EC", "crv": "P-256", "kid": "ec"}, "ES256"),
        (public_jwk(rsa_key(), "rsa", alg="RS256"), "PS256"),
    ],
)
async def test_weak_and_mismatched_keys_are_not_used(key: dict[str, Any], algorithm: str):
    """RSA below 2048 bits, other curves, and keys made for another algorithm."""
    with pytest.raises(TokenRefused, match="key-unknown"):
        await verifier(FakeIssuer(keys=[key])).verify(token(algorithm))


async def test_discovery_must_name_the_issuer_it_was_asked_for():
    """OpenID Connect Discovery 1.0, section 4.3."""
    with pytest.raises(IssuerDown):
        await verifier(FakeIssuer(issuer="https://evil.example")).verify(token())


@pytest.mark.parametrize(
    "address",
    [
        "http://sso.example", "ftp://sso.example", "https://user:pw@sso.example", "//sso.example", "sso.example",
        "http://127.0.0.1.evil.example", "file:///etc/passwd", "",
    ],
)  # fmt: skip
def test_keys_are_read_over_https_only(address: str):
    """Plain http is for this machine."""
    with pytest.raises(ValueError, match="must be an https address"):
        Issuer(name="sso", issuer=address)
