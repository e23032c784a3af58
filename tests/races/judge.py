"""What came of pairs: one winner each, its effect there once, and a loser who was told why.

Pure, so that tests can hand it a product that lies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

DONE = "done"


@dataclass(frozen=True)
class Outcome:
    """What one of a pair was answered: `done`, the code of a refusal, or the name of an error that is none."""

    who: str
    answer: str


@dataclass(frozen=True)
class Terms:
    """How a rule's pairs may come out: how many win, and with which codes the others lose. `once` are effects that
    stand exactly once, whoever brought them about."""

    losers: frozenset[str]
    winners: frozenset[int] = frozenset({1})
    once: tuple[str, ...] = ()


@dataclass
class Score:
    """One line of the table."""

    pairs: int = 0
    winners: Counter[int] = field(default_factory=Counter[int])
    codes: Counter[str] = field(default_factory=Counter[str])
    lost: int = 0
    doubled: int = 0
    findings: list[str] = field(default_factory=list[str])

    @property
    def ok(self) -> bool:
        """Whether every pair came out as it must."""
        return not self.findings

    def add(self, other: Score) -> None:
        """Count another part of the same rule's pairs."""
        self.pairs += other.pairs
        self.winners += other.winners
        self.codes += other.codes
        self.lost += other.lost
        self.doubled += other.doubled
        self.findings += other.findings


def judge(
    about: str,
    outcomes: Sequence[Outcome],
    effects: Sequence[str],
    once: Mapping[str, int],
    terms: Terms,
    score: Score,
) -> None:
    """Hold what the two were answered against what stands: `effects` names who brought about each thing that does."""
    won = Counter(one.who for one in outcomes if one.answer == DONE)
    there = Counter(effects)
    score.pairs += 1
    score.winners[won.total()] += 1
    score.codes.update(one.answer for one in outcomes if one.answer != DONE)
    if won.total() not in terms.winners:
        score.findings.append(f"{about}: {won.total()} won")
    strange = sorted({one.answer for one in outcomes} - terms.losers - {DONE})
    score.findings += [f"{about}: {code}" for code in strange]
    if missing := (won - there).total():
        score.lost += missing
        score.findings.append(f"{about}: {missing} acknowledged, and not there")
    if surplus := (there - won).total():
        score.doubled += surplus
        score.findings.append(f"{about}: {surplus} there that nobody was told of")
    for what in terms.once:
        if (times := once.get(what, 0)) != 1:
            score.lost += times == 0
            score.doubled += times > 1
            score.findings.append(f"{about}: {what} {times} times")
