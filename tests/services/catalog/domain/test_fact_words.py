"""Words of facts against their dictionaries: closed lists, ended words, and words that went over into others."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.catalog.domain.fact_words import Word, word_faults
from services.catalog.rules.fact_file import fact_rules
from tests.services.catalog.domain.reviewing import fact

TODAY = date(2026, 11, 24)
WORDS: Any = {
    "ethnicity": [Word("汉族"), Word("蒙古族"), Word("土家族"), Word("民家族", instead="白族"), Word("白族")],
    "education": [Word("大学本科"), Word("大学普通班", valid_to=date(1980, 12, 31)), Word("新学制", date(2027, 1, 1))],
    "assessment": [Word("合格", valid_to=date(2005, 12, 31)), Word("称职")],
}


def faults(new: Any, *before: Any) -> list[tuple[str, str, str]]:
    found = word_faults({"/facts/0": new}, before, WORDS, fact_rules().closed, TODAY)
    return [(one.pointer, one.code, (one.params or {})["allowed"]) for one in found]


@pytest.mark.parametrize(
    ("kind", "value", "begins"),
    [
        ("ethnicity", {"text": "汉族"}, None),
        ("education", {"level": "大学本科"}, None),
        ("education", {"level": "电大"}, None),  # forms have their own words there
        ("education", {"level": "大学普通班"}, "1975-09"),  # it was right then
        ("assessment", {"year": 1999, "grade": "合格"}, None),
        ("health", {"text": "尚可"}, None),  # a kind without a dictionary
        ("speciality", {"text": "书法"}, None),
    ],
)
def test_what_may_be_written(kind: str, value: dict[str, Any], begins: str | None):
    """A word of the list, a free one where people write their own, an old one for its own time."""
    assert faults(fact(kind, value, begins)) == []


@pytest.mark.parametrize(
    ("kind", "value", "begins", "member", "first"),
    [
        ("ethnicity", {"text": "蒙族"}, None, "text", "蒙古族"),  # not in GB/T 3304: the nearest is named
        ("ethnicity", {"text": "民家族"}, None, "text", "白族"),  # it went over into another
        ("education", {"level": "大学普通班"}, None, "level", "大学本科"),  # ended
        ("education", {"level": "大学普通班"}, "1990", "level", "大学本科"),
        ("education", {"level": "新学制"}, None, "level", "大学本科"),  # not begun yet
        ("assessment", {"year": 2010, "grade": "合格"}, None, "grade", "称职"),
    ],
)
def test_what_may_not_be_written_any_more(kind: str, value: Any, begins: str | None, member: str, first: str):
    """With the place of the word and what may be written instead."""
    ((pointer, code, allowed),) = faults(fact(kind, value, begins))
    assert (pointer, code) == (f"/facts/0/value/{member}", "not-allowed-value")
    assert allowed.split(", ")[0] == first


def test_a_word_that_stands_already_stays():
    """A correction of something else keeps it, whatever became of the dictionary."""
    old = fact("ethnicity", {"text": "民家族"})
    assert faults(replace(old, fact_id="fct_new"), old) == []
    assert faults(fact("ethnicity", {"text": "民家族"})) != []
