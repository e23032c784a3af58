"""Prints of how problems are handled, and of what stands before an appointment; each is a view, recorded first."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from chassis.identity import Caller
from chassis.print_files import FORM_CONTENT, FormMedium, file_answer
from chassis.web import CurrentDeps, Uow, refusals, requires
from contracts import problems
from contracts.values.ids import CampaignDossierId, ClearanceId
from services.audit.papers.pre_appointment import StageKind
from services.audit.usecases.print_handling_opinion import print_handling_opinion
from services.audit.usecases.print_pre_appointment import PrintPreAppointment, print_pre_appointment

router = APIRouter(tags=["prints"])

Medium = Annotated[FormMedium, Query(description="`docx` is for offices that edit the form on")]
_REFUSED = refusals(
    problems.VALIDATION_FAILED, problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND, problems.GLYPH_MISSING
)


@router.get(
    "/campaign-dossiers/{campaign_dossier_id}/prints/handling-opinion",
    response_class=Response,
    responses={
        200: {"description": "档案问题处理意见", "content": FORM_CONTENT},
        **_REFUSED,
        **refusals(problems.STATE_CONFLICT),
    },
)
async def get_campaign_dossier_handling_opinion(
    campaign_dossier_id: CampaignDossierId,
    caller: Annotated[Caller, requires("determination:read")],
    uow: Uow,
    deps: CurrentDeps,
    medium: Medium = "pdf",
) -> Response:
    """How each problem of the dossier is handled: cause, measure, who, until when. Not while first reviews run."""
    content = await print_handling_opinion(campaign_dossier_id, medium, uow=uow, deps=deps)
    return file_answer(content, medium, f"handling-opinion-{campaign_dossier_id}")


@router.get(
    "/clearances/{clearance_id}/prints/pre-appointment-form",
    response_class=Response,
    responses={200: {"description": "任前审核登记表", "content": FORM_CONTENT}, **_REFUSED},
)
async def get_clearance_pre_appointment_form(
    clearance_id: ClearanceId,
    caller: Annotated[Caller, requires("clearance:hold")],
    uow: Uow,
    deps: CurrentDeps,
    medium: Medium = "pdf",
    stage: Annotated[StageKind | None, Query(description="动议, 考察 or 任用; absent: ticked by hand")] = None,
) -> Response:
    """Each fact as it was found, what the dossier lacks, what the two reviewers and the gate say."""
    content = await print_pre_appointment(PrintPreAppointment(clearance_id, medium, stage), uow=uow, deps=deps)
    return file_answer(content, medium, f"pre-appointment-{clearance_id}")
