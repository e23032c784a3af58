"""What a dossier must hold: each kind of rule, the words of a gap, and what explains it."""

from dataclasses import replace
from typing import Any

import pytest

from services.catalog.domain.dossier_view import plain
from services.catalog.domain.gaps import Event, Piece, Profile, Standing, evaluate, evidence
from services.catalog.rules import load_catalog_rules
from tests.services.catalog.domain.reviewing import fact, row, view

_LOADED = load_catalog_rules()
TITLES, RULES = _LOADED.titles, _LOADED.gaps
SERVICE = Profile("party_government", "service")


def words(title: str) -> str:
    return plain(title, TITLES)


def standing(seen: Any, rule: str, profile: Profile = SERVICE, explained: Any = None) -> Standing | None:
    found = {one.rule.id: one for one in evaluate(seen, profile, RULES, words, explained or {})}
    return found.get(rule)


def missing(seen: Any, rule: str, profile: Profile = SERVICE, explained: Any = None) -> list[Any]:
    found = standing(seen, rule, profile, explained)
    assert found is not None, f"{rule} requires nothing here"
    return [piece.year or piece.text for piece in found.missing]


BEGAN = fact("work_start", {"date": {"value": "2009-08"}})


def test_one_of_a_kind_is_missing_or_there():
    """Class 1, always: a résumé form."""
    assert missing(view(), "resume_form") == [None]
    assert missing(view(row("1", 1, "干部履历表", "1999")), "resume_form") == []


def test_assessments_are_required_every_year_from_the_beginning_of_work():
    """The year of the beginning is assessed with its end; this year is not over."""
    rows = [row("3", no, f"{year}年度考核登记表", f"{year}-12") for no, year in enumerate((2010, 2012, 2013), 1)]
    found = standing(view(*rows, facts=(BEGAN,)), "annual_assessment")
    assert found is not None
    assert [piece.year for piece in found.required] == list(range(2010, 2026))
    assert [piece.year for piece in found.missing] == [2011, *range(2014, 2026)]
    assert found.present == 3


def test_the_words_of_a_gap():
    """As people say it: 缺 2011、2014 年度考核表."""
    rule = next(rule for rule in RULES.rules if rule.id == "annual_assessment")
    assert evidence(rule, [Piece(2011), Piece(2014)]).zh == "缺 2011、2014 年度考核表"
    post = next(rule for rule in RULES.rules if rule.id == "appointment")
    assert evidence(post, [Piece(2015, "副县长")]).zh == "缺 干部任免审批表（2015年副县长）"
    single = next(rule for rule in RULES.rules if rule.id == "resume_form")
    assert evidence(single, [Piece()]).zh == "缺 干部履历表"


def test_no_year_is_required_before_1993():
    """Yearly assessment begins then (audit rules, section 10)."""
    old = fact("work_start", {"date": {"value": "1980-01"}})
    found = standing(view(facts=(old,)), "annual_assessment")
    assert found is not None
    assert found.required[0].year == 1993


def test_an_unknown_beginning_requires_nothing():
    """Without any date nobody can say which year is missing."""
    assert standing(view(), "annual_assessment") is None


def test_who_left_is_assessed_to_the_end_of_service():
    """The profile's `service_until` is the last year."""
    profile = Profile("party_government", "retired", service_until=2012)
    assert missing(view(facts=(BEGAN,)), "annual_assessment", profile) == [2010, 2011, 2012]


def test_an_enterprise_wants_four_a_year_and_no_yearly_form():
    """季度考核表 (seed 000)."""
    profile = Profile("enterprise", "service")
    rows = [row("3", no, f"2024年第{no}季度考核表", f"2024-{3 * no:02d}") for no in (1, 2, 3, 4)]
    began = fact("work_start", {"date": {"value": "2023-01"}})
    assert missing(view(*rows, facts=(began,)), "quarterly_assessment", profile) == [2025]
    assert standing(view(facts=(began,)), "annual_assessment", profile) is None
    assert missing(view(*rows[:3], facts=(began,)), "quarterly_assessment", profile) == [2024, 2025]


@pytest.mark.parametrize(
    ("party", "wanted"), [("中共党员", True), ("群众", False), ("中共预备党员", True), ("民盟盟员", False)]
)
def test_a_party_member_has_the_forms(party: str, wanted: bool):
    """Class 6, CCP members only."""
    seen = view(facts=(fact("party", {"party": party}),))
    assert (standing(seen, "party_admission") is not None) == wanted


def test_each_post_wants_its_own_form():
    """A form covers one post, the nearest in time; what is left is missing by name."""
    posts = (
        fact("post", {"title": "科员"}, "2010-03", "2015-01"),
        fact("post", {"title": "副科长"}, "2015-01", "2019-06"),
        fact("post", {"title": "科长"}, "2019-06"),
    )
    rows = (row("9-2", 1, "干部任免审批表", "2010-03"), row("9-2", 2, "干部任免审批表", "2019-05"))
    assert missing(view(*rows, facts=posts), "appointment") == [2015]
    assert missing(view(*rows, row("9-2", 3, "干部任免审批表"), facts=posts), "appointment") == []


def test_an_appointment_form_goes_with_its_inspection():
    """Half of a set is not whole (A3): 任免表 without 考察材料."""
    posts = (fact("post", {"title": "副科长"}, "2015-01"),)
    form = row("9-2", 1, "干部任免审批表", "2015-01")
    assert missing(view(form, facts=posts), "appointment_inspection") == [2015]
    assert missing(view(form, row("9-2", 2, "考察材料", "2014-12"), facts=posts), "appointment_inspection") == []


def test_a_reward_is_no_discipline():
    """Each of both wants its own deciding document."""
    seen = view(
        row("7", 1, "先进工作者审批表", "2012-01"),
        facts=(
            fact("reward", {"type": "reward", "text": "先进工作者"}, "2012-01"),
            fact("reward", {"type": "discipline", "text": "警告"}, "2014-05"),
        ),
    )
    assert missing(seen, "reward") == []
    assert missing(seen, "discipline") == [2014]


def test_an_event_wants_its_papers():
    """Named in the profile: an open selection of 2018 leaves five papers, and each covers its own rule."""
    profile = Profile("party_government", "service", events=(Event("open_selection", 2018),))
    titles = {
        "selection_notice": "公开选拔副科级领导干部公告",
        "selection_form": "公开选拔领导干部报名登记表",
        "selection_results": "公选笔试面试成绩单",
        "selection_inspection": "公开选拔考察材料",
        "selection_decision": "公开选拔任用决定",
    }
    for rule, title in titles.items():
        assert missing(view(), rule, profile) == [2018]
        seen = view(row("9-2", 1, title, "2018-04"))
        assert [one for one in titles if missing(seen, one, profile) == []] == [rule]
        assert standing(view(), rule) is None


@pytest.mark.parametrize(
    ("event", "rule", "code", "title"),
    [
        ("competitive_post", "competition_decision", "9-2", "竞争上岗任职决定"),
        ("inspection", "inspection_form", "9-2", "干部考察登记表"),
        ("inspection", "pre_appointment", "5", "干部任前审查表"),
        ("probation_end", "probation_end", "9-2", "试用期转正考核表"),
        ("probation_end", "probation_inspection", "9-2", "试用期满考察材料"),
        ("political_activity", "political_activity", "2", "党性分析材料"),
        ("wage_round", "wages", "9-1", "2018年调整工资审批表"),
        ("abroad", "abroad", "9-3", "因公出国（境）审批表"),
        ("delegate", "delegate", "9-4", "党代会代表登记表"),
        ("health_check", "health_check", "10", "录用体检表"),
        ("dossier_delivery", "dossier_delivery", "10", "干部档案报送单"),
    ],
)
def test_what_occurred_leaves_its_paper(event: str, rule: str, code: str, title: str):
    """Audit rules, section 10: classes 9 and 10, and the sets by event (seed 004)."""
    profile = Profile("party_government", "service", events=(Event(event, 2018),))
    assert missing(view(), rule, profile) == [2018]
    assert missing(view(row(code, 1, title, "2018-04")), rule, profile) == []
    assert standing(view(), rule) is None


def test_each_claimed_education_wants_its_whole_set():
    """报考登记表 of its beginning, 成绩单 and 毕业登记表 of its end (audit rules, 4.4)."""
    studied = fact("education", {"mode": "full_time", "level": "大学"}, "2005-09", "2009-07")
    rules = ("education_entrance", "education_results", "education")
    assert [missing(view(facts=(studied,)), rule) for rule in rules] == [[2005], [2009], [2009]]
    rows = (
        row("4-1", 1, "高等学校招生报考登记表", "2005-06"),
        row("4-1", 2, "学生成绩单", "2009-06"),
        row("4-1", 3, "普通高等学校毕业生登记表", "2009-06"),
    )
    assert [missing(view(*rows, facts=(studied,)), rule) for rule in rules] == [[], [], []]
    assert missing(view(rows[2], facts=(studied,)), "education_entrance") == [2005]


def test_who_began_work_before_1988_has_two_resume_forms():
    """One of the years before 1999, and one of the present form."""
    old = fact("work_start", {"date": {"value": "1985-08"}})
    late, early = row("1", 1, "干部履历表", "1999-10"), row("1", 2, "干部履历表", "1989-03")
    assert missing(view(late, facts=(old,)), "resume_form_earlier") == [None]
    assert missing(view(late, early, facts=(old,)), "resume_form_earlier") == []
    assert standing(view(late, facts=(BEGAN,)), "resume_form_earlier") is None
    assert standing(view(late), "resume_form_earlier") is None


def test_a_lifted_discipline_wants_both_papers():
    """处分 and 解除; the lifting is not taken for the decision."""
    measure = {"type": "discipline", "text": "党内警告"}
    lifted = fact("reward", measure, "2014-05", "2015-05")
    seen = view(row("8", 1, "关于解除处分的决定", "2015-05"), facts=(lifted,))
    assert (missing(seen, "discipline"), missing(seen, "discipline_lifted")) == ([2014], [])
    assert missing(view(facts=(lifted,)), "discipline_lifted") == [2015]
    assert standing(view(facts=(fact("reward", measure, "2014-05"),)), "discipline_lifted") is None


def test_a_league_member_has_the_form():
    """Class 6: 入团志愿书."""
    member = fact("party", {"party": "共青团员"})
    assert missing(view(facts=(member,)), "league_admission") == [None]
    assert missing(view(row("6", 1, "入团志愿书"), facts=(member,)), "league_admission") == []
    assert standing(view(facts=(fact("party", {"party": "中共党员"}),)), "league_admission") is None


def test_a_date_that_was_changed_wants_its_determination():
    """Class 5: birth, work or party date ever changed."""
    seen = replace(view(), settled_anew=("birth_date",))
    assert missing(seen, "settlement") == ["出生日期"]
    filed = replace(view(row("5", 1, "出生日期认定表", "2016-05")), settled_anew=("birth_date",))
    assert missing(filed, "settlement") == []
    assert standing(view(), "settlement") is None


def test_an_enterprise_wants_materials_on_performance():
    """工作表现 (seed 000)."""
    profile = Profile("enterprise", "service")
    assert missing(view(), "work_performance", profile) == [None]
    assert standing(view(), "work_performance") is None


def test_school_has_its_own_set():
    """A pupil has results and no appointment."""
    profile = Profile("party_government", "school")
    assert missing(view(), "school_results", profile) == [None]
    assert standing(view(), "resume_form", profile) is None


def test_a_paper_that_says_so_explains_its_year():
    """短缺说明 in the title: of its year alone, and it is not itself the form."""
    seen = view(row("10", 1, "2011年度考核登记表短缺说明", "2020-01"), facts=(BEGAN,))
    found = standing(seen, "annual_assessment")
    assert found is not None
    assert [piece.year for piece in found.explained] == [2011]
    assert 2011 not in [piece.year for piece in found.missing]
    assert 2010 in [piece.year for piece in found.missing]


def test_what_an_archivist_explained_is_not_missing():
    """And it counts as explained, not as present."""
    found = standing(view(facts=(BEGAN,)), "annual_assessment", explained={"annual_assessment": {Piece(2010)}})
    assert found is not None
    assert [piece.year for piece in found.explained] == [2010]
    assert found.present == 0


def test_every_rule_names_its_source_and_both_languages():
    """So that whoever is told of a gap can look it up."""
    assert all(rule.source and rule.title.zh and rule.title.en for rule in RULES.rules)
