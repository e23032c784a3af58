"""A campaign's report as a document, and as a spreadsheet of every figure by rank and by unit."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from chassis.office_files import plain_text, steady
from chassis.printing import ENGINE
from chassis.sheets import BOUND_A4, day_of_print
from chassis.unit_of_work import SHANGHAI
from contracts.documents.campaign_report import CampaignReportDocument, CountCell, CountLine, CountSection
from services.audit.domain.determination import Direction, months_zh
from services.audit.domain.facts import AuditFact
from services.audit.domain.report import Figures, Report
from services.audit.domain.report_case import EDUCATION_ERRORS, REPORTED_ISSUES, SIX_PROBLEMS
from services.audit.domain.report_figures import BANDS, DIRECTIONS, FIGURES, PURPOSES
from services.audit.domain.report_rules import ReportRules

ALL: Final = "合计"
LONGEST: Final = "最大幅度"
UNAPPROVED: Final = "内部资料，未经批准不得公布"

_FACTS = tuple(AuditFact)


@dataclass(frozen=True)
class Part:
    """Figures that stand together, and whether the longest of a direction closes them."""

    title: str
    codes: Sequence[str]
    longest: Direction | None = None


def _directions() -> Iterable[Part]:
    for direction in DIRECTIONS:
        word = FIGURES[direction].words.zh
        yield Part(f"虚填年龄（{word}）目的", [direction, *(f"{direction}.{one}" for one in PURPOSES)])
        yield Part(f"虚填年龄（{word}）幅度", [direction, *(f"{direction}.{one}" for one in BANDS)], direction)


PARTS: Final = (
    Part(
        "审核结果",
        ("dossiers", "in_audit", "audited", "no_problem", "to_investigate", "verified", "consistent", "with_problems"),
    ),
    Part("三龄二历一身份不一致", [f"problem.{fact.value}" for fact in _FACTS[:6]]),
    Part("其他事项不一致", [f"problem.{fact.value}" for fact in _FACTS[6:]]),
    Part("六类问题", [f"issue.{kind}" for kind in SIX_PROBLEMS]),
    Part("真实性问题", [f"issue.{kind}" for kind in REPORTED_ISSUES if kind not in SIX_PROBLEMS]),
    Part("涂改与虚填", ("altered", "altered.birth_date", "altered.slip", "altered.falsified", "false", "false.age",
                   "false.education", "no_direction")),
    *_directions(),
    Part("虚填学历学位", ["false.education", *(f"education.{kind}" for kind in EDUCATION_ERRORS)]),
    Part("材料与认定", ("materials", "materials.filed", "materials.returned", "materials.pending", "meeting.due",
                   "meeting.done", "meeting.open", "forms")),
)  # fmt: skip
"""The tables of the report in their order; together they hold every figure."""


@dataclass(frozen=True)
class Counted:
    """A report with the words that it is printed with; `units`: name of each unit by its id.

    `standing` says whether these figures were approved for publication, and by whom.
    """

    report: Report
    campaign: str
    issuer: str
    at: datetime
    units: Mapping[str, str]
    standing: str = UNAPPROVED

    def by_rank(self, rules: ReportRules) -> list[tuple[str, Figures]]:
        """The columns of a rank table."""
        return [(ALL, self.report.total), *((one.words.zh, self.report.of_rank(one.id)) for one in rules.groups)]

    def by_unit(self) -> list[tuple[str, Figures]]:
        """The lines of a unit table, by name, with the total below them."""
        units = sorted(self.report.by_unit, key=lambda unit: (self.units[unit], unit))
        return [*((self.units[unit], self.report.by_unit[unit]) for unit in units), (ALL, self.report.total)]


def approved_words(office: str, at: datetime, document_no: str | None) -> str:
    """What stands on the paper of figures that were approved."""
    number = f"，{document_no}" if document_no else ""
    return f"经批准公布：{office}，{at.astimezone(SHANGHAI):%Y.%m.%d}{number}"


def _head(code: str, part: Part) -> str:
    """A figure's words below its part's title: the direction need not be said again."""
    words = FIGURES[code].words.zh
    return words.split("：", 1)[1] if "：" in words and code.split(".")[0] in DIRECTIONS else words


def _cells(part: Part, figures: Figures) -> list[CountCell]:
    cells = [CountCell(number=str(figures.counts[code]), share=_share(figures.share(code))) for code in part.codes]
    if part.longest:
        months = figures.longest.get(part.longest)
        cells.append(CountCell(number=months_zh(months) if months else "—"))
    return cells


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.2f}"


def _heads(part: Part) -> list[str]:
    return [*(_head(code, part) for code in part.codes), *([LONGEST] if part.longest else [])]


def _section(part: Part, counted: Counted, rules: ReportRules) -> CountSection:
    columns = [_cells(part, figures) for _, figures in counted.by_rank(rules)]
    lines = zip(_heads(part), zip(*columns, strict=True), strict=True)
    return CountSection(
        title=part.title,
        heads=_heads(part),
        by_rank=[CountLine(name=name, cells=list(cells)) for name, cells in lines],
        by_unit=[CountLine(name=name, cells=_cells(part, figures)) for name, figures in counted.by_unit()],
    )


def campaign_report(counted: Counted, rules: ReportRules) -> CampaignReportDocument:
    """The report as it is printed."""
    at = counted.at.astimezone(SHANGHAI)
    return CampaignReportDocument(
        engine=ENGINE,
        issued_at=day_of_print(at.date()),
        sheet=BOUND_A4,
        issuer=counted.issuer,
        campaign=counted.campaign,
        counted_at=f"{at:%Y.%m.%d %H:%M}",
        standing=counted.standing,
        meetings=counted.report.meetings,
        groups=[name for name, _ in counted.by_rank(rules)],
        sections=[_section(part, counted, rules) for part in PARTS],
    )


def campaign_report_xlsx(document: CampaignReportDocument) -> bytes:
    """Two sheets, 按职级 and 按单位: numbers as numbers, each with its share beside it."""
    import xlsxwriter

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(content, options)
    book.set_properties({"title": document.title_zh, "created": document.issued_at.replace(tzinfo=None)})
    ranks = _Sheet(book, "按职级", document)
    ranks.head(document.groups)
    for section in document.sections:
        ranks.title(section.title, 2 * len(document.groups))
        for line in section.by_rank:
            ranks.line(line)
    units = _Sheet(book, "按单位", document)
    for section in document.sections:
        units.title(section.title, 2 * len(section.heads))
        units.head(section.heads)
        for line in section.by_unit:
            units.line(line)
    book.close()
    return steady(content.getvalue())


class _Sheet:
    """A sheet that is written from top to bottom."""

    def __init__(self, book: Any, name: str, document: CampaignReportDocument) -> None:
        self._sheet, self._at = book.add_worksheet(name), 0
        self._bold = book.add_format(
            {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
        )
        self._part = book.add_format({"bold": True, "border": 1, "bg_color": "#F2F2F2"})
        self._number = book.add_format({"border": 1, "num_format": "0"})
        self._share = book.add_format({"border": 1, "num_format": '0.00"%"'})
        self._text = book.add_format({"border": 1, "quote_prefix": True})
        self._sheet.set_paper(9)
        self._sheet.set_landscape()
        self._sheet.set_column(0, 0, 30)
        self._sheet.set_column(1, 40, 10)
        issued = f"{document.issuer}　统计时间：{document.counted_at}　集体研究认定会议：{document.meetings} 次"
        for words in (f"{document.title_zh}：{document.campaign}", issued, document.standing):
            self._sheet.write_string(self._at, 0, plain_text(words))
            self._at += 1

    def head(self, heads: Sequence[str]) -> None:
        """Two columns for each: the number and its share."""
        self._sheet.merge_range(self._at, 0, self._at + 1, 0, "项目", self._bold)
        for at, name in enumerate(heads):
            self._sheet.merge_range(self._at, 2 * at + 1, self._at, 2 * at + 2, plain_text(name), self._bold)
            self._sheet.write_string(self._at + 1, 2 * at + 1, "数", self._bold)
            self._sheet.write_string(self._at + 1, 2 * at + 2, "%", self._bold)
        self._at += 2

    def title(self, words: str, columns: int) -> None:
        """A part's title over its whole width."""
        self._sheet.merge_range(self._at, 0, self._at, columns, words, self._part)
        self._at += 1

    def line(self, line: CountLine) -> None:
        """A line of numbers with their shares."""
        self._sheet.write_string(self._at, 0, plain_text(line.name), self._text)
        for at, cell in enumerate(line.cells):
            if cell.number.isdecimal():
                self._sheet.write_number(self._at, 2 * at + 1, int(cell.number), self._number)
            else:
                self._sheet.write_string(self._at, 2 * at + 1, cell.number, self._text)
            if cell.share:
                self._sheet.write_number(self._at, 2 * at + 2, float(cell.share), self._share)
            else:
                self._sheet.write_blank(self._at, 2 * at + 2, None, self._text)
        self._at += 1
