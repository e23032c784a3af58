"""Who is meant: names that meet, parts that answer yes, no or cannot tell, and what proves one person (seed 000)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.problems import ValidationFailed
from contracts.values.partial_date import PartialDate
from contracts.values.ternary import Ternary
from services.audit.domain.identity import (
    Comparison,
    Outcome,
    Part,
    Profile,
    Stay,
    compare,
    match_names,
    refuse_unproved,
)
from services.audit.identity_file import load_identity_rules

RULES = load_identity_rules()
YES, NO, DOUBT = Ternary.YES, Ternary.NO, Ternary.CANNOT_TELL


def dates(*values: str) -> tuple[PartialDate, ...]:
    return tuple(PartialDate(value=value) for value in values)


def stay(place: str, begins: str | None = None, ends: str | None = None) -> Stay:
    return Stay(place, PartialDate(value=begins) if begins else None, PartialDate(value=ends) if ends else None)


KNOWN = Profile(
    "张伟",
    ("张建国",),
    native_places=("湖南省长沙市",),
    births=dates("1968-03"),
    work_starts=dates("1986-08"),
    party_joins=dates("1990-06-12"),
    schools=(stay("长沙市第一中学", "1980-09", "1983-07"),),
    units=(stay("青岚县财政局", "1986-08"),),
    relatives=("张大山",),
)


def compared(said: Profile, known: Profile = KNOWN) -> Comparison:
    found = compare(said, known, RULES)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "other_names", "match"),
    [
        ("张伟", (), "same_name"),
        ("张建国", (), "other_name"),
        ("李红", ("张伟",), "other_name"),
        ("李红", ("张建国",), "other_name"),
        ("章炜", (), "same_sound"),
        ("张建帼", (), "same_sound"),
        ("李红", (), None),
    ],
)
def test_names_meet_as_such_as_one_of_several_or_by_sound(name: str, other_names: tuple[str, ...], match: str | None):
    """同名同姓 · 一人多名 · 同音异字."""
    assert match_names(Profile(name, other_names), KNOWN) == match
    assert (compare(Profile(name, other_names), KNOWN, RULES) is None) == (match is None)


@pytest.mark.parametrize(
    ("said", "part", "outcome"),
    [
        ({"native_places": ("湖南长沙",)}, Part.NATIVE_PLACE, YES),
        ({"native_places": ("长沙",)}, Part.NATIVE_PLACE, YES),
        ({"native_places": ("湖南",)}, Part.NATIVE_PLACE, DOUBT),
        ({"native_places": ("江西吉安",)}, Part.NATIVE_PLACE, NO),
        ({"native_places": ("江西吉安", "湖南长沙")}, Part.NATIVE_PLACE, YES),
        ({}, Part.NATIVE_PLACE, DOUBT),
        ({"births": dates("1968-03-21")}, Part.BIRTH_DATE, YES),
        ({"births": dates("1968")}, Part.BIRTH_DATE, DOUBT),
        ({"births": dates("1970-03")}, Part.BIRTH_DATE, NO),
        ({"births": dates("1970")}, Part.BIRTH_DATE, NO),
        # The lunar date and its solar one.
        ({"births": dates("1968-02")}, Part.BIRTH_DATE, DOUBT),
        ({"births": dates("1968-05")}, Part.BIRTH_DATE, DOUBT),
        ({"births": dates("1968-06")}, Part.BIRTH_DATE, NO),
        ({"work_starts": dates("1986-08")}, Part.WORK_START_DATE, YES),
        ({"party_joins": dates("1990-06")}, Part.PARTY_JOIN_DATE, YES),
        ({"schools": (stay("长沙市第一中学"),)}, Part.SCHOOLS, YES),
        ({"schools": (stay("长沙市第一中学", "1990-09", "1993-07"),)}, Part.SCHOOLS, DOUBT),
        ({"schools": (stay("长沙市第二中学"),)}, Part.SCHOOLS, DOUBT),
        ({"units": (stay("青岚县 财政局", "1995-01", "1996-01"),)}, Part.UNITS, YES),
        ({"units": (stay("青岚县财政局", "1970-01", "1975-01"),)}, Part.UNITS, DOUBT),
        ({"relatives": ("张大山", "王芳")}, Part.FAMILY, YES),
        ({"relatives": ("王芳",)}, Part.FAMILY, DOUBT),
    ],
)
def test_each_part_answers_for_itself(said: dict[str, tuple[object, ...]], part: Part, outcome: Ternary):
    """Papers name some stations of a life, not all: another school contradicts nothing."""
    assert compared(replace(Profile("张伟"), **said)).outcome_of(part) is outcome


@pytest.mark.parametrize(
    ("said", "suggestion", "proves", "explained"),
    [
        # Native place and two of the five.
        ({"native_places": ("湖南长沙",), "births": dates("1968-03"), "work_starts": dates("1986-08")},
         "same_person", True, True),
        # One of the five is too few.
        ({"native_places": ("湖南长沙",), "births": dates("1968-03")}, "cannot_tell", False, False),
        # Another native place needs a word.
        ({"native_places": ("江西吉安",), "births": dates("1968-03"), "work_starts": dates("1986-08")},
         "other_person", False, True),
        # No native place needs one as well.
        ({"births": dates("1968-03"), "schools": (stay("长沙市第一中学"),)}, "cannot_tell", False, True),
        # Enough for, and one against: a person has to look.
        ({"native_places": ("湖南长沙",), "births": dates("1955-01"), "work_starts": dates("1986-08"),
          "party_joins": dates("1990-06")}, "cannot_tell", True, True),
        ({"births": dates("1955-01")}, "other_person", False, False),
        ({}, "cannot_tell", False, False),
    ],
)  # fmt: skip
def test_one_person_needs_the_native_place_and_two_of_five(
    said: dict[str, tuple[object, ...]], suggestion: str, proves: bool, explained: bool
):
    """seed 000: 籍贯 equal or explained, and at least two of birth, work start, party date, school, unit."""
    found = compared(replace(Profile("张伟"), **said))
    assert (found.suggestion, found.proves(), found.proves(explained=True)) == (suggestion, proves, explained)


def test_a_full_match_scores_a_hundred_and_a_bare_sound_ten():
    """The parts of the score are shown with it."""
    full = compared(KNOWN)
    assert (full.score, full.suggestion) == (100, "same_person")
    assert full.score == RULES.name_points[full.match] + sum(part.points for part in full.parts)
    assert compared(Profile("章炜")).score == 10


def test_what_is_not_proved_is_not_decided_and_the_lack_is_named():
    """Faults for both, together; to say that it is another person needs no proof."""
    bare = compared(Profile("张伟", births=dates("1968-03")))
    with pytest.raises(ValidationFailed) as refused:
        refuse_unproved(Outcome.SAME_PERSON, bare, None)
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [
        ("/explanation", "native-place-open"),
        ("/outcome", "identity-not-proven"),
    ]
    assert refused.value.errors[1].params == {"needed": 2, "found": 1}
    refuse_unproved(Outcome.OTHER_PERSON, bare, None)
    refuse_unproved(Outcome.SAME_PERSON, compared(replace(KNOWN, native_places=("吉安",))), "随父迁居，见履历表")


some_dates = st.lists(st.sampled_from(["1968", "1968-03", "1968-05", "1970-01", "1986-08"]), max_size=3)
profiles = st.builds(
    lambda name, other, places, births, works, units: Profile(
        name, (other,), tuple(places), dates(*births), dates(*works), units=tuple(map(stay, units))
    ),
    st.sampled_from(["张伟", "章炜"]),
    st.sampled_from(["张建国", "张玮"]),
    st.lists(st.sampled_from(["湖南长沙", "湖南", "江西吉安"]), max_size=2),
    some_dates,
    some_dates,
    st.lists(st.sampled_from(["财政局", "税务局"]), max_size=2),
)


@given(profiles, profiles)
def test_it_makes_no_difference_who_is_held_against_whom(one: Profile, other: Profile):
    """The same parts, score and suggestion from either side."""
    here, there = compared(one, other), compared(other, one)
    assert [(part.part, part.outcome, part.points) for part in here.parts] == [
        (part.part, part.outcome, part.points) for part in there.parts
    ]
    assert (here.match, here.score, here.suggestion) == (there.match, there.score, there.suggestion)


@given(profiles, profiles)
def test_the_order_in_which_papers_come_makes_no_difference(one: Profile, other: Profile):
    turned = replace(one, births=one.births[::-1], native_places=one.native_places[::-1], units=one.units[::-1])
    here, there = compared(one, other), compared(turned, other)
    assert [(part.part, part.outcome) for part in here.parts] == [(part.part, part.outcome) for part in there.parts]


@given(profiles)
def test_nothing_is_proved_by_what_nobody_said(profile: Profile):
    """A bare name proves no one person, whatever is known of the other."""
    assert not compared(Profile(profile.name), profile).proves()
