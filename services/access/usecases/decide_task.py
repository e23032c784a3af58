"""Sign a step of an approval chain: approve, return or reject. The last approval makes the grant."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.events import GrantApproved
from contracts.problems import FieldFault, Recusal, RoleMissing, ValidationFailed, ViewRefused
from contracts.values.ids import new_id
from services.access.domain.chain import ApprovalTask, Decided, Decision, Outcome, decide, is_last, refuse_same_person
from services.access.domain.policy import Policy
from services.access.domain.recusal import Declaration, Statement
from services.access.domain.view_request import ViewRequest
from services.access.store import grants, tasks, view_requests
from services.access.usecases.journal import record_grant, record_request, record_task
from services.access.usecases.relations import (
    caller_as_someone,
    hold_kin,
    statements_on,
    viewers_as_someone,
)


@dataclass(frozen=True)
class DecideTask:
    """`seen_version` is the version of the task that the person saw; `declaration` is about themselves."""

    task_id: str
    seen_version: int
    outcome: Outcome
    reasons: tuple[str, ...]
    declaration: Declaration | None


async def decide_task(cmd: DecideTask, *, uow: UnitOfWork, policy: Policy) -> ApprovalTask:
    """Take a signature in. Of two at once, the second finds the task changed."""
    async with uow:
        if earlier := await uow.replay_of():
            return await tasks.get(uow, earlier)
        _check_reasons(cmd, policy)
        # The request is locked first, by everyone, so that a signature and a withdrawal never wait in a ring.
        request_id = (await tasks.get(uow, cmd.task_id)).request_id
        request = await view_requests.get(uow, request_id, lock=True)
        chain_tasks = await tasks.list_of(uow, request_id)
        task = next(one for one in chain_tasks if one.id == cmd.task_id)
        own = await _check_person(uow, cmd, request, chain_tasks)
        await check_version(uow, task.id, task.version, cmd.seen_version)
        if cmd.outcome == "approve":
            await _check_viewers(uow, request, policy)
        decision = Decision(cmd.outcome, uow.caller.account_id, uow.now, cmd.reasons, own.finding, cmd.declaration)
        makes_grant = cmd.outcome == "approve" and is_last(request, task)
        decided = decide(request, task, decision, new_id("grt" if makes_grant else "tskx"))
        await _keep(uow, decided)
        await uow.remember(task.id)
    return decided.task


def _check_reasons(cmd: DecideTask, policy: Policy) -> None:
    """A no names coded reasons; a yes needs none."""
    unknown = [
        FieldFault(f"/reasons/{number}", "not-allowed-value", {"allowed": ", ".join(sorted(policy.refusal_reasons))})
        for number, code in enumerate(cmd.reasons)
        if code not in policy.refusal_reasons
    ]
    if cmd.outcome == "approve" and cmd.reasons:
        raise ValidationFailed(errors=[FieldFault("/reasons", "contradiction", {"other": "outcome"})])
    if cmd.outcome != "approve" and not cmd.reasons:
        raise ValidationFailed(errors=[FieldFault("/reasons", "required")])
    if unknown:
        raise ValidationFailed(errors=unknown)


async def _check_person(
    uow: UnitOfWork, cmd: DecideTask, request: ViewRequest, chain_tasks: list[ApprovalTask]
) -> Statement:
    """Whether this person may sign: by role and unit, no relative, and not for themselves or twice."""
    if not await tasks.is_for(uow, cmd.task_id, tasks.signing_roles(uow.caller)):
        raise RoleMissing(permission="access-task:decide")
    me = caller_as_someone(uow.caller)
    [own] = await statements_on(uow, request.subject.person_id, [me], cmd.declaration)
    if own.must_recuse:
        raise Recusal()
    refuse_same_person(request, [one.decided_by for one in chain_tasks], uow.caller.account_id, uow.caller.person_no)
    if own.needs_declaration:
        raise ValidationFailed(errors=[FieldFault("/not_related", "required")])
    return own


async def _check_viewers(uow: UnitOfWork, request: ViewRequest, policy: Policy) -> None:
    """What became known since the request: a viewer who is a relative is not approved."""
    viewers = viewers_as_someone(request)
    await hold_kin(uow, request.subject.person_id, viewers)
    statements = await statements_on(uow, request.subject.person_id, viewers, request.declaration)
    if any(one.must_recuse for one in statements):
        code = next(one.code for one in policy.predicates if one.check == "not_own_or_relative")
        raise ViewRefused(predicate=code)


async def _keep(uow: UnitOfWork, decided: Decided) -> None:
    """The decision, the request's new state, and the next task or the grant, with their journal rows."""
    task, request, grant = decided.task, decided.request, decided.grant
    await tasks.save(uow, task)
    await view_requests.save(uow, request)
    record_task(uow, "decided", task)
    if task.declaration is not None:
        stated = {"declaration": task.declaration, "person_id": request.subject.person_id}
        uow.record("relation.declared", task.id, task.version, stated, ("relation_declaration",))
    record_request(uow, "decided", request, ("state",))
    if decided.next_task is not None:
        await tasks.add(uow, request, decided.next_task)
    if grant is not None:
        await grants.add(uow, grant)
        record_grant(uow, "approved", grant, ("state",))
        approved = GrantApproved(
            grant_id=grant.id,
            view_request_id=request.id,
            dossier_id=grant.dossier_id,
            unit_id=grant.unit_id,
            valid_from=grant.valid_from,
            valid_to=grant.valid_to,
        )
        uow.tell(approved, version=grant.version)
