"""What facts of one person cannot be true together, and what is only worth a look.

A date counts against another only where both leave no doubt: a year alone, or a qualified date, tells nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from contracts.events.catalog import KinRelation
from contracts.problems import FieldFault
from contracts.values.partial_date import PartialDate
from contracts.values.ternary import Ternary
from services.catalog.domain.facts import PERIODS, THREE_AGES, Fact, FactKind, Facts

ContradictionCode = Literal["age-unusual", "birth-date-in-id-number", "sex-in-id-number"]


@dataclass(frozen=True)
class FactRules:
    """Ages in full years by kind of fact, and relations by the words of a form (`rules/facts.toml`)."""

    least_age: Mapping[str, int]
    usual_age: Mapping[str, int]
    appellations: Sequence[tuple[re.Pattern[str], KinRelation]]

    def relation_of(self, appellation: str) -> KinRelation | None:
        """The relation that a form's word names, if one is known: 长子 is a child."""
        return next((relation for pattern, relation in self.appellations if pattern.fullmatch(appellation)), None)


@dataclass(frozen=True)
class Contradiction:
    """Two facts that do not fit and may yet both stand in the papers: for a person to look at."""

    code: ContradictionCode
    kinds: tuple[FactKind, FactKind]


def impossible_dates(after: Facts, added: Mapping[str, str], today: date, rules: FactRules) -> list[FieldFault]:
    """The dates of new facts (id → pointer of its line) that cannot be, given all facts as they would stand."""
    faults: list[FieldFault] = []
    for fact in after.every:
        pointer = added.get(fact.fact_id)
        if pointer is not None:
            faults += [FieldFault(f"{pointer}{where}", "date-impossible") for where in _impossible(fact, after, today)]
    if faults:
        return faults
    return list(_against_birth(after, added, rules))


def _impossible(fact: Fact, facts: Facts, today: date) -> Iterator[str]:
    born = facts.date("birth_date")
    if fact.kind in THREE_AGES and fact.date is not None and fact.date.after(today) is Ternary.YES:
        yield "/value/joined_on" if fact.kind == "party" else "/value/date"
    if fact.kind not in PERIODS:
        return
    if fact.valid_from and fact.valid_to and fact.valid_to.before(fact.valid_from) is Ternary.YES:
        yield "/valid_to"
    elif fact.valid_from and born and fact.valid_from.before(born) is Ternary.YES:
        yield "/valid_from"
    elif fact.valid_to and born and fact.valid_to.before(born) is Ternary.YES:
        yield "/valid_to"


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
            yield FieldFault(f"{added[other.fact_id]}/value/{member}", "date-impossible")
        elif born.fact_id in added:
            yield FieldFault(f"{added[born.fact_id]}/value/date", "date-impossible")


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
    return found
