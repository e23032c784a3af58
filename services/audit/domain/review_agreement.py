"""How far two reviewers agree: the share of facts without any difference, and Cohen's kappa of their verdicts.

Kappa = (po − pe) / (1 − pe): po is the share of facts on which the verdict is the same, pe the share that two
people with these habits would reach by chance (J. Cohen, A coefficient of agreement for nominal scales, 1960).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Tally:
    """So many facts to which the two gave these verdicts (None: no word), `agreed` of them without any difference."""

    first: str | None
    second: str | None
    count: int
    agreed: int


@dataclass(frozen=True)
class Agreement:
    """`kappa` is None where chance explains all: both always gave one and the same verdict, or nothing was compared."""

    compared: int
    agreed: int
    kappa: Fraction | None

    @property
    def percent(self) -> float | None:
        """Facts without any difference, in per cent with two places; None where nothing was compared."""
        return round(100 * self.agreed / self.compared, 2) if self.compared else None


def agreement(tallies: Iterable[Tally]) -> Agreement:
    """Sum up. A fact on which one of them has no word counts as a difference, and has no part in kappa."""
    compared = agreed = 0
    table: Counter[tuple[str, str]] = Counter()
    for tally in tallies:
        compared += tally.count
        agreed += tally.agreed
        if tally.first is not None and tally.second is not None:
            table[tally.first, tally.second] += tally.count
    return Agreement(compared, agreed, kappa(table))


def kappa(table: Mapping[tuple[str, str], int]) -> Fraction | None:
    """Cohen's kappa of a table (first verdict, second verdict) → count, exactly; None where it is not defined."""
    total = sum(table.values())
    if not total:
        return None
    rows: Counter[str] = Counter()
    columns: Counter[str] = Counter()
    for (first, second), count in table.items():
        rows[first] += count
        columns[second] += count
    observed = Fraction(sum(count for (first, second), count in table.items() if first == second), total)
    by_chance = Fraction(sum(rows[verdict] * columns[verdict] for verdict in rows), total * total)
    return None if by_chance == 1 else (observed - by_chance) / (1 - by_chance)
