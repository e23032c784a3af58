"""What a submission may do in which state, and what a delivery needs."""

import pytest

from contracts.problems import StateConflict
from services.transfer.domain.refusals import NothingToDeliver, TooMany
from services.transfer.domain.subject import Subject
from services.transfer.domain.submission import MAX_NAME, Deliverer, check_contents
from tests.services.transfer.domain.builders import LATER, item, submission

CUSTODIAN, CLERK = "unt_x", Deliverer("acc_x", "王小明")


def delivered():
    return submission().delivered(CLERK, LATER, CUSTODIAN, "jws")


def test_a_delivery_names_who_when_and_for_whom():
    after = delivered()
    assert (after.state, after.version, after.delivered_at, after.delivered_by) == ("delivered", 2, LATER, "acc_x")
    assert (after.custodian_unit_id, after.provisional_receipt) == (CUSTODIAN, "jws")
    assert after.handed_in_by == "王小明"


@pytest.mark.parametrize(
    ("told", "printed"),
    [
        (" 王小明 ", "王小明"),
        ("", None),
        ("  ", None),
        ("王\x00", None),
        ("\u202e王", None),
        ("长" * MAX_NAME, "长" * MAX_NAME),
        ("长" * (MAX_NAME + 1), None),
    ],
)
def test_a_name_that_no_paper_can_bear_is_left_to_be_written_by_hand(told, printed):
    assert Deliverer.of("acc_x", told) == Deliverer("acc_x", printed)


def test_a_delivered_submission_is_neither_delivered_again_nor_withdrawn():
    for act in (lambda: delivered().delivered(CLERK, LATER, CUSTODIAN, "jws"), lambda: delivered().withdrawn(LATER)):
        with pytest.raises(StateConflict) as refused:
            act()
        assert refused.value.params == {"state": "delivered"}


def test_a_withdrawn_submission_is_not_delivered():
    with pytest.raises(StateConflict) as refused:
        submission().withdrawn(LATER).delivered(CLERK, LATER, CUSTODIAN, "jws")
    assert refused.value.params == {"state": "withdrawn"}


def test_a_submission_closes_after_delivery_only():
    assert delivered().closed(LATER).state == "closed"
    with pytest.raises(StateConflict):
        submission().closed(LATER)
    with pytest.raises(StateConflict):
        delivered().closed(LATER).closed(LATER)


def test_what_was_delivered_keeps_its_subject_and_items():
    with pytest.raises(StateConflict):
        delivered().retargeted(Subject("dos_x", "per_x"), LATER)
    with pytest.raises(StateConflict):
        delivered().touched(LATER)


def test_a_delivery_needs_items():
    with pytest.raises(NothingToDeliver) as refused:
        check_contents([], 100)
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [("/items", "no-items")]


def test_a_delivery_names_every_item_without_pages():
    items = [item(1, page_count=0), item(2), item(3, page_count=0)]
    with pytest.raises(NothingToDeliver) as refused:
        check_contents(items, 100)
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [
        ("/items/0", "no-pages"),
        ("/items/2", "no-pages"),
    ]


def test_fewer_pages_than_declared_are_no_reason_to_refuse_a_delivery():
    """Completeness is audit's check."""
    check_contents([item(1, declared_page_count=9, page_count=1)], 100)


def test_a_delivery_is_as_large_as_one_signed_receipt_can_name():
    items = [item(1, page_count=60), item(2, page_count=40)]
    check_contents(items, 100)
    with pytest.raises(TooMany) as refused:
        check_contents(items, 99)
    assert [(fault.pointer, fault.params) for fault in refused.value.errors] == [("/items", {"max": 99})]
