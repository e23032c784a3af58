"""Waive a finding with a reason, and take that back: what is right as it is need not be shown again."""

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import StateConflict
from services.catalog.store import dossiers, findings
from services.catalog.store.findings import Finding
from services.catalog.usecases.recuse import refuse_related


async def waive_finding(finding_id: str, seen_version: int, reason: str, *, uow: UnitOfWork) -> Finding:
    """An open finding is waived for this reason; it comes back by itself when its figures change."""
    return await _decide(finding_id, seen_version, reason, "open", uow)


async def revoke_waiver(finding_id: str, seen_version: int, *, uow: UnitOfWork) -> Finding:
    """A waived finding is open again."""
    return await _decide(finding_id, seen_version, None, "waived", uow)


async def _decide(finding_id: str, seen_version: int, reason: str | None, state: str, uow: UnitOfWork) -> Finding:
    async with uow:
        if await uow.replay_of():
            return await findings.get(uow, finding_id)
        finding = await findings.get(uow, finding_id, lock=True)
        await check_version(uow, finding_id, finding.version, seen_version)
        if finding.state != state:
            raise StateConflict(state=finding.state)
        await refuse_related(uow, (await dossiers.get(uow, finding.dossier_id)).person_id)
        decided = await findings.set_waiver(uow, finding, reason)
        verb = "finding.waived" if reason is not None else "finding.waiver_revoked"
        told = {"code": decided.code, "member": decided.member, "reason": reason}
        uow.record(verb, finding_id, decided.version, told, changed=("state", "waiver_reason"))
        await uow.remember(finding_id)
        return decided
