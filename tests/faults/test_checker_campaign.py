"""The checker on a campaign: a planted loss, a doubled step and a dossier that stands still are named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.faults.checker import Entry, Verdict
from tests.faults.checker_campaign import STATES, SeenCase, check_cases
from tests.faults.notes import NotedCase, gather

ACTS = (
    "enter",
    "assign",
    "submit.rev_1",
    "submit.rev_2",
    "take_up",
    "table",
    "decide",
    "feed_back",
    "approve",
    "clear",
)
FACTS: dict[str, dict[str, str]] = {
    "enter": {"dossier": "dos_1", "person": "per_1"},
    "assign": {"place": "cdo_1"},
    "submit.rev_1": {"review": "rev_1", "work_start": "1997-08"},
    "submit.rev_2": {"review": "rev_2", "work_start": "1997-09"},
    "approve": {"material_id": "mat_1"},
    "clear": {"list": "cll_1", "clearance": "clr_1"},
}


def note(kind: str, act: str, **facts: str) -> dict[str, Any]:
    return {"note": kind, "ref": "A001", "act": act, "at": 1.0, "case": "A001", **facts}


def noted(until: str = "clear", *more: dict[str, Any]) -> NotedCase:
    """Every act up to this one was acknowledged."""
    acts = ACTS[: ACTS.index(until) + 1]
    lines = [line for act in acts for line in (note("sent", act), note("acknowledged", act, **FACTS.get(act, {})))]
    [case] = gather([*lines, *more]).cases
    return case


def date(day: str) -> dict[str, Any]:
    return {"values": [{"type": "date", "date": {"value": day}}]}


COMPARED = {
    "first_review_id": "rev_1",
    "second_review_id": "rev_2",
    "facts": [{"fact": "work_start_date", "first": date("1997-08"), "second": date("1997-09")}],
}
ROW = {"id": "cdo_1", "state": "filed", "version": 9}
FORM = Entry("dos_1", "mat_1", "干部人事档案专项审核认定表", "5", 1)
IN_FORCE = {"fact": "work_start_date", "approved_at": "2026-11-24T00:00:00Z"}
TAKEN_OVER = {"kind": "work_start", "provenance": {"kind": "determination"}}
SOUND = SeenCase([ROW], COMPARED, [IN_FORCE], [FORM], [TAKEN_OVER], ["clr_1"])


def verdict(case: NotedCase, seen: SeenCase = SOUND) -> Verdict:
    found = Verdict()
    check_cases([case], {"A001": seen}, found)
    return found


def counts(found: Verdict) -> tuple[int, int, int]:
    return len(found.lost), len(found.duplicated), len(found.stuck)


def test_a_dossier_that_went_all_the_way_is_sound():
    assert verdict(noted()).clean


def at(state: str) -> list[dict[str, Any]]:
    return [{**ROW, "state": state, "version": STATES.index(state) + 1}]


OTHERS_SHEET = {**COMPARED, "facts": [{"fact": "work_start_date", "first": date("1990-01"), "second": date("1997-09")}]}


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        (replace(SOUND, rows=[]), (1, 0, 0)),
        (replace(SOUND, rows=at("feedback_signed")), (1, 0, 0)),
        (replace(SOUND, comparison=None), (1, 0, 0)),
        (replace(SOUND, comparison=OTHERS_SHEET), (1, 0, 0)),
        (replace(SOUND, determinations=[{**IN_FORCE, "approved_at": None}]), (1, 0, 0)),
        (replace(SOUND, catalogue=[]), (1, 0, 0)),
        (replace(SOUND, facts=[]), (1, 0, 0)),
        (replace(SOUND, clearances=[]), (1, 0, 0)),
        (replace(SOUND, rows=[ROW, ROW]), (0, 1, 0)),
        (replace(SOUND, rows=[{**ROW, "version": 10}]), (0, 1, 0)),
        (replace(SOUND, determinations=[IN_FORCE, IN_FORCE]), (0, 1, 0)),
        (replace(SOUND, catalogue=[FORM, FORM]), (0, 1, 0)),
        (replace(SOUND, facts=[TAKEN_OVER, TAKEN_OVER]), (0, 1, 0)),
        (replace(SOUND, clearances=["clr_1", "clr_2"]), (0, 1, 0)),
        (replace(SOUND, rows=at("authority_approved")), (0, 0, 1)),
    ],
    ids=[
        *("lost entry", "lost step", "lost pair", "lost sheet", "lost approval", "lost form", "lost fact"),
        *("lost clearance", "two entries", "a move too many", "two determinations", "two forms", "two facts"),
        *("two clearances", "not filed"),
    ],
)
def test_what_is_wrong_is_named(seen: SeenCase, found: tuple[int, int, int]):
    assert counts(verdict(noted(), seen)) == found


def test_an_act_that_was_never_answered_may_have_been_taken():
    """The vote was sent: the dossier stands before it or after it, and nowhere else."""
    case = noted("table", note("sent", "decide"))
    early = replace(SOUND, determinations=(), catalogue=(), facts=(), clearances=())
    assert verdict(case, replace(early, rows=at("collective_determination"))).clean
    assert verdict(case, replace(early, rows=at("feedback"))).clean
    assert counts(verdict(case, replace(early, rows=at("feedback_signed")))) == (0, 1, 0)


def test_one_sheet_alone_opens_nothing():
    case = noted("submit.rev_1")
    nothing = SeenCase(at("first_review"))
    assert verdict(case, nothing).clean
    assert counts(verdict(case, replace(nothing, rows=at("compare")))) == (0, 1, 0)


def test_a_round_that_was_given_up_is_stuck():
    given_up = {"note": "gave_up", "ref": "A001", "act": "case", "at": 1.0, "why": "not-found"}
    case = noted("enter", given_up)
    assert counts(verdict(case, SeenCase(at("planned")))) == (0, 0, 1)
