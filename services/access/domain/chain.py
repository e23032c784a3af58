"""The approval chain: one task a step, and what each decision does to the request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from contracts.problems import SamePersonTwice, StateConflict
from contracts.tasks import TaskState
from services.access.domain.grant import Grant
from services.access.domain.recusal import Declaration, Finding
from services.access.domain.view_request import State, ViewRequest

Outcome = Literal["approve", "return", "reject"]

_TASK_STATE: dict[Outcome, TaskState] = {"approve": "approved", "return": "returned", "reject": "rejected"}
_STOPPED: dict[str, State] = {"return": "returned", "reject": "rejected"}


@dataclass(frozen=True)
class ApprovalTask:
    """One signature that is waited for: `step` counts from 1, `unit_id` is the unit that the role must cover."""

    id: str
    request_id: str
    step: int
    role: str
    unit_id: str
    created_at: datetime
    due_at: datetime
    state: TaskState = "pending"
    version: int = 1
    decided_by: str | None = None
    decided_at: datetime | None = None
    reasons: tuple[str, ...] = ()
    relation: Finding | None = None
    declaration: Declaration | None = None

    def close(self, state: TaskState) -> ApprovalTask:
        """The task when nobody needs to decide it any more."""
        if self.state != "pending":
            raise StateConflict(state=self.state)
        return replace(self, state=state, version=self.version + 1)


@dataclass(frozen=True)
class Decision:
    """What somebody decided. `relation` tells how far their own relation to the subject was verified."""

    outcome: Outcome
    by: str
    at: datetime
    reasons: tuple[str, ...] = ()
    relation: Finding = "not_verified"
    declaration: Declaration | None = None


@dataclass(frozen=True)
class Decided:
    """What a decision leads to: the task it closes, the request's new state, and a next task or a grant."""

    task: ApprovalTask
    request: ViewRequest
    next_task: ApprovalTask | None = None
    grant: Grant | None = None


def open_step(request: ViewRequest, step: int, task_id: str, at: datetime) -> ApprovalTask:
    """The task of a step, from 1."""
    wanted = request.chain[step - 1]
    unit_id = request.unit_id if wanted.unit == "requesting" else request.subject.unit_id
    due_at = at + timedelta(days=wanted.days)
    return ApprovalTask(task_id, request.id, step, wanted.role, unit_id, at, due_at)


def refuse_same_person(
    request: ViewRequest, decided_by: Iterable[str | None], account_id: str, person_no: str | None
) -> None:
    """Nobody signs a request that they made, that names them as viewer, or that they signed before."""
    asked = account_id == request.requested_by or request.viewer_for(account_id, person_no) is not None
    if asked or account_id in set(decided_by):
        raise SamePersonTwice()


def decide(request: ViewRequest, task: ApprovalTask, decision: Decision, new_id: str) -> Decided:
    """Apply a decision. `new_id` is given to the next task, or to the grant when this was the last step.

    StateConflict when the task was decided before, or when the days asked for are over: nobody can approve
    the past.
    """
    if task.state != "pending":
        raise StateConflict(state=task.state)
    if decision.at >= request.period.ends:
        raise StateConflict(state="expired")
    closed = replace(
        task.close(_TASK_STATE[decision.outcome]),
        decided_by=decision.by,
        decided_at=decision.at,
        reasons=decision.reasons,
        relation=decision.relation,
        declaration=decision.declaration,
    )
    if decision.outcome != "approve":
        return Decided(closed, request.move(_STOPPED[decision.outcome]))
    moved = request.move(request.chain[task.step - 1].reaches)
    if moved.state == "approved":
        return Decided(closed, moved, grant=_grant(moved, new_id, decision.at))
    return Decided(closed, moved, next_task=open_step(moved, task.step + 1, new_id, decision.at))


def is_last(request: ViewRequest, task: ApprovalTask) -> bool:
    """Whether this task's approval makes the grant."""
    return task.step == len(request.chain)


def _grant(request: ViewRequest, grant_id: str, at: datetime) -> Grant:
    return Grant(
        id=grant_id,
        request_id=request.id,
        request_no=request.request_no,
        dossier_id=request.subject.dossier_id,
        person_id=request.subject.person_id,
        unit_id=request.unit_id,
        subject_unit_id=request.subject.unit_id,
        scope=request.scope,
        purpose=request.purpose,
        valid_from=max(request.period.begins, at),
        valid_to=request.period.ends,
    )
