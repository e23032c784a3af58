"""Words of facts against the dictionaries that list them (民族、学历、学位 …).

Where the manual has a closed list (GB/T 3304 knows 56 ethnic groups) a word that is not in it is refused; elsewhere
people may write other words too. A word that has ended, or went over into another, is no longer written anew. What
stands already stays as it was written: a correction that keeps the word keeps it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from contracts.problems import FieldFault
from services.catalog.domain.facts import Fact, FactKind

MEMBERS: Final[Mapping[FactKind, str]] = {
    "ethnicity": "text",
    "party": "party",
    "health": "text",
    "rank": "text",
    "education": "level",
    "degree": "degree",
    "assessment": "grade",
}
"""Kinds of which a dictionary lists a word, and the member that holds it."""
MOST_NEAR: Final = 5


@dataclass(frozen=True)
class Word:
    """A word of a dictionary. `instead` is the one that it went over into; the days are the first and last of use."""

    text: str
    valid_from: date | None = None
    valid_to: date | None = None
    instead: str | None = None

    def may_be_written(self, day: date) -> bool:
        """Whether it stands for itself on this day."""
        begun, over = self.valid_from is None or self.valid_from <= day, self.valid_to and self.valid_to < day
        return self.instead is None and begun and not over


def word_of(fact: Fact) -> str | None:
    """The word that a dictionary may list; None in a kind that has none."""
    member = MEMBERS.get(fact.kind)
    return None if member is None else fact.value[member]


def word_faults(
    added: Mapping[str, Fact],
    before: Iterable[Fact],
    words: Mapping[FactKind, Sequence[Word]],
    closed: Collection[FactKind],
    today: date,
) -> list[FieldFault]:
    """New facts, by pointer, whose word may not be written; with what may be written instead, the nearest first.

    A fact of a period is judged by the day on which it begins, as far as that is known: old words were right then.
    """
    kept = {(fact.kind, word_of(fact)) for fact in before}
    faults: list[FieldFault] = []
    for pointer, fact in added.items():
        word, known = word_of(fact), words.get(fact.kind, ())
        if word is None or not known or (fact.kind, word) in kept:
            continue
        day = _day_of(fact, today)
        found = [one for one in known if one.text == word]
        if any(one.may_be_written(day) for one in found) or (not found and fact.kind not in closed):
            continue
        params: dict[str, Any] = {"allowed": ", ".join(_nearest(word, found, known, day))}
        faults.append(FieldFault(f"{pointer}/value/{MEMBERS[fact.kind]}", "not-allowed-value", params))
    return faults


def _day_of(fact: Fact, today: date) -> date:
    if fact.kind == "assessment":
        return min(date(fact.value["year"], 12, 31), today)
    return min(fact.valid_from.latest, today) if fact.valid_from else today


def _nearest(word: str, found: Sequence[Word], known: Sequence[Word], day: date) -> list[str]:
    """The word that took its place, then those that look like it, then the first of the list."""
    open_words = [one.text for one in known if one.may_be_written(day)]
    successors = [one.instead for one in found if one.instead in open_words]
    alike = get_close_matches(word, open_words, n=MOST_NEAR, cutoff=0.4)
    return list(dict.fromkeys([*filter(None, successors), *alike, *open_words]))[:MOST_NEAR]
