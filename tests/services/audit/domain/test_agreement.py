"""Whether two papers say the same: three answers, and the reason for the third."""

from __future__ import annotations

import pytest

from contracts.values.partial_date import PartialDate
from contracts.values.ternary import Ternary
from services.audit.domain.agreement import Doubt, agree, doubts, of_one_matter
from services.audit.domain.facts import ClaimValue, EducationClaim, IdentityClaim, PartyClaim, PostClaim
from tests.services.audit.claiming import day, joined, lunar, text

YES, NO, CANNOT_TELL = Ternary.YES, Ternary.NO, Ternary.CANNOT_TELL
ABOUT = PartialDate(value="1968-03", qualifier="approximate")


def school(name: str = "省委党校", level: str | None = "大学", **dates: str) -> EducationClaim:
    """A stage of education."""
    return EducationClaim(school=name, level=level, **{when: PartialDate(value=told) for when, told in dates.items()})


def post(unit: str, name: str | None, begins: str, ends: str | None = None) -> PostClaim:
    """A segment of the résumé."""
    return PostClaim(
        unit=unit, post=name, begins=PartialDate(value=begins), ends=PartialDate(value=ends) if ends else None
    )


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        # To the month, as the forms ask (audit rules 4.1: "if all equal (to month)").
        (day("1968-03"), day("1968-03"), YES),
        (day("1968-03"), day("1968-03-15"), YES),
        (day("1968-03"), day("1968-04"), NO),
        (day("1968-03-01"), day("1970-03-01"), NO),
        # Known in part: another year is another year, the same year tells nothing.
        (day("1968"), day("1970-03"), NO),
        (day("1968"), day("1968-03"), CANNOT_TELL),
        # Doubtful and lunar dates tell nothing, not even a no (B5).
        (day(ABOUT), day("1968-03"), CANNOT_TELL),
        (day(lunar("1971-01", "一九七〇年腊月")), day("1971-01"), CANNOT_TELL),
        # The same steps are compared, unlike ones are not (P1: which of them counts is for the rules).
        (joined(branch_meeting="1990-06-12"), joined(branch_meeting="1990-06"), YES),
        (joined(branch_meeting="1990-06-12"), joined(branch_meeting="1990-08-01"), NO),
        (joined(branch_meeting="1990-06-12"), joined(join_date="1990-08"), CANNOT_TELL),
        (joined(branch_meeting="1990-06-12"), PartyClaim(), YES),
        (joined(join_date="1990-06"), PartyClaim(party="中国民主建国会"), NO),
        # What one leaves out is no difference.
        (school(ends="1998-07"), school(level=None), YES),
        (school(ends="1998-07"), school(ends="1999-07"), NO),
        (school(), school(level="大专"), NO),
        (post("县委办", "科员", "1990-08"), post("县委办", None, "1990-08"), YES),
        (post("县委办", "科员", "1990-08"), post("县委办", "副主任", "1990-08"), NO),
        (IdentityClaim(route="graduate"), IdentityClaim(route="recruited"), NO),
        (text("汉族"), text("汉族"), YES),
        (text("汉族"), text("回族"), NO),
    ],
)
def test_two_papers_say_the_same_or_not_or_nobody_can_tell(one: ClaimValue, other: ClaimValue, answer: Ternary):
    """And it does not matter which of them is asked about."""
    assert agree(one, other) is answer
    assert agree(other, one) is answer


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (day(lunar("1971-01", "一九七〇年腊月")), day("1971"), "lunar"),
        (day(ABOUT), day("1968"), "qualified"),
        (day("1968"), day("1968-03"), "partial"),
        (joined(branch_meeting="1990-06-12"), joined(join_date="1990-08"), "other_step"),
    ],
)
def test_a_doubt_has_its_reason(one: ClaimValue, other: ClaimValue, reason: Doubt):
    """The first that applies."""
    assert doubts(one, other) == doubts(other, one) == reason


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (school(ends="1998-07"), school(ends="1999-07"), True),
        (school(ends="1998-07"), school(level="大专", ends="1998-07"), True),
        (school(ends="1998-07"), school(level="大专", ends="1995-07"), False),
        (school(), school(name="省农学院"), False),
        (post("县委办", "科员", "1990-08", "1993-05"), post("县委办", "科员", "1990-09"), True),
        (post("县委办", "科员", "1990-08", "1993-05"), post("县委办", "科员", "2001-04"), False),
        (post("县委办", "科员", "1990-08"), post("县委办", "副主任", "1990-08"), True),
        (post("县委办", "科员", "1990-08"), post("县农业局", "科员", "1990-08"), False),
        (text("一九九八年县先进工作者"), text("二〇〇一年县先进工作者"), False),
    ],
)
def test_only_claims_of_one_matter_can_differ(one: ClaimValue, other: ClaimValue, same: bool):
    """Another school or another prize is another one, and no conflict."""
    assert of_one_matter(one, other) is of_one_matter(other, one) is same
