"""Ask to view part of a dossier (查阅审批表): judged by 五不查, numbered, and put before the first signer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chassis.identity import Roots
from chassis.unit_of_work import UnitOfWork
from contracts.events import ViewRequestSubmitted
from contracts.problems import FieldFault, PersonMismatch, ValidationFailed
from contracts.values.ids import new_id
from services.access.domain.chain import open_step
from services.access.domain.period import Period
from services.access.domain.policy import Policy, Purpose
from services.access.domain.predicates import RequestFacts, check_request
from services.access.domain.recusal import Declaration, Statement
from services.access.domain.scope import Scope
from services.access.domain.view_request import Subject, Viewer, ViewRequest
from services.access.store import heard, tasks, view_requests
from services.access.usecases.journal import record_request
from services.access.usecases.relations import Someone, caller_as_someone, statements_on
from services.access.usecases.subjects import ByDossier, ByPerson, find_asking_unit, find_subject


@dataclass(frozen=True)
class SubmitViewRequest:
    """What the form says. `unit_id` None means the caller's only unit; `roots` are the units they may ask for."""

    roots: Roots
    unit_id: str | None
    subject: ByDossier | ByPerson
    scope: Scope
    purpose: str
    reason: str | None
    period: Period
    viewers: tuple[Viewer, ...]
    declaration: Declaration | None


async def submit_view_request(cmd: SubmitViewRequest, *, uow: UnitOfWork, policy: Policy) -> ViewRequest:
    """Judge a request and put it before the first signer of its chain."""
    async with uow:
        if earlier := await uow.replay_of():
            return await view_requests.get(uow, earlier)
        purpose = _purpose_and_form(cmd, policy, uow)
        unit_id, unit_code = await find_asking_unit(uow, cmd.roots, cmd.unit_id)
        subject = await find_subject(uow, cmd.subject)
        await _check_references(uow, cmd, subject)
        statements = await _judge(uow, cmd, subject, purpose, policy)
        year = uow.today.year
        number = await uow.next_number("view_request", unit_id, year)
        request = ViewRequest(
            id=new_id("vrq"),
            request_no=f"{unit_code}-{year}-{number:04d}",
            unit_id=unit_id,
            subject=subject,
            scope=cmd.scope,
            purpose=cmd.purpose,
            reason=cmd.reason,
            period=cmd.period,
            viewers=tuple(
                replace(viewer, relation=one.finding) for viewer, one in zip(cmd.viewers, statements[1:], strict=True)
            ),
            requested_by=uow.caller.account_id,
            requested_at=uow.now,
            requester_relation=statements[0].finding,
            declaration=cmd.declaration,
            chain=policy.chain_for(cmd.purpose).steps,
        )
        await view_requests.add(uow, request, year=year, number=number, rules_digest=policy.digest)
        await tasks.add(uow, request, open_step(request, 1, new_id("tskx"), uow.now))
        _tell(uow, request)
        await uow.remember(request.id)
    return request


def _purpose_and_form(cmd: SubmitViewRequest, policy: Policy, uow: UnitOfWork) -> Purpose:
    """The purpose; all faults of the form that need no look-up are answered together."""
    limits = policy.limits
    faults = cmd.period.faults(uow.today, limits)
    purpose = policy.purpose(cmd.purpose)
    if purpose is None:
        allowed = ", ".join(one.code for one in policy.purposes)
        faults.append(FieldFault("/purpose", "not-allowed-value", {"allowed": allowed}))
    if len(cmd.viewers) > limits.max_viewers:
        faults.append(FieldFault("/viewers", "too-many", {"max": limits.max_viewers}))
    if len(cmd.scope.material_ids) > limits.max_materials:
        faults.append(FieldFault("/scope/material_ids", "too-many", {"max": limits.max_materials}))
    faults += _repeated(cmd.viewers)
    if faults or purpose is None:
        raise ValidationFailed(errors=faults)
    return purpose


def _repeated(viewers: Sequence[Viewer]) -> list[FieldFault]:
    """One person named twice would pass for two viewers."""
    seen: set[str] = set()
    faults: list[FieldFault] = []
    for number, viewer in enumerate(viewers):
        keys = {key for key in (viewer.account_id, viewer.person_no) if key is not None}
        if keys & seen:
            faults.append(FieldFault(f"/viewers/{number}", "duplicate"))
        seen |= keys
    return faults


async def _check_references(uow: UnitOfWork, cmd: SubmitViewRequest, subject: Subject) -> None:
    """Listed materials are filed in this dossier; a viewer's number and name do not contradict the catalog."""
    listed = cmd.scope.material_ids
    async with uow.as_service():
        known = await heard.known_materials(uow, subject.dossier_id, listed) if listed else set[str]()
        numbers = {viewer.person_no for viewer in cmd.viewers if viewer.person_no is not None}
        cards = await heard.list_persons(uow, sorted(numbers))
    faults = [
        FieldFault(f"/scope/material_ids/{number}", "unknown-reference")
        for number, material_id in enumerate(listed)
        if material_id not in known
    ]
    if faults:
        raise ValidationFailed(errors=faults)
    for number, viewer in enumerate(cmd.viewers):
        names = [{card.name, *card.former_names} for card in cards if card.person_no == viewer.person_no]
        if names and not any(viewer.name in some for some in names):
            raise PersonMismatch(pointer=f"/viewers/{number}")


async def _judge(
    uow: UnitOfWork, cmd: SubmitViewRequest, subject: Subject, purpose: Purpose, policy: Policy
) -> list[Statement]:
    """The relation of the asker and of each viewer, once 五不查 let the request through."""
    people = [caller_as_someone(uow.caller)]
    people += [Someone(viewer.account_id, viewer.person_no) for viewer in cmd.viewers]
    statements = await statements_on(uow, subject.person_id, people, cmd.declaration)
    async with uow.as_service():
        accounts = await heard.list_accounts(uow, [one.account_id for one in people[1:] if one.account_id])
    facts = RequestFacts(
        party_members=tuple(viewer.party_member for viewer in cmd.viewers),
        # A unit sends its own people; one whose account was switched off is not sent by anybody.
        sent_by_unit=all(account.active for account in accounts),
        statements=tuple(statements),
        purpose=purpose,
        scope=cmd.scope,
        limits=policy.limits,
    )
    check_request(policy.predicates, facts)
    if any(one.needs_declaration for one in statements):
        raise ValidationFailed(errors=[FieldFault("/relation_declaration", "required")])
    return statements


def _tell(uow: UnitOfWork, request: ViewRequest) -> None:
    """The journal rows and the event. A declaration has a row of its own, so that it can be found."""
    record_request(uow, "submitted", request, ("state",))
    if request.declaration is not None:
        stated = {"declaration": request.declaration, "person_id": request.subject.person_id}
        uow.record("relation.declared", request.id, request.version, stated, ("relation_declaration",))
    submitted = ViewRequestSubmitted(
        view_request_id=request.id,
        request_no=request.request_no,
        unit_id=request.unit_id,
        dossier_id=request.subject.dossier_id,
        purpose=request.purpose,
    )
    uow.tell(submitted, version=request.version)
