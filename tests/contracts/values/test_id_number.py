"""Identity numbers are checked by GB 11643 and never show themselves whole."""

import copy
import datetime as dt
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from contracts.values.id_number import IdNumber, IdNumberInvalid, check_character

# The worked examples of the standard GB 11643-1999.
STANDARD = ["11010519491231002X", "440524188001010014"]


@st.composite
def id_numbers(draw: st.DrawFn) -> str:
    """A number that the standard allows: region, birth date, sequence, check character."""
    region = draw(st.integers(110000, 829999))
    born = draw(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
    first = f"{region}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return first + check_character(first)


@pytest.mark.parametrize("text", STANDARD)
def test_the_examples_of_the_standard_are_numbers(text: str):
    assert IdNumber(text).reveal() == text


def test_birth_date_and_sex_are_read_out_of_it():
    woman, man = (IdNumber(text) for text in STANDARD)
    assert (woman.birth_date, woman.sex) == (dt.date(1949, 12, 31), "female")
    assert (man.birth_date, man.sex) == (dt.date(1880, 1, 1), "male")


def test_a_small_x_is_the_same_number():
    assert IdNumber("11010519491231002x") == IdNumber(STANDARD[0])
    assert len({IdNumber("11010519491231002x"), IdNumber(STANDARD[0]), IdNumber(STANDARD[1])}) == 2


@given(id_numbers(), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_every_single_wrong_digit_is_found(text: str, position: int, other: str):
    """MOD 11-2 finds each single error, so that a slip of the pen never becomes another person."""
    wrong = text[:position] + other + text[position + 1 :]
    if wrong == text:
        assert IdNumber(wrong).reveal() == text
    else:
        with pytest.raises(IdNumberInvalid):
            IdNumber(wrong)


@given(id_numbers(), st.integers(0, 16))
def test_every_swap_of_neighbours_is_found(text: str, position: int):
    one, other = text[position], text[position + 1]
    if one != other:
        with pytest.raises(IdNumberInvalid):
            IdNumber(text[:position] + other + one + text[position + 2 :])


def with_check(first: str) -> str:
    return first + check_character(first)


@pytest.mark.parametrize(
    "text",
    [
        "", "110105491231002", with_check("11010519490230002"), with_check("11010519491331002"),
        with_check("01010519491231002"), STANDARD[0] + "0",
        "１１０１０５１９４９１２３１００２Ｘ", " " + STANDARD[0],
        STANDARD[0] + "\n", with_check("11010500000101002"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_without_repeating_it(text: str):
    with pytest.raises(IdNumberInvalid) as caught:
        IdNumber(text)
    assert not text.strip() or text not in str(caught.value)


@given(id_numbers())
def test_it_never_shows_itself_whole(text: str):
    class Card(BaseModel):
        id_number: IdNumber

    number = IdNumber(text)
    card = Card(id_number=number)
    shown = [
        str(number), repr(number), f"{number}", f"{number!r:>40}", repr([number]), repr(card),
        card.model_dump_json(), json.dumps(card.model_dump(mode="json")), str({"n": number}),
    ]  # fmt: skip
    for output in shown:
        assert text not in output
        assert text[3:14] not in output
    assert number.masked == text[:3] + "*" * 11 + text[14:]


def test_it_cannot_be_written_as_json_by_oversight():
    with pytest.raises(TypeError):
        json.dumps(IdNumber(STANDARD[0]))


def test_a_form_takes_it_and_names_the_fault():
    class Card(BaseModel):
        id_number: IdNumber

    assert Card.model_validate_json(f'{{"id_number": "{STANDARD[0]}"}}').id_number.reveal() == STANDARD[0]
    for wrong in ("110105194912310021", 110105194912310021, None):
        with pytest.raises(ValidationError) as caught:
            Card.model_validate({"id_number": wrong})
        [fault] = caught.value.errors(include_input=False, include_url=False)
        assert fault["type"] == "id-number-invalid"
        assert str(wrong) not in json.dumps(fault)


def test_copies_are_the_same_number():
    number = IdNumber(STANDARD[0])
    assert copy.deepcopy(number) == number
    assert pickle.loads(pickle.dumps(number)) == number  # noqa: S301


def test_the_json_schema_tells_the_form():
    class Card(BaseModel):
        id_number: IdNumber

    [schema] = Card.model_json_schema()["properties"].values()
    assert schema["pattern"] == "^[1-9][0-9]{16}[0-9X]$"
