"""Facts of a person: what is known, where it comes from, when it held, and what it was before.

A fact is never overwritten. A correction ends the earlier one and names the one that took its place; a fact that
ended without a successor was withdrawn. Facts are *current* until they end; a current fact with `valid_to` is a
period that is over (a former post), not a mistake.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Literal

from contracts.values.partial_date import PartialDate
from contracts.values.ternary import Ternary

EnteredKind = Literal[
    "name",
    "former_name",
    "sex",
    "ethnicity",
    "native_place",
    "birth_place",
    "birth_date",
    "work_start",
    "party",
    "health",
    "speciality",
    "id_number",
    "rank",
    "post",
    "education",
    "degree",
    "technical_title",
    "resume",
    "reward",
    "assessment",
    "assessments_stated",
    "family",
]
"""Kinds that are typed in."""

FactKind = Literal[EnteredKind, "photo"]
"""A photograph comes with a form, or by a ticket of its own."""
ProvenanceKind = Literal["material", "determination", "import", "entry"]
Mode = Literal["full_time", "in_service"]

SINGLE: Final[frozenset[FactKind]] = frozenset(
    (
        "name",
        "sex",
        "ethnicity",
        "native_place",
        "birth_place",
        "birth_date",
        "work_start",
        "party",
        "health",
        "speciality",
        "id_number",
        "photo",
        "assessments_stated",
    )
)
"""Kinds of which one is current at a time; the database holds to it too."""
PERIODS: Final[frozenset[FactKind]] = frozenset(
    ("rank", "post", "education", "degree", "technical_title", "resume", "reward")
)
"""Kinds that hold from a date to a date."""
ENTERED_BY_LINE: Final = ("education", "work_experience", "name", "family", "professional_title", "rewards")
"""Facts of a determination (audit's names) that an archivist enters from its form."""
THREE_AGES: Final[tuple[FactKind, ...]] = ("birth_date", "work_start", "party")
"""三龄: age, years of work, years in the party (audit rules, section 4)."""

# Highest first. A level that no row names stands below all that do. Of two words in a level the first row here
# decides: 大学专科 is no 大学, 中等专科 no 大专.
_LEVELS: Final = ("博士研究生", "硕士研究生", "研究生", "大学", "大专", "中专", "高中", "初中", "小学")
_LEVEL_WORDS: Final = (
    ("博士", "博士研究生"),
    ("硕士", "硕士研究生"),
    ("研究生", "研究生"),
    ("本科", "大学"),
    ("专升本", "大学"),
    ("中等", "中专"),
    ("大专", "大专"),
    ("专科", "大专"),
    ("高职", "大专"),
    ("大学", "大学"),
    ("大普", "大学"),
    ("中专", "中专"),
    ("中师", "中专"),
    ("中技", "中专"),
    ("技工", "中专"),
    ("技校", "中专"),
    ("高中", "高中"),
    ("初中", "初中"),
    ("小学", "小学"),
)
_DEGREES: Final = ("博士", "硕士", "学士")
_TITLES: Final = ("senior", "deputy_senior", "intermediate", "junior", "assistant")


@dataclass(frozen=True)
class Provenance:
    """Where a fact comes from. `reason` says in words how it was settled; an import's id is the fact's entry."""

    kind: ProvenanceKind
    material_id: str | None = None
    page_id: str | None = None
    determination_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Fact:
    """One fact. `value` has the shape of its kind (`fact_values.SHAPES`), as JSON shows it."""

    fact_id: str
    person_id: str
    kind: FactKind
    value: Mapping[str, Any]
    valid_from: PartialDate | None
    valid_to: PartialDate | None
    sort_key: str
    provenance: Provenance
    entry_id: str
    recorded_at: datetime
    recorded_by: str
    ended_at: datetime | None = None
    ended_by: str | None = None
    superseded_by: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether its period goes on."""
        return self.valid_to is None

    @property
    def text(self) -> str | None:
        """The text of a kind whose value is one text."""
        return self.value.get("text")

    @property
    def date(self) -> PartialDate | None:
        """The date of a kind whose value is or has one (`joined_on` of the party)."""
        told = self.value.get("date") or self.value.get("joined_on")
        return None if told is None else PartialDate.model_validate(told)


@dataclass(frozen=True)
class Facts:
    """All current facts of one person, in their order: by kind, then by time or by the place in the list."""

    person_id: str
    every: tuple[Fact, ...]

    @cached_property
    def _by_kind(self) -> Mapping[str, tuple[Fact, ...]]:
        found: dict[str, list[Fact]] = {}
        for fact in self.every:
            found.setdefault(fact.kind, []).append(fact)
        return {kind: tuple(facts) for kind, facts in found.items()}

    def of(self, kind: FactKind) -> tuple[Fact, ...]:
        """Every current fact of a kind, in order: periods by their beginning, relatives as they were listed."""
        return self._by_kind.get(kind, ())

    def one(self, kind: FactKind) -> Fact | None:
        """The current fact of a kind that has one at a time."""
        return next(iter(self.of(kind)), None)

    def text(self, kind: FactKind) -> str | None:
        """Text of the one current fact of a kind, if there is one."""
        fact = self.one(kind)
        return fact.text if fact else None

    def date(self, kind: FactKind) -> PartialDate | None:
        """Date of the one current fact of a kind: `birth_date`, `work_start`, `party`."""
        fact = self.one(kind)
        return fact.date if fact else None

    @property
    def sex(self) -> str | None:
        """`male` or `female`."""
        fact = self.one("sex")
        return fact.value["sex"] if fact else None

    @property
    def posts_now(self) -> tuple[Fact, ...]:
        """Posts whose period goes on, in order (现任职务)."""
        return tuple(fact for fact in self.of("post") if fact.is_open)

    @property
    def rank_now(self) -> Fact | None:
        """The latest rank whose period goes on."""
        return next((fact for fact in reversed(self.of("rank")) if fact.is_open), None)

    def highest_education(self, mode: Mode) -> Fact | None:
        """Highest education of a mode; of two equal ones the later."""
        return _highest(self.of("education"), mode, lambda fact: level_rank(fact.value["level"]))

    def highest_degree(self, mode: Mode) -> Fact | None:
        """Highest degree of a mode; of two equal ones the later."""
        return _highest(self.of("degree"), mode, lambda fact: _place(_DEGREES, fact.value["degree"]))

    @property
    def assessments_said(self) -> str | None:
        """A form's own words on the yearly assessments, unless a year was told after them."""
        stated = self.one("assessments_stated")
        if stated is None or any(year.recorded_at > stated.recorded_at for year in self.of("assessment")):
            return None
        return stated.text

    @property
    def highest_title(self) -> Fact | None:
        """Highest professional title (专业技术职务); of two equal ones the later."""
        titles = list(enumerate(self.of("technical_title")))
        best = max(titles, key=lambda pair: (-_place(_TITLES, pair[1].value["level"] or ""), pair[0]), default=None)
        return best[1] if best else None


def is_communist(party: str) -> bool:
    """Whether a 政治面貌 says Communist Party, on probation too: only then a form's 入党时间 is a date."""
    return "中共" in party or "共产党" in party


def settled_anew(facts: Facts, ended: Sequence[Fact]) -> tuple[FactKind, ...]:
    """Those of the three ages of which a paper, an import or a determination once said another date than counts now.

    The same date more exactly is no other one, and a slip of typing changed nothing in the papers.
    """

    def differs(kind: FactKind) -> bool:
        now = facts.date(kind)
        before = [fact.date for fact in ended if fact.kind == kind and fact.provenance.kind != "entry"]
        return now is not None and any(then.same_day(now) is Ternary.NO for then in before if then is not None)

    return tuple(kind for kind in THREE_AGES if differs(kind))


def level_rank(level: str) -> int:
    """Place of an education in the order of levels, 0 the highest: `大学本科`, `大学` and `省委党校大学` are one."""
    plain = next((known for word, known in _LEVEL_WORDS if word in level), "")
    return _LEVELS.index(plain) if plain else len(_LEVELS)


def _place(order: Sequence[str], text: str) -> int:
    return next((at for at, word in enumerate(order) if word in text), len(order)) if text else len(order)


def _highest(facts: Sequence[Fact], mode: Mode, rank: Callable[[Fact], int]) -> Fact | None:
    fitting = [(at, fact) for at, fact in enumerate(facts) if fact.value["mode"] == mode]
    best = max(fitting, key=lambda pair: (-rank(pair[1]), pair[0]), default=None)
    return best[1] if best else None
