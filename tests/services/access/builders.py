"""Example values of the access domain; each builder takes the members that a test cares about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from contracts.values.ids import new_id
from services.access.domain.chain import ApprovalTask, Decision, open_step
from services.access.domain.grant import Grant
from services.access.domain.period import Period
from services.access.domain.policy import Policy
from services.access.domain.recusal import Statement
from services.access.domain.scope import Scope
from services.access.domain.view_request import Subject, Viewer, ViewRequest
from services.access.rulebook import load_policy

POLICY: Policy = load_policy()
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
PERIOD = Period(date(2026, 11, 24), date(2026, 11, 30))
UNIT = new_id("unt")
ARCHIVE_UNIT = new_id("unt")
SUBJECT = Subject(new_id("dos"), new_id("per"), ARCHIVE_UNIT)
ASKER, FIRST, SECOND, HEAD, LEADER = (new_id("acc") for _ in range(5))
VIEWERS = (
    Viewer("王芳", party_member=True, account_id=FIRST),
    Viewer("李强", party_member=True, account_id=SECOND),
)


def view_request(**members: Any) -> ViewRequest:
    """A request of UNIT for the categories 1 and 4 of SUBJECT's dossier, waiting for the first signature."""
    example = ViewRequest(
        id=new_id("vrq"),
        request_no="CZJ-2026-0001",
        unit_id=UNIT,
        subject=SUBJECT,
        scope=Scope("categories", categories=("1", "4")),
        purpose="personnel",
        reason="考察",
        period=PERIOD,
        viewers=VIEWERS,
        requested_by=ASKER,
        requested_at=NOON,
        requester_relation="not_related",
        declaration=None,
        chain=POLICY.chain_for("personnel").steps,
    )
    return replace(example, **members)


def task(request: ViewRequest, step: int = 1) -> ApprovalTask:
    """The task of a step of this request."""
    return open_step(request, step, new_id("tskx"), NOON)


def decision(outcome: Any = "approve", by: str = HEAD, **members: Any) -> Decision:
    """What somebody decides at NOON."""
    return replace(Decision(outcome, by, NOON, relation="not_related"), **members)


def grant(**members: Any) -> Grant:
    """A running grant for the categories 1 and 4 of SUBJECT's dossier."""
    request = view_request()
    example = Grant(
        id=new_id("grt"),
        request_id=request.id,
        request_no=request.request_no,
        dossier_id=SUBJECT.dossier_id,
        person_id=SUBJECT.person_id,
        unit_id=UNIT,
        subject_unit_id=ARCHIVE_UNIT,
        scope=request.scope,
        purpose=request.purpose,
        valid_from=NOON,
        valid_to=PERIOD.ends,
    )
    return replace(example, **members)


def statement(known: Any, declared: Any = None) -> Statement:
    """What is known of somebody's relation to the subject."""
    return Statement(known, declared)
