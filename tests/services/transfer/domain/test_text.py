"""Text as it is stored, and what is wrong with it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.transfer.domain.text import fault_of, normal


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("干部任免审批表", None),
        ("阿卜杜拉·买买提", None),
        ("𠮷" * 200, None),
        ("档" * 201, "too-long"),
        ("", "too-short"),
        ("任免\x00表", "control-character"),
        ("任免\n表", "control-character"),
        ("任免\u2028表", "control-character"),
        ("任免\u202e表", "control-character"),
        ("任免\ud800表", "control-character"),
        ("任免\ufeff表", "control-character"),
        ("任免\uffff表", "control-character"),
    ],
)
def test_a_title_has_200_code_points_at_most_and_only_what_can_be_printed(text, code):
    fault = fault_of(text, 200)
    assert (fault.code if fault else None) == code


def test_a_decomposed_text_counts_as_it_is_stored():
    text = "e\u0301" * 200
    assert fault_of(normal(text), 200) is None


@given(st.text())
def test_the_stored_form_is_composed_and_stays_as_it_is(text):
    stored = normal(text)
    assert unicodedata.is_normalized("NFC", stored)
    assert normal(stored) == stored
