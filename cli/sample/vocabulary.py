"""Reads the lists in `data/` that a sample is drawn from."""

from __future__ import annotations

import csv
import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cli.sample.model import Unit

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class GivenName:
    """A given name and the years of birth, first and last, in which it was usual."""

    name: str
    sex: str
    born_from: int
    born_to: int
    weight: int


@dataclass(frozen=True)
class Step:
    """One rung of a ladder of posts; `years` is the least and the most that it is held."""

    title: str
    rank: str
    years: tuple[int, int]
    seats: int | None


@dataclass(frozen=True)
class SchoolKind:
    """A kind of school with the schools of that kind."""

    kind: str
    level: str
    years: int
    names: tuple[str, ...]
    degree: str | None
    from_middle_school: bool


@dataclass(frozen=True)
class Paper:
    """A kind of material: its title (may hold {year} or {party}), its expected class, least and most pages."""

    kind: str
    title: str
    category: str
    pages: tuple[int, int]


@dataclass(frozen=True)
class Weighted:
    """Choices with their weights, drawn by one call."""

    choices: tuple[str, ...]
    weights: tuple[float, ...]

    def draw(self, rng: random.Random) -> str:
        """One choice, as often as its weight says."""
        return rng.choices(self.choices, self.weights)[0]


@dataclass(frozen=True)
class Special:
    """A person whom every sample holds; `ethnicity` and `native_place` are None where they do not matter."""

    name: str
    sex: str
    ethnicity: str | None = None
    native_place: str | None = None


@dataclass(frozen=True)
class Vocabulary:
    """All lists, read once."""

    surnames: Weighted
    given_names: tuple[GivenName, ...]
    ethnicities: Weighted
    native_places: Weighted
    parties: Weighted
    specials: tuple[Special, ...]
    units: tuple[Unit, ...]
    unit_weights: Weighted
    ladders: dict[str, tuple[Step, ...]]
    schools: dict[str, SchoolKind]
    papers: dict[str, Paper]


def _toml(name: str) -> dict[str, Any]:
    with (DATA / name).open("rb") as file:
        return tomllib.load(file)


def _csv(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _weighted(rows: Sequence[dict[str, Any]]) -> Weighted:
    return Weighted(tuple(row["name"] for row in rows), tuple(float(row["weight"]) for row in rows))


def _specials(people: dict[str, Any]) -> tuple[Special, ...]:
    alike = [Special(name, group["sex"]) for group in people["homophones"] for name in group["names"]]
    return (*alike, *(Special(**row) for row in people["rare"]))


def _units(rows: list[dict[str, Any]]) -> tuple[Unit, ...]:
    """The units with their custodian: the nearest unit above that keeps dossiers, else the first that does."""
    by_code = {row["code"]: row for row in rows}
    keeper = next(row["code"] for row in rows if row.get("keeps_dossiers"))

    def custodian(code: str | None) -> str:
        while code is not None:
            if by_code[code].get("keeps_dossiers"):
                return code
            code = by_code[code].get("parent")
        return keeper

    return tuple(
        Unit(
            code=row["code"],
            name=row["name"],
            short=row.get("short", row["name"]),
            kind=row["kind"],
            parent=row.get("parent"),
            custodian=custodian(row["code"]),
        )
        for row in rows
    )


def _ladders(posts: dict[str, Any]) -> dict[str, tuple[Step, ...]]:
    return {
        kind: tuple(
            Step(step["title"], step["rank"], (step["years"][0], step["years"][1]), step.get("seats"))
            for step in ladder["steps"]
        )
        for kind, ladder in posts["ladder"].items()
    }


def _schools(posts: dict[str, Any]) -> dict[str, SchoolKind]:
    return {
        kind: SchoolKind(
            kind=kind,
            level=row["level"],
            years=row["years"],
            names=tuple(row["names"]),
            degree=row.get("degree"),
            from_middle_school=row.get("from_middle_school", False),
        )
        for kind, row in posts["school"].items()
    }


@cache
def vocabulary() -> Vocabulary:
    """The lists of `data/`; read once a process."""
    people, posts, units = _toml("people.toml"), _toml("posts.toml"), _toml("units.toml")["unit"]
    surnames = _csv("surnames.csv")
    workplaces = [row for row in units if row["weight"]]
    return Vocabulary(
        surnames=Weighted(
            tuple(row["surname"] for row in surnames), tuple(float(row["per_mille"]) for row in surnames)
        ),
        given_names=tuple(
            GivenName(row["name"], row["sex"], int(row["born_from"]), int(row["born_to"]), int(row["weight"]))
            for row in _csv("given_names.csv")
        ),
        ethnicities=_weighted(people["ethnicity"]),
        native_places=_weighted(people["native_place"]),
        parties=_weighted(people["party"]),
        specials=_specials(people),
        units=_units(units),
        unit_weights=Weighted(
            tuple(row["code"] for row in workplaces), tuple(float(row["weight"]) for row in workplaces)
        ),
        ladders=_ladders(posts),
        schools=_schools(posts),
        papers={
            kind: Paper(kind, row["title"], row["category"], (row["pages"][0], row["pages"][1]))
            for kind, row in _toml("materials.toml")["material"].items()
        },
    )
