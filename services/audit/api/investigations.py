"""Inquiries outside a dossier (调查核实): what is asked where, by whom, until when, and what came of it."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import PRIVATE, CurrentDeps, IfMatch, Pages, Uow, etag, refusals, requires
from contracts import problems
from contracts.values.ids import AccountId, CampaignDossierId, InvestigationId
from services.audit.api.adjudication_shapes import DeclarationIn, Number, Reason, Title, Words
from services.audit.api.adjudications import ACTING, answered
from services.audit.domain.adjudication import Inquiry
from services.audit.store import campaign_dossiers, determination_outcomes
from services.audit.store.tables_adjudication import InvestigationRow
from services.audit.usecases.hold_campaign_dossier import OnDossier
from services.audit.usecases.investigate_dossier import (
    EndInvestigation,
    OpenInvestigation,
    end_investigation,
    open_investigation,
)
from services.audit.usecases.recuse import refuse_related
from services.audit.usecases.settle_clearances import gate_of

router = APIRouter(tags=["determinations"])


class InvestigationIn(DeclarationIn):
    """What the dossier cannot tell, and who goes to ask."""

    question: Words
    unit_visited: Title = Field(examples=["县第一中学"])
    investigator_ids: list[AccountId] = Field(min_length=1, max_length=20)
    due_on: date


class InvestigationResultIn(DeclarationIn):
    """What came of it."""

    result: Inquiry = Field(description="`verified` rests on at least one piece of evidence")
    people: list[Number] = Field(default=[], max_length=50, description="Who was spoken to")
    evidence: list[Reason] = Field(default=[], max_length=50)


class InvestigationOut(BaseModel):
    """An inquiry as it stands."""

    id: str
    campaign_dossier_id: str
    unit_id: str
    question: str
    unit_visited: str
    investigator_ids: list[str]
    due_on: date
    opened_by: str
    opened_at: datetime
    result: Inquiry | None
    people: list[str]
    evidence: list[str]
    ended_by: str | None
    ended_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: InvestigationRow) -> "InvestigationOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class InvestigationList(BaseModel):
    """One page of inquiries, in the order in which they were begun."""

    items: list[InvestigationOut]
    next_page_token: str | None


@router.post("/campaign-dossiers/{campaign_dossier_id}/investigations", status_code=201, responses=refusals(*ACTING))
async def create_investigation(
    campaign_dossier_id: CampaignDossierId,
    body: InvestigationIn,
    caller: Annotated[Caller, requires("determination:settle", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> InvestigationOut:
    """Begin an inquiry, as often as needed: from the second review, from the meeting, or after a dispute."""
    command = OpenInvestigation(
        OnDossier(campaign_dossier_id, if_match, body.not_related),
        body.question,
        body.unit_visited,
        body.investigator_ids,
        body.due_on,
    )
    row = await open_investigation(command, uow=uow, rules=deps.rules.adjudication, gate=gate_of(deps))
    response.headers["ETag"] = etag(row.version)
    answered(response, uow)
    return InvestigationOut.of(row)


@router.get(
    "/campaign-dossiers/{campaign_dossier_id}/investigations",
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND, problems.PAGE_TOKEN_INVALID),
)
async def list_investigations(
    campaign_dossier_id: CampaignDossierId,
    caller: Annotated[Caller, requires("determination:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
) -> InvestigationList:
    """The inquiries of a dossier."""
    after = paging.after[0] if paging.after else None
    async with uow:
        dossier = await campaign_dossiers.get(uow, campaign_dossier_id)
        await refuse_related(uow, dossier.person_id)
        rows = await determination_outcomes.page_of_investigations(uow, dossier.id, after=after, limit=paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    items = [InvestigationOut.of(row) for row in rows]
    return InvestigationList.model_validate(paging.answer(response, items, lambda item: [item.id]))


@router.post("/investigations/{investigation_id}/results", status_code=201, responses=refusals(*ACTING))
async def create_investigation_result(
    investigation_id: InvestigationId,
    body: InvestigationResultIn,
    caller: Annotated[Caller, requires("determination:settle", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    response: Response,
) -> InvestigationOut:
    """Record what came of an inquiry. The dossier goes before the meeting only once all of them have ended."""
    command = EndInvestigation(investigation_id, if_match, body.result, body.people, body.evidence, body.not_related)
    row = await end_investigation(command, uow=uow)
    response.headers["ETag"] = etag(row.version)
    answered(response, uow)
    return InvestigationOut.of(row)
