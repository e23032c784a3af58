"""Prints of a special audit: the forms of one dossier, and the register of many. Each is a view, recorded first."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from chassis.identity import Caller
from chassis.print_files import FORM_CONTENT, MEDIA_TYPES, file_answer
from chassis.web import CurrentDeps, Uow, refusals, requires
from contracts import problems
from contracts.values.ids import CampaignDossierId, CampaignId, UnitId
from services.audit.api.handling_prints import Medium
from services.audit.usecases.print_audit_form import AuditForm, PrintAuditForm, print_audit_form, print_audit_register

router = APIRouter(tags=["prints"])

_REFUSED = refusals(
    problems.VALIDATION_FAILED,
    problems.ROLE_MISSING,
    problems.RECUSAL,
    problems.NOT_FOUND,
    problems.STATE_CONFLICT,
    problems.GLYPH_MISSING,
)


@router.get(
    "/campaign-dossiers/{campaign_dossier_id}/prints/{form}",
    response_class=Response,
    responses={200: {"description": "专项审核认定表, 确认表 or 情况登记表", "content": FORM_CONTENT}, **_REFUSED},
)
async def get_campaign_dossier_print(
    campaign_dossier_id: CampaignDossierId,
    form: AuditForm,
    caller: Annotated[Caller, requires("determination:read")],
    uow: Uow,
    deps: CurrentDeps,
    medium: Medium = "pdf",
) -> Response:
    """What was determined, to be signed (认定表) or confirmed (确认表): once the meeting has decided.

    The dossier's row of the register (情况登记表): not while the first reviews are under way.
    """
    content = await print_audit_form(PrintAuditForm(campaign_dossier_id, form, medium), uow=uow, deps=deps)
    return file_answer(content, medium, f"{form}-{campaign_dossier_id}")


@router.get(
    "/campaigns/{campaign_id}/prints/audit-register",
    response_class=Response,
    responses={
        200: {"description": "专项审核情况登记表, one row a person", "content": {MEDIA_TYPES["xlsx"]: {}}},
        **refusals(problems.VALIDATION_FAILED, problems.ROLE_MISSING, problems.NOT_FOUND),
    },
)
async def get_campaign_audit_register(
    campaign_id: CampaignId,
    caller: Annotated[Caller, requires("determination:read")],
    uow: Uow,
    deps: CurrentDeps,
    unit_id: Annotated[UnitId | None, Query(description="The unit that keeps the dossiers; absent: all yours")] = None,
) -> Response:
    """The register of a unit as a spreadsheet, without your own row and your relatives'; up to 2000 persons."""
    content = await print_audit_register(campaign_id, unit_id, uow=uow, deps=deps)
    return file_answer(content, "xlsx", f"audit-register-{campaign_id}")
