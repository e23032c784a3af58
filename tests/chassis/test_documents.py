"""A signed document and its picture stand or fall together."""

import io

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis import jws
from chassis.documents import (
    ATTACHMENT_NAME,
    DocumentInvalid,
    DocumentUnreadable,
    Verified,
    check_pdf,
    draw_document,
    draw_print,
    read_document,
    sign_document,
    token_in,
)
from chassis.glyphs import GlyphMissing
from chassis.keys import KeyRing
from chassis.printing import ENGINE
from contracts.documents import DOCUMENT_TYP, Subject
from deploy.fonts import FONTS_DIR
from tests.contracts.documents import samples


@pytest.fixture(scope="module")
def ring(tmp_path_factory) -> KeyRing:
    return KeyRing.ensure(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def keys(ring: KeyRing) -> list[jws.Jwk]:
    """What a deployment publishes."""
    return [ring.public_jwk(purpose) for purpose in ("internal-token", "receipt", "blob-ticket")]


@pytest.fixture(scope="module")
def token(ring: KeyRing) -> str:
    return sign_document(samples.receipt(engine=ENGINE), ring.private_jwk("receipt"))


@pytest.fixture(scope="module")
def pdf(token: str) -> bytes:
    return draw_document(token, FONTS_DIR)


def test_a_receipt_is_read_back_and_its_pdf_checked(keys, token: str, pdf: bytes) -> None:
    kid = keys[1]["kid"]
    assert read_document(token, keys) == Verified(samples.receipt(engine=ENGINE), kid)
    assert check_pdf(pdf, keys, FONTS_DIR) == Verified(samples.receipt(engine=ENGINE), kid)
    assert token_in(pdf) == token


def test_a_return_note_too(ring: KeyRing, keys) -> None:
    token = sign_document(samples.return_note(engine=ENGINE), ring.private_jwk("receipt"))
    verified = check_pdf(draw_document(token, FONTS_DIR), keys, FONTS_DIR)
    assert verified.document == samples.return_note(engine=ENGINE)


def test_it_is_drawn_the_same_each_time(token: str, pdf: bytes) -> None:
    assert draw_document(token, FONTS_DIR) == pdf


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_one_byte_changed_anywhere_in_the_pdf_is_refused(keys, pdf: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(pdf) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != pdf[at]))
    changed = pdf[:at] + bytes([byte]) + pdf[at + 1 :]
    with pytest.raises((DocumentInvalid, jws.JwsKeyUnknown)):
        check_pdf(changed, keys, FONTS_DIR)


@pytest.mark.parametrize("tail", [b"\n", b"%%EOF\n", b"\0"])
def test_nothing_may_be_added_to_the_pdf(keys, pdf: bytes, tail: bytes) -> None:
    with pytest.raises(DocumentInvalid):
        check_pdf(pdf + tail, keys, FONTS_DIR)


def test_the_pages_of_one_document_with_the_token_of_another_are_refused(ring: KeyRing, keys, pdf: bytes) -> None:
    """The forger's way: a good signature beside pages that say more."""
    other = sign_document(samples.receipt(items=1, engine=ENGINE), ring.private_jwk("receipt"))
    forged = pypdf.PdfWriter(clone_from=io.BytesIO(draw_document(other, FONTS_DIR)))
    forged.remove_page(0)
    forged.add_page(pypdf.PdfReader(io.BytesIO(pdf)).pages[0])
    out = io.BytesIO()
    forged.write(out)
    assert token_in(out.getvalue()) == other
    with pytest.raises(DocumentInvalid, match="not those that were signed"):
        check_pdf(out.getvalue(), keys, FONTS_DIR)


@pytest.mark.parametrize("file", [b"", b"%PDF-1.7\n", b"\xff" * 500, b"eyJ.eyJ.sig"])
def test_a_file_that_is_no_pdf_of_ours_is_refused(keys, file: bytes) -> None:
    with pytest.raises(DocumentInvalid):
        check_pdf(file, keys, FONTS_DIR)


def test_a_pdf_without_a_token_is_refused(keys) -> None:
    with pytest.raises(DocumentInvalid, match="no signed document"):
        check_pdf(draw_print(samples.catalogue(), FONTS_DIR), keys, FONTS_DIR)


def test_a_key_made_for_another_purpose_signs_no_document(ring: KeyRing, keys) -> None:
    """Whoever can mint upload tickets cannot write receipts."""
    token = sign_document(samples.receipt(), ring.private_jwk("blob-ticket"))
    with pytest.raises(jws.JwsKeyUnknown):
        read_document(token, keys)


def test_another_token_of_the_house_is_no_document(ring: KeyRing, keys) -> None:
    token = jws.sign(samples.receipt().members(), ring.private_jwk("receipt"), typ="JWT")
    with pytest.raises(DocumentInvalid):
        read_document(token, keys)


@pytest.mark.parametrize("template", ["receipt/2", "../secret", 1, None])
def test_a_template_of_a_later_release_is_not_judged(ring: KeyRing, keys, template: object) -> None:
    payload = {**samples.receipt().members(), "template": template}
    token = jws.sign(payload, ring.private_jwk("receipt"), typ=DOCUMENT_TYP)
    with pytest.raises(DocumentUnreadable):
        read_document(token, keys)


def test_a_document_for_another_engine_is_read_but_not_drawn(ring: KeyRing, keys) -> None:
    """Its signature proves it; only the picture cannot be compared here."""
    token = sign_document(samples.receipt(engine="typst-py 0.1.0"), ring.private_jwk("receipt"))
    assert read_document(token, keys).document.engine == "typst-py 0.1.0"
    with pytest.raises(DocumentUnreadable, match=r"typst-py 0\.1\.0"):
        draw_document(token, FONTS_DIR)


def test_signed_members_that_do_not_fit_their_template_are_refused(ring: KeyRing, keys) -> None:
    payload = {**samples.receipt().members(), "extra": 1}
    token = jws.sign(payload, ring.private_jwk("receipt"), typ=DOCUMENT_TYP)
    with pytest.raises(DocumentInvalid):
        read_document(token, keys)


def test_a_name_without_a_glyph_is_not_printed(ring: KeyRing) -> None:
    document = samples.receipt(engine=ENGINE, person=Subject(name="王𠮷"))
    with pytest.raises(GlyphMissing) as caught:
        draw_document(sign_document(document, ring.private_jwk("receipt")), FONTS_DIR)
    assert (caught.value.name, caught.value.char) == ("王𠮷", "𠮷")


def test_the_attachment_has_its_name(pdf: bytes) -> None:
    assert list(pypdf.PdfReader(io.BytesIO(pdf)).attachments) == [ATTACHMENT_NAME]
