"""Birth date and work start: the worked cases of the audit's rule book (B1–B5, W1), and what may not be guessed."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.values.partial_date import PartialDate
from services.audit.domain.claim import Claim
from services.audit.domain.determination import Prior, Status
from services.audit.domain.facts import AuditFact, DateClaim
from tests.services.audit.domain.determining import BIRTH, WORK, claim, codes, determined, lunar

LEAGUE = claim(BIRTH, "入团志愿书", "1984-05", "1968-03")
CASES: dict[str, tuple[AuditFact, list[Claim], dict[str, Any], dict[str, Any]]] = {
    # 组通字〔2006〕41号: all agree
    "B1": (
        BIRTH,
        [LEAGUE, claim(BIRTH, "履历表", "1999", "1968-03"), claim(BIRTH, "任免表", "2018", "1968-03")],
        {},
        {"status": "consistent", "written": "1968.03", "basis": "入团志愿书", "rule": "birth-agreement"},
    ),
    # 组通字〔2006〕41号: what cannot be verified is decided by the earliest record
    "B2": (
        BIRTH,
        [LEAGUE, claim(BIRTH, "招工表", "1986", "1970-03"), claim(BIRTH, "任免表", "2018", "1970-03")],
        {},
        {
            "status": "proposed",
            "written": "1968.03",
            "basis": "入团志愿书",
            "rule": "birth-earliest",
            "cause": "false_statement",
            "months": 24,
            "direction": "understated",
            "band": "1_to_2_years",
        },
    ),
    # newly found, earlier and fileable
    "B3": (
        BIRTH,
        [
            claim(BIRTH, "入伍登记表", "1985", "1966-10", altered="unreadable"),
            claim(BIRTH, "学籍表", "1981", "1967-10", material_id=None),
        ],
        {},
        {
            "status": "proposed",
            "written": "1967.10",
            "basis": "学籍表",
            "rule": "birth-earliest",
            "cause": "alteration",
            "direction": "overstated",
            "months": 12,
            "codes": {"altered_record"},
        },
    ),
    # nothing but an altered paper
    "B4": (
        BIRTH,
        [claim(BIRTH, "招工表", "1986", "1970-03", altered="altered")],
        {"current": DateClaim(date=PartialDate(value="1970-03"))},
        {
            "status": "undetermined",
            "written": None,
            "basis": None,
            "rule": None,
            "collective": True,
            "suspends": True,
            "cause": "alteration",
            "kept": "1970-03",
        },
    ),
    # 阴阳历差异: for the meeting, not automatic
    "B5": (
        BIRTH,
        [
            claim(BIRTH, "入团志愿书", "1986", lunar("1971-01", "农历一九七〇年十二月")),
            claim(BIRTH, "履历表", "1999", "1971-01"),
        ],
        {},
        {"status": "undetermined", "written": None, "rule": None, "collective": True, "cause": "lunar_solar"},
    ),
    # graduates: reporting and first pay
    "W1 reporting_and_pay": (
        WORK,
        [
            claim(WORK, "报到证", "1990-07", "1990-07"),
            claim(WORK, "毕业生转正定级审批表", "1991-08", "1990-08"),
            claim(WORK, "干部履历表", "1999", "1989-09"),
        ],
        {"graduate_rule": "reporting_and_pay"},
        {
            "status": "proposed",
            "written": "1990.08",
            "basis": "毕业生转正定级审批表",
            "rule": "work-entry",
            "months": 11,
            "direction": "overstated",
            "cause": "false_statement",
        },
    ),
    "W1 earliest_material": (
        WORK,
        [
            claim(WORK, "报到证", "1990-07", "1990-07"),
            claim(WORK, "毕业生转正定级审批表", "1991-08", "1990-08"),
            claim(WORK, "干部履历表", "1999", "1989-09"),
        ],
        {"graduate_rule": "earliest_material"},
        {"status": "proposed", "written": "1990.07", "basis": "报到证", "rule": "work-earliest"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_worked_case_comes_out(case: str):
    """The vectors of the rule book, each with its deciding record, size, direction and cause."""
    fact, claims, context, expected = CASES[case]
    found = determined(fact, *claims, **context)
    shown = {
        "status": found.status.value,
        "written": found.written,
        "basis": found.basis.evidence.title if found.basis else None,
        "rule": found.rule,
        "collective": found.collective,
        "suspends": found.suspends,
        "cause": found.cause,
        "months": found.months,
        "direction": found.direction,
        "band": found.gravest.band if found.gravest else None,
        "kept": found.kept.date.value if isinstance(found.kept, DateClaim) else None,
        "codes": codes(found),
    }
    assert {name: shown[name] for name in expected} == expected


EARLY, LATE = claim(BIRTH, "学籍表", "1981", "1967-10"), claim(BIRTH, "任免表", "2018", "1968-10")


@pytest.mark.parametrize(
    ("claims", "written", "told"),
    [
        # must be dated, and where the person filled it in, signed
        ([claim(BIRTH, "学籍表", None, "1966-10"), LATE], "1968.10", "undated"),
        ([claim(BIRTH, "入团志愿书", "1984", "1966-10", signed=False), LATE], "1968.10", "unsigned"),
        ([claim(BIRTH, "入团志愿书", "1984", "1966-10", signed=None), LATE], "1966.10", "signature_unknown"),
        # the identity card is recorded for comparison
        ([claim(BIRTH, "居民身份证", "1986", "1966-10"), LATE], "1968.10", "compared_only"),
        # outside the dossier only what may be filed once found, for its years of birth
        ([claim(BIRTH, "干部履历表", "1980", "1966-10", material_id=None), LATE], "1968.10", "outside"),
        ([claim(BIRTH, "户口底账", "1966", "1966-10", material_id=None), LATE], "1966.10", None),
        ([claim(BIRTH, "出生证", "1948", "1948-03", material_id=None), LATE], "1968.10", "outside"),
        ([claim(BIRTH, "首次户口登记", "1951", "1948-03", material_id=None), LATE], "1948.03", None),
        ([claim(BIRTH, "首次户口登记", "1958", "1957-03", material_id=None), LATE], "1968.10", "outside"),
        # a paper cannot know a birth after itself
        ([claim(BIRTH, "学籍表", "1965", "1966-10"), LATE], "1968.10", "after_paper"),
        # forged papers take no part
        ([claim(BIRTH, "学籍表", "1981", "1966-10", excluded="forged"), LATE], "1968.10", "set_aside"),
        # the earliest was altered: the next that was not, and the meeting
        ([claim(BIRTH, "学籍表", "1981", "1966-10", altered="altered"), LATE], "1968.10", "altered_record"),
    ],
)
def test_only_a_record_that_may_decide_decides(claims: list[Claim], written: str, told: str | None):
    """What may not decide is compared all the same, and the reviewer reads why."""
    found = determined(BIRTH, *claims)
    assert found.written == written
    assert told is None or told in codes(found)
    assert found.collective == ("altered_record" in codes(found))


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        # two papers of one time: nobody knows which was first
        ([claim(BIRTH, "学籍表", "1984", "1966-10"), claim(BIRTH, "入团志愿书", "1984-05", "1967-10")], "no_order"),
        # one page that contradicts itself
        (
            [
                claim(BIRTH, "学籍表", "1981", "1966-10", page_id="pag_1", id="a"),
                claim(BIRTH, "学籍表", "1981", "1967-10", page_id="pag_1", id="b"),
            ],
            "page_contradiction",
        ),
        # a year alone is never completed from later forms
        ([claim(BIRTH, "学籍表", "1981", "1967"), claim(BIRTH, "任免表", "2018", "1967-10")], "month_unknown"),
        (
            [
                claim(BIRTH, "学籍表", "1981", PartialDate(value="1967-10", qualifier="approximate")),
                claim(BIRTH, "任免表", "2018", "1968-10"),
            ],
            "month_unknown",
        ),
    ],
)
def test_where_no_rule_decides_the_meeting_does(claims: list[Claim], told: str):
    """No value, no size and no direction; what is on file stays."""
    found = determined(BIRTH, *claims, current=DateClaim(date=PartialDate(value="1968-10")))
    assert (found.status, found.value, found.rule, found.collective) == (Status.UNDETERMINED, None, None, True)
    assert told in codes(found)
    assert found.months is None
    assert "提请集体研究" in found.paragraph


def test_a_year_that_fits_is_neither_agreement_nor_conflict():
    """`Cannot tell` is kept apart."""
    found = determined(BIRTH, LEAGUE, claim(BIRTH, "履历表", "1999", "1968"))
    assert (found.status, found.disagreeing) == (Status.CONSISTENT, ())
    assert [other.evidence.title for other in found.cannot_tell] == ["履历表"]


def test_an_approved_determination_in_due_form_stands_and_is_looked_at_again():
    """It was the authority's word then; without due form it is an issue of its own, and the rules go on."""
    value = DateClaim(date=PartialDate(value="1970-03"))
    claims = [LEAGUE, claim(BIRTH, "招工表", "1986", "1970-03")]
    stands = determined(BIRTH, *claims, prior=Prior(value, PartialDate(value="2008-06"), valid=True))
    assert (stands.status, stands.written, stands.rule) == (Status.DETERMINED, "1970.03", "birth-prior")
    assert "recheck" in codes(stands)
    alone = determined(BIRTH, prior=Prior(value, PartialDate(value="2008-06"), valid=True))
    assert (alone.status, alone.written) == (Status.DETERMINED, "1970.03")
    assert alone.paragraph == ("出生日期已于2008年6月经组织认定为1970年3月。沿用原认定。原认定须经复核。")
    falls = determined(BIRTH, *claims, prior=Prior(value, PartialDate(value="2008-06"), valid=False))
    assert (falls.status, falls.written) == (Status.PROPOSED, "1968.03")
    assert "prior_not_valid" in codes(falls)


@pytest.mark.parametrize(
    ("months", "band"),
    [
        (1, "up_to_3_months"),
        (3, "up_to_3_months"),
        (4, "3_to_12_months"),
        (12, "3_to_12_months"),
        (13, "1_to_2_years"),
        (24, "1_to_2_years"),
        (25, "over_2_years"),
        (37, "over_2_years"),
    ],
)
@pytest.mark.parametrize(("sign", "direction"), [(1, "understated"), (-1, "overstated")])
def test_size_and_direction_are_counted_by_the_month(months: int, band: str, sign: int, direction: str):
    """≤3月, >3–12月, 1–2年, >2年; a bound belongs to the band that it closes. Later is younger (填小)."""
    month = 1968 * 12 + 2 + sign * months
    stated = f"{month // 12}-{month % 12 + 1:02d}"
    found = determined(BIRTH, LEAGUE, claim(BIRTH, "入伍登记表", "1986", stated)).disagreeing[0]
    assert (found.months, found.band, found.direction, found.purpose) == (months, band, direction, "enlistment")


@pytest.mark.parametrize(
    ("other", "cause"),
    [
        (claim(BIRTH, "入伍登记表", "1986", "1967-03", altered="altered"), "alteration"),
        (claim(BIRTH, "入伍登记表", "1986", PartialDate(value="1967-03", as_written="虚岁十九岁")), "nominal_age"),
        (claim(BIRTH, "入伍登记表", "1986", "1967-03"), "slip"),
        (claim(BIRTH, "入伍登记表", "2019", "1967-03"), "false_statement"),
        (claim(BIRTH, "入伍登记表", None, "1967-03"), None),
    ],
)
def test_a_conflict_has_a_likely_cause(other: Claim, cause: str | None):
    """涂改造假, 虚实岁差异, 笔误 (alone, and taken back by the next form), 虚填; an undated paper tells none."""
    found = determined(BIRTH, LEAGUE, other, claim(BIRTH, "任免表", "2018", "1968-03"))
    assert [disagreement.cause for disagreement in found.disagreeing] == [cause]
    assert found.cause == cause


def test_who_is_made_older_and_younger_is_shown_to_the_meeting():
    """防止重复得利: no double gain."""
    found = determined(
        BIRTH, LEAGUE, claim(BIRTH, "入伍登记表", "1986", "1967-03"), claim(BIRTH, "任免表", "2018", "1970-03")
    )
    assert "double_gain" in codes(found)
    assert (found.months, found.direction) == (24, "understated")


@pytest.mark.parametrize(
    ("claims", "written", "basis"),
    [
        # 知青: the day of leaving for the countryside, though a factory wrote a later one
        (
            [claim(WORK, "知青上山下乡证明", "1975-03", "1975-03"), claim(WORK, "招工审批表", "1978-01", "1978-01")],
            "1975.03",
            "知青上山下乡证明",
        ),
        # soldiers: the approved day of enlistment
        (
            [claim(WORK, "入伍登记表", "1979-11", "1979-11"), claim(WORK, "职工登记表", "1984-02", "1984-01")],
            "1979.11",
            "入伍登记表",
        ),
        # workers: the approval before the register, whatever was formed first
        (
            [claim(WORK, "职工登记表", "1982-01", "1981-12"), claim(WORK, "招工审批表", "1982-02", "1982-02")],
            "1982.02",
            "招工审批表",
        ),
        # graduates without a first-pay paper: reporting
        (
            [claim(WORK, "报到证", "1990-07", "1990-07"), claim(WORK, "任免表", "2018", "1990-09")],
            "1990.07",
            "报到证",
        ),
        # 录（聘）用
        (
            [claim(WORK, "录（聘）用审批表", "1992-05", "1992-05"), claim(WORK, "任免表", "2018", "1992-01")],
            "1992.05",
            "录（聘）用审批表",
        ),
        # no way into work is proved: the earliest record
        (
            [claim(WORK, "干部履历表", "1988", "1980-01"), claim(WORK, "任免表", "2018", "1979-01")],
            "1980.01",
            "干部履历表",
        ),
    ],
)
def test_work_starts_by_the_way_into_it(claims: list[Claim], written: str, basis: str):
    """Each way has its own original paper (录用, 入伍, 招工, 毕业分配, 上山下乡)."""
    found = determined(WORK, *claims)
    assert (found.status, found.written) == (Status.PROPOSED, written)
    assert found.basis is not None
    assert found.basis.evidence.title == basis


def test_time_before_regularisation_is_proposed_to_the_meeting():
    """民办教师, 乡村医生, 临时工: some of it counts, and the meeting says which."""
    found = determined(
        WORK, claim(WORK, "民办教师登记表", "1978-03", "1978-03"), claim(WORK, "录用干部审批表", "1985", "1985-02")
    )
    assert (found.status, found.written, found.collective) == (Status.PROPOSED, "1978.03", True)
    assert "提请集体研究，拟认定参加工作时间为1978年3月" in found.paragraph


def test_two_ways_of_one_time_are_for_the_meeting():
    """Nobody says whether the soldier or the worker came first."""
    found = determined(
        WORK, claim(WORK, "入伍登记表", "1982", "1982-01"), claim(WORK, "招工审批表", "1982-02", "1982-03")
    )
    assert (found.value, found.collective) == (None, True)
    assert "entry_unclear" in codes(found)


@pytest.mark.parametrize(
    ("title", "birth", "start", "told"),
    [
        ("招工审批表", "1968-03", "1983-01", "below_age"),
        ("招工审批表", "1968-03", "1984-03", None),
        ("招工审批表", "1968", "1984-03", None),
        ("入伍登记表", "1968-03", "1983-01", None),
        ("文艺单位招收演员登记表", "1968-03", "1980-01", None),
        ("职工登记表", "1935-03", "1948-01", None),
    ],
)
def test_an_early_start_is_told_and_stands(title: str, birth: str, start: str, told: str | None):
    """16 years, but for soldiers, art and sport, and before the founding; where a year alone is known: silence."""
    found = determined(WORK, claim(WORK, title, "1985", start), birth=PartialDate(value=birth))
    assert found.status is Status.CONSISTENT
    assert codes(found) == ({told} if told else set())


def test_nobody_starts_work_before_birth():
    """Such a value is none, however well the papers agree."""
    found = determined(WORK, claim(WORK, "招工审批表", "1985", "1960-01"), birth=PartialDate(value="1968-03"))
    assert (found.status, found.value) == (Status.UNDETERMINED, None)
    assert "before_birth" in codes(found)


def test_the_paragraph_tells_the_whole_case():
    """For the form: what each says, by how much, the rule, and what is proposed."""
    fact, claims, context, _ = CASES["B2"]
    assert determined(fact, *claims, **context).paragraph == (
        "档案中关于出生日期的记载不一致：《入团志愿书》（1984年5月形成）记载为1968年3月。"
        "《招工表》（1986年形成）、《任免表》（2018年形成）记载为1970年3月，晚2年，属填小，疑为虚填。"
        "依据组通字〔2006〕41号：无法查实的，以干部档案或户籍档案中最早形成的材料所记载的日期为准，"
        "拟认定出生日期为1968年3月。"
    )
    fact, claims, context, _ = CASES["B4"]
    assert determined(fact, *claims, **context).paragraph == (
        "档案中关于出生日期的记载：《招工表》（1986年形成，有涂改）记载为1970年3月。有1处记载经过涂改。"
        "无规则可以直接认定，提请集体研究。现用的1970年3月暂予保留，任前审核暂缓。"
    )


def test_no_claim_at_all_is_no_value():
    """Evidence missing: undetermined, and what is on file is never filled in."""
    found = determined(BIRTH)
    assert (found.status, found.value, found.suspends) == (Status.UNDETERMINED, None, True)
