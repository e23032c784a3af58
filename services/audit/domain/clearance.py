"""The gate before appointment (任前审核): whether a person may be put before the meeting; if not, why, and the cure.

凡提必审, 凡进必审, 凡转必审 (promotion, taking in, transfer). Who is not audited, whose papers were seriously altered,
or whose key originals are missing or false and not cleared up, is not put before the meeting; where a problem is
found, it is verified at once, and until then the matter is suspended (暂缓) (seeds 000 and 004).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from contracts.problems import StateConflict
from services.audit.domain.quarantine import QuarantineReason


class Kind(StrEnum):
    """What the person is to be cleared for."""

    PROMOTE = "promote"
    ENTER = "enter"
    TRANSFER = "transfer"


class State(StrEnum):
    """Where a clearance stands."""

    REQUESTED = "requested"
    """Asked for; the dossier has not come yet."""
    IN_AUDIT = "in_audit"
    """The dossier is being audited: no answer yet."""
    CLEARED = "cleared"
    SUSPENDED = "suspended"
    """暂缓: something was found that has to be verified first."""
    REFUSED = "refused"
    """Final. After the cure, it is asked for anew."""

    @property
    def answered(self) -> bool:
        """Whether this is an answer that is signed and told."""
        return self in (State.CLEARED, State.SUSPENDED, State.REFUSED)


Effect = Literal["wait", "audit", "suspend", "refuse"]
STATE_OF: Mapping[Effect, State] = {
    "wait": State.REQUESTED,
    "audit": State.IN_AUDIT,
    "suspend": State.SUSPENDED,
    "refuse": State.REFUSED,
}
"""What a rule's effect makes of a clearance that was never given."""

FoundKind = Literal[
    "no_dossier",
    "dossier_closed",
    "not_audited",
    "audit_running",
    "to_investigate",
    "audit_problem",
    "undetermined",
    "altered_material",
    "falsified",
    "falsification_settled",
    "disqualified",
    "quarantined",
    "key_original_missing",
    "held",
    "tainted_review",
]
"""What audit can know that speaks against a clearance; each has its rules in `clearance.toml`."""


@dataclass(frozen=True, order=True)
class Found:
    """One thing that audit knows against a person. `about`: which fact, return code or missing material it concerns,
    as a code; `resource`: the path of what shows it, without the version."""

    kind: FoundKind
    about: str = ""
    resource: str = ""


@dataclass(frozen=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Rule:
    """What something found does to clearances of these kinds, why, and what cures it."""

    id: str
    when: FoundKind
    effect: Effect
    kinds: frozenset[Kind]
    reason: Words
    cure: Words
    source: str


@dataclass(frozen=True)
class ClearanceRules:
    """The rules of the gate. Days are calendar days.

    `valid_days`: how long a clearance may be relied upon; `audit_days`: how long an audit of the dossier by itself
    counts; `due_days`: until when such an audit is due; `opens_on`: how a dossier comes that opens one;
    `alteration_codes`: return codes of appraisal that mean an alteration; `suspect_reasons`: why a material is held
    apart that speaks against its person; `key_originals`: gap rules of the catalog whose missing material is a key
    original, with its name.
    """

    rules: tuple[Rule, ...]
    valid_days: Mapping[Kind, int]
    audit_days: int
    due_days: int
    opens_on: frozenset[Literal["opened", "moved_in", "authority_changed"]]
    alteration_codes: frozenset[str]
    suspect_reasons: frozenset[QuarantineReason]
    key_originals: Mapping[str, Words]
    digest: str

    def by_id(self, rule_id: str) -> Rule | None:
        """The rule of this id; None for one of former rules."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)


@dataclass(frozen=True, order=True)
class Reason:
    """Why a clearance is not given: the rule that says so, and what it found."""

    rule: str
    about: str = ""
    resource: str = ""


@dataclass(frozen=True)
class Verdict:
    """What the rules say of a person today: the state, and every reason, also those of weaker rules."""

    state: State
    reasons: tuple[Reason, ...]


_WEIGHT: Mapping[Effect, int] = {"wait": 1, "audit": 2, "suspend": 3, "refuse": 4}


def verdict_on(kind: Kind, found: Collection[Found], rules: ClearanceRules) -> Verdict:
    """What the rules make of everything known, in whatever order it is told; cleared where no rule speaks.

    The heaviest effect decides: refuse, suspend, audit, wait.
    """
    hits = [
        (rule, one)
        for one in sorted(set(found))
        for rule in rules.rules
        if rule.when == one.kind and kind in rule.kinds
    ]
    if not hits:
        return Verdict(State.CLEARED, ())
    heaviest, _ = max(hits, key=lambda hit: _WEIGHT[hit[0].effect])
    reasons = tuple(Reason(rule.id, one.about, one.resource) for rule, one in hits)
    return Verdict(STATE_OF[heaviest.effect], reasons)


_SUSPENDS: Mapping[State, Collection[State]] = {
    State.CLEARED: (State.REQUESTED, State.IN_AUDIT, State.REFUSED),
    State.SUSPENDED: (State.REQUESTED, State.IN_AUDIT),
}
"""Verdicts that, of a clearance once answered, suspend it or leave it suspended."""


@dataclass(frozen=True)
class Standing:
    """A clearance as it stands: its state, its reasons, and the last day on which it may be relied upon."""

    kind: Kind
    state: State
    reasons: tuple[Reason, ...] = ()
    expires_on: date | None = None

    def after(self, verdict: Verdict, today: date, rules: ClearanceRules) -> Standing:
        """As it stands once the rules have spoken anew; unchanged where they say the same.

        What was cleared is never refused or put back at once: a late finding suspends it (暂缓), until it is verified.
        A refusal is final.
        """
        if self.state is State.REFUSED:
            raise StateConflict(state=self.state.value)
        state = State.SUSPENDED if verdict.state in _SUSPENDS.get(self.state, ()) else verdict.state
        expires_on = None
        if state is State.CLEARED:
            expires_on = self.expires_on or today + timedelta(days=rules.valid_days[self.kind])
        return Standing(self.kind, state, verdict.reasons, expires_on)

    def stands(self, today: date) -> bool:
        """Whether late findings still change it: neither refused nor expired."""
        return self.state is not State.REFUSED and (self.expires_on is None or self.expires_on >= today)


Bar = Literal["not_asked", "requested", "in_audit", "suspended", "refused", "expired"]
"""Why a person is struck from a meeting's list."""


def bar_of(standing: Standing | None, meeting_on: date) -> Bar | None:
    """Why a person may not be put before the meeting of that day; None: they may (未经审核一律不提交部务会)."""
    if standing is None:
        return "not_asked"
    if standing.state is not State.CLEARED:
        return standing.state.value
    if standing.expires_on is None or standing.expires_on < meeting_on:
        return "expired"
    return None
