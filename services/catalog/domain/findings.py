"""What is wrong in a dossier (卷内问题): each check looks at one loaded dossier and names code, place and figures.

Nothing is corrected here. A finding is about a material, a category (`category:4`) or the dossier itself (`dossier`);
two of one code and place are one.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

from contracts.values.ternary import Ternary
from services.catalog.domain.classification import Suggestion, a_fact_leads_to, suggest_category
from services.catalog.domain.dossier_view import DossierView, Row, plain
from services.catalog.domain.ordering import arrangement_of, renumber
from services.catalog.domain.page_count import counted_pages
from services.catalog.domain.scheme import Label, Scheme
from services.catalog.domain.titles import TitleForm

Severity = Literal["error", "warning", "hint"]
DOSSIER: Final = "dossier"
MOST_YEARS: Final = 80
MOST_TITLES: Final = 20_000


@dataclass(frozen=True)
class FindingRule:
    """One code of the catalogue: which check, the member to put right, how grave, by what source, its text."""

    code: str
    check: str
    jump: str
    severity: Severity
    source: str
    text: Label


@dataclass(frozen=True)
class FindingRules:
    """The catalogue of findings, and what its checks take from the office."""

    rules: tuple[FindingRule, ...]
    assessment_since: int
    assessment: re.Pattern[str]

    @cached_property
    def by_code(self) -> Mapping[str, FindingRule]:
        """Each rule by its code."""
        return {rule.code: rule for rule in self.rules}


@dataclass(frozen=True)
class Context:
    """What the checks know beside the dossier. What the rules make of a title is kept: titles repeat, within a dossier
    and from one look to the next."""

    scheme: Scheme
    titles: TitleForm
    rules: FindingRules
    _read: dict[str, tuple[str, Suggestion | None]] = field(
        default_factory=dict[str, tuple[str, Suggestion | None]], init=False, repr=False
    )

    def plain(self, title: str) -> str:
        """The title as patterns see it."""
        return self._reading(title)[0]

    def suggest(self, title: str) -> Suggestion | None:
        """What the scheme's rules say of it, without any fact asserted."""
        return self._reading(title)[1]

    def _reading(self, title: str) -> tuple[str, Suggestion | None]:
        found = self._read.get(title)
        if found is None:
            if len(self._read) >= MOST_TITLES:
                self._read.clear()
            words = plain(title, self.titles)
            found = self._read[title] = words, suggest_category(words, self.scheme)
        return found


@dataclass(frozen=True)
class Found:
    """One finding: its rule, what it is about, and the figures of its text."""

    rule: FindingRule
    member: str
    params: Mapping[str, Any]


Hit = tuple[str, Mapping[str, Any]]
Check = Callable[[DossierView, Context], Iterator[Hit]]


def find(view: DossierView, context: Context) -> list[Found]:
    """Everything that the checks find, in the order of the rules, then of the catalogue."""
    return [
        Found(rule, member, params)
        for rule in context.rules.rules
        for member, params in CHECKS[rule.check](view, context)
    ]


def _wrong_category(view: DossierView, context: Context) -> Iterator[Hit]:
    for row in view.rows:
        title = context.plain(row.title)
        suggestion = context.suggest(row.title)
        if suggestion is None or not suggestion.places or _undivided(row, context):
            continue
        # What stands where an asserted fact leads is no fault: no title tells the fact.
        if suggestion.category != row.code and not a_fact_leads_to(row.code, title, context.scheme):
            params = {"expected": suggestion.category, "category": row.code, "basis": suggestion.basis}
            yield row.material_id, params


def _missing_subclass(view: DossierView, context: Context) -> Iterator[Hit]:
    return ((row.material_id, {"category": row.code}) for row in view.rows if _undivided(row, context))


def _undivided(row: Row, context: Context) -> bool:
    return context.scheme.needs_subclass(row.code)


def _order(view: DossierView, context: Context) -> Iterator[Hit]:
    for code, rows in view.by_code.items():
        moved = renumber([row.placed for row in rows], arrangement_of(code, context.scheme))
        # Numbers with a gap are another finding: only who stands before whom counts here.
        if moved and sorted(row.item_no for row in rows) == list(range(1, len(rows) + 1)):
            yield f"category:{code}", {"category": code, "count": len(moved)}


def _numbering(view: DossierView, context: Context) -> Iterator[Hit]:
    for code, rows in view.by_code.items():
        if sorted(row.item_no for row in rows) != list(range(1, len(rows) + 1)):
            yield f"category:{code}", {"category": code}


def _page_count(view: DossierView, context: Context) -> Iterator[Hit]:
    # A material without any image is not yet digitised: nothing to compare.
    for row in view.rows:
        if not row.digests:
            continue
        counted = counted_pages(row.sides, context.scheme) if row.sides else len(row.digests)
        if counted != row.page_count:
            yield row.material_id, {"page_count": row.page_count, "images": len(row.digests), "counted": counted}


def _assessment_gap(view: DossierView, context: Context) -> Iterator[Hit]:
    pattern = context.rules.assessment
    years = {row.year for row in view.rows if row.year and pattern.search(context.plain(row.title))}
    known = sorted(year for year in years if context.rules.assessment_since <= year <= view.today.year)
    if known:
        missing = [year for year in range(known[0], known[-1] + 1) if year not in years]
        if missing:
            yield DOSSIER, {"years": missing[:MOST_YEARS]}


def _date_in_future(view: DossierView, context: Context) -> Iterator[Hit]:
    for row in view.rows:
        if row.formed_on and row.formed_on.after(view.today) is Ternary.YES:
            yield row.material_id, {"formed_on": row.formed_on.dotted}


def _date_before_birth(view: DossierView, context: Context) -> Iterator[Hit]:
    born = view.birth_date
    for row in view.rows:
        if born and row.formed_on and row.formed_on.before(born) is Ternary.YES:
            yield row.material_id, {"formed_on": row.formed_on.dotted}


def _undated(view: DossierView, context: Context) -> Iterator[Hit]:
    if "formed_on" in context.scheme.required_columns:
        yield from ((row.material_id, {}) for row in view.rows if row.formed_on is None)


def _title_year(view: DossierView, context: Context) -> Iterator[Hit]:
    for row in view.rows:
        if row.formed_on and row.year_in_title and row.formed_on.year < row.year_in_title:
            yield row.material_id, {"year": row.year_in_title, "formed_on": row.formed_on.dotted}


def _duplicate_page(view: DossierView, context: Context) -> Iterator[Hit]:
    """The later of two materials with a page in common names the earlier one."""
    first: dict[str, Row] = {}
    for row in view.rows:
        shared: dict[str, int] = defaultdict(int)
        for digest in set(row.digests):
            owner = first.setdefault(digest, row)
            if owner is not row:
                shared[f"{owner.code}-{owner.item_no}"] += 1
        if shared:
            other = max(shared, key=lambda code: (shared[code], code))
            yield row.material_id, {"count": sum(shared.values()), "other": other}


def _overdue(view: DossierView, context: Context) -> Iterator[Hit]:
    for waiting in view.waiting:
        if waiting.due_at < view.now:
            yield waiting.material_id, {"due_on": waiting.due_at.date().isoformat()}


def _says_nothing(view: DossierView, context: Context) -> Iterator[Hit]:
    for row in view.rows:
        suggestion = context.suggest(row.title)
        if suggestion and suggestion.retitles:
            yield row.material_id, {}


def _title_differs(view: DossierView, context: Context) -> Iterator[Hit]:
    """A supplied title that the rules place elsewhere than the paper's own words."""
    for row in view.rows:
        ours, theirs = context.plain(row.title), context.plain(row.original_title)
        if ours == theirs:
            continue
        here, there = context.suggest(row.title), context.suggest(row.original_title)
        if here and there and here.places and there.places and here.category != there.category:
            yield row.material_id, {"category": here.category, "expected": there.category}


def _same_row(view: DossierView, context: Context) -> Iterator[Hit]:
    for rows in view.by_code.values():
        seen: dict[tuple[str, str], int] = {}
        for row in rows:
            if row.formed_on is None or row.formed_on.day is None:
                continue
            key = context.plain(row.title), row.formed_on.value
            if key in seen:
                yield row.material_id, {"item_no": seen[key]}
            seen.setdefault(key, row.item_no)


def _over_long(view: DossierView, context: Context) -> Iterator[Hit]:
    for row in view.rows:
        if len(row.title) > context.titles.longest:
            yield row.material_id, {"length": len(row.title), "longest": context.titles.longest}


def _loose_overdue(view: DossierView, context: Context) -> Iterator[Hit]:
    for sheet in view.loose:
        if sheet.due_on < view.today:
            yield sheet.material_id, {"due_on": sheet.due_on.isoformat()}


def _not_entered(view: DossierView, context: Context) -> Iterator[Hit]:
    if view.to_enter:
        yield DOSSIER, {"determinations": list(view.to_enter)}


CHECKS: Final[Mapping[str, Check]] = {
    "wrong_category": _wrong_category,
    "missing_subclass": _missing_subclass,
    "order": _order,
    "numbering": _numbering,
    "page_count": _page_count,
    "assessment_gap": _assessment_gap,
    "date_in_future": _date_in_future,
    "date_before_birth": _date_before_birth,
    "undated": _undated,
    "title_year": _title_year,
    "duplicate_page": _duplicate_page,
    "overdue": _overdue,
    "says_nothing": _says_nothing,
    "title_differs": _title_differs,
    "same_row": _same_row,
    "over_long": _over_long,
    "loose_overdue": _loose_overdue,
    "not_entered": _not_entered,
}
"""Each check by the name that the rule file gives it."""
