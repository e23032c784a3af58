"""Unit paths are codes from the root; standing below is decided by whole codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.values.unit_path import UnitPath, UnitPathInvalid

codes = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9_.-]{0,10}\Z")


@given(st.lists(codes, min_size=1, max_size=20))
def test_a_path_is_its_codes(given_codes: list[str]):
    path = UnitPath.of(*given_codes)
    assert path.codes == tuple(given_codes)
    assert path.depth == len(given_codes)
    assert path.code == given_codes[-1]
    assert TypeAdapter(UnitPath).validate_python(str(path)) == path


@given(st.lists(codes, min_size=1, max_size=19), codes)
def test_below_and_above_undo_each_other(given_codes: list[str], code: str):
    path = UnitPath.of(*given_codes)
    lower = path.below(code)
    assert lower.above == path
    assert lower.is_within(path)
    assert path.is_within(path)
    assert not path.is_within(lower)


def test_a_root_has_nothing_above_it():
    assert UnitPath("zj").above is None


@pytest.mark.parametrize(
    ("unit", "other", "within"),
    [("zj/hz", "zj", True), ("zj/hz", "zj/h", False), ("zj", "zj/hz", False), ("zj/hz/zj", "hz", False)],
)
def test_whole_codes_count(unit: str, other: str, within: bool):
    assert UnitPath(unit).is_within(UnitPath(other)) is within


@pytest.mark.parametrize(
    "text", ["", "/", "/zj", "zj/", "zj//hz", "..", "zj/../hz", "z j", "财政局", "a" * 65, "/".join("a" * 21)]
)
def test_what_is_no_path_is_refused(text: str):
    with pytest.raises(UnitPathInvalid):
        UnitPath(text)
    with pytest.raises(ValidationError):
        TypeAdapter(UnitPath).validate_python(text)


def test_the_json_schema_tells_the_form():
    assert TypeAdapter(UnitPath).json_schema()["type"] == "string"
