"""Reads `gaps.toml` strictly."""

from pathlib import Path
from typing import Literal, cast, get_args

from pydantic import Field, model_validator

from chassis.patterns import RulePattern
from chassis.rules import RuleFault, RuleModel, load_rules
from services.catalog.domain.facts import FactKind
from services.catalog.domain.gaps import GapRule, GapRules, When
from services.catalog.domain.scheme import Label

_FILE = Path(__file__).with_name("gaps.toml")
# Which keys a kind of rule needs beside the common ones.
_NEEDS = {"each_year": {"since", "per_year"}, "each_fact": {"fact"}, "event": {"event"}}
_MAY = {"each_fact": {"type", "dated", "over"}, "always": {"begun_before", "formed_before"}}
_OWN = ("since", "per_year", "fact", "type", "event", "dated", "over", "begun_before", "formed_before")


class Title(RuleModel):
    """The material's name in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class GapEntry(RuleModel):
    """One required kind of material."""

    id: str = Field(pattern=r"^[a-z_]{3,40}$")
    category: str = Field(pattern=r"^([1-9]|10)(-[1-4])?$")
    title: Title
    pattern: RulePattern
    when: Literal["always", "each_year", "party_member", "league_member", "each_fact", "settled_anew", "event"]
    source: str = Field(min_length=1)
    bodies: list[str] = []
    stages: list[str] = []
    since: int | None = Field(default=None, ge=1949, le=2100)
    per_year: int | None = Field(default=None, ge=1, le=12)
    fact: str | None = None
    type: str | None = None
    event: str | None = None
    dated: Literal["beginning", "end"] | None = None
    over: bool | None = None
    begun_before: int | None = Field(default=None, ge=1949, le=2100)
    formed_before: int | None = Field(default=None, ge=1949, le=2100)

    def rule(self, file: "GapFile") -> GapRule:
        """As the domain has it; no bodies or stages named means all of them."""
        return GapRule(
            id=self.id,
            category=self.category,
            title=Label(self.title.zh, self.title.en),
            pattern=self.pattern,
            when=cast("When", self.when),
            source=self.source,
            bodies=frozenset(self.bodies or file.bodies),
            stages=frozenset(self.stages or file.stages),
            since=self.since,
            per_year=self.per_year or 1,
            fact=cast("FactKind | None", self.fact),
            type=self.type,
            event=self.event,
            dated=self.dated,
            over=bool(self.over),
            begun_before=self.begun_before,
            formed_before=self.formed_before,
        )


class GapFile(RuleModel):
    """The whole file."""

    default_body: str
    default_stage: str
    bodies: list[str] = Field(min_length=1)
    stages: list[str] = Field(min_length=1)
    events: list[str]
    explanation: RulePattern
    years_apart: int = Field(ge=0, le=10)
    rule: list[GapEntry]

    @model_validator(mode="after")
    def _consistent(self) -> "GapFile":
        for name, value, allowed in (
            ("default_body", self.default_body, self.bodies),
            ("default_stage", self.default_stage, self.stages),
        ):
            _check((name,), [value], allowed)
        seen: set[str] = set()
        for position, entry in enumerate(self.rule):
            keys = ("rule", position)
            if entry.id in seen:
                raise RuleFault((*keys, "id"), "两条同名 used twice", "每条用自己的名。Give each its own name.")
            seen.add(entry.id)
            _check((*keys, "bodies"), entry.bodies, self.bodies)
            _check((*keys, "stages"), entry.stages, self.stages)
            _check((*keys, "event"), [entry.event] if entry.event else [], self.events)
            _check((*keys, "fact"), [entry.fact] if entry.fact else [], list(get_args(FactKind)))
            _check_keys(keys, entry)
        return self


def _check(keys: tuple[str | int, ...], values: list[str], allowed: list[str]) -> None:
    for value in values:
        if value not in allowed:
            raise RuleFault(keys, f"{value} 未定义 is not defined", f"可用 one of: {', '.join(allowed)}")


def _check_keys(keys: tuple[str | int, ...], entry: GapEntry) -> None:
    needed, allowed = _NEEDS.get(entry.when, set()), _MAY.get(entry.when, set())
    for name in _OWN:
        given = getattr(entry, name) is not None
        if name in needed and not given:
            raise RuleFault((*keys, "when"), f"{entry.when} 缺 {name} needs {name}", f"加上 add {name}")
        if given and name not in needed | allowed:
            raise RuleFault((*keys, name), f"{entry.when} 不用此项 does not use it", "去掉此项。Take it out.")


def load_gaps(path: Path = _FILE) -> tuple[GapRules, str]:
    """What dossiers must hold, and the digest of the file; RuleFileInvalid when it is at fault."""
    read, digest = load_rules(path, GapFile)
    rules = GapRules(
        rules=tuple(entry.rule(read) for entry in read.rule),
        bodies=tuple(read.bodies),
        stages=tuple(read.stages),
        events=tuple(read.events),
        default_body=read.default_body,
        default_stage=read.default_stage,
        explanation=read.explanation,
        years_apart=read.years_apart,
    )
    return rules, digest
