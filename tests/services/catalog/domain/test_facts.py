"""What a request does to facts, what cannot be true together, and what is computed from them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from contracts.values.ids import new_id
from contracts.values.partial_date import PartialDate
from services.catalog.domain.fact_changes import FactEntry, Plan, Stamp, plan_changes
from services.catalog.domain.fact_checks import contradictions, impossible_dates
from services.catalog.domain.fact_values import SHAPES
from services.catalog.domain.facts import PERIODS, SINGLE, Facts, Provenance, level_rank, settled_anew
from services.catalog.domain.person_card import card_of, entries_of
from services.catalog.rules.fact_file import fact_rules

ENTRY = Provenance("entry")
TODAY = date(2026, 11, 24)
NOBODY = Facts(new_id("per"), ())


def plan(facts: Facts, *entries: FactEntry) -> Plan:
    """What these lines do."""
    ids = [new_id("fct") for _ in entries]
    return plan_changes(facts, entries, Stamp(facts.person_id, new_id("req"), datetime.now(UTC), "acc", ids))


def dated(kind: str, value: str, **members: object) -> FactEntry:
    """A line of a dated kind."""
    return FactEntry(kind, ENTRY, {"date": {"value": value}}, pointer="/facts/0", **members)  # pyright: ignore


def post(title: str, since: str | None = None, until: str | None = None) -> FactEntry:
    """A post from a month to a month."""
    ends = (PartialDate(value=one) if one else None for one in (since, until))
    value = {"title": title, "unit": None, "rank": None, "approved_by": None, "document_no": None}
    return FactEntry("post", ENTRY, value, *ends)


def test_every_kind_has_a_shape_and_a_single_one_has_no_period():
    """The tables agree with one another."""
    assert set(SHAPES) >= SINGLE | PERIODS
    assert not SINGLE & PERIODS


def test_a_single_fact_takes_the_place_of_the_present_one():
    """The earlier one ends and names its successor."""
    first = plan(NOBODY, dated("work_start", "1990-08"))
    second = plan(first.after, dated("work_start", "1990-07"))
    assert second.ended == ((first.added[0].fact_id, second.added[0].fact_id),)
    assert [fact.value["date"]["value"] for fact in second.after.every] == ["1990-07"]


def test_better_evidence_settles_the_same_value_anew_and_the_same_evidence_does_not():
    """`duplicate` for the very same line; a material in place of an entry is news."""
    first = plan(NOBODY, dated("work_start", "1990-08")).after
    assert [fault.code for fault in plan(first, dated("work_start", "1990-08")).faults] == ["duplicate"]
    material = Provenance("material", material_id=new_id("mat"))
    again = FactEntry("work_start", material, {"date": {"value": "1990-08"}})
    assert plan(first, again).faults == ()


def test_one_fact_is_corrected_once_a_request():
    """Two lines on one fact would leave it to chance which counts."""
    first = plan(NOBODY, post("科员", "2001-07"))
    target = first.added[0].fact_id
    lines = [
        FactEntry("post", ENTRY, corrects=target, valid_to=PartialDate(value="2005"), names=frozenset(["valid_to"]))
    ]
    assert [fault.code for fault in plan(first.after, *lines, *lines).faults] == ["duplicate"]


def test_periods_stand_in_order_of_their_beginning_whatever_the_order_of_entry():
    """An unknown beginning stands first; the open one is the present post."""
    after = plan(NOBODY, post("股长", "2010-03"), post("科员", "2001-07", "2010-03"), post("学徒")).after
    assert [fact.value["title"] for fact in after.of("post")] == ["学徒", "科员", "股长"]
    assert [fact.value["title"] for fact in after.posts_now] == ["学徒", "股长"]


@pytest.mark.parametrize(
    ("born", "started", "impossible", "unusual"),
    [
        ("1970-01-15", "1986-01-15", False, False),
        ("1970-01-15", "1986-01-14", False, True),
        ("1970-01", "1986-01", False, False),  # the days may well fit
        ("1970-01-15", "1979-12-31", True, True),
        ("1970", "1980", False, True),
        ("1970", "1979", True, True),
        ("1970-06", "1968-05", True, True),
    ],
)
def test_work_before_the_least_age_is_impossible_and_before_the_usual_one_worth_a_look(
    born: str, started: str, impossible: bool, unusual: bool
):
    """Only where the known parts leave no doubt (audit rules, 4.2)."""
    planned = plan(NOBODY, dated("birth_date", born), dated("work_start", started))
    pointers = {fact.fact_id: f"/facts/{at}" for at, fact in enumerate(planned.added)}
    faults = impossible_dates(planned.after, pointers, TODAY, fact_rules())
    assert [fault.pointer for fault in faults] == (["/facts/1/value/date"] if impossible else [])
    assert bool(contradictions(planned.after, fact_rules())) is unusual


def test_a_date_in_doubt_contradicts_nothing():
    """`uncertain` until it is determined."""
    doubtful = FactEntry("birth_date", ENTRY, {"date": {"value": "1990", "qualifier": "uncertain"}})
    planned = plan(NOBODY, doubtful, dated("work_start", "1985"))
    pointers = {fact.fact_id: "/facts/0" for fact in planned.added}
    assert impossible_dates(planned.after, pointers, TODAY, fact_rules()) == []


def test_the_card_follows_the_facts_and_back():
    """The list of former names keeps the order that was asked for."""
    told = {"name": "王明", "former_names": ["王小", "王二"], "sex": "male", "rank": "科员", "birth_date": None}
    facts = plan(NOBODY, *entries_of(NOBODY, told)).after
    assert card_of(facts) | told == card_of(facts)
    for names in (["王二", "王小"], ["王小"], [], ["王小", "王二", "王三"]):
        facts = plan(facts, *entries_of(facts, {"former_names": names})).after
        assert card_of(facts)["former_names"] == names


@pytest.mark.parametrize(
    ("higher", "lower"),
    [
        ("博士研究生", "研究生"),
        ("省委党校研究生", "大学本科"),
        ("大学", "大专"),
        ("大学本科", "大学专科"),
        ("大学专科", "中等专科"),
        ("专升本", "高等专科"),
        ("中专", "高中"),
        ("中师", "高中"),
        ("小学", "不详"),
    ],
)
def test_levels_of_education_are_compared_by_their_words(higher: str, lower: str):
    """`省委党校研究生` is a 研究生 too."""
    assert level_rank(higher) < level_rank(lower)


@pytest.mark.parametrize(
    ("word", "relation"),
    [
        ("妻子", "spouse"),
        ("长子", "child"),
        ("女", "child"),
        ("父亲", "parent"),
        ("岳母", "in_law"),
        ("儿媳", "in_law"),
        ("叔叔", "collateral"),
        ("外祖父", "lineal"),
        ("姐姐", "sibling"),
        ("友人", None),
    ],
)
def test_the_words_of_a_form_name_the_relation(word: str, relation: str | None):
    """A word that names none is for the archivist."""
    assert fact_rules().relation_of(word) == relation


@pytest.mark.parametrize(
    ("former", "source", "anew"),
    [
        ("1985-05", "material", True),
        ("1985-05", "import", True),
        ("1985-05", "entry", False),
        ("1986", "material", False),
        ("1986-07-01", "material", False),
    ],
)
def test_a_date_that_the_papers_once_said_otherwise_was_settled_anew(former: str, source: str, anew: bool):
    """A slip of typing changed no paper, and the same month more exactly is no other date."""
    present = plan(NOBODY, dated("work_start", "1986-07")).added[0]
    told = Provenance(source)  # pyright: ignore[reportArgumentType]
    before = replace(present, value={"date": {"value": former}}, provenance=told)
    assert settled_anew(Facts("per", (present,)), [before]) == (("work_start",) if anew else ())


def line(text: str, since: str | None, until: str | None) -> FactEntry:
    """A line of the résumé."""
    begins, ends = (PartialDate(value=one) if one else None for one in (since, until))
    return FactEntry("resume", ENTRY, {"text": text}, begins, ends, sort_date=None)


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (("1990-08", "1994-07"), ("1994-07", None), None),
        (("1990-08", "1994-07"), ("1994-08", None), None),
        (("1990-08", "1994-12"), ("1995-01", None), None),
        (("1990-08", "1994-07"), ("1994-09", None), ("resume-gap", "1994-07")),
        (("1990-08", "1995-02"), ("1995-01", None), ("resume-overlap", "1995-01")),
        (("1990-08", None), ("1995-01", None), ("resume-overlap", "1995-01")),
        (("1990-08", "1994"), ("1999-01", None), None),
        (("1990-08", "1994-07-31"), ("1994-08-01", "1996-01"), None),
    ],
)
def test_the_resume_is_continuous_to_the_month(first: tuple[str, str], second: tuple[str, str], found: object):
    """The same month or the next goes on; what is not known to the month breaks nothing (form rules)."""
    lines = [line("甲局科员", *first), line("（其间：挂职）", None, None), line("乙局股长", *second)]
    after = plan(NOBODY, *lines).after
    told = [(one.code, one.at) for one in contradictions(after, fact_rules())]
    assert told == ([found] if found else [])
