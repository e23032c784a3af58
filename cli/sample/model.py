"""What a sample consists of. Dates are ISO text; a partial one leaves its unknown parts out (`1987-05`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Unit:
    """A unit of the county. `custodian` is the code of the unit that keeps its cadres' dossiers (管档单位)."""

    code: str
    name: str
    short: str
    kind: str
    parent: str | None
    custodian: str


@dataclass(frozen=True)
class Post:
    """One post held from a month to a month; `until` is None for the present one."""

    unit: str
    title: str
    rank: str
    since: str
    until: str | None


@dataclass(frozen=True)
class School:
    """One course of education. `full_time` is 全日制, otherwise 在职."""

    kind: str
    level: str
    name: str
    since: str
    until: str
    degree: str | None
    full_time: bool


@dataclass(frozen=True)
class Person:
    """A cadre. `party_date` is the day the branch meeting admitted the person; None for who is no member.

    `kin_complete`: the person has declared that all relatives among the cadres are known.
    """

    person_no: str
    name: str
    sex: str
    ethnicity: str
    native_place: str
    birth_date: str
    id_number: str
    work_start: str
    party: str
    party_applied: str | None
    party_date: str | None
    unit: str
    schools: tuple[School, ...]
    posts: tuple[Post, ...]
    kin_complete: bool

    @property
    def post(self) -> Post:
        """The post that is held now."""
        return self.posts[-1]

    @property
    def education(self) -> School:
        """The highest education, full-time or not (the last one finished)."""
        return self.schools[-1]


@dataclass(frozen=True)
class Kinship:
    """`relative` is the `relation` (spouse, parent, child, sibling) of `person`; both are person numbers."""

    person: str
    relative: str
    relation: str


@dataclass(frozen=True)
class Page:
    """One page to be drawn: its lines, the text of its seal (None: no seal), and its own seed."""

    lines: tuple[str, ...]
    seal: str | None
    seed: str


@dataclass(frozen=True)
class Material:
    """One paper of a dossier, in the order of its making; `pages` is empty where no image was taken."""

    kind: str
    title: str
    category: str
    formed_on: str
    page_count: int
    remark: str | None = None
    pages: tuple[Page, ...] = ()


@dataclass(frozen=True)
class Dossier:
    """The dossier of one cadre and the unit that keeps it."""

    dossier_no: str
    person_no: str
    unit: str
    materials: tuple[Material, ...]

    @property
    def imaged(self) -> bool:
        """Whether page images belong to it."""
        return any(material.pages for material in self.materials)


@dataclass(frozen=True)
class Sample:
    """Everything that one seed gives."""

    seed: int
    units: tuple[Unit, ...]
    persons: tuple[Person, ...]
    kinships: tuple[Kinship, ...]
    dossiers: tuple[Dossier, ...]
