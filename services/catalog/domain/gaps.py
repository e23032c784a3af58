"""What a dossier must hold and does not (缺失清单; audit rules, section 10).

A rule requires pieces: one, one a year, one for each fact or event. A piece is there when a filed material of a fitting
title covers it; it is explained when a material says in its title that it is missing, or an archivist says so by naming
one. Nothing is required of which the facts say nothing: an unknown beginning of work requires no year.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from services.catalog.domain.dossier_view import DossierView, Row
from services.catalog.domain.facts import Fact, FactKind, is_communist
from services.catalog.domain.scheme import Label

When = Literal["always", "each_year", "party_member", "league_member", "each_fact", "settled_anew", "event"]
Outcome = Literal["filed", "explained", "not_required"]
LEAGUE: Final = re.compile(r"共青团|^团员$")
_SETTLED: Final[Mapping[str, str]] = {"birth_date": "出生日期", "work_start": "参加工作时间", "party": "入党时间"}


@dataclass(frozen=True)
class GapRule:
    """One kind of material that is required, and when. `pattern` finds its titles.

    `dated` says which end of a fact's period its paper is formed at, `over` that the period must be over.
    `begun_before` requires it only of who began work before that year, `formed_before` looks only at papers formed
    before it, or without a date.
    """

    id: str
    category: str
    title: Label
    pattern: re.Pattern[str]
    when: When
    source: str
    bodies: frozenset[str]
    stages: frozenset[str]
    since: int | None = None
    per_year: int = 1
    fact: FactKind | None = None
    type: str | None = None
    event: str | None = None
    dated: Literal["beginning", "end"] | None = None
    over: bool = False
    begun_before: int | None = None
    formed_before: int | None = None


@dataclass(frozen=True)
class GapRules:
    """All of them, and the words that a profile may use."""

    rules: tuple[GapRule, ...]
    bodies: tuple[str, ...]
    stages: tuple[str, ...]
    events: tuple[str, ...]
    default_body: str
    default_stage: str
    explanation: re.Pattern[str]
    years_apart: int

    @cached_property
    def by_id(self) -> Mapping[str, GapRule]:
        """Each rule by its id."""
        return {rule.id: rule for rule in self.rules}


@dataclass(frozen=True)
class Event:
    """Something that happened and leaves materials: which, and in what year."""

    kind: str
    year: int


@dataclass(frozen=True)
class Profile:
    """Of which kind of body and at which stage the person is. `service_until`: the last year that is assessed."""

    body_kind: str
    stage: str
    service_until: int | None = None
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, order=True)
class Piece:
    """One required paper: of a year, of what a fact says, or (neither) of the person as such."""

    year: int | None = None
    text: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {"year": self.year, "text": self.text}

    @staticmethod
    def of(told: Mapping[str, Any]) -> "Piece":
        return Piece(told["year"], told["text"])


@dataclass(frozen=True)
class Standing:
    """How a rule stands in a dossier: what it requires, and what of it is explained or missing."""

    rule: GapRule
    required: tuple[Piece, ...]
    explained: tuple[Piece, ...]
    missing: tuple[Piece, ...]

    @property
    def present(self) -> int:
        """How many pieces are there."""
        return len(self.required) - len(self.explained) - len(self.missing)


def evaluate(
    view: DossierView,
    profile: Profile,
    rules: GapRules,
    plain: Callable[[str], str],
    explained: Mapping[str, Collection[Piece]],
) -> list[Standing]:
    """How every rule stands that requires something of this dossier.

    `plain` gives a title as patterns see it; `explained` is by rule what archivists said.
    """
    words = [(row, plain(row.title)) for row in view.rows]
    found: list[Standing] = []
    for rule in rules.rules:
        if profile.body_kind not in rule.bodies or profile.stage not in rule.stages:
            continue
        fitting = [(row, text) for row, text in words if rule.pattern.search(text)]
        papers = [row for row, text in fitting if not rules.explanation.search(text) and _in_time(row, rule)]
        excuses = [row for row, text in fitting if rules.explanation.search(text)]
        required = _required(rule, view, profile, papers)
        absent = _absent(rule, required, papers, rules.years_apart)
        told = set(explained.get(rule.id, ()))
        excused = [piece for piece in absent if piece in told or _excuses(piece, excuses)]
        missing = tuple(piece for piece in absent if piece not in excused)
        if required:
            found.append(Standing(rule, tuple(required), tuple(excused), missing))
    return found


def _required(rule: GapRule, view: DossierView, profile: Profile, papers: Sequence[Row]) -> list[Piece]:
    if rule.when == "always":
        return [Piece()] if _began_in_time(rule, view) else []
    if rule.when in ("party_member", "league_member"):
        return [Piece()] if _belongs(rule, view) else []
    if rule.when == "settled_anew":
        return [Piece(text=_SETTLED[kind]) for kind in view.settled_anew]
    if rule.when == "event":
        return sorted(Piece(event.year) for event in profile.events if event.kind == rule.event)
    if rule.when == "each_year":
        return [Piece(year) for year in _years(rule, view, profile, papers)]
    facts = view.facts.of(rule.fact) if rule.fact else ()
    wanted = [fact for fact in facts if rule.type is None or fact.value.get("type") == rule.type]
    return [_piece(fact, rule) for fact in wanted if fact.valid_to is not None or not rule.over]


def _belongs(rule: GapRule, view: DossierView) -> bool:
    party = view.facts.one("party")
    said = str(party.value.get("party")) if party else ""
    return is_communist(said) if rule.when == "party_member" else LEAGUE.search(said) is not None


def _began_in_time(rule: GapRule, view: DossierView) -> bool:
    if rule.begun_before is None:
        return True
    begun = view.facts.date("work_start")
    return begun is not None and begun.year < rule.begun_before


def _in_time(row: Row, rule: GapRule) -> bool:
    return rule.formed_before is None or row.year is None or row.year < rule.formed_before


def _years(rule: GapRule, view: DossierView, profile: Profile, papers: Sequence[Row]) -> range:
    """From the beginning of work (the year after: the first is assessed with its end) to last year."""
    begun = view.facts.date("work_start")
    known = [row.year for row in papers if row.year]
    first = begun.year + 1 if begun else min(known, default=None)
    if first is None:
        return range(0)
    last = min(view.today.year - 1, profile.service_until or view.today.year)
    return range(max(first, rule.since or first), last + 1)


def _piece(fact: Fact, rule: GapRule) -> Piece:
    """What a fact wants its paper for, and of which year: where the rule does not say, the year of its end for a
    course, of its beginning for a post."""
    ends_it = fact.kind in ("education", "degree")
    day = (fact.valid_to or fact.valid_from) if ends_it else (fact.valid_from or fact.valid_to)
    if rule.dated is not None:
        day = fact.valid_from if rule.dated == "beginning" else fact.valid_to
    value = fact.value
    text = next((str(value[name]) for name in ("title", "text", "degree", "level") if value.get(name)), None)
    return Piece(day.year if day else None, text)


def _absent(rule: GapRule, required: Sequence[Piece], papers: Sequence[Row], apart: int) -> list[Piece]:
    """Pieces that no paper covers. Of facts each takes a paper of its own, the nearest in time first."""
    if not required or rule.when in ("always", "party_member", "league_member"):
        return [] if papers else list(required)
    if rule.when == "each_year":
        count = Counter(row.year for row in papers)
        return [piece for piece in required if count[piece.year] < rule.per_year]
    return _unmatched(required, papers, apart)


def _unmatched(required: Sequence[Piece], papers: Sequence[Row], apart: int) -> list[Piece]:
    left = list(papers)
    absent: list[Piece] = []
    for piece in required:
        near = [row for row in left if _covers(row, piece, apart)]
        if near:
            left.remove(min(near, key=lambda row: abs((row.year or 0) - (piece.year or 0))))
        else:
            absent.append(piece)
    # What cannot tell by its date (an undated paper, a fact without a year) covers what is left, one each.
    for row in left:
        doubtful = next((piece for piece in absent if piece.year is None or row.year is None), None)
        if doubtful is not None:
            absent.remove(doubtful)
    return absent


def _covers(row: Row, piece: Piece, apart: int) -> bool:
    if piece.text and piece.text in row.title:
        return True
    return row.year is not None and piece.year is not None and abs(row.year - piece.year) <= apart


def _excuses(piece: Piece, excuses: Sequence[Row]) -> bool:
    """Whether a paper about something missing speaks of this piece: of its year, or of no year at all."""
    return any(_names(row, piece) for row in excuses)


_YEARS: Final = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


def _years_in(row: Row) -> frozenset[int]:
    return frozenset(int(year) for year in _YEARS.findall(row.title))


def _names(row: Row, piece: Piece) -> bool:
    years = _years_in(row)
    return not years or piece.year is None or piece.year in years


def evidence(rule: GapRule, missing: Sequence[Piece]) -> Label:
    """What is missing, in words: `缺 2011、2014 年度考核表`."""
    if rule.when == "each_year":
        years = [str(piece.year) for piece in missing]
        # 2011 年的年度考核表 is said 2011 年度考核表.
        joined = f"{'、'.join(years)} {rule.title.zh}"
        return Label(f"缺 {joined}", f"missing: {rule.title.en} of {', '.join(years)}")
    named = [_named(piece) for piece in missing if piece.year or piece.text]
    if not named:
        return Label(f"缺 {rule.title.zh}", f"missing: {rule.title.en}")
    zh = "、".join(zh for zh, _ in named)
    en = "; ".join(en for _, en in named)
    return Label(f"缺 {rule.title.zh}（{zh}）", f"missing: {rule.title.en} ({en})")


def _named(piece: Piece) -> tuple[str, str]:
    year_zh = f"{piece.year}年" if piece.year else ""
    parts = [str(part) for part in (piece.year, piece.text) if part]
    return f"{year_zh}{piece.text or ''}", " ".join(parts)
