"""One file of `schemes/` as it is written: every key, and what must hold between them."""

import re
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from chassis.patterns import PatternText
from chassis.rules import RuleFault, RuleModel
from services.catalog.domain.classification import suggest_category
from services.catalog.domain.scheme import (
    ASK,
    RETITLE,
    Category,
    ContentRank,
    Fact,
    Heading,
    Label,
    LatestResume,
    OrderMode,
    OrderRules,
    Overlap,
    PageGeometry,
    PageRule,
    PrintRules,
    QueueRules,
    RequiredColumn,
    Scheme,
    TitleRule,
)


class LabelText(RuleModel):
    """One text in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def label(self) -> Label:
        return Label(self.zh, self.en)


class _Subclass(RuleModel):
    no: int = Field(ge=1, le=9)
    numeral: str
    name: LabelText


class _Category(RuleModel):
    no: int = Field(ge=1, le=10)
    code: str
    numeral: str
    name: LabelText
    order_mode: OrderMode
    subclasses: list[_Subclass] = []

    def category(self) -> Category:
        own = Heading(str(self.no), self.numeral, self.name.label())
        subclasses = (Heading(f"{self.no}-{s.no}", s.numeral, s.name.label()) for s in self.subclasses)
        return Category(own, self.order_mode, tuple(subclasses))


class _TitleRule(RuleModel):
    order: int = Field(ge=1)
    category: str
    pattern: PatternText
    requires_fact: Fact | None = None
    note: str | None = None
    source: str = Field(min_length=1)
    examples: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(min_length=1)

    def rule(self) -> TitleRule:
        return TitleRule(
            order=self.order,
            pattern=re.compile(self.pattern),
            category=self.category,
            source=self.source,
            requires_fact=self.requires_fact,
            note=self.note,
            examples=tuple(self.examples),
        )


class _Overlap(RuleModel):
    decides: int
    over: list[int] = Field(min_length=1)
    because: str = Field(min_length=1)
    source: str = Field(min_length=1)
    examples: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(min_length=1)

    def overlap(self) -> Overlap:
        return Overlap(self.decides, tuple(self.over), self.because, self.source, tuple(self.examples))


class _Order(RuleModel):
    latest_resume_first: LatestResume
    resume_pattern: PatternText
    case_categories: list[str]
    head_rank: int = Field(ge=1, le=98)
    evidence_rank: int = Field(ge=1, le=98)

    def rules(self) -> OrderRules:
        return OrderRules(
            self.latest_resume_first,
            re.compile(self.resume_pattern),
            frozenset(self.case_categories),
            self.head_rank,
            self.evidence_rank,
        )


class _Numbering(RuleModel):
    restart: Literal["subclass"]
    page_rule: PageRule
    uncounted_sides: list[Literal["blank", "liner"]]


class _Catalogue(RuleModel):
    required_columns: list[RequiredColumn] = Field(min_length=1)


class _ContentRank(RuleModel):
    category: str
    rank: int = Field(ge=1, le=98)
    pattern: PatternText
    source: str = Field(min_length=1)


class _RefusalReason(RuleModel):
    code: str = Field(pattern=r"^[a-z_]{3,40}$")
    title: LabelText


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
    """One file of `schemes/`."""

    id: str = Field(pattern=r"^r[0-9]{4}$")
    title: LabelText
    queue: _Queue
    order: _Order
    numbering: _Numbering
    catalogue: _Catalogue
    print: _Print
    category: list[_Category] = Field(min_length=10, max_length=10)
    refusal_reason: list[_RefusalReason] = Field(min_length=1)
    title_rule: list[_TitleRule] = Field(min_length=1)
    overlap: list[_Overlap] = []
    content_rank: list[_ContentRank] = []

    @model_validator(mode="after")
    def _numbers_rise(self) -> "SchemeFile":
        _rising([("category", at, "no") for at in range(10)], [c.no for c in self.category])
        _rising([("title_rule", at, "order") for at in range(len(self.title_rule))], [r.order for r in self.title_rule])
        for at, category in enumerate(self.category):
            _rising([("category", at, "subclasses")] * len(category.subclasses), [s.no for s in category.subclasses])
        seen: set[str] = set()
        for at, reason in enumerate(self.refusal_reason):
            if reason.code in seen:
                raise RuleFault(("refusal_reason", at, "code"), f"{reason.code} 重复 is repeated", _REMOVE)
            seen.add(reason.code)
        return self

    @model_validator(mode="after")
    def _categories_exist(self) -> "SchemeFile":
        places = self.scheme().places()
        for at, rule in enumerate(self.title_rule):
            if rule.category not in {*places, ASK, RETITLE}:
                cure = f"可用 use one of: {', '.join((*places, ASK, RETITLE))}"
                reason = f"第 {rule.order} 条：没有类别 title rule {rule.order}: no category {rule.category}"
                raise RuleFault(("title_rule", at, "category"), reason, cure)
        by_content = [str(c.no) for c in self.category if c.order_mode == "content"]
        for at, code in enumerate(self.order.case_categories):
            if code not in by_content:
                reason = f"{code} 不按内容排列 is not ordered by content"
                raise RuleFault(("order", "case_categories", at), reason, f"可用 use one of: {', '.join(by_content)}")
        for at, rank in enumerate(self.content_rank):
            if rank.category not in by_content:
                reason = f"{rank.category} 不按内容排列 is not ordered by content"
                raise RuleFault(("content_rank", at, "category"), reason, f"可用 use one of: {', '.join(by_content)}")
        return self

    @model_validator(mode="after")
    def _examples_hold(self) -> "SchemeFile":
        """A changed rule that takes another rule's titles is found by them."""
        scheme = self.scheme()
        by_order = {rule.order: rule for rule in scheme.title_rules}
        for at, rule in enumerate(self.title_rule):
            _decided(("title_rule", at, "examples"), rule.examples, by_order[rule.order], scheme)
        for at, overlap in enumerate(self.overlap):
            for order in (overlap.decides, *overlap.over):
                if order not in by_order:
                    key = "decides" if order == overlap.decides else "over"
                    reason = f"没有第 {order} 条 there is no title rule {order}"
                    raise RuleFault(("overlap", at, key), reason, "写现有规则的 order。Name the order of a title rule.")
            _decided(("overlap", at, "examples"), overlap.examples, by_order[overlap.decides], scheme)
        return self

    def scheme(self) -> Scheme:
        """The domain's view of the file."""
        return Scheme(
            id=self.id,
            title=self.title.label(),
            categories=tuple(c.category() for c in self.category),
            title_rules=tuple(r.rule() for r in self.title_rule),
            overlaps=tuple(o.overlap() for o in self.overlap),
            content_ranks=tuple(ContentRank(r.category, r.rank, re.compile(r.pattern)) for r in self.content_rank),
            order=self.order.rules(),
            page_rule=self.numbering.page_rule,
            uncounted_sides=frozenset(self.numbering.uncounted_sides),
            required_columns=frozenset(self.catalogue.required_columns),
            refusal_reasons={r.code: r.title.label() for r in self.refusal_reason},
            printing=PrintRules(
                self.print.blank_rows.category,
                self.print.blank_rows.subclass,
                frozenset(self.print.page_break),
                self.print.page.geometry(),
            ),
            queue=QueueRules(self.queue.due_days, self.queue.owner_role),
        )


_REMOVE = "删去重复的一项。Remove one of them."


def _rising(keys: Sequence[tuple[str | int, ...]], numbers: Sequence[int]) -> None:
    for key, before, number in zip(keys[1:], numbers, numbers[1:], strict=False):
        if number <= before:
            cure = "序号须递增且不重复。Number them so that each is above the one before."
            raise RuleFault(key, f"{number} 不大于前一项 must rise and never repeat, after {before}", cure)


def _decided(keys: Sequence[str | int], examples: Sequence[str], rule: TitleRule, scheme: Scheme) -> None:
    facts: set[Fact] = {rule.requires_fact} if rule.requires_fact else set()
    for title in examples:
        found = suggest_category(title, scheme, facts)
        if found is None or found.order != rule.order:
            by = f"第 {found.order} 条 by rule {found.order}" if found else "无规则 by none"
            reason = f"《{title}》应由第 {rule.order} 条决定，实由{by} is decided, not by {rule.order}"
            raise RuleFault(keys, reason, "改正规则或其次序，或改例题。Correct pattern or order, or the example.")
