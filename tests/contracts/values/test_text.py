"""Text is stored in one form, printable, and measured in code points."""

from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.values.text import is_printable, line_schema, normal, one_line

LINE: TypeAdapter[str] = TypeAdapter(Annotated[str, one_line(5), line_schema(5)])


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" 王芳 ", "王芳"),
        ("e\u0301", "é"),
        ("阿·里", "阿·里"),
        ("𠮷田", "𠮷田"),
        ("ＡＢ", "ＡＢ"),
        ("𠮷" * 5, "𠮷" * 5),
    ],
)
def test_a_line_is_stored_in_one_form(typed: str, stored: str):
    assert LINE.validate_python(typed) == stored


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", "too-short"),
        ("  ", "too-short"),
        ("\u3000", "too-short"),
        ("六个字的文本", "too-long"),
        ("a\nb", "control-character"),
        ("a\u202eb", "control-character"),
        ("a\u2028b", "control-character"),
        ("a\x00", "control-character"),
        ("\ud800", "control-character"),
    ],
)
def test_a_line_that_cannot_be_printed_is_refused(typed: str, fault: str):
    with pytest.raises(ValidationError) as caught:
        LINE.validate_python(typed)
    assert caught.value.errors(include_input=False)[0]["type"] in (fault, "string_unicode")


@given(st.text())
def test_the_stored_form_is_stable(text: str):
    assert normal(normal(text)) == normal(text)
    if is_printable(normal(text)):
        assert "\n" not in normal(text)


def test_the_json_schema_tells_the_length():
    assert LINE.json_schema() == {"type": "string", "minLength": 1, "maxLength": 5}
