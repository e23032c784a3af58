"""Show a campaign's report, or the dossiers behind one of its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from services.audit.domain.report import Report, check_sums, count
from services.audit.domain.report_approval import digest_of_report
from services.audit.domain.report_rules import ReportRules
from services.audit.store import campaigns, report_approvals, report_dossiers, reports
from services.audit.store.report_dossiers import BEHIND
from services.audit.store.tables import Campaign, CampaignDossier
from services.audit.store.tables_oversight import ReportApprovalRow
from services.audit.usecases.recuse import caller_related


@dataclass(frozen=True)
class Counted:
    """A campaign with its figures as they stood at `at`; `approval` is that of just these."""

    campaign: Campaign
    report: Report
    at: datetime
    digest: str
    approval: ReportApprovalRow | None


async def view_report(campaign_id: str, *, uow: UnitOfWork, rules: ReportRules) -> Counted:
    """The figures of the campaign's dossiers in the caller's units; the look is recorded.

    NotFound where the campaign is not theirs to see; ReportSumDiffers where the parts do not add up.
    """
    async with uow:
        campaign = await campaigns.get(uow, campaign_id)
        cases = await reports.cases_of(uow.raw(), campaign_id, rules)
        report = count(cases, await reports.meetings_of(uow.raw(), campaign_id))
        check_sums(report)
        digest = digest_of_report(report)
        approval = await report_approvals.find(uow, campaign.id, digest)
        told = {"dossiers": report.total.counts["dossiers"]}
        uow.record("campaign_report.viewed", campaign.id, campaign.version, told)
    return Counted(campaign, report, uow.now, digest, approval)


@dataclass(frozen=True)
class Behind:
    """Which figure is opened, of one unit and one group of ranks where asked."""

    campaign_id: str
    figure: str
    unit_id: str | None = None
    rank: str | None = None


async def open_figure(
    asked: Behind, *, after: str | None, limit: int, uow: UnitOfWork, rules: ReportRules
) -> Sequence[CampaignDossier]:
    """The dossiers behind a figure, without the caller's own and their relatives'; the look is recorded.

    NotFound for a figure that the report does not have.
    """
    if asked.figure not in BEHIND:
        raise NotFound()
    async with uow:
        campaign = await campaigns.get(uow, asked.campaign_id)
        rows = await report_dossiers.page_of(
            uow,
            asked.campaign_id,
            asked.figure,
            rules,
            after=after,
            limit=limit,
            unit_id=asked.unit_id,
            rank=asked.rank,
            hidden_persons=await caller_related(uow),
        )
        uow.record("campaign_report.opened", campaign.id, campaign.version, {"figure": asked.figure})
    return rows
