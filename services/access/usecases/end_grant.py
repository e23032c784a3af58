"""End a grant, and its request with it: revoked by a leader, over in time, or because a relation became known."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.deps import Deps
from chassis.unit_of_work import UnitOfWork
from contracts.events import GrantEnded
from contracts.problems import FieldFault, ValidationFailed
from contracts.values.ternary import Ternary
from services.access.domain.grant import EndReason, Grant
from services.access.domain.policy import Policy
from services.access.domain.view_request import UNDECIDED, ViewRequest
from services.access.store import grants, heard, tasks, view_requests
from services.access.usecases.journal import record_grant, record_request, record_task
from services.access.usecases.relations import statements_on, viewers_as_someone

BATCH = 200
"""How many grants or requests one transaction of the expiry job ends."""


@dataclass(frozen=True)
class RevokeGrant:
    """`reasons` are codes of the rule file."""

    grant_id: str
    reasons: tuple[str, ...]


async def revoke_grant(cmd: RevokeGrant, *, uow: UnitOfWork, policy: Policy) -> Grant:
    """Take a running grant back, at once; StateConflict when it ended before."""
    async with uow:
        if earlier := await uow.replay_of():
            return await grants.get(uow, earlier)
        unknown = [
            FieldFault(
                f"/reasons/{number}", "not-allowed-value", {"allowed": ", ".join(sorted(policy.revocation_reasons))}
            )
            for number, code in enumerate(cmd.reasons)
            if code not in policy.revocation_reasons
        ]
        if unknown:
            raise ValidationFailed(errors=unknown)
        grant, request = await _held(uow, cmd.grant_id)
        ended = await _end(uow, grant, request, "revoked", by=uow.caller.account_id, codes=cmd.reasons)
        await uow.remember(ended.id)
    return ended


async def end_for_recusal(uow: UnitOfWork, person_id: str) -> None:
    """End the running grants by which somebody would see a relative's dossier, now that it is known."""
    card = await heard.find_person(uow, person_id)
    numbers = [card.person_no] if card else []
    accounts = [account for number in numbers for account in await heard.accounts_of(uow, number)]
    for grant_id in await grants.list_running_about(uow, person_id, numbers, accounts):
        grant, request = await _held(uow, grant_id)
        statements = await statements_on(uow, grant.person_id, viewers_as_someone(request), None)
        if grant.state == "running" and any(one.known is Ternary.YES for one in statements):
            await _end(uow, grant, request, "recusal")


async def end_expired(deps: Deps) -> None:
    """Job: end grants whose time is over, and requests that nobody decided in time."""
    while await _end_batch(deps) == BATCH:
        pass


async def _end_batch(deps: Deps) -> int:
    async with deps.as_service() as uow:
        over = await grants.list_over(uow, uow.now, BATCH)
        for grant_id in over:
            grant, request = await _held(uow, grant_id)
            if grant.state == "running":
                await _end(uow, grant, request, "expired")
        late = await view_requests.list_overdue(uow, uow.now, BATCH)
        for request_id in late:
            request = await view_requests.get(uow, request_id, lock=True)
            if request.state in UNDECIDED:
                await _expire_request(uow, request)
    return max(len(over), len(late))


async def _held(uow: UnitOfWork, grant_id: str) -> tuple[Grant, ViewRequest]:
    """A grant and its request, as they stay until this transaction's end."""
    request_id = (await grants.get(uow, grant_id)).request_id
    request = await view_requests.get(uow, request_id, lock=True)
    return await grants.get(uow, grant_id), request


async def _end(
    uow: UnitOfWork,
    grant: Grant,
    request: ViewRequest,
    reason: EndReason,
    *,
    by: str | None = None,
    codes: tuple[str, ...] = (),
) -> Grant:
    ended = grant.end(reason, uow.now, by, codes)
    await grants.save(uow, ended)
    record_grant(uow, "ended", ended, ("state", "ended_reason"))
    moved = request.move("expired" if reason == "expired" else "revoked")
    await view_requests.save(uow, moved)
    record_request(uow, "ended", moved, ("state",))
    told = GrantEnded(
        grant_id=ended.id,
        view_request_id=ended.request_id,
        dossier_id=ended.dossier_id,
        unit_id=ended.unit_id,
        reason=reason,
    )
    uow.tell(told, version=ended.version)
    return ended


async def _expire_request(uow: UnitOfWork, request: ViewRequest) -> None:
    expired = request.move("expired")
    await view_requests.save(uow, expired)
    record_request(uow, "expired", expired, ("state",))
    for task in await tasks.list_of(uow, request.id):
        if task.state == "pending":
            closed = task.close("expired")
            await tasks.save(uow, closed)
            record_task(uow, "expired", closed)
