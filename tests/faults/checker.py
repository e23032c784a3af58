"""Compares the notebook with what the product shows: what was lost, doubled, or never came to an end.

Pure: it is given notes and answers of public GETs, so that tests can hand it a product that lies.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.faults.notes import Book, NotedDesk, NotedItem, NotedSubmission

Json = dict[str, Any]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, by the notebook's own name of the submission or item."""

    ref: str
    submission_id: str | None
    what: str


@dataclass
class Verdict:
    """Empty lists are a pass."""

    lost: list[Finding] = field(default_factory=list)
    duplicated: list[Finding] = field(default_factory=list)
    stuck: list[Finding] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not (self.lost or self.duplicated or self.stuck)


@dataclass(frozen=True)
class Entry:
    """One line of some dossier's catalogue."""

    dossier_id: str
    material_id: str
    title: str
    category: str = "3"
    item_no: int = 1


@dataclass(frozen=True)
class Seen:
    """What the public GETs answered. A submission that was answered 404 is None."""

    submissions: Mapping[str, Json | None]
    receipt_items: Mapping[str, Sequence[Json]]
    """Submission → the items of all its receipts."""
    return_items: Mapping[str, Sequence[Json]]
    """Submission → the items of all its return notes."""
    catalogues: Sequence[Entry]
    listed: Collection[str]
    """Every submission that the list shows."""
    register: Sequence[str] = ()
    """The page of each line of the usage register."""
    changes: Sequence[tuple[str, str]] = ()
    """Id and kind of every change at the desk."""


def compare(book: Book, seen: Seen) -> Verdict:
    """Hold every acknowledged write against what is there."""
    verdict = Verdict()
    by_title: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in seen.catalogues:
        by_title[entry.title].append(entry)
    for submission in book.submissions:
        _Case(submission, seen, by_title, verdict).check()
    _strangers(book.submissions, seen, verdict)
    check_desk(book.desk, seen, verdict)
    lines = Counter(seen.register)
    verdict.lost += [
        Finding(page, None, "the page was shown, and the register has no line of it")
        for page in book.viewed - set(lines)
    ]
    verdict.duplicated += [
        Finding(page, None, f"{times} lines of the register for one viewer and page")
        for page, times in lines.items()
        if times > 1
    ]
    return verdict


def _strangers(noted: Sequence[NotedSubmission], seen: Seen, verdict: Verdict) -> None:
    """A draft that was sent once and made twice. One that was never acknowledged may stand there, or not."""
    known = {submission.submission_id for submission in noted}
    unacknowledged = sum(submission.submission_id is None for submission in noted)
    strangers = sorted(set(seen.listed) - known)
    for submission_id in strangers[unacknowledged:]:
        verdict.duplicated.append(Finding("?", submission_id, "a submission that nobody asked for twice"))


@dataclass(frozen=True)
class _Case:
    noted: NotedSubmission
    seen: Seen
    by_title: Mapping[str, Sequence[Entry]]
    verdict: Verdict

    def check(self) -> None:
        noted = self.noted
        if noted.gave_up:
            self._find(self.verdict.stuck, noted.ref, noted.gave_up)
        if noted.submission_id is None:
            return
        shown = self.seen.submissions.get(noted.submission_id)
        if shown is None:
            self._find(self.verdict.lost, noted.ref, "the submission is not there")
            return
        there = {item["id"]: item for item in shown["items"]}
        for item in noted.items:
            if item.item_id not in there:
                self._find(self.verdict.lost, item.ref, "the item is not there")
            elif noted.delivered:
                self._ending(item, there[item.item_id], closed=shown["state"] == "closed")

    def _ending(self, item: NotedItem, shown: Json, *, closed: bool) -> None:
        entries = self.by_title.get(item.title, ())
        if len(entries) > 1:
            self._find(self.verdict.duplicated, item.ref, f"it stands {len(entries)} times in catalogues")
        if not closed:
            self._find(self.verdict.stuck, item.ref, f"the item is still {shown['state']}")
            return
        receipts, notes = self._papers(self.seen.receipt_items, item), self._papers(self.seen.return_items, item)
        if len(receipts) + len(notes) > 1:
            self._find(self.verdict.duplicated, item.ref, f"on {len(receipts)} receipts and {len(notes)} return notes")
        elif not receipts and not notes:
            self._find(self.verdict.lost, item.ref, "closed, but on no receipt and on no return note")
        elif notes and entries:
            self._find(self.verdict.duplicated, item.ref, "it was returned, and stands in a catalogue")
        elif receipts and not entries:
            self._find(self.verdict.lost, item.ref, "it is on a receipt, and in no catalogue")
        elif (item.outcome == "filed") != bool(receipts):
            self._find(self.verdict.lost, item.ref, f"the decision: it should have been {item.outcome}")
        elif receipts and entries[0].material_id != receipts[0]["material_id"]:
            self._find(self.verdict.lost, item.ref, "the receipt names another material than the catalogue")
        elif receipts and shown.get("filed") and _place(shown["filed"]) != (entries[0].category, entries[0].item_no):
            place, ours = f"{entries[0].category}-{entries[0].item_no}", "-".join(map(str, _place(shown["filed"])))
            self._find(self.verdict.stuck, item.ref, f"it stands at {place}, and transfer shows {ours}")

    def _papers(self, papers: Mapping[str, Sequence[Json]], item: NotedItem) -> list[Json]:
        lines = papers.get(self.noted.submission_id or "", ())
        return [line for line in lines if line["item_id"] == item.item_id or line["title"] == item.title]

    def _find(self, where: list[Finding], ref: str, what: str) -> None:
        where.append(Finding(ref, self.noted.submission_id, what))


def _place(filed: Json) -> tuple[str, int]:
    return filed["category"], filed["item_no"]


DESK_KINDS = frozenset({"ordered", "moved", "split", "merged"})
"""Kinds of change of which every act makes one, and knows its id. A removal is known by its row."""


def check_desk(noted: NotedDesk, seen: Seen, verdict: Verdict) -> None:
    """Every acknowledged act is kept once, every row stands where the last act put it, and numbers have no gap."""
    verdict.stuck += [Finding(ref, None, f"desk: {why}") for ref, why in noted.gave_up.items()]
    kept = Counter(change_id for change_id, kind in seen.changes if kind in DESK_KINDS)
    verdict.lost += [
        Finding(ref, None, f"the change {change_id} is not there")
        for change_id, ref in noted.changes.items()
        if change_id not in kept
    ]
    strangers = sorted(set(kept) - set(noted.changes))
    verdict.duplicated += [
        Finding("?", None, f"the change {change_id} was asked for by nobody")
        for change_id in strangers[len(noted.unanswered) :]
    ]
    standing: defaultdict[str, list[str]] = defaultdict(list)
    for entry in seen.catalogues:
        standing[entry.title].append(entry.category)
    for title, place in noted.certain.items():
        found = standing[title]
        if len(found) > 1:
            verdict.duplicated.append(Finding(title, None, f"it stands {len(found)} times in catalogues"))
        elif found != ([place] if place else []):
            verdict.lost.append(Finding(title, None, f"it should stand in {place or 'none'}, and stands in {found}"))
    _numbers(seen, verdict)


def _numbers(seen: Seen, verdict: Verdict) -> None:
    numbers: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for entry in seen.catalogues:
        numbers[entry.dossier_id, entry.category].append(entry.item_no)
    for (dossier_id, category), found in numbers.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            verdict.lost.append(Finding(dossier_id, None, f"the numbers of {category} are {sorted(found)}"))
