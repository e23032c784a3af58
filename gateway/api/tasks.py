"""`/v1/tasks`: what waits for me, from all services at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import ValidationError

from chassis.identity import Caller
from chassis.telemetry import current_trace, log
from chassis.web import refusals, requires
from contracts import problems
from contracts.tasks import Task, TaskList
from gateway.edge.connection import UpstreamFault
from gateway.edge.edge import PRINCIPAL
from gateway.edge.headers import inward
from gateway.edge.proxy import Upstreams
from gateway.tokens.internal import InternalTokens
from gateway.tokens.principal import Principal

router = APIRouter(prefix="/v1", tags=["tasks"])

ANSWER_SECONDS: Final = 1.0
OWNERS: Final = ("access", "audit", "catalog")
"""Services that set tasks; held against their OpenAPI documents by a test."""
DEFAULT_SIZE: Final = 50
MAX_SIZE: Final = 200


@dataclass(frozen=True, slots=True)
class FanOut:
    """Asks each service that sets tasks for its first page of the caller's tasks."""

    upstreams: Upstreams
    tokens: InternalTokens

    async def ask(self, principal: Principal, size: int) -> dict[str, list[Task] | None]:
        """Tasks by service; None where a service did not answer within a second or not in its senses."""
        answers = await asyncio.gather(*(self._ask_one(owner, principal, size) for owner in OWNERS))
        return dict(zip(OWNERS, answers, strict=True))

    async def _ask_one(self, owner: str, principal: Principal, size: int) -> list[Task] | None:
        trace = current_trace.get()
        token = self.tokens.for_service(principal, owner)
        headers = inward((), token, trace.request_id or "", trace.traceparent or "")
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                status, body = await self.upstreams.get(owner, b"/v1/tasks?page_size=%d" % size, headers)
            if status == HTTPStatus.FORBIDDEN:  # no task there can be the caller's
                return []
            if status == HTTPStatus.OK:
                return TaskList.model_validate_json(body).items
            reason = f"answered {status}"
        except (UpstreamFault, TimeoutError, ValidationError) as fault:
            reason = type(fault).__name__
        log.warning("tasks_incomplete", of=owner, reason=reason)
        return None


def merged(answers: dict[str, list[Task] | None], size: int) -> TaskList:
    """The first `size` tasks of all by `(due_at, id)`, and who is missing."""
    tasks: Sequence[Task] = [task for found in answers.values() for task in found or ()]
    ordered = sorted(tasks, key=lambda task: (task.due_at, task.id))
    return TaskList(items=ordered[:size], incomplete=[owner for owner, found in answers.items() if found is None])


@router.get("/tasks", responses=refusals(problems.NOT_SIGNED_IN))
async def list_tasks(
    caller: Annotated[Caller, requires("task:list")],
    request: Request,
    response: Response,
    page_size: Annotated[int, Query(ge=1, le=MAX_SIZE)] = DEFAULT_SIZE,
) -> Any:
    """What waits for me, soonest first: the first pages of all services merged.

    There is no next page: decide what is shown, and read again. A service that does not answer within a second is
    named in `incomplete`, and the rest is shown.
    """
    fan_out: FanOut = request.app.state.fan_out
    response.headers["Cache-Control"] = "no-store"
    return merged(await fan_out.ask(request.scope[PRINCIPAL], page_size), page_size)
