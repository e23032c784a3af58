"""Prints of a dossier: each is a view, in the journal before its first byte."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from chassis.identity import Caller
from chassis.web import CurrentDeps, Uow, refusals, requires
from contracts import problems
from contracts.documents import CatalogueForm
from contracts.values.ids import DossierId
from services.catalog.api.answers import PRIVATE
from services.catalog.usecases.print_catalogue import Medium, PrintCatalogue, print_catalogue

router = APIRouter(tags=["prints"])

MEDIA_TYPES: dict[Medium, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
Columns = Annotated[
    CatalogueForm, Query(description="`current`: columns since 2012; `r1991`: 类号, 材料制成时间 and 份数 as before")
]
_COMMON = (problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND, problems.VALIDATION_FAILED)
_REFUSED = refusals(*_COMMON)
_REFUSED_PDF = refusals(*_COMMON, problems.GLYPH_MISSING)


def file_answer(content: bytes, medium: Medium, name: str) -> Response:
    """A file of personal data; its name holds ids only. A PDF opens in the browser, the others are saved."""
    place = "inline" if medium == "pdf" else "attachment"
    headers = {"Cache-Control": PRIVATE, "Content-Disposition": f'{place}; filename="{name}.{medium}"'}
    return Response(content, media_type=MEDIA_TYPES[medium], headers=headers)


@router.get(
    "/dossiers/{dossier_id}/catalogue/pdf",
    response_class=Response,
    responses={
        200: {"description": "The scheme's sheet, official columns", "content": {MEDIA_TYPES["pdf"]: {}}},
        **_REFUSED_PDF,
    },
)
async def get_dossier_catalogue_pdf(
    dossier_id: DossierId,
    caller: Annotated[Caller, requires("catalogue:read")],
    uow: Uow,
    deps: CurrentDeps,
    form: Columns = "current",
) -> Response:
    """The catalogue ready to print. In the current columns it takes the dossier off the reprint queue."""
    pdf = await print_catalogue(PrintCatalogue(dossier_id, form), uow=uow, deps=deps)
    return file_answer(pdf, "pdf", f"catalogue-{dossier_id}")


@router.get(
    "/dossiers/{dossier_id}/catalogue/xlsx",
    response_class=Response,
    responses={200: {"description": "Sheets 基本信息 and 目录", "content": {MEDIA_TYPES["xlsx"]: {}}}, **_REFUSED},
)
async def get_dossier_catalogue_xlsx(
    dossier_id: DossierId,
    caller: Annotated[Caller, requires("catalogue:read")],
    uow: Uow,
    deps: CurrentDeps,
    form: Columns = "current",
) -> Response:
    """The catalogue as a spreadsheet to edit on. No cell is a formula, whatever a title begins with."""
    content = await print_catalogue(PrintCatalogue(dossier_id, form, "xlsx"), uow=uow, deps=deps)
    return file_answer(content, "xlsx", f"catalogue-{dossier_id}")


@router.get(
    "/dossiers/{dossier_id}/catalogue/docx",
    response_class=Response,
    responses={200: {"description": "The form as a table", "content": {MEDIA_TYPES["docx"]: {}}}, **_REFUSED},
)
async def get_dossier_catalogue_docx(
    dossier_id: DossierId,
    caller: Annotated[Caller, requires("catalogue:read")],
    uow: Uow,
    deps: CurrentDeps,
    form: Columns = "current",
) -> Response:
    """The catalogue as a text document to edit on, on the scheme's sheet."""
    content = await print_catalogue(PrintCatalogue(dossier_id, form, "docx"), uow=uow, deps=deps)
    return file_answer(content, "docx", f"catalogue-{dossier_id}")
