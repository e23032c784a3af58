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


@dataclass(frozen=True)
class Book:
    """All that a notes file says: submissions in the order in which they were begun, and pages that were shown."""

    submissions: list[NotedSubmission]
    viewed: frozenset[str] = frozenset()


def read(path: Path) -> Book:
    """The whole of a notes file."""
    with path.open(encoding="utf-8") as lines:
        return gather(json.loads(line) for line in lines)


def gather(lines: Iterable[dict[str, Any]]) -> Book:
    """Put the notes of each submission together."""
    found: dict[str, NotedSubmission] = {}
    items: dict[str, NotedItem] = {}
    viewed: set[str] = set()
    for line in lines:
        ref, act, acknowledged = line["ref"], line["act"], line["note"] == "acknowledged"
        if act == "draft" and line["note"] == "sent":
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
    return Book(list(found.values()), frozenset(viewed))
