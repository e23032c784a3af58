"""A campaign's report as a leader sees it, and its approval."""

from __future__ import annotations

from typing import Any

from chassis.identity import Caller
from services.audit.store.tables_oversight import ReportApprovalRow
from services.audit.usecases.approve_report import ApproveReport, approve_report
from services.audit.usecases.view_report import Counted, view_report
from tests.services.audit.adjudicating import Case
from tests.services.audit.office import Office


async def shown(office: Office, case: Case) -> Counted:
    """The report as the leader sees it."""
    uow = office.acting(case.leader, "campaign-report:read")
    return await view_report(case.pair.dossier.campaign_id, uow=uow, rules=office.deps.rules.report)


async def approve(
    office: Office, case: Case, digest: str, caller: Caller | None = None, **members: Any
) -> ReportApprovalRow:
    """Approve these figures, as the leader unless told otherwise."""
    caller, permission = caller or case.leader, "campaign-report:approve"
    command = ApproveReport(case.pair.dossier.campaign_id, digest, caller.roots(permission), **members)
    return await approve_report(command, uow=office.acting(caller, permission), deps=office.deps)
