"""Numbered rounds in which the person's unit is asked for materials (信息反馈), and the talk after the last (约谈).

Source: seed 002 (三次信息反馈和重点约谈); how many rounds there are is a rule of the office (U).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from contracts.problems import FeedbackRoundsUsed, FieldFault, StateConflict

RoundResult = Literal["provided", "partly_provided", "not_provided"]
"""已补齐, 部分补充, 未提供."""


def next_round(last: int, *, waiting: bool, limit: int) -> int:
    """The number of the round that may be sent now.

    `last`: that of the last one, 0 for none; `waiting`: it is not answered yet (StateConflict). After `limit` rounds
    FeedbackRoundsUsed: from then on the person is talked to.
    """
    if waiting:
        raise StateConflict(state="feedback round open")
    if last >= limit:
        raise FeedbackRoundsUsed(limit=limit)
    return last + 1


def sending_faults(sent_on: date, due_on: date, today: date) -> list[FieldFault]:
    """What is wrong with the days of a round."""
    faults: list[FieldFault] = []
    if sent_on > today:
        faults.append(FieldFault("/sent_on", "date-in-future"))
    if due_on < sent_on:
        faults.append(FieldFault("/due_on", "date-before", {"other": sent_on.isoformat()}))
    return faults


def answer_faults(
    result: RoundResult, evidence: Sequence[str], answered_on: date, sent_on: date, today: date
) -> list[FieldFault]:
    """What is wrong with an answer: what was provided is named, and where nothing was there is nothing to name."""
    faults: list[FieldFault] = []
    if answered_on > today:
        faults.append(FieldFault("/answered_on", "date-in-future"))
    elif answered_on < sent_on:
        faults.append(FieldFault("/answered_on", "date-before", {"other": sent_on.isoformat()}))
    if result == "not_provided" and evidence:
        faults.append(FieldFault("/evidence", "contradiction", {"other": "result"}))
    elif result != "not_provided" and not evidence:
        faults.append(FieldFault("/evidence", "too-few", {"min": 1}))
    return faults
