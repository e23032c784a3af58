"""What facts of one person cannot be true together, and what is only worth a look.

A date counts against another only where both leave no doubt: a year alone, or a qualified date, tells nothing.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from contracts.events.catalog import KinRelation
from contracts.problems import FieldFault
from contracts.values.partial_date import PartialDate
from contracts.values.ternary import Ternary
from services.catalog.domain.facts import PERIODS, THREE_AGES, Fact, FactKind, Facts

ContradictionCode = Literal[
    "age-unusual", "birth-date-in-id-number", "sex-in-id-number", "resume-gap", "resume-overlap"
]
DATE_FAULTS: Final = frozenset(("date-impossible", "date-in-future", "date-before", "age-too-low"))
"""Faults of a date: a request that has no others is refused as `date-impossible`."""
_OWN_DATES: Final[Mapping[FactKind, str]] = {
    "birth_date": "/value/date",
    "work_start": "/value/date",
    "party": "/value/joined_on",
    "family": "/value/birth_date",
}
"""Where a kind keeps a date that cannot lie ahead."""


@dataclass(frozen=True)
class FactRules:
    """Ages in full years by kind of fact, and relations by the words of a form (`rules/facts.toml`).

    Of the kinds in `closed` only words of their dictionary may be written.
    """

    least_age: Mapping[str, int]
    usual_age: Mapping[str, int]
    appellations: Sequence[tuple[re.Pattern[str], KinRelation]]
    closed: frozenset[FactKind]

    def relation_of(self, appellation: str) -> KinRelation | None:
        """The relation that a form's word names, if one is known: 长子 is a child."""
        return next((relation for pattern, relation in self.appellations if pattern.fullmatch(appellation)), None)


@dataclass(frozen=True)
class Contradiction:
    """Two facts that do not fit and may yet both stand in the papers: for a person to look at. `at` is the month in
    which two lines of the résumé part, or lie over one another."""

    code: ContradictionCode
    kinds: tuple[FactKind, FactKind]
    at: str | None = None


def impossible_dates(after: Facts, added: Mapping[str, str], today: date, rules: FactRules) -> list[FieldFault]:
    """The dates of new facts (id → pointer of its line) that cannot be, given all facts as they would stand."""
    faults: list[FieldFault] = []
    for fact in after.every:
        pointer = added.get(fact.fact_id)
        if pointer is not None:
            found = _impossible(fact, after, today)
            faults += [FieldFault(f"{pointer}{where}", code, params) for where, code, params in found]
    if faults:
        return faults
    return list(_against_birth(after, added, rules))


_Impossible = tuple[str, str, Mapping[str, Any] | None]


def _impossible(fact: Fact, facts: Facts, today: date) -> Iterator[_Impossible]:
    """Where in a fact, by which fault, with what to fill into its words."""
    own = _own_date(fact)
    if own is not None and own.after(today) is Ternary.YES:
        yield _OWN_DATES[fact.kind], "date-in-future", None
    if fact.kind == "assessment" and fact.value["year"] > today.year:
        yield "/value/year", "date-in-future", None
    if fact.kind in PERIODS:
        yield from _impossible_period(fact, facts.date("birth_date"))


def _own_date(fact: Fact) -> PartialDate | None:
    if fact.kind in THREE_AGES:
        return fact.date
    told = fact.value.get("birth_date") if fact.kind == "family" else None
    return None if told is None else PartialDate.model_validate(told)


def _impossible_period(fact: Fact, born: PartialDate | None) -> Iterator[_Impossible]:
    if fact.valid_from and fact.valid_to and fact.valid_to.before(fact.valid_from) is Ternary.YES:
        yield "/valid_to", "date-before", {"other": "valid_from"}
    elif fact.valid_from and born and fact.valid_from.before(born) is Ternary.YES:
        yield "/valid_from", "date-before", {"other": "birth_date"}
    elif fact.valid_to and born and fact.valid_to.before(born) is Ternary.YES:
        yield "/valid_to", "date-before", {"other": "birth_date"}


def _against_birth(facts: Facts, added: Mapping[str, str], rules: FactRules) -> Iterator[FieldFault]:
    """Work or party before the least age. The new date is at fault; where both are new, the later-standing one."""
    born = facts.one("birth_date")
    if born is None or born.date is None:
        return
    dated: tuple[tuple[FactKind, str], ...] = (("work_start", "date"), ("party", "joined_on"))
    for kind, member in dated:
        other = facts.one(kind)
        if other is None or other.date is None or not _younger(born.date, other.date, rules.least_age[kind]):
            continue
        if other.fact_id in added:
            yield FieldFault(f"{added[other.fact_id]}/value/{member}", "age-too-low", {"min": rules.least_age[kind]})
        elif born.fact_id in added:
            yield FieldFault(f"{added[born.fact_id]}/value/date", "age-too-low", {"min": rules.least_age[kind]})


def _younger(born: PartialDate, then: PartialDate, years: int) -> bool:
    """Whether somebody born on `born` was certainly not yet `years` old on `then`."""
    if born.qualifier or then.qualifier:
        return False
    first = born.earliest
    return (then.latest.year - first.year, then.latest.month, then.latest.day) < (years, first.month, first.day)


def contradictions(facts: Facts, rules: FactRules, id_number: tuple[date, str] | None = None) -> list[Contradiction]:
    """What does not fit among the current facts; `id_number` is the birth date and the sex inside the number."""
    found: list[Contradiction] = []
    born = facts.date("birth_date")
    dated: tuple[FactKind, ...] = ("work_start", "party")
    for kind in dated:
        then = facts.date(kind)
        if born and then and _younger(born, then, rules.usual_age[kind]):
            found.append(Contradiction("age-unusual", ("birth_date", kind)))
    if id_number is not None:
        if born and born.same_day(id_number[0]) is Ternary.NO:
            found.append(Contradiction("birth-date-in-id-number", ("birth_date", "id_number")))
        if facts.sex and facts.sex != id_number[1]:
            found.append(Contradiction("sex-in-id-number", ("sex", "id_number")))
    return [*found, *_resume_breaks(facts)]


def _resume_breaks(facts: Facts) -> Iterator[Contradiction]:
    """Where the résumé is not continuous to the month (form rules). A line without a month, or without dates, as one
    that tells what happened meanwhile, breaks nothing."""
    lines = [fact for fact in facts.of("resume") if fact.valid_from is not None and fact.valid_from.month is not None]
    for earlier, later in itertools.pairwise(lines):
        ends, begins = earlier.valid_to, later.valid_from
        if begins is None or (ends is not None and ends.month is None):
            continue
        passed = 0 if ends is None else _months(begins) - _months(ends)
        if ends is None or passed < 0:
            yield Contradiction("resume-overlap", ("resume", "resume"), begins.value[:7])
        elif passed > 1:
            yield Contradiction("resume-gap", ("resume", "resume"), ends.value[:7])


def _months(day: PartialDate) -> int:
    return 12 * day.year + (day.month or 0)
