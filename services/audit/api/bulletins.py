"""Papers that tell of a year, and of one alteration: counted or drawn now, each print recorded first."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from chassis.identity import Caller
from chassis.print_files import FORM_CONTENT, MEDIA_TYPES, file_answer
from chassis.web import CurrentDeps, Uow, refusals, requires
from contracts import problems
from contracts.values.ids import AlterationId, BulletinId, UnitId
from services.audit.api.handling_prints import Medium
from services.audit.usecases.print_alteration_record import print_alteration_record
from services.audit.usecases.print_bulletins import print_consequences, print_score_bulletin

router = APIRouter(tags=["bulletins"])

Year = Annotated[int, Query(ge=1949, le=2199, description="By the day of the decision")]
_PDF = {MEDIA_TYPES["pdf"]: {}}
_KNOWN = (problems.VALIDATION_FAILED, problems.ROLE_MISSING)


@router.get(
    "/consequence-bulletins/pdf",
    response_class=Response,
    responses={
        200: {"description": "档案造假处理情况通报", "content": _PDF},
        **refusals(*_KNOWN, problems.GLYPH_MISSING),
    },
)
async def get_consequence_bulletin_pdf(
    caller: Annotated[Caller, requires("alteration:read")], unit_id: UnitId, year: Year, uow: Uow, deps: CurrentDeps
) -> Response:
    """The year of a unit and those below, to be sealed; `/v1/consequence-counts` tells the same figures."""
    pdf = await print_consequences(unit_id, year, uow=uow, deps=deps)
    return file_answer(pdf, "pdf", f"consequences-{unit_id}-{year}")


@router.get(
    "/score-bulletins/{bulletin_id}/pdf",
    response_class=Response,
    responses={
        200: {"description": "评分通报", "content": _PDF},
        **refusals(problems.ROLE_MISSING, problems.NOT_FOUND, problems.GLYPH_MISSING),
    },
)
async def get_score_bulletin_pdf(
    bulletin_id: BulletinId, caller: Annotated[Caller, requires("score:read")], uow: Uow, deps: CurrentDeps
) -> Response:
    """The bulletin as counted; before its approval it says that it waits for it."""
    return file_answer(await print_score_bulletin(bulletin_id, uow=uow, deps=deps), "pdf", f"bulletin-{bulletin_id}")


@router.get(
    "/alterations/{alteration_id}/prints/alteration-record",
    response_class=Response,
    responses={
        200: {"description": "涂改情况登记表", "content": FORM_CONTENT},
        **refusals(*_KNOWN, problems.RECUSAL, problems.NOT_FOUND, problems.GLYPH_MISSING),
    },
)
async def get_alteration_record(
    alteration_id: AlterationId,
    caller: Annotated[Caller, requires("alteration:read")],
    uow: Uow,
    deps: CurrentDeps,
    medium: Medium = "pdf",
) -> Response:
    """The record to be signed; its scan goes with `POST /v1/alterations/{id}/confirmations`."""
    content = await print_alteration_record(alteration_id, medium, uow=uow, deps=deps)
    return file_answer(content, medium, f"alteration-record-{alteration_id}")
