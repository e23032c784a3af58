"""Order inside a category or subclass, and the numbers that follow from it (classification rules, 3 and 4).

By time, earliest first; by rank of content first where the scheme says so, and there case by case. An annex
follows its form, and what an archivist pinned stands behind the material that it was put behind. A missing month
or day counts as 00, a missing date as all zeros; what is still equal keeps the sequence in which it was filed, so
that the order is total. Numbers run from 1 without a gap.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracts.values.partial_date import PartialDate
from services.catalog.domain.scheme import Scheme

_UNDATED: Final = "00000000"


@dataclass(frozen=True)
class Placed:
    """A material of one category as its order sees it. `item_no` is its present number, None when it is new.

    `sequence` counts filings of the dossier and is unique in it. `case_id` names the question that a review
    answered, `review_no` which review of it (None: the first). `annex_of` names the form that it was annexed to.
    `pin_after` is the material that a pinned one stands behind, None at the head. `resume` marks a résumé form
    where the scheme puts the newest first.
    """

    material_id: str
    rank: int
    formed_key: str
    sequence: int
    item_no: int | None = None
    case_id: str | None = None
    review_no: int | None = None
    annex_of: str | None = None
    pinned: bool = False
    pin_after: str | None = None
    resume: bool = False


@dataclass(frozen=True)
class Arrangement:
    """How a category is ordered: `by_cases` groups it by question; `head_rank` stands at the head of its group,
    `evidence_rank` at its end where a question was reviewed more than once (classification rules, 3)."""

    by_cases: bool = False
    head_rank: int = 0
    evidence_rank: int = 0


PLAIN: Final = Arrangement()
"""By rank, time and sequence alone."""


def arrangement_of(place: str, scheme: Scheme) -> Arrangement:
    """How the scheme orders the category of this code."""
    rules = scheme.order
    return Arrangement(True, rules.head_rank, rules.evidence_rank) if place in rules.case_categories else PLAIN


def is_leading_resume(title: str, place: str, scheme: Scheme) -> bool:
    """Whether it is a résumé form that stands first when it is the newest (classification rules, 3)."""
    leads = scheme.order.latest_resume_first == "order" and place == "1"
    return leads and scheme.order.resume.search(title) is not None


def formed_key(formed_on: PartialDate | None) -> str:
    """Eight digits to order by, a missing part as 00; a missing date stands first."""
    return _UNDATED if formed_on is None else formed_on.sort_key


def order_key(placed: Placed) -> tuple[int, str, int]:
    """Rank, then time, then filing sequence."""
    return placed.rank, placed.formed_key, placed.sequence


def arrange(category: Iterable[Placed], arrangement: Arrangement = PLAIN) -> list[Placed]:
    """All materials of one category in their order, whatever order they come in."""
    present = list(category)
    natural = _by_cases(present, arrangement) if arrangement.by_cases else sorted(present, key=order_key)
    if resumes := [placed for placed in natural if placed.resume]:
        latest = max(resumes, key=lambda placed: (placed.formed_key, placed.sequence))
        natural = [latest, *(placed for placed in natural if placed is not latest)]
    if any(placed.pinned or placed.annex_of for placed in natural):
        return _attached(natural)
    return natural


def number(category: Iterable[Placed], arrangement: Arrangement = PLAIN) -> dict[str, int]:
    """Item numbers 1…n of all materials of one category, whatever order they come in."""
    return {placed.material_id: no for no, placed in enumerate(arrange(category, arrangement), start=1)}


def renumber(category: Iterable[Placed], arrangement: Arrangement = PLAIN) -> dict[str, int]:
    """The numbers that must change, new materials included; the rest keep theirs."""
    ordered = arrange(category, arrangement)
    return {placed.material_id: no for no, placed in enumerate(ordered, start=1) if placed.item_no != no}


def _by_cases(present: Sequence[Placed], arrangement: Arrangement) -> list[Placed]:
    """Questions in order of their first review; what belongs to no question is one group more."""
    groups: dict[str | None, list[Placed]] = defaultdict(list)
    for placed in present:
        groups[placed.case_id].append(placed)
    ordered = sorted(groups.values(), key=_first_review)
    return [placed for group in ordered for placed in sorted(group, key=_case_key(group, arrangement))]


def _first_review(group: Sequence[Placed]) -> tuple[str, int]:
    # An undated paper of a question does not make it the oldest.
    dated = [placed.formed_key for placed in group if placed.formed_key != _UNDATED]
    return min(dated, default=_UNDATED), min(placed.sequence for placed in group)


def _case_key(group: Sequence[Placed], arrangement: Arrangement) -> Any:
    """The latest review first, each by rank; of several reviews all evidence comes last, by time."""
    several = len({placed.review_no or 1 for placed in group}) > 1

    def key(placed: Placed) -> tuple[int, int, int, str, int]:
        latest_first = -(placed.review_no or 1)
        if placed.rank == arrangement.head_rank:
            return 0, latest_first, *order_key(placed)
        if several and placed.rank == arrangement.evidence_rank:
            return 2, 0, *order_key(placed)
        return 1, latest_first, *order_key(placed)

    return key


def _attached(natural: Sequence[Placed]) -> list[Placed]:
    """Put what is pinned or annexed behind what it belongs to; where that is not here, it stands by itself."""
    here = {placed.material_id for placed in natural}
    pinned: dict[str | None, list[Placed]] = defaultdict(list)
    annexed: dict[str | None, list[Placed]] = defaultdict(list)
    roots: list[Placed] = []
    for placed in natural:
        if placed.pinned and (placed.pin_after is None or placed.pin_after in here):
            pinned[placed.pin_after].append(placed)
        elif not placed.pinned and placed.annex_of in here:
            annexed[placed.annex_of].append(placed)
        else:
            roots.append(placed)
    ordered: list[Placed] = []
    seen: set[str] = set()
    # What hangs on itself by a chain of others is reached by no root: the last pass puts it where it is by nature.
    for start in (*pinned[None], *roots, *natural):
        for placed in _with_followers(start, pinned, annexed, seen):
            ordered.append(placed)
    return ordered


def _with_followers(
    start: Placed, pinned: dict[str | None, list[Placed]], annexed: dict[str | None, list[Placed]], seen: set[str]
) -> Iterator[Placed]:
    """A material, then those that hang on it, each with its own; pinned ones stand nearest."""
    waiting = [start]
    while waiting:
        placed = waiting.pop()
        if placed.material_id in seen:
            continue
        seen.add(placed.material_id)
        yield placed
        followers = (*pinned.get(placed.material_id, ()), *annexed.get(placed.material_id, ()))
        waiting.extend(reversed(followers))
