"""Reports that verify education and degrees: what issuers said of certificates, with the scan of each report."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import (
    IDEMPOTENCY,
    PRIVATE,
    CurrentDeps,
    Pages,
    RequestModel,
    Uow,
    etag,
    not_modified,
    refusals,
    requires,
)
from contracts import problems
from contracts.values.ids import MaterialId, VerificationReportId
from contracts.values.partial_date import PartialDate
from contracts.values.text import line_schema, one_line
from services.audit.api.images import send_picture
from services.audit.domain.recusal import Relation
from services.audit.domain.verification import Result
from services.audit.store import verification_reports
from services.audit.store.tables_appraisal import VerificationReportRow
from services.audit.usecases.record_verification import RecordVerification, record_verification, view_scan
from services.audit.usecases.recuse import caller_related, refuse_related

router = APIRouter(tags=["verification-reports"])


class VerificationReportIn(RequestModel):
    """What the issuer reported of one certificate."""

    material_id: MaterialId = Field(description="The certificate: one whose appraisal waits for it, or a filed one")
    issuer: Annotated[str, one_line(200), line_schema(200)] = Field(examples=["教育部学生服务与素质发展中心"])
    number: Annotated[str, one_line(100), line_schema(100)] = Field(description="The issuer's own number")
    issued_on: PartialDate
    result: Result
    blob_ticket: str = Field(max_length=4000, description="The scan (JPEG or PNG), of `POST /v1/uploads`")
    not_related: bool | None = Field(
        default=None,
        description="Your declaration to be neither the subject nor a relative; needed where kin are not known",
    )


class ScanOut(BaseModel):
    """The picture of a report; it is at `verification-reports/{id}/scan`."""

    digest: str
    media_type: str
    bytes: int
    width: int
    height: int


class VerificationReportOut(BaseModel):
    """A report as it is kept; it never changes, but for the unit that keeps the dossier."""

    id: str
    material_id: str
    dossier_id: str
    unit_id: str = Field(description="The unit that keeps the dossier")
    appraisal_id: str | None = Field(description="The appraisal that went on or ended with it; null for a filed one")
    issuer: str
    number: str
    issued_on: PartialDate
    result: Result
    scan: ScanOut
    relation: Relation = Field(description="How whoever recorded it stood to the subject")
    recorded_by: str
    recorded_at: datetime
    version: int

    @classmethod
    def of(cls, row: VerificationReportRow) -> "VerificationReportOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class VerificationReportList(BaseModel):
    """One page of reports, oldest first."""

    items: list[VerificationReportOut]
    next_page_token: str | None


@router.post(
    "/verification-reports",
    status_code=201,
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.ROLE_MISSING,
        problems.RECUSAL,
        problems.NOT_FOUND,
        problems.STATE_CONFLICT,
        *IDEMPOTENCY,
    ),
)
async def create_verification_report(
    body: VerificationReportIn,
    caller: Annotated[Caller, requires("verification:record", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> VerificationReportOut:
    """Record a report. One that confirms lets the appraisal go on; one that refuses returns the material as
    `not_verified`."""
    command = RecordVerification(
        material_id=body.material_id,
        issuer=body.issuer,
        number=body.number,
        issued_on=body.issued_on,
        result=body.result,
        ticket=body.blob_ticket,
        not_related=body.not_related,
    )
    row = await record_verification(command, uow=uow, deps=deps)
    response.headers.update({"ETag": etag(row.version), "Cache-Control": PRIVATE})
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return VerificationReportOut.of(row)


@router.get("/verification-reports", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_verification_reports(
    caller: Annotated[Caller, requires("verification:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
    material_id: MaterialId | None = None,
) -> VerificationReportList:
    """Reports on materials of the dossiers in your scope, without your own and your relatives'."""
    after = paging.after[0] if paging.after else None
    async with uow:
        rows = await verification_reports.page_of(
            uow,
            after=after,
            limit=paging.size + 1,
            material_id=material_id,
            hidden_persons=await caller_related(uow),
        )
    response.headers["Cache-Control"] = PRIVATE
    items = [VerificationReportOut.of(row) for row in rows]
    return VerificationReportList.model_validate(paging.answer(response, items, lambda item: [item.id]))


@router.get(
    "/verification-reports/{report_id}",
    response_model=VerificationReportOut,
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND),
)
async def get_verification_report(
    report_id: VerificationReportId,
    caller: Annotated[Caller, requires("verification:read")],
    uow: Uow,
    request: Request,
    response: Response,
) -> VerificationReportOut | Response:
    """One report."""
    async with uow:
        row = await verification_reports.get(uow, report_id)
        await refuse_related(uow, row.person_id)
    headers = {"ETag": etag(row.version), "Cache-Control": PRIVATE}
    if not_modified(request, row.version):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return VerificationReportOut.of(row)


@router.get(
    "/verification-reports/{report_id}/scan",
    response_class=Response,
    responses={
        200: {"description": "The report", "content": {"image/jpeg": {}, "image/png": {}}},
        **refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND, problems.DEPENDENCY_DOWN),
    },
)
async def get_verification_report_scan(
    report_id: VerificationReportId,
    caller: Annotated[Caller, requires("verification:read")],
    uow: Uow,
    deps: CurrentDeps,
) -> Response:
    """The scan of a report. A view: it stands in the journal before the first byte leaves."""
    row = await view_scan(report_id, uow=uow)
    scan = ScanOut.model_validate(row.scan)
    return await send_picture(deps.blobs, row.scan_unit_id, scan.digest, scan.media_type, scan.bytes)
