"""Receipts and return notes: as JSON, as the signed JWS, and as the PDF that is drawn from it."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from chassis.deps import Deps
from chassis.documents import DocumentUnreadable, draw_document
from chassis.identity import Caller
from chassis.jws import read_unverified
from chassis.web import PRIVATE, CurrentDeps, Uow, etag, not_modified, refusals, requires
from contracts import problems
from contracts.documents import ReceiptDocument, ReturnNoteDocument
from contracts.problems import DrawingUnavailable
from contracts.values.ids import ReceiptId, ReturnNoteId, SubmissionId
from services.transfer.api.shapes import Instant
from services.transfer.store import papers, submissions
from services.transfer.store.papers import Paper, PaperKind

router = APIRouter(tags=["receipts", "return-notes"])

_READ = refusals(problems.ROLE_MISSING, problems.NOT_FOUND)
_JWS: Mapping[int | str, dict[str, Any]] = {
    200: {"description": "The signed document (JWS, ES256)", "content": {"application/jose": {}}}
}
_PDF: Mapping[int | str, dict[str, Any]] = {
    200: {"description": "The document (PDF/A-3b) with its JWS attached", "content": {"application/pdf": {}}}
}
_DRAWN = refusals(problems.ROLE_MISSING, problems.NOT_FOUND, problems.GLYPH_MISSING, problems.DRAWING_UNAVAILABLE)
_VERSION: Final = 1
"""A paper is issued once and never changes, nor does its drawing."""
_HEADERS: Final = {"Cache-Control": PRIVATE, "ETag": etag(_VERSION)}


class PaperSummary(BaseModel):
    """A paper as lists show it. `sequence_no` counts without gaps within issuing unit, kind and year."""

    id: str
    submission_id: str
    issuer_unit_id: str
    year: int
    sequence_no: int
    number: str = Field(description="As printed")
    issued_at: Instant


class PaperList(BaseModel):
    """The papers of one kind that a submission ended in: none or one."""

    items: list[PaperSummary]
    next_page_token: None = None


class ReceiptOut(PaperSummary):
    """A receipt: the items that were filed, and where."""

    document: ReceiptDocument


class ReturnNoteOut(PaperSummary):
    """A return note: the items that go back, and why."""

    document: ReturnNoteDocument


@router.get("/submissions/{submission_id}/receipts", responses=_READ)
async def list_receipts(
    submission_id: SubmissionId, caller: Annotated[Caller, requires("receipt:read")], uow: Uow, response: Response
) -> PaperList:
    """The receipt of a submission, once its last item has ended and any was filed."""
    return await _list("receipt", submission_id, uow, response)


@router.get("/submissions/{submission_id}/return-notes", responses=_READ)
async def list_return_notes(
    submission_id: SubmissionId, caller: Annotated[Caller, requires("receipt:read")], uow: Uow, response: Response
) -> PaperList:
    """The return note of a submission, once its last item has ended and any was returned."""
    return await _list("return_note", submission_id, uow, response)


@router.get("/receipts/{receipt_id}", response_model=ReceiptOut, responses=_READ)
async def get_receipt(
    receipt_id: ReceiptId,
    caller: Annotated[Caller, requires("receipt:read")],
    uow: Uow,
    request: Request,
    response: Response,
) -> Any:
    """One receipt."""
    paper = await _read("receipt", receipt_id, uow)
    if not_modified(request, _VERSION):
        return _unchanged()
    response.headers.update(_HEADERS)
    return {**_members(paper), "document": read_unverified(paper.jws)}


@router.get("/receipts/{receipt_id}/jws", response_class=Response, responses={**_JWS, **_READ})
async def get_receipt_jws(
    receipt_id: ReceiptId, caller: Annotated[Caller, requires("receipt:read")], uow: Uow, request: Request
) -> Response:
    """The signed document itself; `dangan verify` checks it offline."""
    return await _jws("receipt", receipt_id, uow, request)


@router.get("/receipts/{receipt_id}/pdf", response_class=Response, responses={**_PDF, **_DRAWN})
async def get_receipt_pdf(
    receipt_id: ReceiptId,
    caller: Annotated[Caller, requires("receipt:read")],
    uow: Uow,
    deps: CurrentDeps,
    request: Request,
) -> Response:
    """The receipt for printing: drawn now, the same bytes each time."""
    return await _pdf("receipt", receipt_id, uow, deps, request)


@router.get("/return-notes/{return_note_id}", response_model=ReturnNoteOut, responses=_READ)
async def get_return_note(
    return_note_id: ReturnNoteId,
    caller: Annotated[Caller, requires("receipt:read")],
    uow: Uow,
    request: Request,
    response: Response,
) -> Any:
    """One return note."""
    paper = await _read("return_note", return_note_id, uow)
    if not_modified(request, _VERSION):
        return _unchanged()
    response.headers.update(_HEADERS)
    return {**_members(paper), "document": read_unverified(paper.jws)}


@router.get("/return-notes/{return_note_id}/jws", response_class=Response, responses={**_JWS, **_READ})
async def get_return_note_jws(
    return_note_id: ReturnNoteId, caller: Annotated[Caller, requires("receipt:read")], uow: Uow, request: Request
) -> Response:
    """The signed document itself."""
    return await _jws("return_note", return_note_id, uow, request)


@router.get("/return-notes/{return_note_id}/pdf", response_class=Response, responses={**_PDF, **_DRAWN})
async def get_return_note_pdf(
    return_note_id: ReturnNoteId,
    caller: Annotated[Caller, requires("receipt:read")],
    uow: Uow,
    deps: CurrentDeps,
    request: Request,
) -> Response:
    """The return note for printing."""
    return await _pdf("return_note", return_note_id, uow, deps, request)


async def _list(kind: PaperKind, submission_id: str, uow: Uow, response: Response) -> PaperList:
    async with uow:
        await submissions.get(uow, submission_id)
        found = await papers.list_of(uow, kind, submission_id)
    response.headers["Cache-Control"] = PRIVATE
    return PaperList(items=[PaperSummary(**_members(paper)) for paper in found])


async def _read(kind: PaperKind, paper_id: str, uow: Uow) -> Paper:
    async with uow:
        return await papers.get(uow, kind, paper_id)


async def _jws(kind: PaperKind, paper_id: str, uow: Uow, request: Request) -> Response:
    paper = await _read(kind, paper_id, uow)
    if not_modified(request, _VERSION):
        return _unchanged()
    return _file(paper.jws.encode(), "application/jose", f"{paper_id}.jws")


async def _pdf(kind: PaperKind, paper_id: str, uow: Uow, deps: Deps, request: Request) -> Response:
    paper = await _read(kind, paper_id, uow)
    if not_modified(request, _VERSION):
        return _unchanged()
    try:
        pdf = await deps.run_cpu(draw_document, paper.jws, deps.settings.fonts_dir)
    except DocumentUnreadable:
        raise DrawingUnavailable(jws=f"{request.url.path.removesuffix('/pdf')}/jws") from None
    return _file(pdf, "application/pdf", f"{paper_id}.pdf")


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {**_HEADERS, "Content-Disposition": f'inline; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


def _unchanged() -> Response:
    """For whoever has the paper already; asked only once the paper was found in their scope."""
    return Response(status_code=304, headers=_HEADERS)


def _members(paper: Paper) -> dict[str, Any]:
    """The document is its own JWS, which this service signed and keeps: its number is read from there."""
    return {
        "id": paper.paper_id,
        "submission_id": paper.submission_id,
        "issuer_unit_id": paper.custodian_unit_id,
        "year": paper.year,
        "sequence_no": paper.number,
        "number": read_unverified(paper.jws)["number"],
        "issued_at": paper.issued_at,
    }
