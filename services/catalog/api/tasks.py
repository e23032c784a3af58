"""The archivists' queue: materials that no rule can place."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from chassis.identity import Caller
from chassis.web import CurrentDeps, CurrentRoots, IfMatch, Pages, RequestModel, Uow, not_modified, refusals, requires
from contracts import problems
from contracts.tasks import Task, TaskList
from contracts.values.ids import CatalogTaskId
from services.catalog.api.answers import PRIVATE, created, tagged
from services.catalog.api.explanations import CandidateOut
from services.catalog.api.persons import IDEMPOTENCY
from services.catalog.api.texts import CategoryCode, Title, Word
from services.catalog.domain.explanation import candidates_for
from services.catalog.domain.filing import QueueCause
from services.catalog.rules import CatalogRules
from services.catalog.store import filing_tasks
from services.catalog.usecases.decide_filing_task import DecidedFiling, DecideFilingTask, decide_filing_task

router = APIRouter(tags=["tasks"])


class FilingTaskOut(Task):
    """A material that waits: why, and what the rules offer. The title is read from `resource`."""

    cause: QueueCause
    basis: str | None = Field(description="The title rule that asks, if one did", examples=["r2018:22"])
    candidates: list[CandidateOut] = Field(
        description="Categories that come near, the likeliest first; none for a title that says nothing"
    )

    @classmethod
    def told(cls, waiting: filing_tasks.Waiting, rules: CatalogRules) -> "FilingTaskOut":
        candidates: list[CandidateOut] = []
        if waiting.task.state == "pending" and waiting.scheme_id is not None:
            scheme = rules.schemes[waiting.scheme_id]
            candidates = [CandidateOut.of(one, scheme) for one in candidates_for(waiting.title, scheme)]
        return cls(**waiting.task.model_dump(), cause=waiting.cause, basis=waiting.basis, candidates=candidates)


class FilingDecisionIn(RequestModel):
    """`approve` files the material under `category`; `reject` refuses it for coded `reasons`."""

    outcome: Literal["approve", "reject"]
    category: CategoryCode | None = None
    title: Title | None = Field(default=None, description="Another title for the catalogue; needed to retitle")
    reasons: list[Word] = Field(default=[], max_length=10, examples=[["duplicate"]])


class FilingDecisionOut(Task):
    """The task as decided, with what became of the material."""

    material_id: str
    material_state: Literal["queued", "filed", "refused"]
    category: str | None
    item_no: int | None
    reasons: list[str]

    @classmethod
    def of(cls, decided: DecidedFiling) -> "FilingDecisionOut":
        material, place = decided.material, decided.material.place
        return cls(
            **filing_tasks.shown(decided.task).model_dump(),
            material_id=material.material_id,
            material_state=material.state,
            category=place.code if place else None,
            item_no=place.item_no if place else None,
            reasons=list(material.reasons),
        )


@router.get("/tasks", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_tasks(
    caller: Annotated[Caller, requires("catalog-task:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
    state: Annotated[
        list[Literal["pending", "approved", "rejected"]] | None, Query(description="Repeat for OR")
    ] = None,
) -> TaskList:
    """What waits for the archivists of your units, the earliest due first."""
    after = (datetime.fromisoformat(paging.after[0]), paging.after[1]) if paging.after else None
    async with deps.db.reading(caller, roots) as connection:
        found = await filing_tasks.list_in(connection, state or ["pending"], after, paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    return TaskList.model_validate(paging.answer(response, found, lambda task: [task.due_at.isoformat(), task.id]))


@router.get(
    "/tasks/{task_id}", response_model=FilingTaskOut, responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND)
)
async def get_task(
    task_id: CatalogTaskId,
    caller: Annotated[Caller, requires("catalog-task:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    request: Request,
    response: Response,
) -> Any:
    """One task with ranked candidates; its version is what a decision's If-Match names."""
    async with deps.db.reading(caller, roots) as connection:
        waiting = await filing_tasks.get_waiting(connection, task_id)
    tagged(response, waiting.task.version)
    if not_modified(request, waiting.task.version):
        return Response(status_code=304, headers=dict(response.headers))
    return FilingTaskOut.told(waiting, deps.rules)


@router.post(
    "/tasks/{task_id}/decisions",
    status_code=201,
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.ROLE_MISSING,
        problems.RECUSAL,
        problems.NOT_FOUND,
        problems.STATE_CONFLICT,
        problems.VERSION_STALE,
        problems.PRECONDITION_REQUIRED,
        *IDEMPOTENCY,
    ),
)
async def create_task_decision(
    task_id: CatalogTaskId,
    body: FilingDecisionIn,
    caller: Annotated[Caller, requires("catalog-task:decide", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> FilingDecisionOut:
    """File a queued material, or refuse it; the department hears of either."""
    command = DecideFilingTask(
        task_id=task_id,
        seen_version=if_match,
        outcome=body.outcome,
        category=body.category,
        title=body.title,
        reasons=tuple(body.reasons),
    )
    decided = await decide_filing_task(command, uow=uow, rules=deps.rules)
    created(response, uow, decided.task.version)
    return FilingDecisionOut.of(decided)
