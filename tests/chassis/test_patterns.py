"""Patterns of rule files: what may run for ever is refused from its text alone."""

import re
import time

import pytest

from chassis.patterns import check_pattern
from chassis.rules import RuleFault

HARMLESS = [
    "体检|健康检查|(工伤|致残).*(诊断|鉴定)",
    "^(?!.*工资).*(先进|优秀|授予.*称号)",
    "(姓名|民族).{0,6}(更改|变更)",
    r"(\d{4})年年度",
    "(长|次)?(儿子?|女儿?)",
    "(市|省){1,2}",
    "[甲乙]+",
    "(?:登记表)+",
    "a{3}(bc){4}",
]
ENDLESS = [
    "(登记表*)*",
    "(.+)+材料",
    "((甲|甲乙)+)",
    "(甲|甲甲)*表",
    "(?:(?:甲*))+",
    "(.*登记){2}",
    "(甲?){25}表",
    "(?=(甲+)+乙)",
    "(.*?)*x",
    "(?:甲{1,3}){30}",
]


@pytest.mark.parametrize("pattern", HARMLESS)
def test_what_always_ends_soon_passes(pattern: str):
    """Choices, one or two open repeats, and repeats of something fixed."""
    assert check_pattern(pattern) == pattern


@pytest.mark.parametrize("pattern", ENDLESS)
def test_a_repeat_of_what_can_be_cut_up_in_several_ways_is_refused(pattern: str):
    """With the cure in both languages."""
    with pytest.raises(RuleFault) as refused:
        check_pattern(pattern)
    assert "重复之中" in refused.value.reason
    assert "[甲乙]" in refused.value.cure


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (".*甲.*乙.*丙", "more than 2 open repeats"),
        (".*甲.*(?!乙*丙)", "more than 2 open repeats"),
        ("(甲+乙*|丙)丁{1,}", "more than 2 open repeats"),
        (r"(表|卡).*\1", "refers back"),
        ("(甲)(?(1)乙|丙)", "refers back"),
        ("档案(审核", "does not compile"),
        ("甲{9999999999}", "does not compile"),
        ("(" * 2000 + ")" * 2000, "does not compile"),
    ],
)
def test_other_slow_or_broken_patterns_are_refused(pattern: str, said: str):
    """Each with what is wrong."""
    with pytest.raises(RuleFault) as refused:
        check_pattern(pattern)
    assert said in refused.value.reason


def test_what_passes_is_done_with_the_worst_title_in_a_moment():
    """Two open repeats over a title of 200 characters made to mislead them: far below what anybody notices."""
    check_pattern("甲.*甲.*乙")
    began = time.process_time()
    assert re.search("甲.*甲.*乙", "甲" * 200) is None
    assert time.process_time() - began < 1
