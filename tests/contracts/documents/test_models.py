"""A document holds what is printed and nothing else."""

from datetime import timedelta, timezone

import pytest
from pydantic import ValidationError

from contracts.documents import SIGNED, CatalogueDocument, Document, document_number
from tests.contracts.documents import samples
from tests.contracts.documents.samples import an_id, catalogue, item_members, receipt, return_note


@pytest.mark.parametrize("document", [receipt(), return_note(), catalogue()], ids=lambda it: it.template)
def test_a_document_is_read_back_from_its_members(document: Document) -> None:
    assert type(document).model_validate(document.members()) == document
    assert document.template_path.is_file()


def test_every_signed_document_is_found_by_its_template() -> None:
    for template, model in SIGNED.items():
        assert model.model_fields["template"].default == template


@pytest.mark.parametrize("document", [receipt(), return_note(), catalogue()], ids=lambda it: it.template)
def test_an_unknown_member_is_refused(document: Document) -> None:
    with pytest.raises(ValidationError):
        type(document).model_validate({**document.members(), "remark": "x"})


@pytest.mark.parametrize(
    "changes",
    [
        {"template": "receipt/2"},
        {"template": "../../x"},
        {"items": []},
        {"issued_at": "2026-11-24T02:30:00"},
        {"receipt_id": an_id("rtn")},
        {"number": ""},
    ],
)
def test_a_receipt_that_does_not_hold_is_refused(changes: dict) -> None:
    with pytest.raises(ValidationError):
        type(receipt()).model_validate({**receipt().members(), **changes})


@pytest.mark.parametrize(
    "changes",
    [{"category": "11"}, {"category": "9-5"}, {"item_no": 0}, {"formed_on": "2026.03"}, {"page_digests": ["ab"]}],
)
def test_an_item_that_does_not_hold_is_refused(changes: dict) -> None:
    members = receipt(items=1).members()
    members["items"][0] |= changes
    with pytest.raises(ValidationError):
        type(receipt()).model_validate(members)


def test_a_date_keeps_only_what_is_printed() -> None:
    """What the paper says of it may hold characters that no font has, and would stop the print."""
    assert [item.formed_on for item in receipt(items=4).items] == ["2026-03-12", "2026-04", "2025", None]
    assert item_members(0)["formed_on"].value == "2026-03-12"


def test_a_moment_is_written_in_utc_whatever_its_zone() -> None:
    """Templates count eight hours from it, so another spelling would print another day."""
    shanghai = samples.ISSUED_AT.astimezone(timezone(timedelta(hours=8)))
    assert receipt(issued_at=shanghai).members()["issued_at"] == "2026-11-24T18:30:00Z"


def test_a_return_without_a_reason_is_refused() -> None:
    members = return_note(items=1).members()
    members["items"][0]["reasons"] = []
    with pytest.raises(ValidationError):
        type(return_note()).model_validate(members)


@pytest.mark.parametrize(("number", "text"), [(1, "清组收〔2026〕0001号"), (12345, "清组收〔2026〕12345号")])
def test_numbers_are_printed_with_four_digits_or_more(number: int, text: str) -> None:
    assert document_number("清组收", 2026, number) == text


def test_a_catalogue_has_at_least_one_category() -> None:
    with pytest.raises(ValidationError):
        CatalogueDocument.model_validate({**catalogue().members(), "categories": []})
