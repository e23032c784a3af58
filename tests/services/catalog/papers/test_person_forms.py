"""Forms are filled in from facts alone; ages count on their day, and what nobody knows stays blank."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from contracts.documents import EducationCells, FamilyRow, ResumeLine
from services.catalog.domain.facts import Provenance
from services.catalog.papers.audit_appointment import audit_appointment_form
from services.catalog.papers.person_forms import (
    Proposal,
    Sheet,
    appointment_form,
    basic_information,
    party_of,
    post_changes,
    resume_form,
)
from services.catalog.rules import load_catalog_rules
from tests.contracts.documents.samples import A4, SIXTEENMO
from tests.services.catalog.papers.people import cadre, fact, facts

RULES = load_catalog_rules().prints
SHEET = Sheet(A4, "QH-0042", "P1", "王建国", date(2026, 11, 24), date(2026, 11, 24), {"mat_1": "报到证（9-2-1）"})


def test_the_head_shows_the_highest_of_each_and_what_is_held_now():
    """Highest education by mode, highest title, open posts; a post that names its unit is not given it twice."""
    form = appointment_form(SHEET, cadre(), Proposal(), RULES)
    assert (form.sex, form.birth, form.age, form.work_start, form.party) == ("男", "1970.05", 56, "1992.08", "1995.07")
    assert form.technical_title == "高级经济师"
    assert form.post_now == "清河县财政局副局长，党组成员"
    assert form.full_time == EducationCells(level="大学", degree="经济学学士", level_school="山东大学财政学专业")
    assert form.in_service == EducationCells(level="省委党校研究生", level_school="省委党校")


def test_a_form_for_an_audit_proposes_no_post_and_names_what_was_determined():
    """Only facts whose source is a determination; the reason is the office's setting."""
    told = facts(*cadre().every, fact("former_name", {"text": "王健国"}, provenance=Provenance("determination")))
    form = audit_appointment_form(SHEET, told, RULES)
    assert (form.post_proposed, form.post_removed, form.reason) == ("", "", "干部人事档案专项审核")
    assert form.determined == ["出生年月1970.05"]
    assert form.birth == "1970.05"
    party = fact("party", {"party": "民建", "joined_on": None, "also": None}, provenance=Provenance("determination"))
    assert audit_appointment_form(SHEET, facts(party), RULES).determined == ["入党时间民建"]
    assert audit_appointment_form(SHEET, facts(), RULES).determined == []
    assert appointment_form(SHEET, told, Proposal(), RULES).determined is None


def test_the_official_grid_is_a4_whatever_the_scheme_binds():
    """The appointment form is not punched: its back would carry the holes at the right."""
    sheet = replace(SHEET, geometry=SIXTEENMO)
    form, short = appointment_form(sheet, cadre(), Proposal(), RULES), resume_form(sheet, cadre(), RULES)
    assert [(one.sheet.width, one.sheet.height, len(one.sheet.hole_heights)) for one in (form, short)] == [
        (210, 297, 0),
        (210, 297, 3),
    ]
    assert post_changes(sheet, cadre()).sheet == SIXTEENMO


def test_ages_count_on_the_day_of_the_form():
    """Month by month; the dead have no age, whatever their birth date says."""
    form = appointment_form(SHEET, cadre(), Proposal(), RULES)
    earlier = Sheet(A4, "QH-0042", "P1", "王建国", date(2026, 11, 24), date(2026, 4, 30), {})
    assert (form.age, appointment_form(earlier, cadre(), Proposal(), RULES).age) == (56, 55)
    assert form.family == [
        FamilyRow(appellation="妻子", name="李红梅", age=54, political_status="中共党员", work="清河县第一中学教师"),
        FamilyRow(appellation="父亲", name="王德福", political_status="群众", work="清河县水利局退休干部（已去世）"),
    ]
    assert form.computed_on == date(2026, 11, 24)


def test_without_recorded_lines_the_resume_is_study_and_posts_in_order():
    """Full-time study first; the present post's end stays open."""
    assert appointment_form(SHEET, cadre(), Proposal(), RULES).resume == [
        ResumeLine(begins="1988.09", ends="1992.07", text="山东大学财政学专业学习"),
        ResumeLine(begins="1992.08", ends="2001.06", text="清河县财政局科员"),
        ResumeLine(begins="2001.06", ends="", text="清河县财政局副局长"),
        ResumeLine(begins="2001.06", ends="", text="党组成员"),
    ]


def test_recorded_lines_are_the_resume():
    """As they were written, and nothing beside them."""
    told = facts(*cadre().every, fact("resume", {"text": "清河县财政局科员（其间：挂职）"}, "1992-08", "2001-06"))
    (line,) = resume_form(SHEET, told, RULES).resume
    assert line == ResumeLine(begins="1992.08", ends="2001.06", text="清河县财政局科员（其间：挂职）")


def test_the_last_years_of_assessment_or_what_a_form_states():
    """Three years by default, in their order; a statement goes before."""
    form = appointment_form(SHEET, cadre(), Proposal(), RULES)
    assert form.assessments == "2023年度称职；2024年度优秀；2025年度优秀"
    assert form.rewards == "2019.03 记三等功一次"
    told = facts(*cadre().every, fact("assessments_stated", {"text": "近三年均为优秀"}))
    assert appointment_form(SHEET, told, Proposal(), RULES).assessments == "近三年均为优秀"


def test_a_person_of_whom_nothing_is_known_has_blanks():
    """无 for rewards, as the setting says; all else stays empty, and nothing is invented."""
    form = appointment_form(SHEET, facts(), Proposal(), RULES)
    assert form.rewards == "无"
    shown = form.model_dump(
        exclude={"template", "engine", "issued_at", "sheet", "dossier_no", "person_name", "rewards"}
    )
    shown = {name: value for name, value in shown.items() if name not in ("family_rows", "computed_on")}
    empty = ("", None, False, [], {"level": "", "degree": "", "level_school": "", "degree_school": ""})
    assert all(value in empty for value in shown.values()), shown


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"party": "中共", "joined_on": {"value": "1995-07-01"}, "also": None}, "1995.07"),
        ({"party": "中共党员", "joined_on": {"value": "1995-07"}, "also": "民建"}, "1995.07；民建"),
        ({"party": "民建", "joined_on": {"value": "2015-06"}, "also": None}, "民建"),
        ({"party": "中共预备党员", "joined_on": {"value": "2026-06"}, "also": None}, "2026.06"),
        ({"party": "共青团员", "joined_on": {"value": "2012-05"}, "also": None}, "共青团员"),
        ({"party": "无党派", "joined_on": None, "also": None}, "无党派"),
        ({"party": "中共", "joined_on": None, "also": None}, "中共"),
    ],
)
def test_the_party_cell(value: dict, said: str):
    """The month alone for the Communist Party; another party is named; none is said in words."""
    assert party_of(facts(fact("party", value))) == said


def test_basic_information_says_how_the_three_ages_were_settled():
    """By determination, from a material with title and code, or entered."""
    sheet = basic_information(SHEET, cadre(), RULES)
    assert [(one.name, one.value, one.years, one.how) for one in sheet.ages] == [
        ("出生日期", "1970.05.12", 56, "组织认定（2020年）"),
        ("参加工作时间", "1992.08", 34, "材料：报到证（9-2-1）"),
        ("入党时间", "1995.07", 31, "录入"),
    ]
    assert (sheet.unit, sheet.person_no) == ("清河县财政局", "P1")


def test_basic_information_shows_the_masked_number_and_each_course_with_its_level():
    """As the fact keeps it: the number itself stands nowhere in it."""
    told = facts(*cadre().every, fact("id_number", {"masked": "110***********9376"}))
    sheet = basic_information(SHEET, told, RULES)
    assert sheet.id_number_masked == "110***********9376"
    assert [line.text for line in sheet.educations] == ["山东大学财政学专业（大学）", "省委党校（省委党校研究生）"]


def test_a_form_shows_former_names_and_no_other_spellings():
    """曾用名 is what the person was called; how somebody once misspelt it is for finding papers."""
    told = facts(fact("former_name", {"text": "张建国"}), fact("former_name", {"text": "张玮", "variant": True}))
    assert basic_information(SHEET, told, RULES).former_names == "张建国"


def test_whoever_is_not_of_the_communist_party_has_no_years_in_it():
    """Another party is said in words, without a date that would pass for one of joining."""
    told = facts(fact("party", {"party": "民建", "joined_on": {"value": "2015-06"}, "also": None}))
    (party,) = [one for one in basic_information(SHEET, told, RULES).ages if one.name == "入党时间"]
    assert (party.value, party.years, party.how) == ("民建", None, "录入")


def test_a_year_told_after_a_forms_own_words_counts():
    """As on the form that leaves as a file."""
    words = fact("assessments_stated", {"text": "近三年均为优秀"})
    later = replace(fact("assessment", {"year": 2026, "grade": "优秀"}), recorded_at=datetime(2027, 1, 5, tzinfo=UTC))
    told = facts(*cadre().every, words, later)
    shown = "2024年度优秀；2025年度优秀；2026年度优秀"
    assert appointment_form(SHEET, told, Proposal(), RULES).assessments == shown


def test_post_changes_are_in_order_with_their_document():
    """Beginning, end, post, rank, who decided, and by which document."""
    first, second, third = post_changes(SHEET, cadre()).rows
    assert (first.begins, first.ends, first.post) == ("1992.08", "2001.06", "清河县财政局科员")
    assert (second.rank, second.approved_by, second.document_no) == ("副科级", "县委组织部", "清组干〔2001〕15号")
    assert (third.begins, third.ends, third.post) == ("2001.06", "", "党组成员")
