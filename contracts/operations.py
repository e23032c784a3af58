"""The shared shape of operations: long work, one address, four owners."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

OperationState = Literal["queued", "running", "succeeded", "failed", "cancelled", "partly_done"]
OPEN: frozenset[OperationState] = frozenset(("queued", "running"))


class Progress(BaseModel):
    """How far it is: items that are done or have failed, of all."""

    done: int
    failed: int
    total: int
    unit: str = Field(description="What is counted", examples=["materials"])


class Operation(BaseModel):
    """Long work that somebody asked for. It holds ids and codes; each item's result stands under `result_url`."""

    id: str
    kind: str = Field(examples=["materials.refile"])
    mode: Literal["each", "all_or_nothing"]
    state: OperationState
    version: int
    progress: Progress
    undoes: str | None = Field(description="The operation that this one takes back")
    made_by: str
    cancel_asked: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime = Field(description="Until then it is kept and can be undone")
    result_url: str
    problems_url: str
    events_url: str


class OperationItem(BaseModel):
    """One item: what was asked, what became of it. `problem` has the shape of every problem of this API."""

    position: int
    ref: str | None
    state: Literal["waiting", "done", "failed", "skipped"]
    resource: str | None = Field(description="Path of what it changed, e.g. `materials/mat_…`")
    result: dict[str, Any] | None
    problem: dict[str, Any] | None
    undone: bool


class OperationList(BaseModel):
    """One page of your operations, the newest first."""

    items: list[Operation]
    next_page_token: str | None


class OperationItemList(BaseModel):
    """One page of an operation's items, in their order."""

    items: list[OperationItem]
    next_page_token: str | None
