"""Tasks of signers: what waits for them, and their decisions."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field, StrictBool

from chassis.identity import Caller
from chassis.web import PRIVATE, CurrentDeps, IfMatch, Pages, RequestModel, Uow, refusals, requires
from contracts import problems
from contracts.problems import NotFound
from contracts.tasks import Task, TaskList
from contracts.values.ids import AccessTaskId
from services.access.api.shapes import IDEMPOTENT, ReasonCode, tag
from services.access.domain.chain import ApprovalTask, Outcome
from services.access.store import tasks
from services.access.usecases.decide_task import DecideTask, decide_task
from services.access.usecases.relations import caller_related

router = APIRouter(tags=["tasks"])

TASK_KIND = "view.approve"


class DecisionIn(RequestModel):
    """同意 / 退回 / 不同意. A return or rejection names reason codes of the viewing rules."""

    outcome: Outcome
    reasons: list[ReasonCode] = Field(default=[], max_length=10, examples=[["scope_too_wide"]])
    not_related: StrictBool | None = Field(
        default=None,
        description="Your declaration to be neither the subject nor a relative; needed where kin are not known",
    )

    def command(self, task_id: str, seen_version: int) -> DecideTask:
        """What the use case is to do."""
        declared = None if self.not_related is None else "not_related" if self.not_related else "related"
        return DecideTask(task_id, seen_version, self.outcome, tuple(self.reasons), declared)


class DecisionOut(Task):
    """The task as decided."""

    decided_by: str | None
    reasons: list[str]


def shape(task: ApprovalTask) -> Task:
    """A task in the shape that all services share."""
    return Task(
        id=task.id,
        kind=TASK_KIND,
        state=task.state,
        step=task.step,
        resource=f"view-requests/{task.request_id}",
        unit_id=task.unit_id,
        created_at=task.created_at,
        due_at=task.due_at,
        version=task.version,
    )


@router.get("/tasks", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_tasks(
    caller: Annotated[Caller, requires("access-task:read")], uow: Uow, paging: Pages, response: Response
) -> TaskList:
    """What waits for your signature, the earliest due first: without what you may not sign."""
    after = (datetime.fromisoformat(paging.after[0]), paging.after[1]) if paging.after else None
    async with uow:
        found = await tasks.page_for(
            uow,
            tasks.signing_roles(caller),
            after=after,
            limit=paging.size + 1,
            hidden_persons=await caller_related(uow),
        )
    response.headers["Cache-Control"] = PRIVATE
    items = [shape(task) for task in found]
    return TaskList.model_validate(paging.answer(response, items, lambda task: [task.due_at.isoformat(), task.id]))


@router.get("/tasks/{task_id}", responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND))
async def get_task(
    task_id: AccessTaskId, caller: Annotated[Caller, requires("access-task:read")], uow: Uow, response: Response
) -> Task:
    """One task for your signature; its version is what a decision's If-Match names."""
    async with uow:
        task = await tasks.get(uow, task_id)
        if not await tasks.is_for(uow, task_id, tasks.signing_roles(caller)):
            raise NotFound()
    tag(response, uow, task.version)
    return shape(task)


@router.post(
    "/tasks/{task_id}/decisions",
    status_code=201,
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.RECUSAL,
        problems.VIEW_REFUSED,
        problems.SAME_PERSON_TWICE,
        problems.NOT_FOUND,
        problems.STATE_CONFLICT,
        problems.VERSION_STALE,
        problems.PRECONDITION_REQUIRED,
        *IDEMPOTENT,
    ),
)
async def create_task_decision(
    task_id: AccessTaskId,
    caller: Annotated[Caller, requires("access-task:decide", idempotent=True)],
    body: DecisionIn,
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> DecisionOut:
    """Sign a view request, send it back, or refuse it. The last signature makes the grant."""
    task = await decide_task(body.command(task_id, if_match), uow=uow, policy=deps.rules)
    tag(response, uow, task.version)
    return DecisionOut(**shape(task).model_dump(), decided_by=task.decided_by, reasons=list(task.reasons))
