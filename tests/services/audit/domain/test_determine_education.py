"""Education: sets, recognition, full-time or in service, and the kinds of false statements (E1)."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.values.partial_date import PartialDate
from services.audit.domain.claim import Claim
from services.audit.domain.determination import Status
from services.audit.domain.facts import AuditFact, EducationClaim, EducationRecord
from tests.services.audit.domain.determining import claim, codes, determined

FACT = AuditFact.EDUCATION


def study(title: str, formed: str, school: str, level: str | None, **more: Any) -> Claim:
    """What a paper says about a stage of education."""
    about = {name: more.pop(name) for name in ("excluded", "altered") if name in more}
    for name in ("begins", "ends"):
        if name in more:
            more[name] = PartialDate(value=more[name])
    return claim(FACT, title, formed, EducationClaim(school=school, level=level, **more), **about)


def whole(school: str, level: str, begins: str, ends: str, *, degree: str | None = None, **more: Any) -> list[Claim]:
    """A complete set with its report, and the degree's paper where there is one."""
    more = {"begins": begins, "ends": ends, "full_time": True, **more}
    papers = [("报考登记表", begins), ("学生成绩登记表", ends), ("毕业生登记表", ends), ("学历认证报告", "2010")]
    found = [study(title, formed, school, level, **more) for title, formed in papers]
    return [*found, *([study("学位证书", ends, school, None, degree=degree, **more)] if degree else [])]


COLLEGE = whole("省师专", "大专", "1986-09", "1989-07")
BACHELOR = whole("省师大", "本科", "1990-09", "1994-07", degree="文学学士")
MASTER = whole("省党校", "研究生", "2001-09", "2004-07", full_time=False)


def record(*claims: Claim, **context: Any) -> tuple[str | None, str | None, str, set[str]]:
    """Full-time level, in-service level, status and findings."""
    found = determined(FACT, *claims, **{"employed": (), **context})
    value = found.value
    full = value.full_time.level if isinstance(value, EducationRecord) and value.full_time else None
    part = value.in_service.level if isinstance(value, EducationRecord) and value.in_service else None
    return full, part, found.status.value, codes(found)


def test_the_highest_recognised_stages_stand_on_the_forms():
    """全日制 and 在职 apart; the degree comes from its own paper."""
    assert record(*COLLEGE, *BACHELOR, *MASTER) == ("本科", "研究生", "consistent", set())
    found = determined(FACT, *COLLEGE, *BACHELOR, employed=())
    assert isinstance(found.value, EducationRecord)
    assert found.value.full_time is not None
    assert found.value.full_time.degree == "文学学士"
    assert (found.rule, found.written) == ("education-set", "大学本科")


def without(claims: list[Claim], *titles: str) -> list[Claim]:
    """The claims but for those of these materials."""
    return [one for one in claims if one.evidence.title not in titles]


def refused(claims: list[Claim]) -> list[Claim]:
    """The claims with a refused report: `not_recognised`."""
    return [
        study(one.evidence.title, "1989", one.value.school, one.value.level, excluded="not_recognised")
        for one in claims
        if isinstance(one.value, EducationClaim)
    ]


@pytest.mark.parametrize(
    ("claims", "context", "expected"),
    [
        # E1, first half: no report yet (seed 002: from 中专 up)
        (without(COLLEGE, "学历认证报告"), {}, (None, None, "undetermined", {"awaiting_verification"})),
        # below 中专 no report is asked for
        (
            [
                study("高中毕业生登记表", "1986", "县一中", "高中", begins="1983-09", ends="1986-07", full_time=True),
                study("毕业证书", "1986", "县一中", "高中", begins="1983-09", ends="1986-07", full_time=True),
            ],
            {},
            ("高中", None, "consistent", {"set_incomplete"}),
        ),
        # a lower stage that waits cannot outrank the recognised one
        (
            [*without(COLLEGE, "学历认证报告"), *BACHELOR],
            {},
            ("本科", None, "consistent", {"awaiting_verification"}),
        ),
        # part of the set is missing: to be supplied, the report decides
        (without(COLLEGE, "报考登记表"), {}, ("大专", None, "consistent", {"set_incomplete"})),
        # no paper at all
        ([study("干部履历表", "1999", "省师大", "本科")], {}, (None, None, "undetermined", {"without_evidence"})),
        # 培训填为学历
        (
            [*COLLEGE, study("进修班结业证", "1995", "省党校", "研究生", full_time=False)],
            {},
            ("大专", None, "proposed", {"training_as_education"}),
        ),
        # 低填高
        (
            [*COLLEGE, study("干部履历表", "1999", "省师专", "本科", ends="1989-07")],
            {},
            ("大专", None, "proposed", {"level_overstated"}),
        ),
        # 无学位填有学位
        (
            [*COLLEGE, study("干部履历表", "1999", "省师专", "大专", degree="文学学士")],
            {},
            ("大专", None, "proposed", {"degree_not_conferred"}),
        ),
        # 在职填全日制: by its own papers, or by a wage material within the period
        (
            [*MASTER, study("干部履历表", "2005", "省党校", "研究生", full_time=True)],
            {},
            (None, "研究生", "proposed", {"part_time_as_full_time"}),
        ),
        (
            BACHELOR,
            {"employed": (PartialDate(value="1992-07"),)},
            (None, "本科", "proposed", {"part_time_as_full_time"}),
        ),
        (BACHELOR, {"employed": (PartialDate(value="1995-07"),)}, ("本科", None, "consistent", set())),
        # nobody says whether it was full-time
        (
            whole("省师专", "大专", "1986-09", "1989-07", full_time=None),
            {"employed": None},
            (None, None, "undetermined", {"mode_unknown"}),
        ),
        (whole("省师专", "大专", "1986-09", "1989-07", full_time=None), {}, ("大专", None, "consistent", set())),
        # foreign: the certificate of the 教育部留学服务中心
        (
            whole("外国大学", "硕士研究生", "2001-09", "2003-07", foreign=True),
            {},
            (None, None, "proposed", {"foreign_not_certified"}),
        ),
        (
            [
                study(
                    "留学服务中心认证书",
                    "2004",
                    "外国大学",
                    "硕士研究生",
                    begins="2001-09",
                    ends="2003-07",
                    full_time=True,
                    foreign=True,
                )
            ],
            {},
            ("硕士研究生", None, "consistent", set()),
        ),
        # 年限 outside the rules
        (whole("省师专", "大专", "1989-01", "1989-07"), {}, ("大专", None, "consistent", {"duration_unusual"})),
        # E1, second half: the report came back refused
        (refused(COLLEGE), {}, (None, None, "proposed", {"set_aside", "not_recognised"})),
    ],
)
def test_a_stage_counts_as_far_as_its_papers_bear_it(claims: list[Claim], context: dict[str, Any], expected: Any):
    """Status, highest levels, and what the reviewer reads."""
    assert record(*claims, **context) == expected


def test_what_was_entered_on_a_refused_certificate_is_flagged():
    """E1; 不符合报考条件取得上一级学历学位 (seed 000): for the meeting, unless another stage bears the entry."""
    found = determined(FACT, *refused(COLLEGE), *BACHELOR, employed=())
    assert (found.status, found.value) == (Status.UNDETERMINED, None)
    assert {"entry_qualification_false", "not_recognised"} <= codes(found)
    other = whole("市师专", "大专", "1986-09", "1989-07")
    assert record(*refused(COLLEGE), *other, *BACHELOR)[0] == "本科"


def test_a_level_that_nobody_knows_is_kept_apart():
    """Cannot tell."""
    found = determined(FACT, *COLLEGE, study("干部履历表", "1999", "某校", "结业"), employed=())
    assert [one.evidence.title for one in found.cannot_tell] == ["干部履历表"]
    assert found.status is Status.CONSISTENT
