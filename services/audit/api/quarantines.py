"""The register of materials held apart (另行放置登记): begin a line, keep it, end it."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field, StringConstraints

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
    not_modified,
    refusals,
    requires,
)
from contracts import problems
from contracts.values.ids import MaterialId, QuarantineId
from contracts.values.text import line_schema, one_line
from services.audit.domain.quarantine import QuarantineReason, Way
from services.audit.domain.recusal import Relation
from services.audit.store import quarantines
from services.audit.store.tables_appraisal import QuarantineRow
from services.audit.usecases.hold_apart import HoldApart, LetGo, change_entry, hold_apart, let_go
from services.audit.usecases.recuse import caller_related, refuse_related
from services.audit.usecases.settle_clearances import gate_of

router = APIRouter(tags=["quarantines"])

Line = Annotated[str, one_line(100), line_schema(100)]
LongLine = Annotated[str, one_line(200), line_schema(200)]
Answer = Annotated[str, one_line(2000), line_schema(2000)]
ReasonCode = Annotated[str, StringConstraints(min_length=1, max_length=40)]
_NOT_RELATED = "Your declaration to be neither the subject nor a relative; needed where kin are not known"


class QuarantineChange(RequestModel):
    """Members of a line; null takes one away, except the place."""

    place: Line | None = Field(default=None, description="Where it lies: a shelf place of its own")
    responsible_person: Line | None = Field(default=None, description="Who answers for what it says")
    asked_of_unit: LongLine | None = Field(default=None, description="The unit that was asked to explain or complete")
    asked_on: date | None = None
    answer: Answer | None = None
    answered_on: date | None = None
    case_no: Line | None = Field(default=None, description="The case that looks into it; held until that has closed")
    case_closed_on: date | None = None

    def changes(self) -> dict[str, Any]:
        """What was sent. A place cannot be taken away."""
        sent = self.model_dump(exclude_unset=True)
        if sent.get("place", "") is None:
            raise problems.ValidationFailed(errors=[problems.FieldFault("/place", "required")])
        return sent


class QuarantineIn(QuarantineChange):
    """A material to hold apart, with the first members of its line."""

    material_id: MaterialId = Field(description="One whose appraisal is open")
    reason: QuarantineReason
    place: Line = Field(description="Where it lies: a shelf place of its own")  # pyright: ignore
    not_related: bool | None = Field(default=None, description=_NOT_RELATED)


class QuarantineOut(BaseModel):
    """A line of the register."""

    id: str
    state: Literal["held", "released"]
    material_id: str
    appraisal_id: str
    dossier_id: str
    unit_id: str = Field(description="The unit that keeps the dossier")
    reason: QuarantineReason
    place: str
    responsible_person: str | None
    asked_of_unit: str | None
    asked_on: date | None
    answer: str | None
    answered_on: date | None
    case_no: str | None
    case_closed_on: date | None
    held_by: str
    held_on: date
    relation: Relation = Field(description="How whoever held it apart stood to the subject")
    released: Way | None
    released_on: date | None
    released_to: str | None
    released_by: str | None
    reasons: list[str] = Field(description="Return codes, where it was returned")
    version: int

    @classmethod
    def of(cls, row: QuarantineRow) -> "QuarantineOut":
        state = "released" if row.released else "held"
        return cls.model_validate({**row.model_dump(include=set(cls.model_fields)), "state": state})


class QuarantineList(BaseModel):
    """One page of the register, oldest first."""

    items: list[QuarantineOut]
    next_page_token: str | None


class ReleaseIn(RequestModel):
    """How a material leaves: back into its appraisal, or returned with its reasons."""

    way: Way
    reasons: list[ReasonCode] = Field(default=[], max_length=20, description="Return codes, for `returned` only")
    released_to: LongLine | None = Field(default=None, description="Who took it, where it left the office")
    not_related: bool | None = Field(default=None, description=_NOT_RELATED)


@router.post(
    "/quarantines",
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
async def create_quarantine(
    body: QuarantineIn,
    caller: Annotated[Caller, requires("quarantine:write", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> QuarantineOut:
    """Hold a material apart. Its appraisal waits, whatever it waited for, and the task is withdrawn."""
    members = body.changes()
    material_id, reason = members.pop("material_id"), members.pop("reason")
    command = HoldApart(material_id, reason, members, members.pop("not_related", None))
    return _tagged(response, uow, await hold_apart(command, uow=uow, gate=gate_of(deps)))


@router.get("/quarantines", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_quarantines(
    caller: Annotated[Caller, requires("quarantine:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
    state: Annotated[Literal["held", "released"] | None, Query(description="Absent: both")] = None,
) -> QuarantineList:
    """The register of the dossiers in your scope, without your own and your relatives' papers."""
    after = paging.after[0] if paging.after else None
    async with uow:
        hidden = await caller_related(uow)
        rows = await quarantines.page_of(uow, after=after, limit=paging.size + 1, state=state, hidden_persons=hidden)
    response.headers["Cache-Control"] = PRIVATE
    items = [QuarantineOut.of(row) for row in rows]
    return QuarantineList.model_validate(paging.answer(response, items, lambda item: [item.id]))


@router.get(
    "/quarantines/{quarantine_id}",
    response_model=QuarantineOut,
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND),
)
async def get_quarantine(
    quarantine_id: QuarantineId,
    caller: Annotated[Caller, requires("quarantine:read")],
    uow: Uow,
    request: Request,
    response: Response,
) -> QuarantineOut | Response:
    """One line."""
    async with uow:
        row = await quarantines.get(uow, quarantine_id)
        await refuse_related(uow, row.person_id)
    if not_modified(request, row.version):
        return Response(status_code=304, headers={"ETag": etag(row.version), "Cache-Control": PRIVATE})
    return _tagged(response, uow, row)


@router.patch(
    "/quarantines/{quarantine_id}",
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.ROLE_MISSING,
        problems.RECUSAL,
        problems.NOT_FOUND,
        problems.STATE_CONFLICT,
        problems.VERSION_STALE,
        problems.PRECONDITION_REQUIRED,
    ),
)
async def update_quarantine(
    quarantine_id: QuarantineId,
    body: QuarantineChange,
    caller: Annotated[Caller, requires("quarantine:write")],
    if_match: IfMatch,
    uow: Uow,
    response: Response,
) -> QuarantineOut:
    """Keep what was asked and answered, another place, or the case that looks into it."""
    return _tagged(response, uow, await change_entry(quarantine_id, if_match, body.changes(), uow=uow))


@router.post(
    "/quarantines/{quarantine_id}/releases",
    status_code=201,
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.ROLE_MISSING,
        problems.RECUSAL,
        problems.SAME_PERSON_TWICE,
        problems.NOT_FOUND,
        problems.STATE_CONFLICT,
        problems.VERSION_STALE,
        problems.PRECONDITION_REQUIRED,
        *IDEMPOTENCY,
    ),
)
async def create_quarantine_release(
    quarantine_id: QuarantineId,
    body: ReleaseIn,
    caller: Annotated[Caller, requires("quarantine:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> QuarantineOut:
    """Let a material go: by another person than the one who held it apart, and never while its case is open."""
    command = LetGo(quarantine_id, if_match, body.way, tuple(body.reasons), body.released_to, body.not_related)
    return _tagged(response, uow, await let_go(command, uow=uow, rules=deps.rules.appraisal, gate=gate_of(deps)))


def _tagged(response: Response, uow: Uow, row: QuarantineRow) -> QuarantineOut:
    response.headers.update({"ETag": etag(row.version), "Cache-Control": PRIVATE})
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return QuarantineOut.of(row)
