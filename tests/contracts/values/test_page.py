"""A page reference names a file by its digest and says how large it is."""

import pytest
from pydantic import ValidationError

from contracts.values.page import PageRef

GOOD = {
    "page_id": "pag_00000000000000000000000000",
    "digest": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "media_type": "image/jpeg",
    "bytes": 120_000,
    "width": 1240,
    "height": 1754,
}


def test_a_page_keeps_its_members():
    assert PageRef.model_validate(GOOD).model_dump(mode="json") == GOOD


def test_a_member_of_a_later_speaker_is_passed_over():
    assert PageRef.model_validate(GOOD | {"colour": "grey"}) == PageRef.model_validate(GOOD)


@pytest.mark.parametrize(
    "fault",
    [
        {"page_id": "mat_00000000000000000000000000"},
        {"digest": "sha-256"},
        {"media_type": "image/tiff"},
        {"bytes": 0},
        {"width": 0},
        {"height": -1},
    ],
)
def test_a_page_without_a_file_is_refused(fault: dict[str, object]):
    with pytest.raises(ValidationError):
        PageRef.model_validate(GOOD | fault)
