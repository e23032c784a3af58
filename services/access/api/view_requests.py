"""View requests: ask, read, take back."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from chassis.identity import Caller
from chassis.web import PRIVATE, CurrentDeps, CurrentRoots, Pages, RequestModel, Uow, refusals, requires
from contracts import problems
from contracts.tasks import TaskState
from contracts.values.ids import AccountId, UnitId, ViewRequestId
from services.access.api.shapes import (
    IDEMPOTENT,
    Day,
    Instant,
    Name,
    NoMembers,
    PersonNo,
    Reason,
    ScopeIn,
    ScopeOut,
    SubjectIn,
    tag,
    unchanged,
)
from services.access.domain.chain import ApprovalTask
from services.access.domain.period import Period
from services.access.domain.recusal import Declaration, Finding
from services.access.domain.view_request import State, Viewer, ViewRequest
from services.access.store import grants, tasks, view_requests
from services.access.usecases.submit_view_request import SubmitViewRequest, submit_view_request
from services.access.usecases.withdraw_view_request import withdraw_view_request

router = APIRouter(tags=["view-requests"])


class ViewerIn(RequestModel):
    """A person who is to see the pages, by account or by person number."""

    account_id: AccountId | None = None
    person_no: PersonNo | None = Field(default=None, description="Number in the HR system")
    name: Name
    post: Name | None = Field(default=None, description="职务")
    party_member: StrictBool = Field(description="中共党员")

    @model_validator(mode="after")
    def _is_somebody(self) -> "ViewerIn":
        if self.account_id is None and self.person_no is None:
            raise PydanticCustomError("required", "an account or a person number")
        return self

    def value(self) -> Viewer:
        """The viewer that it names."""
        return Viewer(self.name, self.party_member, self.account_id, self.person_no, self.post)


class ViewRequestIn(RequestModel):
    """查阅审批表. At least as many viewers as the rules ask for (two, as shipped)."""

    unit_id: UnitId | None = Field(default=None, description="Who asks; may be left out with one unit only")
    subject: SubjectIn
    scope: ScopeIn
    purpose: str = Field(min_length=1, max_length=40, examples=["personnel"], description="A code of the viewing rules")
    reason: Reason | None = Field(default=None, description="查阅理由")
    from_on: Day = Field(description="First day, in China")
    until_on: Day = Field(description="Last day, in China")
    viewers: list[ViewerIn] = Field(min_length=1, max_length=100)
    relation_declaration: Declaration | None = Field(
        default=None,
        description="That neither the asker nor a viewer is the subject or a relative; needed where kin are not known",
    )

    def command(self, roots: Any) -> SubmitViewRequest:
        """What the use case is to do; `roots` are the units that the caller may ask for."""
        return SubmitViewRequest(
            roots=roots,
            unit_id=self.unit_id,
            subject=self.subject.named(),
            scope=self.scope.value(),
            purpose=self.purpose,
            reason=self.reason,
            period=Period(self.from_on, self.until_on),
            viewers=tuple(viewer.value() for viewer in self.viewers),
            declaration=self.relation_declaration,
        )


class ViewerOut(BaseModel):
    """A viewer. `relation` tells how far their relation to the subject was verified at the request."""

    account_id: str | None
    person_no: str | None
    name: str
    post: str | None
    party_member: bool
    relation: Finding

    @classmethod
    def of(cls, viewer: Viewer) -> "ViewerOut":
        return cls.model_validate(viewer, from_attributes=True)


class SubjectOut(BaseModel):
    """Whose dossier, and the unit that keeps it."""

    dossier_id: str
    person_id: str
    unit_id: str


class StepOut(BaseModel):
    """One signature of the chain. `relation` tells how far the signer's own relation was verified."""

    step: int
    role: str
    unit_id: str
    state: TaskState
    task_id: str
    due_at: Instant
    decided_by: str | None
    decided_at: Instant | None
    reasons: list[str]
    relation: Finding | None

    @classmethod
    def of(cls, task: ApprovalTask) -> "StepOut":
        return cls.model_validate({**vars(task), "task_id": task.id, "reasons": list(task.reasons)})


class ViewRequestSummary(BaseModel):
    """A request as lists show it."""

    id: str
    request_no: str
    state: State
    unit_id: str
    subject: SubjectOut
    scope: ScopeOut
    purpose: str
    from_on: date
    until_on: date
    requested_by: str
    requested_at: Instant
    version: int

    @classmethod
    def of(cls, request: ViewRequest) -> "ViewRequestSummary":
        return cls(**_summary(request))


class ViewRequestOut(ViewRequestSummary):
    """A request with its viewers, the signatures given and awaited, and the grant that it led to."""

    reason: str | None
    viewers: list[ViewerOut]
    requester_relation: Finding
    relation_declaration: Declaration | None
    steps: list[StepOut]
    step_count: int = Field(description="How many signatures the chain has")
    grant_id: str | None


class ViewRequestList(BaseModel):
    """One page of requests, the newest first."""

    items: list[ViewRequestSummary]
    next_page_token: str | None


def _summary(request: ViewRequest) -> dict[str, Any]:
    subject = request.subject
    return {
        "id": request.id,
        "request_no": request.request_no,
        "state": request.state,
        "unit_id": request.unit_id,
        "subject": SubjectOut(dossier_id=subject.dossier_id, person_id=subject.person_id, unit_id=subject.unit_id),
        "scope": ScopeOut.of(request.scope),
        "purpose": request.purpose,
        "from_on": request.period.from_on,
        "until_on": request.period.until_on,
        "requested_by": request.requested_by,
        "requested_at": request.requested_at,
        "version": request.version,
    }


def _whole(request: ViewRequest, steps: list[ApprovalTask], grant_id: str | None) -> ViewRequestOut:
    return ViewRequestOut(
        **_summary(request),
        reason=request.reason,
        viewers=[ViewerOut.of(viewer) for viewer in request.viewers],
        requester_relation=request.requester_relation,
        relation_declaration=request.declaration,
        steps=[StepOut.of(step) for step in steps],
        step_count=len(request.chain),
        grant_id=grant_id,
    )


async def _read(uow: Uow, request_id: str) -> ViewRequestOut:
    async with uow:
        request = await view_requests.get_seen(uow, request_id)
        async with uow.as_service():
            steps = await tasks.list_of(uow, request_id)
            grant_id = await grants.find_of_request(uow, request_id)
    return _whole(request, steps, grant_id)


@router.get("/view-requests", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_view_requests(
    caller: Annotated[Caller, requires("view-request:read")], uow: Uow, paging: Pages, response: Response
) -> ViewRequestList:
    """Your own requests, those that name you as viewer, and those of units for which you sign."""
    async with uow:
        after = paging.after[0] if paging.after else None
        seen = view_requests.seen_by(caller)
        found = await view_requests.page_of(uow, seen, after=after, limit=paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    items = [ViewRequestSummary.of(request) for request in found]
    return ViewRequestList.model_validate(paging.answer(response, items, lambda one: [one.id]))


@router.post(
    "/view-requests",
    status_code=201,
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.PERSON_MISMATCH,
        problems.DATE_IMPOSSIBLE,
        problems.RECUSAL,
        problems.VIEW_REFUSED,
        *IDEMPOTENT,
    ),
)
async def create_view_request(
    body: ViewRequestIn,
    caller: Annotated[Caller, requires("view-request:create", idempotent=True)],
    roots: CurrentRoots,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> ViewRequestOut:
    """Ask to view part of a dossier; the first signer of the approval chain finds it among their tasks."""
    request = await submit_view_request(body.command(roots), uow=uow, policy=deps.rules)
    made = await _read(deps.unit_of_work(caller, roots), request.id)
    tag(response, uow, made.version)
    response.headers["Location"] = f"/v1/view-requests/{made.id}"
    return made


@router.get(
    "/view-requests/{view_request_id}",
    response_model=ViewRequestOut,
    responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND),
)
async def get_view_request(
    view_request_id: ViewRequestId,
    caller: Annotated[Caller, requires("view-request:read")],
    uow: Uow,
    request: Request,
    response: Response,
) -> Any:
    """One request. A relation that could not be verified says `not_verified`: it rests on the declaration."""
    found = await _read(uow, view_request_id)
    tag(response, uow, found.version)
    return unchanged(request, found.version) or found


@router.post(
    "/view-requests/{view_request_id}/withdrawals",
    status_code=201,
    responses=refusals(problems.NOT_FOUND, problems.STATE_CONFLICT, *IDEMPOTENT),
)
async def create_view_request_withdrawal(
    view_request_id: ViewRequestId,
    caller: Annotated[Caller, requires("view-request:create", idempotent=True)],
    roots: CurrentRoots,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
    body: NoMembers | None = None,
) -> ViewRequestOut:
    """Take a request back; possible until the first signature."""
    await withdraw_view_request(view_request_id, uow=uow)
    found = await _read(deps.unit_of_work(caller, roots), view_request_id)
    tag(response, uow, found.version)
    return found
