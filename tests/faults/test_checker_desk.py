"""The checker on changes at the desk: what is lost, doubled or stuck is named; what nobody can tell is not held against
the product."""

from dataclasses import replace
from typing import Any

import pytest

from tests.faults.checker import Entry, Finding, Seen, Verdict, compare
from tests.faults.notes import Book, NotedDesk, gather
from tests.faults.test_checker import ENTRY, FILED, noted, paper, shown, sound

ROW = Entry("dos_1", "mat_7", "平时考核材料（D001-1）", "10", 1)


def note(kind: str, act: str, after: dict[str, str | None], **facts: Any) -> dict[str, Any]:
    return {"note": kind, "ref": "D001", "act": act, "at": 1.0, "desk": "dos_1", "after": after, **facts}


def at_the_desk(*more: dict[str, Any]) -> NotedDesk:
    """One row entered and moved."""
    lines = [
        note("sent", "enter", {ROW.title: "3"}),
        note("acknowledged", "enter", {ROW.title: "3"}),
        note("sent", "move.1", {ROW.title: "10"}),
        {"note": "refused", "ref": "D001", "act": "move.1", "at": 1.0, "why": "version-stale"},
        note("sent", "move.2", {ROW.title: "10"}),
        note("acknowledged", "move.2", {ROW.title: "10"}, id="chg_1"),
    ]
    return gather([*lines, *more]).desk


def seen(**changes: Any) -> Seen:
    """What a product without fault answers."""
    return replace(sound(catalogues=[ENTRY, ROW], changes=[("chg_1", "moved"), ("chg_8", "removed")]), **changes)


def verdict(told: Seen, desk: NotedDesk | None = None) -> Verdict:
    return compare(Book([noted()], desk=desk or at_the_desk()), told)


def whats(found: list[Finding]) -> list[str]:
    return [one.ref for one in found]


def test_a_desk_whose_acts_are_all_there_is_sound():
    assert verdict(seen()).clean


@pytest.mark.parametrize(
    ("told", "ref"),
    [
        (seen(changes=[]), "D001"),
        (seen(catalogues=[ENTRY]), ROW.title),
        (seen(catalogues=[ENTRY, replace(ROW, category="3", item_no=2)]), ROW.title),
        (seen(catalogues=[ENTRY, replace(ROW, item_no=2)]), "dos_1"),
    ],
    ids=["the change", "the row", "the move", "a number"],
)
def test_an_acknowledged_act_that_is_not_there_is_lost(told: Seen, ref: str):
    found = verdict(told)
    assert (whats(found.lost), found.duplicated, found.stuck) == ([ref], [], [])


@pytest.mark.parametrize(
    ("told", "ref"),
    [
        (seen(changes=[("chg_1", "moved"), ("chg_2", "moved")]), "?"),
        (seen(catalogues=[ENTRY, ROW, replace(ROW, material_id="mat_8", item_no=2)]), ROW.title),
    ],
    ids=["a change", "a row"],
)
def test_an_act_that_took_effect_twice_is_duplicated(told: Seen, ref: str):
    found = verdict(told)
    assert (found.lost, whats(found.duplicated), found.stuck) == ([], [ref], [])


def test_a_row_that_was_taken_out_must_be_gone():
    gone = at_the_desk(note("sent", "approve", {ROW.title: None}), note("acknowledged", "approve", {ROW.title: None}))
    assert verdict(seen(catalogues=[ENTRY]), gone).clean
    assert whats(verdict(seen(), gone).lost) == [ROW.title]


def test_an_act_that_was_never_answered_may_have_been_taken_once():
    """Its rows may stand either way; a second change is one too many."""
    open_end = at_the_desk(note("sent", "move.3", {ROW.title: "9-1"}))
    moved = seen(catalogues=[ENTRY, replace(ROW, category="9-1")], changes=[("chg_1", "moved"), ("chg_2", "moved")])
    assert verdict(seen(), open_end).clean
    assert verdict(moved, open_end).clean
    assert verdict(replace(moved, changes=[*moved.changes, ("chg_3", "moved")]), open_end).duplicated


def test_a_round_that_was_given_up_is_stuck():
    given_up = at_the_desk({"note": "gave_up", "ref": "D001", "act": "desk", "at": 1.0, "why": "not-found"})
    assert whats(verdict(seen(), given_up).stuck) == ["D001"]


def test_a_place_that_transfer_has_not_heard_of_is_stuck():
    """Its item shows where the material stood before."""
    item = {"id": "itm_1", "state": "filed", "filed": {"category": "3", "item_no": 1}}
    closed = shown() | {"items": [item, shown()["items"][1]]}
    answers = seen(submissions={"sub_1": closed}, receipt_items={"sub_1": [paper(FILED, "mat_1")]})
    assert verdict(answers).clean
    elsewhere = replace(answers, catalogues=[replace(ENTRY, category="9-1"), ROW])
    assert whats(verdict(elsewhere).stuck) == [FILED.ref]
