"""Numbers on paper: what is misread is noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values.paper_number import PaperNumberInvalid, paper_number, read_paper_number, with_check_digits

bodies = st.integers(1, 10**16 - 1)


@given(st.sampled_from(["volume", "slot"]), bodies)
def test_a_number_is_read_as_it_was_made(kind: str, body: int):
    """Twenty digits, of one kind."""
    text = paper_number(kind, body)  # pyright: ignore[reportArgumentType]
    assert (len(text), text.isdecimal()) == (20, True)
    assert read_paper_number(text) == (kind, body)


@given(bodies, st.integers(0, 19), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(body: int, at: int, by: int):
    """ISO 7064 MOD 97-10 finds every single error."""
    text = paper_number("volume", body)
    wrong = f"{text[:at]}{(int(text[at]) + by) % 10}{text[at + 1 :]}"
    with pytest.raises(PaperNumberInvalid):
        read_paper_number(wrong)


@given(bodies, st.integers(0, 18))
def test_two_neighbours_exchanged_are_noticed(body: int, at: int):
    """The commonest slip of a typist."""
    text = paper_number("slot", body)
    swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if swapped != text:
        with pytest.raises(PaperNumberInvalid):
            read_paper_number(swapped)


def test_the_check_digits_are_those_of_the_standard():
    """ISO 7064's own example for MOD 97-10: 794 has 44."""
    assert with_check_digits("000000000000000794") == "00000000000000079444"


@pytest.mark.parametrize("text", ["", "123", "２１000000000000000179", "99000000000000000101", "x" * 20])
def test_what_is_no_number_of_ours_is_refused(text: str):
    """Foreign, short, or not digits."""
    with pytest.raises(PaperNumberInvalid):
        read_paper_number(text)


@pytest.mark.parametrize("body", [0, 10**16, -1])
def test_a_body_that_does_not_fit_is_refused(body: int):
    """Sixteen digits, and never none."""
    with pytest.raises(PaperNumberInvalid):
        paper_number("volume", body)
