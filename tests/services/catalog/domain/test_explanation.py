"""A filing explains itself: the deciding rule, the runner-up, and candidates where no rule places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.classification import suggest_category
from services.catalog.domain.explanation import MOST_CANDIDATES, candidates_for, explain
from tests.services.catalog.domain.schemes import SCHEMES, r2009, r2018, scheme


def test_the_runner_up_is_the_next_rule_that_would_have_hit():
    """An audit copy goes to 5, and the reader sees that it would have been an appointment."""
    found = explain("《干部任免审批表》（档案审核专用）", r2018())
    assert found.deciding is not None
    assert found.runner_up is not None
    assert (found.deciding.suggestion.category, found.deciding.suggestion.basis) == ("5", "r2018:2")
    assert (found.deciding.matched, found.deciding.because) == ("档案审核专用", "审核用副本是审核结果，不是任免")
    assert (found.runner_up.suggestion.category, found.runner_up.suggestion.basis) == ("9-2", "r2018:11")
    assert found.candidates == ()


def test_a_fact_changes_the_ruling_and_is_shown():
    """What a person asserts stands in the explanation; the rule without the fact becomes the runner-up."""
    found = explain("干部履历表", r2018(), ["mainly_autobiography"])
    assert found.facts == {"mainly_autobiography"}
    assert found.deciding is not None
    assert found.runner_up is not None
    assert (found.deciding.suggestion.category, found.runner_up.suggestion.category) == ("2", "1")
    assert found.deciding.requires_fact == "mainly_autobiography"


def test_a_rule_that_waits_for_a_fact_is_a_candidate():
    """No title tells whether the opinion of approval is sealed: the archivist is asked for it."""
    first, *_ = candidates_for("人员登记表", r2018())
    assert (first.suggestion.category, first.why, first.fact) == ("9-2", "fact", "approval_opinion_sealed")


def test_what_resembles_an_example_is_a_candidate():
    """By rare pairs of characters; the example is the rule file's."""
    first, *_ = candidates_for("人员考核情况登记", r2018())
    assert (first.suggestion.category, first.why) == ("3", "alike")
    assert first.example in {title for rule in r2018().title_rules for title in rule.examples}


def test_the_next_rule_comes_before_what_is_only_alike():
    """Where a rule asks, a later rule that speaks of the title is the first offer."""
    first, *_ = candidates_for("个人有关事项和离任审计报告", r2018())
    assert (first.suggestion.category, first.why) == ("5", "next_rule")
    assert candidates_for("个人有关事项和离任审计报告", r2009()) == (), "r2009 files it in 2"


@pytest.mark.parametrize("title", ["登记表", "材料", "干部任免审批表", "自传"])
def test_a_title_that_says_nothing_or_is_placed_gets_no_candidates(title: str):
    """Any candidate for 登记表 would be a guess."""
    assert candidates_for(title, r2018()) == ()


def test_words_of_every_form_make_no_likeness():
    """登记, 材料 and 审批 are in many titles: sharing them says nothing."""
    assert candidates_for("某某登记材料审批", r2018()) == ()


@pytest.mark.parametrize("scheme_id", SCHEMES)
@given(st.text(alphabet="考核登记表党员材料审计任免个人有关事项学历来信", max_size=14))
def test_candidates_are_few_ranked_and_only_where_no_rule_places(scheme_id: str, title: str):
    """Each place once, each a place of the scheme, likeliest first within its reason."""
    found = candidates_for(title, scheme(scheme_id))
    suggestion = suggest_category(title, scheme(scheme_id))
    if suggestion is not None and not suggestion.asks:
        assert found == ()
    places = [one.suggestion.category for one in found]
    assert len(places) == len(set(places)) <= MOST_CANDIDATES
    assert set(places) <= set(scheme(scheme_id).places())
    alike = [one.likeness for one in found if one.why == "alike"]
    assert alike == sorted(alike, reverse=True)
    assert found == candidates_for(f"《{title}》", scheme(scheme_id))
