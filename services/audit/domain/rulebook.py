"""What an office may change about appraisals: kinds of material, limits, return codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from contracts.events.audit import CheckCode
from services.audit.domain.formalities import Form, Formality, needed

MachineCheck = Literal["in_scope", "duplicate", "date_sane", "formalities", "complete", "person", "legible"]

CHECK_OF: Mapping[MachineCheck, CheckCode] = {
    "in_scope": "A1",
    "duplicate": "A1",
    "date_sane": "A2",
    "formalities": "A2",
    "complete": "A3",
    "person": "A4",
    "legible": "A5",
}
"""Which of the five checks (鉴别五项) each automatic check belongs to, in the order of the five."""

Persons = Literal[0, 1, 2]

_IGNORED = re.compile(r"[\s《》]+")


def plain_title(title: str) -> str:
    """The title as the patterns see it: without white space and book-title marks."""
    return _IGNORED.sub("", title)


@dataclass(frozen=True)
class Kind:
    """A kind of material: the titles that it goes by, and how it is appraised.

    `persons` is how many persons confirm; `sample` marks kinds of the sample data, the only ones that may
    be filed by the machine alone. `doubtful` kinds may be fileable or not: a person says. `min_age` is
    the age in years at which the subject can plausibly have such a material. `not_applicable` names
    automatic checks that make no sense for the kind.
    """

    id: str
    zh: str
    en: str
    patterns: tuple[re.Pattern[str], ...]
    persons: Persons
    sample: bool
    doubtful: bool
    min_age: int
    not_applicable: frozenset[MachineCheck]
    verified: bool = False
    """Whether a report has to confirm it before it is filed (学历学位)."""

    def matches(self, title: str) -> bool:
        """Whether a material of this title is of this kind."""
        plain = plain_title(title)
        return any(pattern.search(plain) for pattern in self.patterns)


@dataclass(frozen=True)
class OutOfScope:
    """Titles that say themselves that the paper does not belong into a dossier, and the return code."""

    id: str
    pattern: re.Pattern[str]
    reason: str


@dataclass(frozen=True)
class ReturnCode:
    """A coded reason for a return, and the check that it fails."""

    code: str
    check: CheckCode
    zh: str
    en: str


@dataclass(frozen=True)
class Limits:
    """Resolution in dots per inch, days to decide a step, and the largest page image that is read."""

    min_dpi: int
    recommended_dpi: int
    due_days: tuple[int, int, int]
    max_image_bytes: int
    max_image_pixels: int


@dataclass(frozen=True)
class Rulebook:
    """`rules/appraisal.toml` as the domain reads it; `digest` names the file's very text."""

    kinds: tuple[Kind, ...]
    out_of_scope: tuple[OutOfScope, ...]
    return_codes: Mapping[str, ReturnCode]
    limits: Limits
    default_persons: Persons
    default_min_age: int
    digest: str
    formalities: Mapping[str, Formality] = field(default_factory=dict[str, Formality])
    forms: tuple[Form, ...] = ()

    def formalities_of(self, title: str) -> tuple[Formality, ...]:
        """What a material of this title must carry at least; nothing for a title of no listed form."""
        return needed(plain_title(title), self.forms, self.formalities)

    def kind_of(self, title: str) -> Kind | None:
        """The first kind that the title matches; their order is part of the rule."""
        return next((kind for kind in self.kinds if kind.matches(title)), None)

    def wants_report(self, title: str, *, samples_allowed: bool) -> bool:
        """Whether a report has to confirm a material of this title. Where no sample data may be, calling it a
        sample saves it from nothing."""
        kinds = (kind for kind in self.kinds if kind.matches(title) and (samples_allowed or not kind.sample))
        kind = next(kinds, None)
        return kind is not None and kind.verified

    def refusal_of(self, title: str) -> OutOfScope | None:
        """The first rule by which the title is out of scope, whatever kind it matches."""
        plain = plain_title(title)
        return next((rule for rule in self.out_of_scope if rule.pattern.search(plain)), None)

    def persons_for(self, kind: Kind | None, *, samples_allowed: bool) -> Persons:
        """How many persons confirm. Where no sample data may be, a sample kind is one like any other."""
        if kind is None or (kind.sample and not samples_allowed):
            return self.default_persons
        return kind.persons
