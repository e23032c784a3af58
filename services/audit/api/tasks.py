"""Tasks of auditors: what waits for them, and their decisions."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field, StringConstraints

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
from contracts.tasks import Task, TaskList
from contracts.values.ids import AuditTaskId
from contracts.values.text import line_schema, one_line
from services.audit.api.dossier_audits import audit_task
from services.audit.api.inquiry_tasks import find_inquiry_task, inquiries_that_wait
from services.audit.api.review_tasks import find_review_task, reviews_that_wait, second_reviews_that_wait
from services.audit.domain.appraisal import State
from services.audit.domain.decision import Asked
from services.audit.domain.formalities import Found
from services.audit.store import dossier_audits, tasks
from services.audit.store.tables import TaskRow
from services.audit.usecases.decide_task import Decided, DecideTask, decide_task
from services.audit.usecases.recuse import caller_related
from services.audit.usecases.settle_clearances import gate_of

router = APIRouter(tags=["tasks"])

KIND_OF_STEP = {1: "appraisal.first", 2: "appraisal.second", 3: "appraisal.third"}
MAX_REASONS = 20

ReasonCode = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Note = Annotated[str, one_line(500), line_schema(500)]


class DecisionIn(RequestModel):
    """A decision. A rejection names return codes of the appraisal rules (A1 to A5, or finer ones)."""

    outcome: Asked = Field(description="`return` is not possible here: reject with the reasons instead")
    reasons: list[ReasonCode] = Field(default=[], max_length=MAX_REASONS, examples=[["seal_missing"]])
    note: Note | None = Field(default=None, description="For the archive's own people; it leaves no trace elsewhere")
    not_related: bool | None = Field(
        default=None,
        description="Your declaration to be neither the subject nor a relative; needed where kin are not known",
    )
    formalities: dict[str, Found] = Field(
        default={},
        max_length=MAX_REASONS,
        description="What you found of each of the form's least formalities, all of them or none. What is missing "
        "becomes a reason of a rejection",
    )


class DecisionOut(Task):
    """The task as decided, with what became of the appraisal."""

    outcome: Literal["approve", "reject"]
    reasons: list[str]
    appraisal_id: str
    appraisal_state: State

    @classmethod
    def of(cls, decided: Decided) -> "DecisionOut":
        return cls(
            **shape(decided.task).model_dump(),
            outcome=decided.voice.outcome,
            reasons=list(decided.voice.reasons),
            appraisal_id=decided.case.id,
            appraisal_state=decided.case.appraisal.state,
        )


def shape(row: TaskRow) -> Task:
    """A task in the shape that all services share."""
    return Task(
        id=row.id,
        kind=KIND_OF_STEP[row.step],
        state=row.state,  # pyright: ignore[reportArgumentType]  # the table's check admits only these
        step=row.step,
        resource=f"appraisals/{row.appraisal_id}",
        unit_id=row.unit_id,
        created_at=row.created_at,
        due_at=row.due_at,
        version=row.version,
    )


@router.get("/tasks", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_tasks(
    caller: Annotated[Caller, requires("audit-task:read")],
    uow: Uow,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
    state: Annotated[
        list[Literal["pending", "approved", "rejected", "withdrawn"]] | None, Query(description="Repeat for OR")
    ] = None,
) -> TaskList:
    """What waits for you, the earliest due first: without steps that you may not decide. Reviews and investigations are
    your own alone; rounds of feedback stand here once they are overdue."""
    after = (datetime.fromisoformat(paging.after[0]), paging.after[1]) if paging.after else None
    items: list[Task] = []
    async with uow:
        asked: dict[str, Any] = {
            "after": after,
            "limit": paging.size + 1,
            "states": state or ["pending"],
            "account_id": caller.account_id,
            "hidden_persons": await caller_related(uow),
        }
        if "audit-task:decide" in caller.permissions:
            items += [shape(row) for row in await tasks.page_of(uow, **asked)]
        if "dossier-audit:sign" in caller.permissions:
            items += [audit_task(row) for row in await dossier_audits.page_of(uow, **asked)]
        if "pending" in asked["states"]:
            own = (after, paging.size + 1, asked["hidden_persons"], deps.rules.campaign.due)
            if "review:write" in caller.permissions:
                items += await reviews_that_wait(uow, *own)
            if "determination:settle" in caller.permissions:
                items += await second_reviews_that_wait(uow, *own)
                items += await inquiries_that_wait(uow, *own[:3])
    response.headers["Cache-Control"] = PRIVATE
    items = sorted(items, key=lambda task: (task.due_at, task.id))[: paging.size + 1]
    return TaskList.model_validate(paging.answer(response, items, lambda task: [task.due_at.isoformat(), task.id]))


@router.get("/tasks/{task_id}", response_model=Task, responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND))
async def get_task(
    task_id: AuditTaskId,
    caller: Annotated[Caller, requires("audit-task:read")],
    uow: Uow,
    deps: CurrentDeps,
    request: Request,
    response: Response,
) -> Task | Response:
    """One task; its version is what a decision's If-Match names."""
    async with uow:
        task = await find_review_task(uow, task_id, deps.rules.campaign.due)
        if task is None and "determination:settle" in caller.permissions:
            task = await find_inquiry_task(uow, task_id)
        if task is None:
            audit = await dossier_audits.find(uow, task_id)
            task = audit_task(audit) if audit else shape(await tasks.get(uow, task_id))
    headers = {"ETag": etag(task.version), "Cache-Control": PRIVATE}
    if not_modified(request, task.version):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return task


@router.post(
    "/tasks/{task_id}/decisions",
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
async def create_task_decision(
    task_id: AuditTaskId,
    body: DecisionIn,
    caller: Annotated[Caller, requires("audit-task:decide", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> DecisionOut:
    """Approve or reject a material. Two voices that agree decide."""
    command = DecideTask(
        task_id=task_id,
        seen_version=if_match,
        outcome=body.outcome,
        reasons=tuple(body.reasons),
        note=body.note,
        not_related=body.not_related,
        formalities=body.formalities,
    )
    decided = await decide_task(command, uow=uow, rules=deps.rules.appraisal, gate=gate_of(deps))
    response.headers.update({"ETag": etag(decided.task.version), "Cache-Control": PRIVATE})
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return DecisionOut.of(decided)
