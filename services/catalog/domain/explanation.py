"""Why a title stands where it does: the rule that decides, the one that would have, and what else comes near.

Where no rule places a title (`ask`, unclassified), the archivist is offered ranked candidates, each with its reason.
They are offers: none is taken by itself. A title that says nothing (`retitle`) gets none, since any would be a guess.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from services.catalog.domain.classification import (
    Suggestion,
    normalise_title,
    rules_that_hit,
    suggest_category,
    suggested_by,
)
from services.catalog.domain.scheme import Fact, Scheme, TitleRule, pairs_of

Why = Literal["next_rule", "fact", "alike"]
_RANK: Final[dict[Why, int]] = {"next_rule": 0, "fact": 1, "alike": 2}
MOST_CANDIDATES: Final = 5
LEAST_LIKENESS: Final = 0.2
"""Below this share two titles have no more than common words of forms in common."""


@dataclass(frozen=True)
class Ruling:
    """A rule that speaks of a title: `matched` is the part that it speaks of, `because` why it goes before others."""

    suggestion: Suggestion
    matched: str
    note: str | None
    requires_fact: Fact | None
    because: str | None


@dataclass(frozen=True)
class Candidate:
    """A place that comes near, and why: the rule that would be next (`next_rule`), one that waits for a fact
    (`fact`), or one whose `example` the title is like (`likeness` from 0 to 1)."""

    suggestion: Suggestion
    why: Why
    likeness: float
    fact: Fact | None = None
    example: str | None = None


@dataclass(frozen=True)
class Explanation:
    """All that the rules say of one title. `facts` are those that the caller asserted."""

    normalised: str
    facts: frozenset[Fact]
    deciding: Ruling | None
    runner_up: Ruling | None
    candidates: tuple[Candidate, ...]


def explain(title: str, scheme: Scheme, facts: Collection[Fact] = ()) -> Explanation:
    """The deciding rule, the next that would have hit, and, where none places, ranked candidates."""
    hits = list(rules_that_hit(title, scheme, facts))
    deciding, runner_up = ([_ruling(rule, title, scheme) for rule in hits[:2]] + [None, None])[:2]
    return Explanation(
        normalised=normalise_title(title),
        facts=frozenset(facts),
        deciding=deciding,
        runner_up=runner_up,
        candidates=candidates_for(title, scheme, facts),
    )


def candidates_for(title: str, scheme: Scheme, facts: Collection[Fact] = ()) -> tuple[Candidate, ...]:
    """Places to offer for a title that no rule places, the likeliest first, each place once. None for the others."""
    found = suggest_category(title, scheme, facts)
    if found is not None and not found.asks:
        return ()
    ranked = sorted(_near(title, scheme, facts), key=lambda c: (_RANK[c.why], -c.likeness, c.suggestion.order))
    best: dict[str, Candidate] = {}
    for candidate in ranked:
        best.setdefault(candidate.suggestion.category, candidate)
    return tuple(best.values())[:MOST_CANDIDATES]


def offers_for(title: str, scheme: Scheme, facts: Collection[Fact] = ()) -> tuple[Candidate, ...]:
    """The same for a title that waits though a rule places it by now, in another scheme: that place alone."""
    found = suggest_category(title, scheme, facts)
    if found is not None and found.places:
        return (Candidate(found, "next_rule", 1.0),)
    return candidates_for(title, scheme, facts)


def _near(title: str, scheme: Scheme, facts: Collection[Fact]) -> Iterator[Candidate]:
    plain = normalise_title(title)
    likeness = _Likeness(plain, scheme)
    for rule in scheme.title_rules:
        suggestion = suggested_by(rule, scheme)
        if not suggestion.places:
            continue
        if rule.pattern.search(plain):
            waits = rule.requires_fact is not None and rule.requires_fact not in facts
            yield Candidate(suggestion, "fact" if waits else "next_rule", 1.0, rule.requires_fact if waits else None)
            continue
        share, example = max((likeness.to(one), one) for one in rule.examples)
        if share >= LEAST_LIKENESS and rule.requires_fact is None:
            yield Candidate(suggestion, "alike", round(share, 2), example=example)


class _Likeness:
    """How much two titles share, by pairs of characters; a pair that many examples have (登记, 材料) counts little."""

    def __init__(self, plain: str, scheme: Scheme) -> None:
        self._scheme = scheme
        self._own = pairs_of(plain)
        self._weight = self._sum(self._own)

    def to(self, example: str) -> float:
        """Twice what they share over what they have: 0 nothing, 1 all."""
        pairs = self._scheme.example_pairs[example]
        shared = pairs & self._own
        if not shared:
            return 0.0
        whole = self._weight + self._sum(pairs)
        return 2 * self._sum(shared) / whole if whole else 0.0

    def _sum(self, pairs: Collection[str]) -> float:
        weights, rare = self._scheme.pair_weights
        return sum(weights.get(pair, rare) for pair in sorted(pairs))


def _ruling(rule: TitleRule, title: str, scheme: Scheme) -> Ruling:
    hit = rule.pattern.search(normalise_title(title))
    because = [overlap.because for overlap in scheme.overlaps if overlap.decides == rule.order]
    return Ruling(
        suggestion=suggested_by(rule, scheme),
        matched=hit[0] if hit else "",
        note=rule.note,
        requires_fact=rule.requires_fact,
        because=because[0] if because else None,
    )
