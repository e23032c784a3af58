"""A person's facts as the store gives them, for forms."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from contracts.values.ids import new_id
from contracts.values.partial_date import PartialDate
from services.catalog.domain.facts import Fact, FactKind, Facts, Provenance

_order = count(1)


def fact(
    kind: FactKind,
    value: dict[str, Any],
    begins: str | None = None,
    ends: str | None = None,
    provenance: Provenance = Provenance("entry"),
) -> Fact:
    """A current fact, in the order in which they are made."""
    return Fact(
        fact_id=new_id("fct"),
        person_id="per",
        kind=kind,
        value=value,
        valid_from=PartialDate(value=begins) if begins else None,
        valid_to=PartialDate(value=ends) if ends else None,
        sort_key=f"{next(_order):08d}",
        provenance=provenance,
        entry_id="req",
        recorded_at=datetime(2026, 11, 24, tzinfo=UTC),
        recorded_by="acc",
    )


def facts(*every: Fact) -> Facts:
    """All of one person."""
    return Facts("per", every)


def cadre() -> Facts:
    """A deputy chief with two educations, three posts, a family and rewards."""
    return facts(
        fact("sex", {"sex": "male"}),
        fact("ethnicity", {"text": "汉族"}),
        fact("native_place", {"text": "山东清河"}),
        fact("birth_place", {"text": "山东济南"}),
        fact("birth_date", {"date": {"value": "1970-05-12"}}, provenance=Provenance("determination", reason="2020年")),
        fact("work_start", {"date": {"value": "1992-08"}}, provenance=Provenance("material", material_id="mat_1")),
        fact("party", {"party": "中共", "joined_on": {"value": "1995-07"}, "also": None}),
        fact("health", {"text": "健康"}),
        fact("technical_title", {"text": "经济师", "level": "intermediate"}),
        fact("technical_title", {"text": "高级经济师", "level": "senior"}),
        fact("education", {"mode": "full_time", "level": "大学", "school": "山东大学", "major": "财政学专业"},
             "1988-09", "1992-07"),
        fact("degree", {"mode": "full_time", "degree": "经济学学士", "school": "山东大学", "major": None}, None,
             "1992-07"),
        fact("education", {"mode": "in_service", "level": "省委党校研究生", "school": "省委党校", "major": None},
             "2007-09", "2010-06"),
        fact("post", {"title": "科员", "unit": "清河县财政局"}, "1992-08", "2001-06"),
        fact("post", {"title": "清河县财政局副局长", "unit": "清河县财政局", "rank": "副科级",
                      "approved_by": "县委组织部", "document_no": "清组干〔2001〕15号"}, "2001-06"),
        fact("post", {"title": "党组成员", "unit": None}, "2001-06"),
        fact("reward", {"type": "reward", "text": "记三等功一次"}, "2019-03"),
        fact("assessment", {"year": 2022, "grade": "称职"}),
        fact("assessment", {"year": 2024, "grade": "优秀"}),
        fact("assessment", {"year": 2025, "grade": "优秀"}),
        fact("assessment", {"year": 2023, "grade": "称职"}),
        fact("family", {"appellation": "妻子", "name": "李红梅", "birth_date": {"value": "1972-11"},
                        "political_status": "中共党员", "work": "清河县第一中学教师"}),
        fact("family", {"appellation": "父亲", "name": "王德福", "birth_date": {"value": "1940-01"},
                        "political_status": "群众", "work": "清河县水利局退休干部（已去世）"}),
    )  # fmt: skip
