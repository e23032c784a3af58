"""干部人事档案专项审核情况统计表: what came of a special audit, by rank and by unit (figures of seeds 000 and 002)."""

from typing import ClassVar

from pydantic import Field

from contracts.documents.base import DocumentPart, ShortText
from contracts.documents.prints import SheetDocument


class CountCell(DocumentPart):
    """A number and its share as they are printed; `share` is empty where there is none."""

    number: str
    share: str = ""


class CountLine(DocumentPart):
    """A line of cells under their head."""

    name: ShortText
    cells: list[CountCell]


class CountSection(DocumentPart):
    """Figures that belong together: `by_rank` a line a figure, `by_unit` a line a unit under the figures' heads."""

    title: ShortText
    by_rank: list[CountLine] = Field(min_length=1)
    heads: list[ShortText] = Field(min_length=1)
    by_unit: list[CountLine]


class CampaignReportDocument(SheetDocument):
    """The report. `groups` are the columns of a rank table: all, then each group of ranks."""

    title_zh: ClassVar[str] = "干部人事档案专项审核情况统计表"

    template: str = Field(default="print/campaign-report", pattern=r"^print/campaign-report$")
    issuer: ShortText
    campaign: ShortText
    counted_at: ShortText = Field(description="As printed, e.g. 2026.11.24 09:30")
    standing: ShortText = Field(description="Whether these figures were approved for publication, and by whom")
    meetings: int = Field(ge=0)
    groups: list[ShortText] = Field(min_length=1)
    sections: list[CountSection] = Field(min_length=1)
