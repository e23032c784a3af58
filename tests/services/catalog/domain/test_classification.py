"""Titles find their category, or nothing is guessed."""

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.classification import content_rank, normalise_title, suggest_category
from services.catalog.domain.scheme import ASK, RETITLE, UNRANKED
from tests.services.catalog.domain.schemes import r2018

with Path(__file__).with_name("material_rules_examples.csv").open(encoding="utf-8") as _file:
    EXAMPLES = [(row["title"], row["class_r2018"]) for row in csv.DictReader(_file)]


def test_the_examples_are_all_there():
    """The table is not silently empty: every kind of answer occurs in it."""
    answers = {answer for _, answer in EXAMPLES}
    assert len(EXAMPLES) >= 100
    assert {"1", "4-1", "9-4", "10", "retitle", "unclassified"} <= answers


@pytest.mark.parametrize(("title", "expected"), EXAMPLES)
def test_a_title_finds_its_category(title: str, expected: str):
    """Every example row gives the category that its source names."""
    suggestion = suggest_category(title, r2018())
    assert (suggestion.category if suggestion else "unclassified") == expected


@pytest.mark.parametrize(
    ("title", "basis"),
    [("干部任免审批表", "r2018:11"), ("干部任免审批表（档案审核专用）", "r2018:2"), ("材料", "r2018:42")],
)
def test_a_suggestion_cites_its_rule(title: str, basis: str):
    """The basis names the scheme and the order of the rule that spoke."""
    suggestion = suggest_category(title, r2018())
    assert suggestion is not None
    assert suggestion.basis == basis


@pytest.mark.parametrize(
    ("title", "without", "fact", "with_it"),
    [
        ("干部履历表", "1", "mainly_autobiography", "2"),
        ("现实表现材料", "3", "linked_to_appointment", "9-2"),
        ("人员登记表", None, "approval_opinion_sealed", "9-2"),
    ],
)
def test_a_rule_that_needs_a_fact_waits_for_it(title: str, without: str | None, fact, with_it: str):
    """Some forms go by content or use, which only a person can assert (seed 000)."""
    silent = suggest_category(title, r2018())
    assert (silent.category if silent else None) == without
    told = suggest_category(title, r2018(), {fact})
    assert told is not None
    assert told.category == with_it


def test_personal_matters_are_asked_about():
    """r2018 may not file reports on personal matters: the archivist decides."""
    suggestion = suggest_category("领导干部个人有关事项报告表", r2018())
    assert suggestion is not None
    assert suggestion.category == ASK
    assert suggestion.asks
    assert not suggestion.places


def test_white_space_and_title_marks_do_not_count():
    """《入 党　志愿书》 is the same title as 入党志愿书."""
    assert normalise_title("《入 党　志愿书》\n") == "入党志愿书"
    assert suggest_category("《入 党　志愿书》", r2018()) == suggest_category("入党志愿书", r2018())


@given(st.text(max_size=60))
def test_any_text_has_a_lawful_answer(title: str):
    """Whatever is typed: a place of the scheme, ask, retitle, or nothing; and always the first rule that hits."""
    suggestion = suggest_category(title, r2018())
    if suggestion is not None:
        assert suggestion.category in {*r2018().places(), ASK, RETITLE}
        order = int(suggestion.basis.partition(":")[2])
        earlier = [r for r in r2018().title_rules if r.order < order and r.requires_fact is None]
        assert not any(re.search(r.pattern, normalise_title(title)) for r in earlier)


@pytest.mark.parametrize(
    ("place", "in_order"),
    [
        ("6", ["入团志愿书", "入团申请书", "团员登记表", "入党志愿书", "入党申请书", "转正申请书",
               "入党积极分子考察材料", "党员登记表", "民建入会申请表"]),
        ("8", ["关于给予处分决定的批复", "处分决定", "本人对处分决定的意见", "关于违纪问题的调查报告",
               "证明材料", "个人检讨"]),
    ],
)  # fmt: skip
def test_content_ranks_rise_in_the_official_order(place: str, in_order: list[str]):
    """Categories 5, 6 and 8 are ordered by what a material is (seed 000)."""
    ranks = [content_rank(title, place, r2018()) for title in in_order]
    assert ranks == sorted(set(ranks))


def test_a_title_without_a_rank_comes_last_in_a_category_by_content():
    """What the ranks do not name stands after what they do."""
    assert content_rank("情况登记", "5", r2018()) == UNRANKED
    assert content_rank("处分决定", "7", r2018()) == 0
