"""Reads `schemes/*.toml` strictly, and makes the domain's schemes of them.

An unknown key, a repeated order or code, a pattern that does not compile, a category that does not exist:
each stops the start, naming file and key.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from chassis.rules import RuleModel, load_rules
from services.catalog.domain.scheme import (
    ASK,
    RETITLE,
    Category,
    ContentRank,
    Fact,
    Heading,
    Label,
    OrderMode,
    PageGeometry,
    PrintRules,
    QueueRules,
    Scheme,
    TitleRule,
)

_FOLDER = Path(__file__).with_name("schemes")
DEFAULT_SCHEME = "r2018"


@dataclass(frozen=True)
class CatalogRules:
    """All schemes by id, and the digest of each file."""

    schemes: Mapping[str, Scheme]
    digests: Mapping[str, str]


def load_catalog_rules(folder: Path = _FOLDER) -> CatalogRules:
    """Read every scheme; RuleFileInvalid when one is at fault."""
    schemes: dict[str, Scheme] = {}
    digests: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        read, digest = load_rules(path, SchemeFile)
        schemes[read.id] = read.scheme()
        digests[read.id] = digest
    return CatalogRules(schemes, digests)


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as fault:
        raise ValueError(f"the pattern does not compile: {fault}") from fault
    return pattern


Pattern = Annotated[str, Field(min_length=1), AfterValidator(_compiles)]


class _Label(RuleModel):
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def label(self) -> Label:
        return Label(self.zh, self.en)


class _Subclass(RuleModel):
    no: int = Field(ge=1, le=9)
    numeral: str
    name: _Label


class _Category(RuleModel):
    no: int = Field(ge=1, le=10)
    code: str
    numeral: str
    name: _Label
    order_mode: OrderMode
    subclasses: list[_Subclass] = []

    def category(self) -> Category:
        own = Heading(str(self.no), self.numeral, self.name.label())
        subclasses = (Heading(f"{self.no}-{s.no}", s.numeral, s.name.label()) for s in self.subclasses)
        return Category(own, self.order_mode, tuple(subclasses))


class _TitleRule(RuleModel):
    order: int = Field(ge=1)
    category: str
    pattern: Pattern
    requires_fact: Fact | None = None
    note: str | None = None
    source: str = Field(min_length=1)


class _ContentRank(RuleModel):
    category: str
    rank: int = Field(ge=1, le=98)
    pattern: Pattern
    source: str = Field(min_length=1)


class _RefusalReason(RuleModel):
    code: str = Field(pattern=r"^[a-z_]{3,40}$")
    title: _Label


class _BlankRows(RuleModel):
    category: int = Field(ge=0, le=30)
    subclass: int = Field(ge=0, le=30)


class _Binding(RuleModel):
    side: Literal["left", "right"]
    margin: float = Field(ge=15, le=40)


class _Holes(RuleModel):
    inset: float = Field(ge=5, le=30)
    diameter: float = Field(ge=2, le=10)
    from_bottom: list[Annotated[float, Field(ge=5, le=292)]] = Field(max_length=6)


class _Page(RuleModel):
    paper: Literal["a4", "16k"]
    binding: _Binding
    holes: _Holes

    @model_validator(mode="after")
    def _holes_fit(self) -> "_Page":
        height = 297 if self.paper == "a4" else 260
        heights = self.holes.from_bottom
        if heights != sorted(set(heights)) or any(centre > height - 5 for centre in heights):
            raise ValueError(f"holes.from_bottom must rise and stay on a sheet of {height} mm")
        if self.holes.inset + self.holes.diameter / 2 > self.binding.margin:
            raise ValueError("the holes reach into the text: binding.margin is too small")
        return self

    def geometry(self) -> PageGeometry:
        return PageGeometry(
            paper=self.paper,
            side=self.binding.side,
            margin=self.binding.margin,
            hole_inset=self.holes.inset,
            hole_diameter=self.holes.diameter,
            hole_heights=tuple(self.holes.from_bottom),
        )


class _Print(RuleModel):
    blank_rows: _BlankRows
    page_break: list[Annotated[int, Field(ge=1, le=10)]]
    page: _Page


class _Queue(RuleModel):
    due_days: int = Field(ge=1, le=365)
    owner_role: Literal["archivist"]


class SchemeFile(RuleModel):
    """One file of `schemes/`, as written."""

    id: str = Field(pattern=r"^r[0-9]{4}$")
    title: _Label
    queue: _Queue
    print: _Print
    category: list[_Category] = Field(min_length=10, max_length=10)
    refusal_reason: list[_RefusalReason] = Field(min_length=1)
    title_rule: list[_TitleRule] = Field(min_length=1)
    content_rank: list[_ContentRank] = []

    @model_validator(mode="after")
    def _numbers_rise(self) -> "SchemeFile":
        _rising("category.no", [c.no for c in self.category])
        _rising("title_rule.order", [r.order for r in self.title_rule])
        for category in self.category:
            _rising(f"subclasses.no of category {category.no}", [s.no for s in category.subclasses])
        if len({r.code for r in self.refusal_reason}) < len(self.refusal_reason):
            raise ValueError("refusal_reason.code is repeated")
        return self

    @model_validator(mode="after")
    def _categories_exist(self) -> "SchemeFile":
        places = set(self.scheme().places())
        for rule in self.title_rule:
            if rule.category not in places | {ASK, RETITLE}:
                raise ValueError(f"title_rule {rule.order}: no category {rule.category}")
        by_content = {str(c.no) for c in self.category if c.order_mode == "content"}
        for rank in self.content_rank:
            if rank.category not in by_content:
                raise ValueError(f"content_rank: {rank.category} is not ordered by content")
        return self

    def scheme(self) -> Scheme:
        """The domain's view of the file."""
        return Scheme(
            id=self.id,
            categories=tuple(c.category() for c in self.category),
            title_rules=tuple(
                TitleRule(r.order, re.compile(r.pattern), r.category, r.requires_fact) for r in self.title_rule
            ),
            content_ranks=tuple(ContentRank(r.category, r.rank, re.compile(r.pattern)) for r in self.content_rank),
            refusal_reasons={r.code: r.title.label() for r in self.refusal_reason},
            printing=PrintRules(
                self.print.blank_rows.category,
                self.print.blank_rows.subclass,
                frozenset(self.print.page_break),
                self.print.page.geometry(),
            ),
            queue=QueueRules(self.queue.due_days, self.queue.owner_role),
        )


def _rising(what: str, numbers: list[int]) -> None:
    if numbers != sorted(set(numbers)):
        raise ValueError(f"{what} must rise and never repeat")
