"""Shapes of a campaign's report."""

from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, Field

from chassis.web import RequestModel
from contracts.values.digest import Digest
from services.audit.api.adjudication_shapes import Number
from services.audit.api.campaign_dossiers import CampaignDossierOut
from services.audit.domain.campaign import CampaignState
from services.audit.domain.determination import Direction, months_zh
from services.audit.domain.report import Figures
from services.audit.domain.report_figures import FIGURES
from services.audit.domain.report_rules import ReportRules
from services.audit.store.tables_oversight import ReportApprovalRow
from services.audit.usecases.view_report import Counted


class FigureHead(BaseModel):
    """A figure: what its code stands for, and of which figure its percentage is a share."""

    code: str
    zh: str
    en: str
    of: str | None


HEADS: Final = [{"code": one.code, "zh": one.words.zh, "en": one.words.en, "of": one.of} for one in FIGURES.values()]


class Longest(BaseModel):
    """The gravest false age of a direction."""

    months: int
    zh: str = Field(examples=["3年1月"])


class FiguresOut(BaseModel):
    """Figures by their codes."""

    counts: dict[str, int]
    percent: dict[str, float] = Field(description="Rounded to two decimals; a share of nothing is left out")
    longest: dict[Direction, Longest] = Field(description="最大幅度; a direction without a case is left out")

    @classmethod
    def told(cls, figures: Figures) -> dict[str, object]:
        """The members, as JSON has them."""
        shares = {code: figures.share(code) for code in FIGURES}
        longest = {way: {"months": found, "zh": months_zh(found)} for way, found in figures.longest.items()}
        return {
            "counts": dict(figures.counts),
            "percent": {code: share for code, share in shares.items() if share is not None},
            "longest": longest,
        }


class UnitFigures(FiguresOut):
    """Of the dossiers that a unit keeps."""

    unit_id: str


class RankFigures(FiguresOut):
    """Of a group of ranks."""

    rank: str
    zh: str
    en: str


class ReportApprovalIn(RequestModel):
    """The figures that you saw, by the digest of the report."""

    digest: Digest
    document_no: Number | None = Field(default=None, description="批准文号")


class ReportApprovalOut(BaseModel):
    """Figures of a digest that are approved for publication (批准公布), by which office and whom."""

    id: str
    campaign_id: str
    digest: str
    dossiers: int
    office: str
    office_unit_id: str
    document_no: str | None
    approved_by: str
    approved_at: datetime

    @classmethod
    def of(cls, row: ReportApprovalRow) -> "ReportApprovalOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class ReportApprovalList(BaseModel):
    """One page of approvals, the oldest first."""

    items: list[ReportApprovalOut]
    next_page_token: str | None


class ReportOut(BaseModel):
    """A campaign's figures over the dossiers of your units."""

    campaign_id: str
    name: str
    state: CampaignState
    counted_at: datetime
    digest: str = Field(description="Of all figures: equal for as long as none of them changes")
    approval: ReportApprovalOut | None = Field(description="Of just these figures; null: not to be published")
    meetings: int = Field(description="Meetings that voted on these dossiers")
    figures: list[FigureHead]
    total: FiguresOut
    units: list[UnitFigures]
    ranks: list[RankFigures] = Field(description="Every group, also one without a dossier")

    @classmethod
    def told(cls, counted: Counted, rules: ReportRules) -> dict[str, Any]:
        """The members, as JSON has them: some ten thousand numbers, of which no objects are made."""
        report = counted.report
        return {
            "campaign_id": counted.campaign.id,
            "name": counted.campaign.name,
            "state": counted.campaign.state,
            "counted_at": counted.at,
            "digest": counted.digest,
            "approval": ReportApprovalOut.of(counted.approval).model_dump() if counted.approval else None,
            "meetings": report.meetings,
            "figures": HEADS,
            "total": FiguresOut.told(report.total),
            "units": [
                {"unit_id": unit, **FiguresOut.told(figures)} for unit, figures in sorted(report.by_unit.items())
            ],
            "ranks": [
                {"rank": group.id, **vars(group.words), **FiguresOut.told(report.of_rank(group.id))}
                for group in rules.groups
            ],
        }


class FigureDossiers(BaseModel):
    """One page of the dossiers behind a figure, by id."""

    items: list[CampaignDossierOut]
    next_page_token: str | None
