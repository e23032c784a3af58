"""Which category a title belongs to, and by which rule (classification rules, section 2).

The answer is a suggestion with its basis. Where the title does not tell, nothing is guessed.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final, get_args

from services.catalog.domain.scheme import ASK, RETITLE, UNRANKED, Fact, Scheme, TitleRule

_IGNORED: Final = re.compile(r"[\s《》]+")


@dataclass(frozen=True)
class Suggestion:
    """What the rules say of a title. `category` is a code of the scheme, `ask` or `retitle`.

    `order` is the rule's, `basis` what a filing cites (`r2018:11`), `source` where the rule comes from.
    """

    category: str
    basis: str
    order: int
    source: str

    @property
    def asks(self) -> bool:
        """The archivist decides: the scheme may not file this at all."""
        return self.category == ASK

    @property
    def retitles(self) -> bool:
        """The title says nothing; another one must be supplied (seed 000: 应另拟标题)."""
        return self.category == RETITLE

    @property
    def places(self) -> bool:
        """The rule names a category."""
        return not (self.asks or self.retitles)


def normalise_title(title: str) -> str:
    """The title as the patterns see it: without white space and book-title marks."""
    return _IGNORED.sub("", title)


def suggest_category(title: str, scheme: Scheme, facts: Collection[Fact] = ()) -> Suggestion | None:
    """Suggest a category and cite the rule, e.g. `r2018:11`; None when no rule speaks.

    A rule that requires a fact speaks only when the caller asserts that fact.
    """
    return next((suggested_by(rule, scheme) for rule in rules_that_hit(title, scheme, facts)), None)


def rules_that_hit(title: str, scheme: Scheme, facts: Collection[Fact] = ()) -> Iterator[TitleRule]:
    """All rules that speak of a title, in their order: the first decides, the second is the runner-up."""
    plain = normalise_title(title)
    for rule in scheme.title_rules:
        if (rule.requires_fact is None or rule.requires_fact in facts) and rule.pattern.search(plain):
            yield rule


def a_fact_leads_to(place: str, title: str, scheme: Scheme) -> bool:
    """Whether a rule that waits for a fact would put the title there: then it may stand there by assertion."""
    hits = rules_that_hit(title, scheme, get_args(Fact))
    return any(rule.requires_fact is not None and rule.category == place for rule in hits)


def asserted_facts(basis: str | None, scheme: Scheme) -> frozenset[Fact]:
    """The fact that somebody asserted when a material was filed: the one that its basis, a rule, requires."""
    rules = [rule for rule in scheme.title_rules if f"{scheme.id}:{rule.order}" == basis]
    return frozenset(rule.requires_fact for rule in rules if rule.requires_fact is not None)


def suggested_by(rule: TitleRule, scheme: Scheme) -> Suggestion:
    """What this rule says, with the basis that a filing cites."""
    return Suggestion(rule.category, f"{scheme.id}:{rule.order}", rule.order, rule.source)


def content_rank(title: str, place: str, scheme: Scheme) -> int:
    """Rank inside a category that is ordered by content (section 3); 0 in one that is ordered by time."""
    if scheme.category_of(place).order_mode == "time":
        return 0
    plain = normalise_title(title)
    for rank in scheme.content_ranks:
        if rank.category == place and rank.pattern.search(plain):
            return rank.rank
    return UNRANKED
