"""A person's photograph: bound by a ticket, a fact with its source like every other; each look at it is a view."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from chassis.identity import Caller
from chassis.web import IDEMPOTENCY, PRIVATE, CurrentDeps, IfMatch, RequestModel, Uow, refusals, requires
from contracts import problems
from contracts.values.ids import FactId, PersonId
from services.catalog.api.answers import created
from services.catalog.api.fact_shapes import FactOut, FactsRecorded, ProvenanceIn
from services.catalog.domain.facts import Provenance
from services.catalog.usecases.put_photograph import PutPhotograph, put_photograph, view_photograph

router = APIRouter(tags=["persons"])


class PhotographIn(RequestModel):
    """An uploaded JPEG or PNG, and where it comes from."""

    blob_ticket: str = Field(max_length=4000, description="Of `POST /v1/uploads`, by the same account within a day")
    provenance: ProvenanceIn = ProvenanceIn()


@router.post(
    "/persons/{person_id}/photographs",
    status_code=201,
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.ROLE_MISSING,
        problems.RECUSAL,
        problems.NOT_FOUND,
        problems.VERSION_STALE,
        problems.PRECONDITION_REQUIRED,
        *IDEMPOTENCY,
    ),
)
async def create_person_photograph(
    person_id: PersonId,
    body: PhotographIn,
    caller: Annotated[Caller, requires("person:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
    validate_only: Annotated[bool, Query(description="Every check, and nothing stays")] = False,
) -> FactsRecorded:
    """Give a person this photograph: forms and LRMX show it from now on, and the one before stays in the history."""
    where = Provenance(**body.provenance.model_dump())
    command = PutPhotograph(person_id, if_match, body.blob_ticket, where, validate_only)
    version, added = await put_photograph(command, uow=uow, deps=deps)
    created(response, uow, version)
    if validate_only:
        response.status_code = 200
    return FactsRecorded(person_id=person_id, version=version, facts=[FactOut.of(fact) for fact in added])


@router.get(
    "/persons/{person_id}/photograph",
    response_class=Response,
    responses={
        200: {"description": "The photograph", "content": {"image/jpeg": {}, "image/png": {}}},
        **refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND, problems.DEPENDENCY_DOWN),
    },
)
async def get_person_photograph(
    person_id: PersonId,
    caller: Annotated[Caller, requires("person:read")],
    uow: Uow,
    deps: CurrentDeps,
    fact_id: Annotated[FactId | None, Query(description="A former one; absent: the present one")] = None,
) -> Response:
    """The photograph that forms show. A view: it stands in the journal before the first byte leaves."""
    photo, content = await view_photograph(person_id, fact_id, uow=uow, blobs=deps.blobs)
    headers = {"Cache-Control": PRIVATE, "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(content, media_type=photo.media_type, headers=headers)
