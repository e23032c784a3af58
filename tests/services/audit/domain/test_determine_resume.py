"""The résumé by month (seed 002), cadre identity by route, and what is compared word by word."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.values.partial_date import PartialDate
from services.audit.domain.claim import Claim
from services.audit.domain.determination import Status
from services.audit.domain.facts import AuditFact, Career, IdentityClaim, Lines, PostClaim, TextClaim
from tests.services.audit.domain.determining import claim, codes, determined

WORK, IDENTITY = AuditFact.WORK_EXPERIENCE, AuditFact.CADRE_IDENTITY


def post(title: str, formed: str, unit: str, begins: str, ends: str | None = None, **more: Any) -> Claim:
    """What a paper says about a post; those of one paper share its material."""
    value = PostClaim(unit=unit, begins=PartialDate(value=begins), ends=PartialDate(value=ends) if ends else None)
    return claim(WORK, title, formed, value, **more)


RESUME = [
    post("干部履历表", "1999", "县农业局", "1990-08", "1995-03"),
    post("干部履历表", "1999", "县政府办", "1995-03", "1998-01"),
    post("干部履历表", "1999", "市委组织部", "1998-02"),
]
PROOF = [
    post("毕业生转正定级审批表", "1991", "县农业局", "1990-08"),
    post("调令", "1995-03", "县政府办", "1995-03"),
    post("干部任免审批表", "1998", "市委组织部", "1998-02"),
]


def test_a_resume_without_gap_and_with_evidence_is_consistent():
    """Boundary months may be shared or follow one another; the last segment runs on."""
    found = determined(WORK, *RESUME, *PROOF)
    assert (found.status, found.rule, codes(found)) == (Status.CONSISTENT, "career-continuity", set())
    assert isinstance(found.value, Career)
    assert [segment.unit for segment in found.value.segments] == ["县农业局", "县政府办", "市委组织部"]


def test_the_latest_form_that_states_a_resume_is_the_one_looked_at():
    """An older form's segments are compared only."""
    older = post("干部履历表", "1989", "县粮食局", "1991-01", "1992-01")
    found = determined(WORK, *RESUME, *PROOF, older)
    assert [other.claim for other in found.disagreeing] == [older]
    assert found.status is Status.UNDETERMINED


@pytest.mark.parametrize(
    ("claims", "told", "months"),
    [
        ([RESUME[0], RESUME[2], *PROOF], "gap", 34),
        ([RESUME[0], post("干部履历表", "1999", "县政府办", "1995-01", "1998-01"), RESUME[2], *PROOF], "overlap", 2),
        ([*RESUME, *PROOF[:2]], "without_evidence", None),
        ([*RESUME, *PROOF[:2], post("调令", "1985", "市委组织部", "1985-02")], "without_evidence", None),
        ([RESUME[0], post("干部履历表", "1999", "县政府办", "1995"), *PROOF], "month_unknown", None),
    ],
)
def test_a_break_or_a_bare_segment_waits_for_the_unit(claims: list[Claim], told: str, months: int | None):
    """The person supplies and the unit certifies: nothing is determined, and the month is named."""
    found = determined(WORK, *claims)
    assert (found.status, found.value, found.collective) == (Status.UNDETERMINED, None, True)
    assert [one.months for one in found.findings if one.code == told] == [months]


def test_a_paper_of_another_unit_in_the_same_month_disagrees():
    """Nobody can be at two units; which of them is right no rule says."""
    other = post("工资变动审批表", "1993-07", "县粮食局", "1993-07")
    found = determined(WORK, *RESUME, *PROOF, other)
    assert ([one.claim for one in found.disagreeing], found.value) == ([other], None)


def route(title: str, formed: str | None, name: Any, date: str | None = None, until: str | None = None) -> Claim:
    """A claim about the route by which somebody became a cadre."""
    value = IdentityClaim(
        route=name,
        date=PartialDate(value=date) if date else None,
        until=PartialDate(value=until) if until else None,
    )
    return claim(IDENTITY, title, formed, value)


@pytest.mark.parametrize(
    ("claims", "status", "told"),
    [
        ([route("毕业生转正定级审批表", "1991", "graduate")], "consistent", None),
        ([route("军队转业干部审批表", "1991", "demobilised_officer")], "consistent", None),
        ([route("留学回国人员接收函", "1995", "returned_student")], "consistent", None),
        ([route("吸收录用干部审批表", "1992", "recruited", "1992-05")], "consistent", None),
        ([route("公务员登记表", "2006", "open_examination")], "consistent", None),
        ([route("聘用制干部审批表", "2020", "contract", "2020-01", until="2030-01")], "consistent", None),
        # closed since 2001-03 (one province's note)
        ([route("吸收录用干部审批表", "2002", "recruited", "2002-05")], "undetermined", "route_closed"),
        ([route("吸收录用干部审批表", "2002", "recruited")], "undetermined", "route_closed"),
        # only within the term
        ([route("聘用制干部审批表", "2010", "contract", "2010-01", until="2015-01")], "undetermined", "term_over"),
        ([route("聘用制干部审批表", "2010", "contract", "2010-01")], "undetermined", "term_over"),
        # a form that only states it
        ([route("干部履历表", "1999", "graduate")], "undetermined", "decisive_missing"),
        ([route("毕业生转正定级审批表", None, "graduate")], "undetermined", "decisive_missing"),
        # the paper of another route proves nothing
        ([route("毕业生转正定级审批表", "1991", "recruited")], "undetermined", "decisive_missing"),
        (
            [route("毕业生转正定级审批表", "1991", "graduate"), route("干部履历表", "1999", "recruited")],
            "proposed",
            None,
        ),
    ],
)
def test_an_identity_needs_the_paper_of_its_route(claims: list[Claim], status: str, told: str | None):
    """转正定级审批表, 录用干部审批表 or 公务员登记表 decide; others are compared."""
    found = determined(IDENTITY, *claims)
    assert found.status.value == status
    assert codes(found) == ({told} if told else set())
    assert (found.value is None) == (status == "undetermined")
    assert len(found.disagreeing) == (1 if status == "proposed" else 0)


def word(fact: AuditFact, title: str, formed: str, text: str, **more: Any) -> Claim:
    """A claim of a word or a line."""
    return claim(fact, title, formed, TextClaim(text=text), **more)


@pytest.mark.parametrize("fact", [AuditFact.NAME, AuditFact.ETHNICITY, AuditFact.NATIVE_PLACE])
def test_words_agree_or_go_to_the_meeting(fact: AuditFact):
    """No rule says which of two names is right; width and blanks are no difference."""
    one, same = word(fact, "学籍表", "1981", "张 三"), word(fact, "任免表", "2018", "张三")
    found = determined(fact, one, same)
    assert (found.status, found.value) == (Status.CONSISTENT, TextClaim(text="张三"))
    other = determined(fact, one, same, word(fact, "履历表", "1999", "张叁"))
    assert (other.status, other.value, len(other.disagreeing)) == (Status.UNDETERMINED, None, 1)
    altered = determined(fact, word(fact, "学籍表", "1981", "张三", altered="altered"))
    assert (altered.value, altered.cause) == (None, "alteration")


def test_lines_need_more_than_the_persons_own_word():
    """Rewards: a decision, or a second paper that says the same; else it is only stated."""
    fact = AuditFact.REWARDS
    stated = word(fact, "干部履历表", "1999", "先进工作者")
    proved = word(fact, "奖励审批表", "1997", "三等功")
    found = determined(fact, stated, proved)
    assert (found.status, found.value) == (Status.PROPOSED, Lines(lines=("三等功",)))
    assert [one.claim for one in found.disagreeing] == [stated]
    assert codes(found) == {"without_evidence"}
    assert determined(fact, stated).value is None
    again = word(fact, "自传", "2003", "先进工作者")
    assert determined(fact, stated, again).value == Lines(lines=("先进工作者",))
