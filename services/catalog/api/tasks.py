"""What waits for archivists (materials that no rule can place, differences of inventories) and for leaders (removals
to approve)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from chassis.identity import Caller
from chassis.web import (
    IDEMPOTENCY,
    PRIVATE,
    CurrentDeps,
    CurrentRoots,
    IfMatch,
    Pages,
    RequestModel,
    Uow,
    not_modified,
    refusals,
    requires,
)
from contracts import problems
from contracts.problems import FieldFault, ValidationFailed
from contracts.tasks import Task, TaskList
from contracts.values.ids import CatalogTaskId, from_uuid, to_uuid
from services.catalog.api.answers import created, tagged
from services.catalog.api.explanations import CandidateOut
from services.catalog.api.removals import RemovalDecisionOut
from services.catalog.api.texts import CategoryCode, Remark, Title, Word
from services.catalog.domain.explanation import offers_for
from services.catalog.domain.filing import QueueCause
from services.catalog.domain.inventory import Outcome, Result
from services.catalog.domain.material import MaterialState
from services.catalog.rules import CatalogRules
from services.catalog.store import filing_tasks, inventory_tasks, removals
from services.catalog.store.inventory_tasks import Difference
from services.catalog.usecases.decide_filing_task import DecidedFiling, DecideFilingTask, decide_filing_task
from services.catalog.usecases.decide_removal import DecideRemoval, decide_removal
from services.catalog.usecases.posts import roots_of
from services.catalog.usecases.settle_difference import SettleDifference, settle_difference

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
            candidates = [CandidateOut.of(one, scheme) for one in offers_for(waiting.title, scheme)]
        return cls(**waiting.task.model_dump(), cause=waiting.cause, basis=waiting.basis, candidates=candidates)


class InventoryTaskOut(Task):
    """A difference that an inventory has found: of which volume, what was found, and how it ended."""

    inventory_id: str
    code: str = Field(description="The number on the volume's label")
    volume_id: str | None = Field(description="Null for a number that is none of the unit's")
    result: Result
    settled_as: Outcome | None
    note: str | None

    @classmethod
    def told(cls, found: Difference) -> "InventoryTaskOut":
        return cls(
            **found.task.model_dump(),
            inventory_id=found.inventory_id,
            code=found.code,
            volume_id=found.volume_id,
            result=found.result,
            settled_as=found.outcome,
            note=found.note,
        )


TaskKind = Literal["filing", "removal", "inventory"]
_ALIEN: Final[Mapping[TaskKind, tuple[str, ...]]] = {
    "filing": ("note", "settled_as"),
    "removal": ("category", "title", "reasons", "settled_as"),
    "inventory": ("category", "title", "reasons"),
}
"""Members of a decision that belong to tasks of another kind."""


class DecisionIn(RequestModel):
    """`approve` files the material under `category`; `reject` refuses it for coded `reasons`.

    Of a removal: `approve` takes the material out (or brings it back), `reject` leaves it, for the reason in `note`.
    Of a difference of an inventory: `approve` settles it as `settled_as`; what is only explained needs a `note`.
    """

    outcome: Literal["approve", "reject"]
    category: CategoryCode | None = None
    title: Title | None = Field(default=None, description="Another title for the catalogue; needed to retitle")
    reasons: list[Word] = Field(default=[], max_length=10, examples=[["duplicate"]])
    note: Remark | None = Field(
        default=None, description="On a removal, needed to reject it; on a difference, needed to explain it"
    )
    settled_as: Outcome | None = Field(default=None, description="On a difference of an inventory only")

    def faults(self, kind: TaskKind) -> list[FieldFault]:
        """Members that belong to another kind of task, and what a difference wants."""
        faults = [
            FieldFault(f"/{name}", "contradiction", {"other": "kind"}) for name in _ALIEN[kind] if getattr(self, name)
        ]
        if kind == "inventory":
            if self.outcome != "approve":
                faults.append(FieldFault("/outcome", "not-allowed-value", {"allowed": "approve"}))
            if self.settled_as is None:
                faults.append(FieldFault("/settled_as", "required"))
            elif self.settled_as == "explained" and self.note is None:
                faults.append(FieldFault("/note", "required"))
        return faults


class FilingDecisionOut(Task):
    """The task as decided, with what became of the material."""

    material_id: str
    material_state: MaterialState
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


Listing = Callable[[Any, Sequence[str], tuple[datetime, str] | None, int], Awaitable[Sequence[Task]]]


def _queues(rules: CatalogRules) -> Sequence[tuple[str, Listing]]:
    """Role → the tasks that are its."""
    return (
        (filing_tasks.OWNER_ROLE, filing_tasks.list_in),
        (filing_tasks.OWNER_ROLE, inventory_tasks.list_in),
        (rules.removal.approver_role, removals.list_tasks),
    )


@router.get("/tasks", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_tasks(
    caller: Annotated[Caller, requires("catalog-task:read")],
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
    state: Annotated[
        list[Literal["pending", "approved", "rejected"]] | None, Query(description="Repeat for OR")
    ] = None,
) -> TaskList:
    """What waits for you in the posts that you hold, the earliest due first."""
    after = (datetime.fromisoformat(paging.after[0]), paging.after[1]) if paging.after else None
    found: list[Task] = []
    for role, listed in _queues(deps.rules):
        # An archivist of one unit who leads another sees of each what that post decides.
        if roots := roots_of(caller, role):
            async with deps.db.reading(caller, roots) as connection:
                found += await listed(connection, state or ["pending"], after, paging.size + 1)
    found = sorted(found, key=lambda task: (task.due_at, task.id))[: paging.size + 1]
    response.headers["Cache-Control"] = PRIVATE
    return TaskList.model_validate(paging.answer(response, found, lambda task: [task.due_at.isoformat(), task.id]))


@router.get(
    "/tasks/{task_id}",
    response_model=FilingTaskOut | InventoryTaskOut | Task,
    responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND),
)
async def get_task(
    task_id: CatalogTaskId,
    caller: Annotated[Caller, requires("catalog-task:read")],
    deps: CurrentDeps,
    request: Request,
    response: Response,
) -> Any:
    """One task, of a filing with ranked candidates; its version is what a decision's If-Match names."""
    async with deps.db.reading(caller, roots_of(caller, deps.rules.removal.approver_role)) as connection:
        task = await removals.find_task(connection, task_id)
    if task is None:
        async with deps.db.reading(caller, roots_of(caller, filing_tasks.OWNER_ROLE)) as connection:
            if (difference := await inventory_tasks.find(connection, task_id)) is not None:
                task = InventoryTaskOut.told(difference)
            else:
                task = FilingTaskOut.told(await filing_tasks.get_waiting(connection, task_id), deps.rules)
    tagged(response, task.version)
    return Response(status_code=304, headers=dict(response.headers)) if not_modified(request, task.version) else task


async def _kind_of(connection: Any, task_id: str) -> TaskKind:
    if await removals.find_task(connection, task_id) is not None:
        return "removal"
    if await inventory_tasks.find(connection, task_id) is not None:
        return "inventory"
    await filing_tasks.get_waiting(connection, task_id)  # NotFound: nothing is said of a task that is not the caller's
    return "filing"


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
    task_id: CatalogTaskId,
    body: DecisionIn,
    caller: Annotated[Caller, requires("catalog-task:decide", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> FilingDecisionOut | RemovalDecisionOut | InventoryTaskOut:
    """File a queued material, or refuse it; the department hears of either. Or decide on a removal that somebody
    else asked for; or settle a difference that an inventory has found."""
    async with deps.db.reading(caller, roots) as connection:
        kind = await _kind_of(connection, task_id)
    if faults := body.faults(kind):
        raise ValidationFailed(errors=faults)
    if kind == "inventory":
        assert body.settled_as is not None, "refused above"  # noqa: S101
        settling = SettleDifference(task_id, if_match, body.settled_as, body.note)
        difference = await settle_difference(settling, uow=uow)
        created(response, uow, difference.task.version)
        return InventoryTaskOut.told(difference)
    if kind == "removal":
        removal_id = from_uuid("rmv", to_uuid(task_id))
        asked = DecideRemoval(removal_id, if_match, body.outcome, body.note)
        removal = await decide_removal(asked, uow=uow, rules=deps.rules)
        created(response, uow, removal.version)
        return RemovalDecisionOut.of(removal)
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
