"""The campaign against the notebook: each acknowledged step of a dossier stands, once, and went as far as it must.

Pure, as the rest of the checker.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.faults.checker import Entry, Finding, Verdict
from tests.faults.notes import NotedCase

Json = dict[str, Any]
WAY: Sequence[tuple[str, str]] = (
    ("planned", "enter"),
    ("first_review", "assign"),
    ("compare", "open"),
    ("second_review", "take_up"),
    ("collective_determination", "table"),
    ("feedback", "decide"),
    ("feedback_signed", "feed_back"),
    ("authority_approved", "approve"),
    ("filed", "file"),
)
"""States in their order, each with the act that leads there: `open` is the second sheet's, `file` the catalog's. A
dossier gains one version with each, so that its version says how often it was moved."""
STATES = [state for state, _ in WAY]
FACT = "work_start"
"""The catalog's name of the fact that the second reviewer settled."""


@dataclass(frozen=True)
class SeenCase:
    """What the public GETs answered about a dossier: its rows in the campaign, both reviews beside each other, what
    stands of each fact, the catalogue, the person's facts with those that ended, and the clearances of its list."""

    rows: Sequence[Json]
    comparison: Json | None = None
    determinations: Sequence[Json] = ()
    catalogue: Sequence[Entry] = ()
    facts: Sequence[Json] = ()
    clearances: Sequence[str] = ()


def check_cases(noted: Sequence[NotedCase], seen: Mapping[str, SeenCase], verdict: Verdict) -> None:
    """Every dossier that entered the campaign."""
    for case in noted:
        if case.gave_up:
            verdict.stuck.append(Finding(case.ref, None, f"campaign: {case.gave_up}"))
        if "enter" in case.done:
            _Check(case, seen.get(case.ref, SeenCase(())), verdict).check()


@dataclass(frozen=True)
class _Check:
    case: NotedCase
    seen: SeenCase
    verdict: Verdict

    def check(self) -> None:
        if len(self.seen.rows) > 1:
            self._doubled(f"it stands {len(self.seen.rows)} times in the campaign")
        if not self.seen.rows:
            self._lost("the dossier is not in the campaign")
            return
        self._way(self.seen.rows[0])
        self._reviews()
        self._in_force()
        if "clear" in self.case.done and self.case.ids["clearance"] not in self.seen.clearances:
            self._lost(f"the clearance {self.case.ids['clearance']} is not there")
        if len(self.seen.clearances) > 1:
            self._doubled(f"{len(self.seen.clearances)} clearances of one request")

    def _way(self, row: Json) -> None:
        """It stands no earlier than the last acknowledged act, no later than the last one that was sent, and was
        moved once by each."""
        done, maybe = set(self.case.done), self.case.done | self.case.unanswered
        done |= {"open"} if len(self.case.handed_in) == 2 else set()
        maybe |= {"open"} if sum(act.startswith("submit.") for act in maybe) == 2 else set()
        maybe |= {"assign"}  # whoever gives dossiers out takes all that wait
        maybe |= {"file"} if "approve" in maybe else set()
        reached, at = _last(done), STATES.index(row["state"])
        if at < reached:
            self._lost(f"it should be {STATES[reached]}, and is {row['state']}")
        elif at > _last(maybe):
            self._doubled(f"it is {row['state']}, where nobody has taken it")
        elif row["version"] != at + 1:
            self._doubled(f"it was moved {row['version'] - 1} times on the way to {row['state']}")
        elif "approve" in done and row["state"] != "filed":
            self._stuck(f"it is {row['state']}: its form was never filed")

    def _reviews(self) -> None:
        """Both sheets are as they were handed in."""
        if len(self.case.handed_in) < 2:
            return
        compared = self.seen.comparison
        if compared is None:
            self._lost("the pair was never opened")
            return
        entry = next((one for one in compared["facts"] if one["fact"] == "work_start_date"), None)
        for which in ("first", "second"):
            review_id = compared[f"{which}_review_id"]
            found = entry[which]["values"][0]["date"]["value"] if entry and entry[which] else None
            if found != self.case.handed_in.get(review_id):
                self._lost(f"the review {review_id} says {found}, not {self.case.handed_in.get(review_id)}")

    def _in_force(self) -> None:
        """What was approved is in force, and carried out once by the catalog."""
        times = Counter(one["fact"] for one in self.seen.determinations)
        for fact in [fact for fact, many in times.items() if many > 1]:
            self._doubled(f"{times[fact]} determinations of {fact}")
        if "approve" not in self.case.done:
            return
        if not times or not all(one["approved_at"] for one in self.seen.determinations):
            self._lost("approved, and not every determination is in force")
        filed = sum(entry.material_id == self.case.ids["material_id"] for entry in self.seen.catalogue)
        kept = sum(fact["kind"] == FACT and fact["provenance"]["kind"] == "determination" for fact in self.seen.facts)
        for what, many in (("the form stands", filed), ("the fact was taken over", kept)):
            if many == 0:
                self._lost(f"{what} nowhere")
            elif many > 1:
                self._doubled(f"{what} {many} times")

    def _lost(self, what: str) -> None:
        self.verdict.lost.append(Finding(self.case.ref, None, what))

    def _doubled(self, what: str) -> None:
        self.verdict.duplicated.append(Finding(self.case.ref, None, what))

    def _stuck(self, what: str) -> None:
        self.verdict.stuck.append(Finding(self.case.ref, None, what))


def _last(acts: set[str]) -> int:
    return max(at for at, (_, act) in enumerate(WAY) if act in acts)
