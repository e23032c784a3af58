"""Approve the figures of a campaign for publication: counted in both ways, and just those that the approver saw."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.deps import Deps
from chassis.identity import Roots
from chassis.unit_of_work import UnitOfWork
from contracts.problems import StateConflict
from contracts.values.ids import new_id
from services.audit.domain.campaign import CampaignState
from services.audit.domain.report_approval import admit_figures, admit_report_approver, digest_of_report
from services.audit.store import campaigns, report_approvals, unit_names
from services.audit.store.tables_oversight import ReportApprovalRow
from services.audit.usecases.recount_report import checked_report


@dataclass(frozen=True)
class ApproveReport:
    """`digest` is that of the figures as they were shown; `roots` the units in which the caller holds the right."""

    campaign_id: str
    digest: str
    roots: Roots
    document_no: str | None = None


async def approve_report(cmd: ApproveReport, *, uow: UnitOfWork, deps: Deps) -> ReportApprovalRow:
    """The approval as it is kept; it stands for as long as the figures are these. Of two at once one counts.

    NotFound outside the caller's units; ReportSumDiffers where the record of acts tells otherwise; ReportChanged
    where the figures are others by now; SamePersonTwice for whoever had a part; StateConflict before the start, and
    where these figures are approved already.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return await report_approvals.get(uow, earlier)
        await _admit(uow, cmd)
    report = await checked_report(cmd.campaign_id, uow.caller, cmd.roots, deps=deps)
    admit_figures(cmd.digest, digest_of_report(report))
    async with uow:
        if earlier := await uow.replay_of():
            return await report_approvals.get(uow, earlier)
        campaign = await campaigns.get(uow, cmd.campaign_id, lock=True)
        await _admit(uow, cmd)
        office_unit_id = await report_approvals.office_of(uow, campaign.unit_id, cmd.roots)
        approval = ReportApprovalRow(
            id=new_id("rpa"),
            unit_id=campaign.unit_id,
            campaign_id=campaign.id,
            digest=cmd.digest,
            dossiers=report.total.counts["dossiers"],
            office=(await unit_names.names_of(uow, {office_unit_id}))[office_unit_id],
            office_unit_id=office_unit_id,
            document_no=cmd.document_no,
            approved_by=uow.caller.account_id,
            approved_at=uow.now,
        )
        await report_approvals.add(uow, approval)
        told = approval.model_dump(include={"id", "digest", "office_unit_id", "document_no"})
        uow.record("campaign_report.approved", campaign.id, campaign.version, told)
        await uow.remember(approval.id)
    return approval


async def _admit(uow: UnitOfWork, cmd: ApproveReport) -> None:
    campaign = await campaigns.get(uow, cmd.campaign_id)
    had_part = await report_approvals.had_part(uow, campaign.id)
    admit_report_approver(CampaignState(campaign.state), uow.caller.account_id, had_part)
    if await report_approvals.find(uow, campaign.id, cmd.digest):
        raise StateConflict(state="approved")
