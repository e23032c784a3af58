"""Dossiers of other offices, lent for reading before their persons are taken in (凡进必审, 先调档审核)."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import (
    IDEMPOTENCY,
    PRIVATE,
    CurrentDeps,
    IfMatch,
    Pages,
    RequestModel,
    Uow,
    etag,
    refusals,
    requires,
)
from contracts import problems
from contracts.values.ids import InboundPreviewId
from contracts.values.text import line_schema, one_line
from services.audit.api.clearance_shapes import NamedIn
from services.audit.domain.inbound_preview import Loan
from services.audit.domain.recusal import Relation
from services.audit.store import inbound_previews
from services.audit.store.tables_gate import DossierAudit, InboundPreview
from services.audit.usecases.preview_inbound import PreviewInbound, give_back, preview_inbound
from services.audit.usecases.recuse import caller_related, refuse_related
from services.audit.usecases.settle_clearances import gate_of

router = APIRouter(tags=["clearances"])

Office = Annotated[str, one_line(200), line_schema(200)]
Number = Annotated[str, one_line(100), line_schema(100)]
_KNOWN = (problems.VALIDATION_FAILED, problems.ROLE_MISSING, problems.RECUSAL, problems.STATE_CONFLICT)


class InboundPreviewIn(RequestModel):
    """A dossier that another office lends for reading; it stays theirs."""

    person: NamedIn
    lent_by: Office = Field(description="The office that keeps it", examples=["某市水利局人事处"])
    letter_no: Number | None = Field(default=None, description="The letter by which it was called for (商调函)")
    borrowed_on: date
    due_back_on: date
    not_related: bool | None = Field(
        default=None,
        description="Your declaration to be neither the subject nor a relative; needed where kin are not known",
    )


class InboundPreviewOut(BaseModel):
    """One preview: whose dossier, who lends it, and where the paper is."""

    id: str
    state: Literal["out", "given_back"] = Field(description="`out`: the paper is here, out of its office")
    unit_id: str = Field(description="The unit that thinks of taking the person in")
    person_id: str
    lent_by: str
    letter_no: str | None
    borrowed_on: date
    due_back_on: date
    overdue: bool = Field(description="It should have gone back before today")
    given_back_on: date | None
    given_back_by: str | None
    relation: Relation = Field(description="How whoever registered it stood to the subject")
    recorded_by: str
    recorded_at: datetime
    version: int

    @classmethod
    def of(cls, row: InboundPreview, today: date) -> "InboundPreviewOut":
        loan = inbound_previews.loan_of(row)
        told = {"state": "given_back" if row.given_back_on else "out", "overdue": loan.overdue(today)}
        return cls.model_validate({**row.model_dump(include=set(cls.model_fields)), **told})


class PreviewAuditOut(BaseModel):
    """An audit of what is lent; what two persons found is at `tasks/{task_id}/examinations`."""

    task_id: str
    occasion: str
    state: Literal["pending", "approved", "rejected", "withdrawn"]
    due_at: datetime

    @classmethod
    def of(cls, row: DossierAudit) -> "PreviewAuditOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class InboundPreviewWhole(InboundPreviewOut):
    """A preview with the audits that rest on it."""

    audits: list[PreviewAuditOut]


class InboundPreviewList(BaseModel):
    """One page of previews, oldest first."""

    items: list[InboundPreviewOut]
    next_page_token: str | None


class ReturnIn(RequestModel):
    """When the paper went back."""

    given_back_on: date


@router.post("/inbound-previews", status_code=201, responses=refusals(*_KNOWN, *IDEMPOTENCY))
async def create_inbound_preview(
    body: InboundPreviewIn,
    caller: Annotated[Caller, requires("inbound-preview:write", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> InboundPreviewOut:
    """Register a dossier that is lent: two persons audit it as a task, and the clearance `enter` rests on that."""
    loan = Loan(body.borrowed_on, body.due_back_on)
    command = PreviewInbound(body.person.named(), body.lent_by, body.letter_no, loan, body.not_related)
    return _tagged(response, uow, await preview_inbound(command, uow=uow, gate=gate_of(deps)))


@router.get("/inbound-previews", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_inbound_previews(
    caller: Annotated[Caller, requires("inbound-preview:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
    state: Annotated[Literal["out", "given_back"] | None, Query(description="Where the paper is")] = None,
) -> InboundPreviewList:
    """Previews of your scope, without your own and your relatives'."""
    after = paging.after[0] if paging.after else None
    out = None if state is None else state == "out"
    async with uow:
        hidden = await caller_related(uow)
        rows = await inbound_previews.page_of(uow, after=after, limit=paging.size + 1, out=out, hidden_persons=hidden)
        items = [InboundPreviewOut.of(row, uow.today) for row in rows]
    response.headers["Cache-Control"] = PRIVATE
    return InboundPreviewList.model_validate(paging.answer(response, items, lambda item: [item.id]))


@router.get(
    "/inbound-previews/{preview_id}",
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND),
)
async def get_inbound_preview(
    preview_id: InboundPreviewId,
    caller: Annotated[Caller, requires("inbound-preview:read")],
    uow: Uow,
    response: Response,
) -> InboundPreviewWhole:
    """One preview with its audits. Its tag is for giving the paper back; audits go on without a new version."""
    async with uow:
        row = await inbound_previews.get(uow, preview_id)
        await refuse_related(uow, row.person_id)
        audits = [PreviewAuditOut.of(one) for one in await inbound_previews.audits_of(uow, row.id)]
        uow.record("inbound_preview.viewed", row.id, row.version, {})
    return InboundPreviewWhole(**_tagged(response, uow, row).model_dump(), audits=audits)


@router.post(
    "/inbound-previews/{preview_id}/returns",
    status_code=201,
    responses=refusals(
        *_KNOWN, problems.NOT_FOUND, problems.VERSION_STALE, problems.PRECONDITION_REQUIRED, *IDEMPOTENCY
    ),
)
async def create_inbound_preview_return(
    preview_id: InboundPreviewId,
    body: ReturnIn,
    caller: Annotated[Caller, requires("inbound-preview:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> InboundPreviewOut:
    """The paper went back; what its audit found stands, and an audit that has not ended is withdrawn."""
    row = await give_back(preview_id, if_match, body.given_back_on, uow=uow, gate=gate_of(deps))
    return _tagged(response, uow, row)


def _tagged(response: Response, uow: Uow, row: InboundPreview) -> InboundPreviewOut:
    response.headers.update({"ETag": etag(row.version), "Cache-Control": PRIVATE})
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return InboundPreviewOut.of(row, uow.today)
