"""The event of long work: that it has ended."""

from __future__ import annotations

from typing import ClassVar, Literal

from contracts.events.base import EventData


class OperationFinished(EventData):
    """Long work of the catalog has ended, as `state` says; what became of each item is read from the operation."""

    event_type: ClassVar[str] = "operation.finished"
    owner: ClassVar[str] = "catalog"
    resource: ClassVar[str] = "operations"
    subject_member: ClassVar[str] = "operation_id"
    partition_member: ClassVar[str | None] = None

    operation_id: str
    unit_ids: list[str]
    """The units whose things it touched."""
    kind: str
    state: Literal["succeeded", "failed", "cancelled", "partly_done"]
    done: int
    failed: int
    total: int
    undoes: str | None = None
