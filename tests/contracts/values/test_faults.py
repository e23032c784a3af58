"""Every fault that a shared value can raise has its text in both languages."""

from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from contracts.problems import FAULTS
from contracts.values.id_number import IdNumber
from contracts.values.ids import DossierId
from contracts.values.partial_date import PartialDate
from contracts.values.text import one_line
from contracts.values.unit_path import UnitPath

LINE = Annotated[str, one_line(3)]
LUNAR = {"value": "1987", "calendar": "lunar"}


@pytest.mark.parametrize(
    ("kind", "given", "code"),
    [
        (DossierId, "dos_", "id-invalid"),
        (PartialDate, "2023-02-30", "date-impossible"),
        (PartialDate, LUNAR | {"qualifier": "uncertain"}, "lunar-incomplete"),
        (IdNumber, "11010519491231002Y", "id-number-invalid"),
        (LINE, "", "too-short"),
        (LINE, "四个字的", "too-long"),
        (LINE, "a\x07", "control-character"),
    ],
)
def test_a_fault_of_a_value_is_one_of_the_catalogue(kind: Any, given: Any, code: str):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(given)
    [fault] = caught.value.errors()
    assert fault["type"] == code
    for lang in ("zh", "en"):
        text = FAULTS[code].render(lang, fault.get("ctx", {}))
        assert "—" not in text, "a parameter of the text is not given"


def test_a_unit_path_of_the_wrong_form_is_a_pattern_fault():
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(UnitPath).validate_python("zj//hz")
    assert caught.value.errors()[0]["type"] == "string_pattern_mismatch"
