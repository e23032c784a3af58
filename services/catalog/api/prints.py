"""Prints of a dossier: each is a view, in the journal before its first byte."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from chassis.identity import Caller
from chassis.print_files import FORM_CONTENT, MEDIA_TYPES, FormMedium, file_answer
from chassis.web import CurrentDeps, RequestModel, Uow, refusals, requires
from contracts import problems
from contracts.documents import CatalogueForm
from contracts.values.ids import DossierId
from contracts.values.text import line_schema, one_line
from services.catalog.api.texts import Name
from services.catalog.papers.person_forms import Proposal
from services.catalog.usecases.print_catalogue import PrintCatalogue, print_catalogue
from services.catalog.usecases.print_form import PrintForm, print_form

router = APIRouter(tags=["prints"])

Columns = Annotated[
    CatalogueForm, Query(description="`current`: columns since 2012; `r1991`: 类号, 材料制成时间 and 份数 as before")
]
_COMMON = (problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND, problems.VALIDATION_FAILED)
_REFUSED = refusals(*_COMMON)
_REFUSED_PDF = refusals(*_COMMON, problems.GLYPH_MISSING)


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


VolumePrint = Literal["spine-label", "cover", "removed-materials", "missing-materials"]
PersonForm = Literal["post-changes", "resume-form", "basic-information", "audit-appointment-form"]
Sentence = Annotated[str, one_line(500), line_schema(500)]
_REFUSED_FORM = refusals(*_COMMON, problems.GLYPH_MISSING, problems.DEPENDENCY_DOWN)


class ProposalIn(RequestModel):
    """What 干部任免审批表 says beside the facts. It stays out of the address."""

    post_proposed: Sentence = Field(default="", description="拟任职务")
    post_removed: Sentence = Field(default="", description="拟免职务")
    reason: Sentence = Field(default="", description="任免理由")
    submitted_by: Name = Field(default="", description="呈报单位")
    filled_by: Name = Field(default="", description="填表人")
    filled_on: date | None = Field(default=None, description="填表时间")

    def proposal(self) -> Proposal:
        """The members that no fact holds."""
        return Proposal(
            self.post_proposed, self.post_removed, self.reason, self.submitted_by, self.filled_by, self.filled_on
        )


class AppointmentFormIn(ProposalIn):
    """One form. What is sent is printed and not kept."""

    medium: FormMedium = "pdf"
    on: date | None = Field(default=None, description="计算年龄时间; absent: today")


@router.get(
    "/dossiers/{dossier_id}/prints/{kind}",
    response_class=Response,
    responses={200: {"description": "Ready to print, or to edit on", "content": FORM_CONTENT}, **_REFUSED_FORM},
)
async def get_dossier_print(
    dossier_id: DossierId,
    kind: VolumePrint,
    caller: Annotated[Caller, requires("catalogue:read")],
    uow: Uow,
    deps: CurrentDeps,
    medium: Annotated[FormMedium, Query(description="`docx` for the list of missing materials alone")] = "pdf",
) -> Response:
    """卷夹背脊边签 and cover of every volume, or the list of removed (剔除) or missing (缺失) materials."""
    content = await print_form(PrintForm(dossier_id, kind, medium), uow=uow, deps=deps)
    return file_answer(content, medium, f"{kind}-{dossier_id}")


@router.get(
    "/dossiers/{dossier_id}/forms/{kind}",
    response_class=Response,
    responses={200: {"description": "The form", "content": FORM_CONTENT}, **_REFUSED_FORM},
)
async def get_dossier_form(
    dossier_id: DossierId,
    kind: PersonForm,
    caller: Annotated[Caller, requires("person:read")],
    uow: Uow,
    deps: CurrentDeps,
    medium: FormMedium = "pdf",
    on: Annotated[date | None, Query(description="The day on which ages count; absent: today")] = None,
) -> Response:
    """干部职务变动登记表, 干部简历表, 干部基本信息表, or 任免审批表 for audits; filled in from the current facts."""
    content = await print_form(PrintForm(dossier_id, kind, medium, on), uow=uow, deps=deps)
    return file_answer(content, medium, f"{kind}-{dossier_id}")


@router.post(
    "/dossiers/{dossier_id}/appointment-forms",
    response_class=Response,
    responses={200: {"description": "The form", "content": FORM_CONTENT}, **_REFUSED_FORM},
)
async def print_appointment_form(
    dossier_id: DossierId,
    body: AppointmentFormIn,
    caller: Annotated[Caller, requires("person:read")],
    uow: Uow,
    deps: CurrentDeps,
) -> Response:
    """干部任免审批表, front and back. It creates nothing: what is sent is printed with the facts, and forgotten."""
    cmd = PrintForm(dossier_id, "appointment-form", body.medium, body.on, body.proposal())
    content = await print_form(cmd, uow=uow, deps=deps)
    return file_answer(content, body.medium, f"appointment-form-{dossier_id}")
