"""The notebook's file: each write is on the disk before it is sent, and its acknowledgement after it came.

One JSON object a line. Only what this file says was acknowledged is held against the product.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Outcome = Literal["filed", "returned"]


class Notes:
    """Appends to one file and syncs it; `acknowledged` counts the writes that were."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self.acknowledged = 0

    def sent(self, ref: str, act: str, **facts: Any) -> None:
        """Call it before the request leaves."""
        self._write({"note": "sent", "ref": ref, "act": act, "at": time.time(), **facts})

    def answered(self, ref: str, act: str, **facts: Any) -> None:
        """Call it when the product has acknowledged the request."""
        self._write({"note": "acknowledged", "ref": ref, "act": act, "at": time.time(), **facts})
        self.acknowledged += 1

    def refused(self, ref: str, act: str, why: str) -> None:
        """The product refused it as it may: nothing of it has happened."""
        self._write({"note": "refused", "ref": ref, "act": act, "at": time.time(), "why": why})

    def gave_up(self, ref: str, act: str, why: str) -> None:
        """The product went on refusing what it should have taken."""
        self._write({"note": "gave_up", "ref": ref, "act": act, "at": time.time(), "why": why})

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Nothing more is noted."""
        self._file.close()


@dataclass
class NotedItem:
    """One material: its title is its own in the whole run. `outcome` is what the auditors' script decides."""

    ref: str
    title: str
    outcome: Outcome
    item_id: str | None = None


@dataclass
class NotedSubmission:
    """What was asked for under one ref, and what the product acknowledged of it."""

    ref: str
    begun_at: float
    submission_id: str | None = None
    delivered: bool = False
    items: list[NotedItem] = field(default_factory=list)
    gave_up: str | None = None


@dataclass
class NotedDesk:
    """What the archivist did at the desk. `changes` are those acknowledged, by id with their ref; `places` says by
    title where a row stands after the last act on it, None for nowhere.

    `unanswered` are acts that nobody can tell of whether they were taken, each with the titles that it was about.
    """

    changes: dict[str, str] = field(default_factory=dict[str, str])
    places: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    unanswered: dict[tuple[str, str], list[str]] = field(default_factory=dict[tuple[str, str], "list[str]"])
    gave_up: dict[str, str] = field(default_factory=dict[str, str])

    def hear(self, line: dict[str, Any]) -> None:
        """One note of an act at the desk."""
        place = line["ref"], line["act"]
        if line["note"] == "sent":
            self.unanswered[place] = list(line["after"])
        elif line["note"] == "acknowledged":
            self.unanswered.pop(place, None)
            self.places |= line["after"]
            if line.get("id", "").startswith("chg_"):
                self.changes[line["id"]] = line["ref"]

    @property
    def certain(self) -> dict[str, str | None]:
        """`places` without the titles of acts that were never answered."""
        doubtful = {title for titles in self.unanswered.values() for title in titles}
        return {title: place for title, place in self.places.items() if title not in doubtful}


@dataclass
class NotedCase:
    """A dossier on its way through the campaign: acts that were acknowledged and those that nobody can tell of, the
    beginning of work by the review that was handed in with it, and ids that the product told."""

    ref: str
    done: set[str] = field(default_factory=set[str])
    unanswered: set[str] = field(default_factory=set[str])
    handed_in: dict[str, str] = field(default_factory=dict[str, str])
    ids: dict[str, str] = field(default_factory=dict[str, str])
    gave_up: str | None = None

    def hear(self, line: dict[str, Any]) -> None:
        """One note of an act on it."""
        act = line["act"]
        if line["note"] == "sent":
            self.unanswered.add(act)
        elif line["note"] == "acknowledged":
            self.unanswered.discard(act)
            self.done.add(act)
            if "review" in line:
                self.handed_in[line["review"]] = line["work_start"]
        told = ("dossier", "person", "place", "material_id", "list", "clearance")
        self.ids |= {name: line[name] for name in told if name in line}


@dataclass(frozen=True)
class Book:
    """All that a notes file says: submissions in the order in which they were begun, pages that were shown, what was
    done at the desk, and in the campaign."""

    submissions: list[NotedSubmission]
    viewed: frozenset[str] = frozenset()
    desk: NotedDesk = field(default_factory=NotedDesk)
    cases: list[NotedCase] = field(default_factory=list[NotedCase])


def read(path: Path) -> Book:
    """The whole of a notes file."""
    with path.open(encoding="utf-8") as lines:
        return gather(json.loads(line) for line in lines)


def gather(lines: Iterable[dict[str, Any]]) -> Book:
    """Put the notes of each submission together."""
    found: dict[str, NotedSubmission] = {}
    items: dict[str, NotedItem] = {}
    viewed: set[str] = set()
    desk = NotedDesk()
    cases: dict[str, NotedCase] = {}
    for line in lines:
        ref, act, acknowledged = line["ref"], line["act"], line["note"] == "acknowledged"
        if "desk" in line:
            desk.hear(line)
        elif "case" in line:
            cases.setdefault(ref, NotedCase(ref)).hear(line)
        elif act == "case":
            cases.setdefault(ref, NotedCase(ref)).gave_up = line["why"]
        elif line["note"] == "refused":
            desk.unanswered.pop((ref, act), None)
        elif act == "desk":
            desk.gave_up[ref] = line["why"]
        elif act == "draft" and line["note"] == "sent":
            found.setdefault(ref, NotedSubmission(ref, line["at"]))  # the first of several attempts
        elif act == "draft" and acknowledged:
            found[ref].submission_id = line["id"]
        elif act == "item" and line["note"] == "sent":
            items[ref] = NotedItem(ref, line["title"], line["outcome"])
        elif act == "item" and acknowledged:
            items[ref].item_id = line["id"]
            found[line["of"]].items.append(items[ref])
        elif act == "deliver" and acknowledged:
            found[ref].delivered = True
        elif act == "view" and acknowledged:
            viewed.add(ref)
        if line["note"] == "gave_up" and line.get("of", ref) in found:
            found[line.get("of", ref)].gave_up = f"{act}: {line['why']}"
    return Book(list(found.values()), frozenset(viewed), desk, list(cases.values()))
