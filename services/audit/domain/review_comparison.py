"""The two sheets of an opened pair beside one another, member by member (比对).

Agreements pass; every difference goes to the second review (复审). Strict on purpose: 1968.03 and 1968.03.12 are
a difference, because somebody has to say which of them is recognised.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.audit.domain.facts import AuditFact
from services.audit.domain.review import FactEntry, Sheet

NO_ENTRY = "entry"
"""Said where only one of the two has a word on the fact."""

_AS_READ = frozenset({"as_written", "source_page"})
"""Members of a date that tell how and where it was read, not which day it is."""


@dataclass(frozen=True)
class Compared:
    """One fact as both answered. `differs` names the members that are not the same; empty: they agree."""

    fact: AuditFact
    first: FactEntry | None
    second: FactEntry | None
    differs: tuple[str, ...]

    @property
    def agreed(self) -> bool:
        """Whether nothing is left to the second review."""
        return not self.differs


def compare(first: Sheet, second: Sheet) -> tuple[Compared, ...]:
    """Every fact on which at least one of them has a word, in the order of the forms."""
    found: list[Compared] = []
    for fact in AuditFact:
        one, other = first.entry(fact), second.entry(fact)
        if one is not None or other is not None:
            found.append(Compared(fact, one, other, _differs(one, other)))
    return tuple(found)


def _differs(one: FactEntry | None, other: FactEntry | None) -> tuple[str, ...]:
    if one is None or other is None:
        return (NO_ENTRY,)
    return tuple(name for name, told in _MEMBERS.items() if told(one) != told(other))


def _values(entry: FactEntry) -> list[str]:
    return sorted(json.dumps(_said(value.model_dump(mode="json")), sort_keys=True) for value in entry.values)


def _said(plain: Any) -> Any:
    if isinstance(plain, dict):
        return {name: _said(value) for name, value in plain.items() if name not in _AS_READ}  # pyright: ignore
    return plain


def _issues(entry: FactEntry) -> list[tuple[str, str]]:
    return sorted((issue.kind, issue.cause or "") for issue in entry.issues)


_MEMBERS: dict[str, Callable[[FactEntry], object]] = {
    "verdict": lambda entry: entry.verdict,
    "values": _values,
    "earliest_material_id": lambda entry: entry.earliest_material_id,
    "altered": lambda entry: entry.altered,
    "doubtful": lambda entry: entry.doubtful,
    "determined_before": lambda entry: entry.determined_before,
    "issues": _issues,
}
"""What is compared. Of an issue its kind and cause: the wording is each reviewer's own. Notes are not compared."""
