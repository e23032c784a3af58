"""A classification scheme (分类方案): categories, how titles find them, and how each is ordered.

Built from `rules/schemes/*.toml`; what an office may change stands there and not here.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import log
from typing import Final, Literal

OrderMode = Literal["time", "content"]
LatestResume = Literal["off", "order", "physical_only"]
PageRule = Literal["include_cover", "exclude_cover"]
Side = Literal["printed", "cover", "back_cover", "blank", "liner"]
"""What one side of a sheet is; `liner` is a sheet that a damaged one was mounted on (托裱衬纸)."""
RequiredColumn = Literal["title", "formed_on", "page_count"]
Fact = Literal["mainly_autobiography", "linked_to_appointment", "approval_opinion_sealed"]

ASK: Final = "ask"
RETITLE: Final = "retitle"
# A title that no rank of its category matches stands after all that are ranked.
UNRANKED: Final = 99


@dataclass(frozen=True)
class Label:
    """One text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Heading:
    """A category or a subclass as the catalogue heads it. `code` is `4` or `4-1`."""

    code: str
    numeral: str
    name: Label


@dataclass(frozen=True)
class Category:
    """One of the ten (十大类). Materials stand in it, or in its subclasses where it has any."""

    heading: Heading
    order_mode: OrderMode
    subclasses: tuple[Heading, ...] = ()

    @property
    def no(self) -> int:
        return int(self.heading.code)


@dataclass(frozen=True)
class TitleRule:
    """A title that matches `pattern` belongs to `category` (or `ask`, `retitle`), as `source` says.

    `examples` are titles that this rule decides; the file is checked against them when it is read.
    """

    order: int
    pattern: re.Pattern[str]
    category: str
    source: str
    requires_fact: Fact | None = None
    note: str | None = None
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Overlap:
    """Rule `decides` wins over the rules `over`, which speak of the same titles too (section 2: special first)."""

    decides: int
    over: tuple[int, ...]
    because: str
    source: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class ContentRank:
    """Rank of a title inside a category that is ordered by content."""

    category: str
    rank: int
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class PageGeometry:
    """The sheet that is bound. Millimetres; hole centres from the binding edge and from the bottom, lowest first."""

    paper: Literal["a4", "16k"]
    side: Literal["left", "right"]
    margin: float
    hole_inset: float
    hole_diameter: float
    hole_heights: tuple[float, ...]


@dataclass(frozen=True)
class PrintRules:
    """Blank rows after each category or subclass, the categories that share no printed page, and the sheet."""

    blank_rows_category: int
    blank_rows_subclass: int
    page_break: frozenset[int]
    page: PageGeometry


@dataclass(frozen=True)
class OrderRules:
    """Whether the newest résumé form (a title of category 1 that `resume` matches) stands first there.

    `order`: on paper and screen; `physical_only`: the catalogue lists by time, only the paper lies in front.
    `case_categories` are ordered question by question; `head_rank` heads a question's group, and `evidence_rank`
    ends that of one reviewed repeatedly.
    """

    latest_resume_first: LatestResume
    resume: re.Pattern[str]
    case_categories: frozenset[str]
    head_rank: int
    evidence_rank: int


@dataclass(frozen=True)
class QueueRules:
    """Days until an unplaced material is overdue, and the role whose task it is."""

    due_days: int
    owner_role: str


@dataclass(frozen=True)
class Scheme:
    """All that a scheme decides. `title_rules` stand in ascending order: the first hit wins.

    `required_columns` are what a row of the catalogue must have; `page_rule` is whether cover and back count,
    `uncounted_sides` what never does.
    """

    id: str
    title: Label
    categories: tuple[Category, ...]
    title_rules: tuple[TitleRule, ...]
    overlaps: tuple[Overlap, ...]
    content_ranks: tuple[ContentRank, ...]
    order: OrderRules
    page_rule: PageRule
    uncounted_sides: frozenset[Side]
    required_columns: frozenset[RequiredColumn]
    refusal_reasons: Mapping[str, Label]
    printing: PrintRules
    queue: QueueRules

    def places(self) -> tuple[str, ...]:
        """Codes under which a material can stand, in catalogue order: `1`, …, `4-1`, …, `10`."""
        return tuple(
            heading.code for category in self.categories for heading in (category.subclasses or (category.heading,))
        )

    def category_of(self, place: str) -> Category:
        """The category of a code of `places()`; KeyError for another."""
        no = place.partition("-")[0]
        for category in self.categories:
            if category.heading.code == no:
                return category
        raise KeyError(place)

    def name_of(self, place: str) -> Label:
        """The heading of a category or subclass; KeyError for another code."""
        for category in self.categories:
            for heading in (category.heading, *category.subclasses):
                if heading.code == place:
                    return heading.name
        raise KeyError(place)

    @cached_property
    def example_pairs(self) -> Mapping[str, frozenset[str]]:
        """The pairs of characters of each example of a title rule."""
        return {one: pairs_of(one) for rule in self.title_rules for one in rule.examples}

    @cached_property
    def pair_weights(self) -> tuple[Mapping[str, float], float]:
        """How much each pair of characters of the examples tells one from another, and a pair that none of them has:
        the logarithm of how few have it."""
        seen = Counter(pair for pairs in self.example_pairs.values() for pair in pairs)
        every = 1 + len(self.example_pairs)
        return {pair: log(every / (1 + count)) for pair, count in seen.items()}, log(every)

    def needs_subclass(self, place: str) -> bool:
        """Whether the code names a whole category that is divided: `4` and `9` in r2018."""
        return any(c.heading.code == place and c.subclasses for c in self.categories)


def pairs_of(text: str) -> frozenset[str]:
    """Each two characters that stand together."""
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))


def split_place(place: str) -> tuple[int, int | None]:
    """Category and subclass number of a code: `9-2` → (9, 2), `10` → (10, None)."""
    category, _, subclass = place.partition("-")
    return int(category), int(subclass) if subclass else None


def join_place(category: int, subclass: int | None) -> str:
    """The code of a category and subclass number."""
    return str(category) if subclass is None else f"{category}-{subclass}"
