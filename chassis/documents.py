"""Signed documents: JSON under a signature, and the PDF that is drawn from it and carries it.

The token is the document; the PDF is only its picture. A PDF is checked by drawing it again from the token
inside it and comparing the bytes, so nothing on its pages can differ from what was signed.
"""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from chassis import jws
from chassis.glyphs import GlyphMissing
from chassis.printing import ENGINE, Attachment, compile_pdf
from contracts.documents import DOCUMENT_TYP, SIGNED, SignedDocument
from contracts.documents.prints import SheetDocument
from contracts.values.digest import digest_of

ATTACHMENT_NAME = "document.jws"
_MEDIA_TYPE = "application/jose"
_PURPOSE = "receipt"


class DocumentInvalid(Exception):
    """A file that does not prove what it shows; the message says in what way, and repeats nothing of it."""


class DocumentUnreadable(Exception):
    """A document that this release cannot judge: of a later template, or drawn by another engine."""


@dataclass(frozen=True)
class Verified:
    """A document whose signature holds, and the id of the key that made it."""

    document: SignedDocument
    kid: str


def sign_document(document: SignedDocument, private_jwk: jws.Jwk) -> str:
    """The document as a token, by the key of the purpose `receipt`."""
    return jws.sign(document.members(), private_jwk, typ=DOCUMENT_TYP)


def read_document(token: str | bytes, keys: Iterable[jws.Jwk]) -> Verified:
    """The document of a token whose signature holds.

    Raises `DocumentInvalid`, `DocumentUnreadable` for a template of a later release, and
    `chassis.jws.JwsKeyUnknown` when the key is not among those given. Only keys made for documents count.
    """
    try:
        signed = jws.verify(token, document_keys(keys), typ=DOCUMENT_TYP)
    except jws.JwsInvalid as error:
        raise DocumentInvalid(str(error)) from None
    return Verified(_document(signed.payload), signed.kid)


def document_keys(keys: Iterable[jws.Jwk]) -> list[jws.Jwk]:
    """Those of the published keys that sign documents; key ids begin with their purpose."""
    return [key for key in keys if str(key.get("kid", "")).startswith(f"{_PURPOSE}-")]


def draw_document(token: str, fonts_dir: Path) -> bytes:
    """The PDF/A-3b of a token that is known to be good, with the token inside: the same bytes each time.

    For a process pool. Raises `GlyphMissing` when a character has no glyph, `DocumentUnreadable` when
    the document was made to be drawn by another engine.
    """
    document = _document(jws.read_unverified(token))
    if document.engine != ENGINE:
        raise DocumentUnreadable(f"drawn by {document.engine}, and this is {ENGINE}")
    slip = Attachment(ATTACHMENT_NAME, _MEDIA_TYPE, token, "签名数据 signed data (JWS)")
    data = {**document.members(), "token_digest": digest_of(token.encode())}
    return compile_pdf(
        document.template_path,
        data,
        fonts_dir=fonts_dir,
        timestamp=document.issued_at,
        attachments=[slip],
    )


def draw_print(document: SheetDocument, fonts_dir: Path, images: Mapping[str, bytes] | None = None) -> bytes:
    """A print of the day as PDF/A-3b: the same bytes for the same document. For a process pool.

    `GlyphMissing` names the person (else the paper) before the text, because a print of many must say whose stopped.
    """
    try:
        return compile_pdf(
            document.source(),
            document.members(),
            fonts_dir=fonts_dir,
            timestamp=document.issued_at,
            images=images or {},
        )
    except GlyphMissing as missing:
        raise named(missing, document.about) from None


def named(missing: GlyphMissing, person_name: str) -> GlyphMissing:
    """The same, naming the person whose print it is."""
    if missing.name == person_name:
        return missing
    return GlyphMissing(f"{person_name}：{missing.name}", missing.char, missing.pointer)


def check_pdf(pdf: bytes, keys: Iterable[jws.Jwk], fonts_dir: Path) -> Verified:
    """The document that a PDF shows, once its token is verified and its bytes are those drawn from it.

    Raises like `read_document`; one byte that differs is `DocumentInvalid`.
    """
    token = token_in(pdf)
    verified = read_document(token, keys)
    if draw_document(token, fonts_dir) != pdf:
        raise DocumentInvalid("the pages are not those that were signed")
    return verified


def token_in(pdf: bytes) -> str:
    """The token that a PDF carries, not yet verified; `DocumentInvalid` when there is not exactly one."""
    from pypdf import PdfReader

    try:
        found = PdfReader(io.BytesIO(pdf)).attachments.get(ATTACHMENT_NAME, [])
        tokens = [content.decode("ascii") for content in found]
    except Exception:
        # A reader of hostile files fails in any way; each of them means that nothing can be read.
        raise DocumentInvalid("not a readable PDF") from None
    if len(tokens) != 1:
        raise DocumentInvalid("the PDF carries no signed document")
    return tokens[0]


def _document(payload: Mapping[str, Any]) -> SignedDocument:
    template = payload.get("template")
    model = SIGNED.get(template) if isinstance(template, str) else None
    if model is None:
        raise DocumentUnreadable("a template that this release does not know")
    try:
        return model.model_validate(payload)
    except ValidationError:
        raise DocumentInvalid("the members are not those of its template") from None
