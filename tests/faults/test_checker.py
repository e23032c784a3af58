"""The checker itself: a product that lost, doubled or forgot something is named; in a sound one nothing is found."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.faults.checker import Entry, Seen, Verdict, compare
from tests.faults.notes import Book, NotedItem, NotedSubmission

FILED = NotedItem("S001-1", "样例材料（S001-1）", "filed", "itm_1")
RETURNED = NotedItem("S001-2", "年度考核登记表（S001-2·退）", "returned", "itm_2")
ENTRY = Entry("dos_1", "mat_1", FILED.title)
Json = dict[str, Any]


def noted(**changes: Any) -> NotedSubmission:
    """A delivered submission with one item for the dossier and one for the way back."""
    told = NotedSubmission("S001", 1.0, "sub_1", delivered=True, items=[FILED, RETURNED])
    return replace(told, **changes)


def shown(state: str = "closed", items: tuple[str, ...] = ("itm_1", "itm_2")) -> Json:
    """The submission as the product shows it."""
    return {"id": "sub_1", "state": state, "items": [{"id": item, "state": "appraised"} for item in items]}


def paper(item: NotedItem, material: str) -> Json:
    """The item's line on a receipt or return note."""
    return {"item_id": item.item_id, "title": item.title, "material_id": material}


def sound(**changes: Any) -> Seen:
    """What a product without fault answers."""
    answers = Seen(
        submissions={"sub_1": shown()},
        receipt_items={"sub_1": [paper(FILED, "mat_1")]},
        return_items={"sub_1": [paper(RETURNED, "mat_2")]},
        catalogues=[ENTRY],
        listed=["sub_1"],
        register=["pag_1"],
    )
    return replace(answers, **changes)


def verdict(seen: Seen, *submissions: NotedSubmission, viewed: frozenset[str] = frozenset()) -> Verdict:
    """The checker's answer."""
    return compare(Book(list(submissions) or [noted()], viewed), seen)


def refs(found: list[Any]) -> list[str]:
    """Who is named."""
    return [one.ref for one in found]


def test_a_sound_product_is_found_sound():
    """Each item on one paper; the filed one once in a catalogue, the returned one in none; the view registered."""
    assert verdict(sound(), viewed=frozenset({"pag_1"})).clean


LOST: list[tuple[str, Seen, str]] = [
    ("the submission", sound(submissions={"sub_1": None}), "S001"),
    ("an item", sound(submissions={"sub_1": shown(items=("itm_1",))}), "S001-2"),
    ("the receipt", sound(receipt_items={}), "S001-1"),
    ("the return note", sound(return_items={}), "S001-2"),
    ("the filing", sound(catalogues=[]), "S001-1"),
    ("the filing under its id", sound(catalogues=[replace(ENTRY, material_id="mat_9")]), "S001-1"),
    (
        "the decision",
        sound(
            receipt_items={}, return_items={"sub_1": [paper(FILED, "mat_1"), paper(RETURNED, "mat_2")]}, catalogues=[]
        ),
        "S001-1",
    ),
]


@pytest.mark.parametrize(("seen", "ref"), [case[1:] for case in LOST], ids=[case[0] for case in LOST])
def test_what_was_acknowledged_and_is_not_there_is_lost(seen: Seen, ref: str):
    found = verdict(seen)
    assert (refs(found.lost), found.duplicated, found.stuck) == ([ref], [], [])


DUPLICATED: list[tuple[str, Seen, str]] = [
    ("in one catalogue", sound(catalogues=[ENTRY, replace(ENTRY, material_id="mat_9", item_no=2)]), "S001-1"),
    ("in two catalogues", sound(catalogues=[ENTRY, replace(ENTRY, dossier_id="dos_9")]), "S001-1"),
    ("on two receipts", sound(receipt_items={"sub_1": [paper(FILED, "mat_1")] * 2}), "S001-1"),
    (
        "on both papers",
        sound(return_items={"sub_1": [paper(FILED, "mat_1"), paper(RETURNED, "mat_2")]}),
        "S001-1",
    ),
    ("returned and filed", sound(catalogues=[ENTRY, Entry("dos_1", "mat_2", RETURNED.title, item_no=2)]), "S001-2"),
    ("a draft", sound(listed=["sub_1", "sub_9"]), "?"),
    ("in the register", sound(register=["pag_1", "pag_1"]), "pag_1"),
]


@pytest.mark.parametrize(("seen", "ref"), [case[1:] for case in DUPLICATED], ids=[case[0] for case in DUPLICATED])
def test_what_stands_there_twice_is_duplicated(seen: Seen, ref: str):
    found = verdict(seen)
    assert (found.lost, refs(found.duplicated), found.stuck) == ([], [ref], [])


def test_a_submission_that_did_not_close_is_stuck_with_each_of_its_items():
    found = verdict(sound(submissions={"sub_1": shown("delivered")}))
    assert (found.lost, found.duplicated, refs(found.stuck)) == ([], [], ["S001-1", "S001-2"])
    assert found.stuck[0].submission_id == "sub_1"


def test_a_submission_in_the_midst_may_already_be_filed_twice():
    """A duplicate shows before the submission closes, and must not hide behind its being stuck."""
    seen = sound(
        submissions={"sub_1": shown("delivered")}, catalogues=[ENTRY, replace(ENTRY, material_id="mat_9", item_no=2)]
    )
    assert refs(verdict(seen).duplicated) == ["S001-1"]


def test_an_act_that_was_given_up_is_stuck():
    """A name that transfer does not learn, or an answer that no client should get."""
    found = verdict(sound(), noted(), NotedSubmission("S004", 2.0, gave_up="draft: person-mismatch"))
    assert refs(found.stuck) == ["S004"]


def test_a_view_without_its_line_in_the_register_is_lost():
    assert refs(verdict(sound(), viewed=frozenset({"pag_1", "pag_2"})).lost) == ["pag_2"]


def test_a_draft_whose_answer_never_came_may_stand_there_once():
    """Nobody can tell whether the product took it; a second one is too many."""
    unanswered = NotedSubmission("S002", 2.0)
    seen = sound(listed=["sub_1", "sub_2"])
    assert verdict(seen, noted(), unanswered).clean
    assert verdict(replace(seen, listed=["sub_1", "sub_2", "sub_3"]), noted(), unanswered).duplicated


def test_a_draft_that_was_not_delivered_must_only_be_there():
    """Its items have no end yet."""
    seen = sound(submissions={"sub_1": shown("draft")}, receipt_items={}, return_items={}, catalogues=[])
    assert verdict(seen, noted(delivered=False)).clean


def test_every_kind_of_finding_makes_a_verdict_unclean():
    kinds: list[Callable[[Verdict], list[Any]]] = [lambda v: v.lost, lambda v: v.duplicated, lambda v: v.stuck]
    for kind in kinds:
        found = Verdict()
        kind(found).append(object())
        assert not found.clean
