"""What a request does to a person's facts: which are added, which end, and which take whose place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from contracts.problems import FieldFault
from contracts.values.id_number import IdNumber
from contracts.values.partial_date import PartialDate
from services.catalog.domain.facts import PERIODS, SINGLE, Fact, FactKind, Facts, Provenance

REQUIRED: Final[frozenset[FactKind]] = frozenset(("name",))
"""Kinds that are corrected and never withdrawn: a person has a name."""
_LISTED: Final[frozenset[FactKind]] = frozenset(("former_name", "family"))
_UNDATED: Final = "00000000"


@dataclass(frozen=True)
class FactEntry:
    """One line of a request. Without `corrects` a fact is added; of a kind that has one at a time it takes the
    place of the present one. A correction keeps what it does not name; `withdrawn` ends without a successor.
    `number` is the identity number itself, of which the value holds
    the masked form; `sort_date` stands in for a line without a date among dated ones; `moved` puts a
    correction at the end of its list; `pointer` is where the line
    stands in the request."""

    kind: FactKind
    provenance: Provenance
    value: Mapping[str, Any] | None = None
    valid_from: PartialDate | None = None
    valid_to: PartialDate | None = None
    corrects: str | None = None
    withdrawn: bool = False
    names: frozenset[str] = frozenset()
    sort_date: str | None = None
    number: IdNumber | None = None
    moved: bool = False
    pointer: str = ""


@dataclass(frozen=True)
class Stamp:
    """Who records, when, under which entry; and a fresh id for each line."""

    person_id: str
    entry_id: str
    at: datetime
    by: str
    fact_ids: Sequence[str]


@dataclass(frozen=True)
class Plan:
    """The facts as they will be, what is added and what ends (with its successor), and what is wrong."""

    after: Facts
    added: tuple[Fact, ...]
    ended: tuple[tuple[str, str | None], ...]
    faults: tuple[FieldFault, ...]

    @property
    def kinds(self) -> list[str]:
        """Kinds of which something changes."""
        gone = {fact_id for fact_id, _ in self.ended}
        return sorted({fact.kind for fact in self.added} | {fact.kind for fact in self._before if fact.fact_id in gone})

    @property
    def before(self) -> tuple[Fact, ...]:
        """What was current when it was made."""
        return self._before

    _before: tuple[Fact, ...] = ()


class _Planning:
    def __init__(self, facts: Facts, stamp: Stamp) -> None:
        self.standing = {fact.fact_id: fact for fact in facts.every}
        self.stamp = stamp
        self.added: list[Fact] = []
        self.ended: dict[str, str | None] = {}
        self.faults: list[FieldFault] = []

    def take(self, entry: FactEntry, fact_id: str, position: int) -> None:
        """Add, correct or withdraw; a line at fault changes nothing."""
        earlier = self._earlier(entry)
        if earlier is None and entry.corrects is not None:
            self.faults.append(FieldFault(f"{entry.pointer}/corrects", "unknown-reference"))
            return
        if earlier is not None and earlier.fact_id in self.ended:
            self.faults.append(FieldFault(f"{entry.pointer}/corrects", "duplicate"))
            return
        if entry.withdrawn:
            self._withdraw(entry, earlier)
            return
        fact = self._fact(entry, earlier, fact_id, position)
        if fact is None:
            return
        if not entry.moved and self._stands_already(fact, earlier):
            self.faults.append(FieldFault(entry.pointer, "duplicate"))
            return
        self.added.append(fact)
        if earlier is not None:
            self.ended[earlier.fact_id] = fact.fact_id

    def _earlier(self, entry: FactEntry) -> Fact | None:
        if entry.corrects is not None:
            found = self.standing.get(entry.corrects)
            return found if found is not None and found.kind == entry.kind else None
        if entry.kind in SINGLE:
            return next((fact for fact in self.standing.values() if fact.kind == entry.kind), None)
        return None

    def _withdraw(self, entry: FactEntry, earlier: Fact | None) -> None:
        if earlier is None:
            self.faults.append(FieldFault(f"{entry.pointer}/corrects", "required"))
        elif earlier.kind in REQUIRED:
            self.faults.append(FieldFault(f"{entry.pointer}/withdrawn", "contradiction", {"other": "kind"}))
        elif entry.provenance.reason is None:
            self.faults.append(FieldFault(f"{entry.pointer}/provenance/reason", "required"))
        else:
            self.ended[earlier.fact_id] = None

    def _fact(self, entry: FactEntry, earlier: Fact | None, fact_id: str, position: int) -> Fact | None:
        value = entry.value if entry.value is not None else earlier.value if earlier else None
        if value is None:
            self.faults.append(FieldFault(f"{entry.pointer}/value", "required"))
            return None
        keeps = earlier if entry.corrects is not None else None
        valid_from, valid_to = (
            getattr(keeps, name) if keeps and name not in entry.names else getattr(entry, name)
            for name in ("valid_from", "valid_to")
        )
        if (valid_from or valid_to) and entry.kind not in PERIODS:
            self.faults.append(FieldFault(f"{entry.pointer}/valid_from", "contradiction", {"other": "kind"}))
            return None
        fact = Fact(
            fact_id,
            self.stamp.person_id,
            entry.kind,
            value,
            valid_from,
            valid_to,
            "",
            entry.provenance,
            self.stamp.entry_id,
            self.stamp.at,
            self.stamp.by,
        )
        return replace(fact, sort_key=_sort_key(fact, entry, keeps, position))

    def _stands_already(self, fact: Fact, earlier: Fact | None) -> bool:
        """Whether the very same is current already; a single fact may be settled anew by better evidence."""
        alike = [
            other
            for other in (*self.standing.values(), *self.added)
            if other.fact_id not in self.ended and _says(other) == _says(fact)
        ]
        return any(other is not earlier or other.provenance == fact.provenance for other in alike)


def _says(fact: Fact) -> tuple[Any, ...]:
    return fact.kind, dict(fact.value), fact.valid_from, fact.valid_to


def _sort_key(fact: Fact, entry: FactEntry, keeps: Fact | None, position: int) -> str:
    """By date, then by place in the list; a list is kept in its own order, also through a correction."""
    place = keeps.sort_key[-8:] if keeps and not entry.moved else f"{position:08d}"
    if fact.kind in SINGLE:
        return _UNDATED
    if fact.kind in _LISTED:
        return place
    if fact.kind == "assessment":
        return f"{fact.value['year']:04d}0000-{place}"
    dated = fact.valid_from or fact.valid_to
    return f"{entry.sort_date or (dated.sort_key if dated else _UNDATED)}-{place}"


def plan_changes(facts: Facts, entries: Sequence[FactEntry], stamp: Stamp) -> Plan:
    """Take the lines in order; every fault of every line is found."""
    planning = _Planning(facts, stamp)
    first = 1 + max((int(fact.sort_key[-8:]) for fact in facts.every), default=0)
    for at, (entry, fact_id) in enumerate(zip(entries, stamp.fact_ids, strict=True)):
        planning.take(entry, fact_id, first + at)
    standing = [fact for fact in facts.every if fact.fact_id not in planning.ended]
    ordered = sorted([*standing, *planning.added], key=lambda fact: (fact.kind, fact.sort_key, fact.fact_id))
    return Plan(
        Facts(facts.person_id, tuple(ordered)),
        tuple(planning.added),
        tuple(planning.ended.items()),
        tuple(planning.faults),
        facts.every,
    )
