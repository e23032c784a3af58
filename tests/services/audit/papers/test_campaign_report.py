"""A campaign's report on paper: a line for each unit, the total last, and whether it may be published."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pypdf

from chassis.documents import draw_print
from deploy.fonts import FONTS_DIR
from services.audit.domain.report import count
from services.audit.papers.campaign_report import Counted, approved_words, campaign_report
from services.audit.report_file import load_report_rules
from tests.services.audit.published import county_1513

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def test_units_of_one_name_have_a_line_each_and_who_approved_is_named_whole():
    """Offices (办公室) of several bodies are called the same; the published county comes to 1513 all the same."""
    report = count(county_1513(), meetings=3)
    assert len(report.by_unit) > 1
    units = dict.fromkeys(report.by_unit, "办公室")
    standing = approved_words("青岚县委组织部干部管理科", NOW, "青组〔2026〕12号")
    counted = Counted(report, "青岚县干部人事档案专项审核", "青岚县委组织部", NOW, units, standing)
    assert [name for name, _ in counted.by_unit()] == ["办公室"] * len(report.by_unit) + ["合计"]
    document = campaign_report(counted, load_report_rules())
    pages = pypdf.PdfReader(io.BytesIO(draw_print(document, FONTS_DIR))).pages
    assert all(standing in "".join(page.extract_text().split()) for page in pages)
