"""Print a campaign's report: counted in both ways at one moment, and refused where they differ."""

from __future__ import annotations

from typing import Literal

from chassis.deps import Deps
from chassis.identity import Roots
from chassis.print_files import draw_file
from chassis.printing import ENGINE
from chassis.unit_of_work import UnitOfWork
from services.audit.domain.report_approval import digest_of_report
from services.audit.papers.campaign_report import (
    UNAPPROVED,
    Counted,
    approved_words,
    campaign_report,
    campaign_report_xlsx,
)
from services.audit.store import campaigns, report_approvals, unit_names
from services.audit.usecases.recount_report import checked_report

ReportMedium = Literal["pdf", "xlsx"]


async def print_report(campaign_id: str, medium: ReportMedium, roots: Roots, *, uow: UnitOfWork, deps: Deps) -> bytes:
    """The file, drawn in a worker; the print is recorded before its first byte. It says whether it was approved.

    NotFound outside the caller's units; ReportSumDiffers names the figure that does not hold.
    """
    async with uow:
        campaign = await campaigns.get(uow, campaign_id)
    report = await checked_report(campaign_id, uow.caller, roots, deps=deps)
    async with uow:
        names = await unit_names.names_of(uow, {campaign.unit_id, *report.by_unit})
        approval = await report_approvals.find(uow, campaign.id, digest_of_report(report))
    standing = approved_words(approval.office, approval.approved_at, approval.document_no) if approval else UNAPPROVED
    counted = Counted(report, campaign.name, names[campaign.unit_id], uow.now, names, standing)
    document = campaign_report(counted, deps.rules.report)
    content = await draw_file(document, medium, campaign_report_xlsx, deps)
    async with uow:
        told = {"engine": ENGINE, "form": "campaign-report", "medium": medium}
        uow.record("form.printed", campaign.id, campaign.version, told)
    return content
