"""The shared shape of tasks (待办): one address, four owners; the gateway merges the lists."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

TaskState = Literal["pending", "in_progress", "approved", "returned", "rejected", "withdrawn", "expired"]


class Task(BaseModel):
    """What waits for someone. Holds ids and codes; titles and names are read from `resource` with one's own rights."""

    id: str
    kind: str = Field(
        description="What is asked, e.g. `appraisal.first`, `appraisal.second`, `filing.classify`, `view.approve`"
    )
    state: TaskState
    step: int = Field(description="Which step of its procedure this is, from 1")
    resource: str = Field(description="Path of the thing to decide on, e.g. `appraisals/apr_…`")
    unit_id: str
    created_at: datetime
    due_at: datetime
    version: int


class TaskList(BaseModel):
    """One page of tasks in order of `(due_at, id)`."""

    items: list[Task]
    next_page_token: str | None = None
    incomplete: list[str] = Field(default=[], description="Services that did not answer in time; the rest is shown")
