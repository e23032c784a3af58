"""The viewing policy as values: purposes, limits, the five rules of no viewing, and the approval chains.

`services/access/rulebook.py` reads them from `rules/*.toml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from contracts.problems import Text

Moment = Literal["request", "view"]
StepUnit = Literal["requesting", "subject"]
Reached = Literal["unit_approved", "archive_checked", "approved"]


@dataclass(frozen=True)
class Purpose:
    """Why a dossier may be viewed. `categories`, where given, are all that this purpose may ask for."""

    code: str
    whole: bool
    categories: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Limits:
    """Numbers of the policy. Days are calendar days in China."""

    min_viewers: int
    max_viewers: int
    party_member_required: bool
    max_days: int
    max_days_ahead: int
    max_materials: int


@dataclass(frozen=True)
class Predicate:
    """One rule of no viewing: `check` names the test in `predicates.py`, `at` when it is made."""

    code: str
    check: str
    at: frozenset[Moment]
    text: Text


@dataclass(frozen=True)
class Step:
    """One signature of a chain: who gives it, for which unit, in how many days, and the state it leads to."""

    role: str
    unit: StepUnit
    days: int
    reaches: Reached


@dataclass(frozen=True)
class Chain:
    """Signatures in order; the last one makes the grant. `purposes` None means any."""

    id: str
    purposes: frozenset[str] | None
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Policy:
    """All that the decisions of this service read. `digest` names the files it was read from."""

    purposes: tuple[Purpose, ...]
    limits: Limits
    predicates: tuple[Predicate, ...]
    refusal_reasons: frozenset[str]
    revocation_reasons: frozenset[str]
    chains: tuple[Chain, ...]
    digest: str

    def purpose(self, code: str) -> Purpose | None:
        """The purpose with this code."""
        return next((purpose for purpose in self.purposes if purpose.code == code), None)

    def chain_for(self, purpose: str) -> Chain:
        """The first chain made for this purpose; the rule file's last chain takes any."""
        return next(chain for chain in self.chains if chain.purposes is None or purpose in chain.purposes)
