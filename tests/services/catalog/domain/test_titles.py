"""Titles in the catalogue's form (classification rules, section 5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.classification import suggest_category
from services.catalog.domain.titles import TitleForm, catalogue_title, propose_shorter, wording
from services.catalog.rules import title_form
from tests.services.catalog.domain.schemes import r2018

FORM: TitleForm = title_form()

CASES = [
    ("《入 党　志愿书》", "入党志愿书"),  # white space and enclosing marks
    ("关于《自传》的说明", "关于《自传》的说明"),  # marks inside name another document
    ("《自传》《补充》", "《自传》《补充》"),
    ("二〇一四年年度考核登记表", "2014年度考核登记表"),
    ("二○一四年度考核登记表", "2014年度考核登记表"),  # U+25CB, as typewriters wrote it
    ("二零零八年十二月三日任免审批表", "2008年12月3日任免审批表"),
    ("一九八五年二十一日来信", "1985年二十一日来信"),  # a day without its month is left as it is
    ("一九八五年五月三十一日决定", "1985年5月31日决定"),
    ("一九八五年五月三十九日决定", "1985年5月三十九日决定"),  # no such day: not touched
    ("一二三四年级成绩单", "一二三四年级成绩单"),  # no year of these centuries
    ("２０１４年度考核登记表", "2014年度考核登记表"),  # full width
    ("ＭＰＡ学位证书", "MPA学位证书"),
    ("干部任免审批表(档案审核专用)", "干部任免审批表（档案审核专用）"),
    ("IELTS  Test Report (copy)", "IELTS Test Report (copy)"),
    ("履歷表", "履历表"),
    ("張國華同志入黨志願書", "張國華同志入党志愿书"),  # the name keeps its characters
    ("⼊党申请书", "入党申请书"),  # a radical read by a machine
    ("党员登记表。", "党员登记表"),
    ("入党志愿书（一份）", "入党志愿书"),
    ("年度考核登记表（2014年）", "2014年度考核登记表"),
    ("𠮷某自传", "𠮷某自传"),  # outside the BMP
    ("《》", "《》"),  # never empty
    ("。", "。"),
]


@pytest.mark.parametrize(("written", "wanted"), CASES)
def test_a_title_is_written_in_the_catalogues_form(written: str, wanted: str):
    """Form only, never the content; and once is enough."""
    assert catalogue_title(written, FORM) == wanted
    assert catalogue_title(wanted, FORM) == wanted


_LIKELY = st.text(alphabet="《》()（）二〇○零一四年十月日 　度考核登记表黨員履歷。；A1２(份)", max_size=30)


@given(st.one_of(_LIKELY, st.text(max_size=40)))
def test_writing_twice_changes_nothing_and_nothing_becomes_empty(title: str):
    """Idempotent, and never empty."""
    once = catalogue_title(title, FORM)
    assert catalogue_title(once, FORM) == once
    assert bool(once) == bool(title)
    assert len(once) <= max(len(title), 200)


@given(_LIKELY)
def test_a_title_that_a_rule_places_stays_placed(title: str):
    """The catalogue's form may only help the rules: what they knew before they know after."""
    before = suggest_category(title, r2018())
    if before is not None and before.places:
        assert suggest_category(catalogue_title(title, FORM), r2018()) == before


def test_it_is_told_whose_words_a_title_has():
    """The paper's, the same in the catalogue's form, or supplied by the archivist (另拟标题)."""
    assert wording("自传", "自传", FORM) == "as_written"
    assert wording("履历表", "《履歷表》", FORM) == "rewritten"
    assert wording("1985年家庭情况说明", "材料", FORM) == "supplied"


def test_an_over_long_title_gets_a_proposal():
    """First the remark in brackets, then who issued it; within the length that the rule file sets."""
    form = TitleForm(16, {}, ())
    assert propose_shorter("张某某干部任免审批表（附考察材料二份）", r2018(), form) == "张某某干部任免审批表"
    assert propose_shorter("中共某某县委组织部关于更改姓名的批复", r2018(), form) == "关于更改姓名的批复"
    assert propose_shorter("干部任免审批表", r2018(), form) is None, "short enough"
    assert propose_shorter("青岚县" * 6 + "来信", r2018(), form) is None, "nothing to leave out"


def test_a_proposal_never_changes_the_place():
    """What makes it an audit copy must not be cut off."""
    form = TitleForm(12, {}, ())
    assert propose_shorter("张某某干部任免审批表（档案审核专用）", r2018(), form) is None
