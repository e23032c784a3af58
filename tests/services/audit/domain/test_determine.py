"""What holds of every determination: any order, no value without a rule; and a trial shows the difference."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values.partial_date import PartialDate
from services.audit.domain.claim import Claim
from services.audit.domain.determination import Context, Status
from services.audit.domain.determine import beside, determine
from services.audit.domain.determine_trial import compare, try_out
from services.audit.domain.facts import (
    AuditFact,
    ClaimValue,
    DateClaim,
    EducationClaim,
    IdentityClaim,
    PartyClaim,
    PostClaim,
    TextClaim,
)
from tests.services.audit.domain.determining import BIRTH, PARTY, RULES, TODAY, WORK, claim, codes, determined

TITLES = tuple(kind.zh.split("、")[0] for kind in RULES.kinds)
months = st.builds("{:04d}-{:02d}".format, st.integers(1960, 1965), st.integers(1, 12))
dates = st.one_of(
    st.builds(lambda text: PartialDate(value=text), months),
    st.builds(lambda text: PartialDate(value=text[:4]), months),
    st.builds(lambda text: PartialDate(value=text, qualifier="approximate"), months),
    st.builds(lambda text: PartialDate(value=text, as_written="农历", calendar="lunar", qualifier="uncertain"), months),
)
maybe = st.none() | dates
values: dict[AuditFact, st.SearchStrategy[ClaimValue]] = {
    BIRTH: st.builds(DateClaim, date=dates),
    WORK: st.builds(DateClaim, date=dates),
    PARTY: st.builds(
        PartyClaim,
        party=st.sampled_from(("中国共产党", "民建")),
        join_date=maybe,
        branch_meeting=maybe,
        committee_approval=maybe,
        full_member=maybe,
    ),
    AuditFact.EDUCATION: st.builds(
        EducationClaim,
        school=st.sampled_from(("甲校", "乙校")),
        level=st.sampled_from(("高中", "大专", "本科", "结业", None)),
        degree=st.sampled_from((None, "文学学士")),
        begins=maybe,
        ends=maybe,
        full_time=st.sampled_from((None, True, False)),
    ),
    AuditFact.WORK_EXPERIENCE: st.builds(PostClaim, unit=st.sampled_from(("甲局", "乙局")), begins=dates, ends=maybe),
    AuditFact.CADRE_IDENTITY: st.builds(
        IdentityClaim, route=st.sampled_from([one.id for one in RULES.routes]), date=maybe, until=maybe
    ),
}
words = st.builds(TextClaim, text=st.sampled_from(("甲", "乙")))


@st.composite
def cases(draw: st.DrawFn) -> tuple[AuditFact, list[Claim], dict[str, Any]]:
    """A fact with claims of every kind of paper, some altered, excluded, undated or unsigned."""
    fact = draw(st.sampled_from(AuditFact))
    claims = [
        claim(
            fact,
            draw(st.sampled_from(TITLES)),
            draw(st.none() | months | st.sampled_from(("1961", "1962", "1963-05-07"))),
            draw(values.get(fact, words)),
            id=f"clm_{number}",
            signed=draw(st.sampled_from((True, True, False, None))),
            material_id=draw(st.sampled_from((f"mat_{number}", "mat_x", None))),
            altered=draw(st.sampled_from(("none", "none", "none", "altered", "unreadable"))),
            excluded=draw(st.sampled_from((None, None, None, "forged", "not_recognised"))),
        )
        for number in range(draw(st.integers(0, 6)))
    ]
    context = {
        "birth": draw(st.none() | dates),
        "party_date_rule": draw(st.sampled_from((None, "branch_meeting"))),
        "graduate_rule": draw(st.sampled_from((None, "earliest_material"))),
        "employed": draw(st.sampled_from((None, (), (PartialDate(value="1963-02"),)))),
    }
    return fact, claims, context


@given(cases(), st.randoms())
def test_the_order_of_the_claims_does_not_matter(case: Any, random: Any):
    """Same claims in any order: the same result, to the last word of its paragraph."""
    fact, claims, context = case
    shuffled = list(claims)
    random.shuffle(shuffled)
    assert determined(fact, *shuffled, **context) == determined(fact, *claims, **context)


@given(cases())
def test_without_a_rule_there_is_never_a_value(case: Any):
    """No rule in force on the day: the meeting's, whatever the claims agree on."""
    fact, claims, context = case
    found = determined(fact, *claims, rules=replace(RULES, rules=()), **context)
    assert (found.status, found.value, found.rule, found.written) == (Status.UNDETERMINED, None, None, None)
    assert found.collective


@given(cases())
def test_a_value_always_explains_itself(case: Any):
    """A value has its rule, source and text; without one what is on file is kept. Nothing is `determined` here."""
    fact, claims, context = case
    current = TextClaim(text="现用")
    found = determined(fact, *claims, current=current, **context)
    assert found.status is not Status.DETERMINED
    assert found.rules_digest == RULES.digest
    assert found.paragraph.endswith("。")
    assert (found.value is None) == (found.rule is None) == (found.status is Status.UNDETERMINED)
    assert (found.kept == current) == (found.value is None)
    if found.value is not None:
        assert found.source
    if found.status is Status.CONSISTENT:
        assert not found.disagreeing


@given(cases())
def test_excluded_and_altered_claims_never_decide(case: Any):
    """Nor does one of another fact, or one that the person did not sign."""
    fact, claims, context = case
    basis = determined(fact, *claims, **context).basis
    assert basis is None or basis.counts


@given(cases())
def test_a_claim_of_another_fact_takes_no_part(case: Any):
    """All claims of a person may be handed over at once."""
    fact, claims, context = case
    value = DateClaim(date=PartialDate(value="1950-01"))
    other = claim(WORK if fact is BIRTH else BIRTH, "学籍表", "1960", value, id="clm_other")
    assert determined(fact, other, *claims, **context) == determined(fact, *claims, **context)


@given(cases(), st.data())
def test_a_discounted_claim_is_as_good_as_gone(case: Any, data: Any):
    """What if: the result is that of the other claims."""
    fact, claims, context = case
    gone = data.draw(st.sampled_from(claims).map(lambda one: {one.id}) if claims else st.just(set()))
    tried = try_out(fact, claims, Context(on=TODAY, **context), RULES, discount=gone).after
    rest = determined(fact, *(one for one in claims if one.id not in gone), **context)
    assert (tried.status, tried.value, tried.basis, tried.rule) == (rest.status, rest.value, rest.basis, rest.rule)
    assert tried.disagreeing == rest.disagreeing


LEAGUE = claim(BIRTH, "入团志愿书", "1984-05", "1968-03", id="clm_league")
HIRING = claim(BIRTH, "招工表", "1986", "1970-03", id="clm_hiring")


def test_a_trial_shows_what_an_added_claim_changes():
    """B2, and an earlier school record that is found."""
    found = claim(BIRTH, "学籍表", "1981", "1967-10", id="clm_school", material_id=None)
    trial = try_out(BIRTH, [LEAGUE, HIRING], Context(on=TODAY), RULES, add=[found])
    assert trial.changed == ("value", "basis", "months")
    assert (trial.now_disagreeing, trial.no_longer_disagreeing) == (("clm_league",), ())
    assert (trial.before.written, trial.after.written) == ("1968.03", "1967.10")


def test_a_trial_shows_what_a_discounted_claim_changes():
    """Without the league's form the hiring form stands alone."""
    trial = try_out(BIRTH, [LEAGUE, HIRING], Context(on=TODAY), RULES, discount={"clm_league"})
    assert trial.changed == ("status", "value", "basis", "rule", "cause", "months", "direction")
    assert trial.no_longer_disagreeing == ("clm_hiring",)
    assert trial.new_findings == ("set_aside",)
    assert not trial.same
    assert compare(trial.before, trial.before).same


@pytest.mark.parametrize("more", [{"discount": {"clm_none"}}, {"add": [LEAGUE]}])
def test_a_trial_refuses_ids_that_do_not_fit(more: dict[str, Any]):
    """An unknown claim, or one with the id of another."""
    with pytest.raises(ValueError, match="claim"):
        try_out(BIRTH, [LEAGUE, HIRING], Context(on=TODAY), RULES, **more)


def test_a_rule_that_is_not_yet_in_force_decides_nothing():
    """The day of the determination counts: 组通字〔2006〕41号 came in 2006."""
    found = determine(BIRTH, [LEAGUE, HIRING], Context(on=dt.date(2005, 12, 31)), RULES)
    assert (found.value, found.collective) == (None, True)
    assert determine(BIRTH, [LEAGUE, HIRING], Context(on=dt.date(2006, 1, 1)), RULES).value is not None


def test_a_value_of_another_fact_is_refused():
    """Callers cannot mix facts up."""
    with pytest.raises(ValueError, match="birth_date takes no TextClaim"):
        determined(BIRTH, claim(BIRTH, "学籍表", "1981", TextClaim(text="1967")))


def test_what_is_set_aside_is_told():
    """A forged paper takes no part, and the reviewer reads of it."""
    found = determined(BIRTH, LEAGUE, replace(HIRING, excluded="forged"))
    assert (found.status, codes(found)) == (Status.CONSISTENT, {"set_aside"})


def test_a_dossiers_materials_tell_what_it_holds_and_when_the_person_was_at_work():
    """Titles of no kind tell nothing; an undated wage form is held, and of no time."""
    day = PartialDate(value="1992-07")
    found = beside(
        Context(on=TODAY), [("工资变动审批表", day), ("工资表", None), ("入党申请书", day), ("便条", day)], RULES
    )
    assert (found.held, found.employed) == (frozenset({"wage", "party_request"}), (day,))
