"""Journal rows of requests and grants: the whole new state is committed to, ids and codes are readable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from chassis.unit_of_work import UnitOfWork
from services.access.domain.chain import ApprovalTask
from services.access.domain.grant import Grant
from services.access.domain.view_request import ViewRequest


def record_request(uow: UnitOfWork, fact: str, request: ViewRequest, changed: Sequence[str]) -> None:
    """`fact` is what happened: `submitted`, `withdrawn` …"""
    uow.record(f"view_request.{fact}", request.id, request.version, asdict(request), changed)


def record_task(uow: UnitOfWork, fact: str, task: ApprovalTask) -> None:
    """`fact` is what happened: `decided`, `withdrawn` …"""
    uow.record(f"task.{fact}", task.id, task.version, asdict(task), ("state",))


def record_grant(uow: UnitOfWork, fact: str, grant: Grant, changed: Sequence[str]) -> None:
    """`fact` is what happened: `approved`, `ended`."""
    uow.record(f"grant.{fact}", grant.id, grant.version, asdict(grant), changed)
