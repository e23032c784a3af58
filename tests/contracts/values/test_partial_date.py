"""Partial dates: only real dates, never a filled-in part, and three answers to a comparison."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from contracts.values.partial_date import NotADate, PartialDate, parse_typed
from contracts.values.ternary import Ternary

YES, NO, CANNOT = Ternary.YES, Ternary.NO, Ternary.CANNOT_TELL

days = st.dates(dt.date(1000, 1, 1))


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    """A real date of which the month or the day may be unknown."""
    day = draw(days)
    return PartialDate(value=day.isoformat()[: draw(st.sampled_from([4, 7, 10]))])


def date(value: str, **others: str) -> PartialDate:
    return PartialDate(value=value, **others)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["1987", "1987-05", "1987-05-12", "2024-02-29", "0001", "9999-12-31"])
def test_a_real_date_is_taken(value: str):
    assert date(value).value == value
    assert PartialDate.model_validate(value) == date(value)
    assert PartialDate.model_validate_json(json.dumps(value)) == date(value)


@pytest.mark.parametrize(
    "value",
    [
        "2023-02-30", "2023-02-29", "1900-02-29", "1987-13", "1987-00", "1987-05-00", "1987-04-31", "0000",
        "0000-01-01",
        # Another form, which only screens take
        "", "87", "1987.05", "198705", "19870500", "1987-5", "1987-05-1", "1987-05-12T00:00", " 1987",
        "1987\n",        "１９８７", "1987年5月", "-1987", "1987-", "1987-05-",
    ],
)  # fmt: skip
@pytest.mark.parametrize("shape", ["object", "text"])
def test_an_impossible_date_is_refused_without_repeating_it(value: str, shape: str):
    class Form(BaseModel):
        formed_on: PartialDate

    with pytest.raises(ValidationError) as caught:
        Form.model_validate({"formed_on": {"value": value} if shape == "object" else value})
    [fault] = caught.value.errors(include_input=False, include_url=False)
    assert fault["type"] == "date-impossible"
    assert fault["loc"] == (("formed_on", "value") if shape == "object" else ("formed_on",))
    assert not value.strip() or value not in fault["msg"]


@pytest.mark.parametrize(
    ("given_value", "kind"),
    [
        ({"value": "1987", "year": 1987}, "extra_forbidden"),
        ({"value": "1987", "qualifier": "approx"}, "literal_error"),
        ({"value": "1987", "calendar": "julian"}, "literal_error"),
        ({"value": "1987", "source_page": "mat_00000000000000000000000000"}, "id-invalid"),
        ({"value": "1987", "as_written": ""}, "too-short"),
        ({"value": "1987", "as_written": "年" * 101}, "too-long"),
        ({"value": "1987", "as_written": "一九八七年\x00"}, "control-character"),
        ({"value": "1987", "as_written": "一九八七年\n五月"}, "control-character"),
        ({"value": "1987", "as_written": "\u202e一九八七年"}, "control-character"),
        ({"value": 1987}, "string_type"),
        ({"as_written": "198□年"}, "missing"),
        ({"value": "1987", "calendar": "lunar", "qualifier": "uncertain"}, "lunar-incomplete"),
        ({"value": "1987", "calendar": "lunar", "as_written": "丁卯年"}, "lunar-incomplete"),
        (1987, "model_type"),
    ],
)
def test_a_malformed_object_is_refused(given_value: object, kind: str):
    with pytest.raises(ValidationError) as caught:
        PartialDate.model_validate(given_value)
    assert [fault["type"] for fault in caught.value.errors()] == [kind]


def test_a_lunar_date_keeps_its_text_and_stays_uncertain():
    lunar = date("1971-01", calendar="lunar", as_written="农历一九七〇年十二月", qualifier="uncertain")
    assert lunar.before(date("1980")) is CANNOT
    assert lunar.chinese_explained == "1971年1月（日不详，存疑，农历换算）"


def test_the_wire_shape_is_that_of_the_interfaces():
    page = "pag_00000000000000000000000000"
    text = {
        "value": "1987-05",
        "qualifier": None,
        "as_written": "一九八七年五月",
        "calendar": "gregorian",
        "source_page": page,
    }
    assert PartialDate.model_validate(text).model_dump(mode="json") == text


def test_a_date_does_not_change():
    with pytest.raises(ValidationError):
        date("1987").value = "1988"  # type: ignore[misc]
    assert len({date("1987"), date("1987"), date("1987-05")}) == 2


COMPARISONS = [
    # one, other, before, after, same day
    ("1987", "1988", YES, NO, NO),
    ("1988", "1987", NO, YES, NO),
    ("1987", "1987", CANNOT, CANNOT, CANNOT),
    ("1987", "1987-01", CANNOT, CANNOT, CANNOT),
    ("1987-05", "1987-06", YES, NO, NO),
    ("1987-05", "1987-05", CANNOT, CANNOT, CANNOT),
    ("1987-05", "1987-05-12", CANNOT, CANNOT, CANNOT),
    # Nothing in May can come before its first day, or after its last.
    ("1987-05", "1987-05-01", NO, CANNOT, CANNOT),
    ("1987-05", "1987-05-31", CANNOT, NO, CANNOT),
    ("1987-05-12", "1987-05-12", NO, NO, YES),
    ("1987-05-12", "1987-05-13", YES, NO, NO),
    ("1987-12-31", "1988", YES, NO, NO),
    ("1988-01-01", "1988", CANNOT, NO, CANNOT),
]


@pytest.mark.parametrize(("one", "other", "before", "after", "same"), COMPARISONS)
def test_comparisons_answer_yes_no_or_cannot_tell(one: str, other: str, before: Ternary, after: Ternary, same: Ternary):
    assert date(one).before(date(other)) is before
    assert date(one).after(date(other)) is after
    assert date(one).same_day(date(other)) is same


@pytest.mark.parametrize("qualifier", ["approximate", "uncertain"])
def test_a_qualified_date_cannot_tell(qualifier: str):
    doubtful = date("1950", qualifier=qualifier)
    for answer in (
        doubtful.before(date("2020")),
        date("2020").after(doubtful),
        doubtful.same_day(date("2020")),
        date("2020").same_day(doubtful),
    ):
        assert answer is CANNOT


def test_a_partial_date_compares_with_a_day():
    assert date("1987-05").before(dt.date(1987, 6, 1)) is YES
    assert date("2030").after(dt.date(2026, 1, 1)) is YES
    assert date("2026").after(dt.date(2026, 1, 1)) is CANNOT


@given(partial_dates(), partial_dates())
def test_a_comparison_is_right_for_every_day_that_the_parts_allow(one: PartialDate, other: PartialDate):
    """Yes and no are claims about all days within the two spans; cannot tell says that both occur."""
    can_be_before = one.earliest < other.latest
    can_be_not_before = one.latest >= other.earliest
    wanted = CANNOT if can_be_before and can_be_not_before else Ternary.of(can_be_before)
    assert one.before(other) is wanted


@given(partial_dates(), partial_dates())
def test_before_and_after_mirror_each_other(one: PartialDate, other: PartialDate):
    assert one.before(other) is other.after(one)
    assert one.same_day(other) is other.same_day(one)
    assert (one.before(other) & one.after(other)) is not YES


@given(partial_dates(), partial_dates())
def test_the_order_agrees_with_a_certain_before(one: PartialDate, other: PartialDate):
    if one.before(other) is YES:
        assert one.sort_key < other.sort_key


@given(partial_dates())
def test_a_date_that_is_typed_as_it_is_shown_is_the_same_date(shown: PartialDate):
    assert parse_typed(shown.exchange) == shown
    assert parse_typed(shown.dotted) == shown
    assert parse_typed(shown.chinese) == shown
    assert PartialDate.model_validate_json(shown.model_dump_json()) == shown


def test_a_missing_part_stands_first():
    shuffled = [date(value) for value in ("1987-05-01", "1988", "1987", "1987-05", "1986-12-31", "1987-01")]
    assert [one.value for one in sorted(shuffled, key=lambda one: one.sort_key)] == [
        "1986-12-31", "1987", "1987-01", "1987-05", "1987-05-01", "1988",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "exchange", "dotted", "cells", "chinese", "explained"),
    [
        ("1987", "19870000", "1987", ("1987", "", ""), "1987年", "1987年（月日不详）"),
        ("1987-05", "19870500", "1987.05", ("1987", "05", ""), "1987年5月", "1987年5月（日不详）"),
        ("1987-05-02", "19870502", "1987.05.02", ("1987", "05", "02"), "1987年5月2日", "1987年5月2日"),
    ],
)
def test_every_place_has_its_form(
    value: str, exchange: str, dotted: str, cells: tuple[str, str, str], chinese: str, explained: str
):
    one = date(value)
    assert (one.exchange, one.dotted, one.cells) == (exchange, dotted, cells)
    assert (one.chinese, one.chinese_explained, str(one)) == (chinese, explained, value)


def test_doubts_are_told():
    assert date("1987-05", qualifier="approximate").chinese_explained == "约1987年5月（日不详）"
    assert date("1987-05-02", qualifier="uncertain").chinese_explained == "1987年5月2日（存疑）"


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1987.5", "1987-05"),
        ("1987.05", "1987-05"),
        ("198705", "1987-05"),
        ("1987年5月", "1987-05"),
        ("1987年", "1987"),
        ("1987", "1987"),
        ("1987.5.2", "1987-05-02"),
        ("1987/5/2", "1987-05-02"),
        ("1987-5", "1987-05"),
        ("19870500", "1987-05"),
        ("19870000", "1987"),
        ("19870502", "1987-05-02"),
        ("1987年5月2日", "1987-05-02"),
        ("１９８７．５", "1987-05"),
        (" 1987 年 5 月 ", "1987-05"),
    ],
)
def test_people_may_type_what_they_are_used_to(typed: str, value: str):
    assert parse_typed(typed).value == value


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "五月",
        "87.5",
        "19875",
        "1987.13",
        "2023.2.30",
        "20230230",
        "19870012",
        "1987年5",
        "1987.5.2.1",
        "x1987",
        "0000",
    ],
)
def test_what_is_no_date_is_refused_without_repeating_it(typed: str):
    with pytest.raises(NotADate) as caught:
        parse_typed(typed)
    assert not typed or typed not in str(caught.value)
