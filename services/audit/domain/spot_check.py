"""The leader in charge looks at some dossiers once more (抽查): which ones, by whom, and what follows.

Source: seeds 000 and 002 (复审之后由分管领导抽查); the rate is a rule of the office (U). The same dossiers and the same
seed give the same sample, so that anybody can see afterwards that none was chosen by hand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from typing import Literal

from contracts.problems import FieldFault, SamePersonTwice
from services.audit.domain.progress import MOVES, Move, Progress

PASSED = frozenset(
    {
        Progress.COLLECTIVE_DETERMINATION,
        Progress.FEEDBACK,
        Progress.FEEDBACK_SIGNED,
        Progress.FEEDBACK_DISPUTED,
        Progress.AUTHORITY_APPROVED,
        Progress.FILED,
        Progress.BOUND,
    }
)
"""Where a dossier has passed the second review."""

IN_FORCE = frozenset({Progress.AUTHORITY_APPROVED, Progress.FILED, Progress.BOUND})

SpotOutcome = Literal["agrees", "differs"]
FollowUp = Literal["none", "sent_back", "under_review", "in_force"]
"""What a check leads to: nothing; back to the second review; it is being reviewed again already; or its determinations
are in force, so that only a reopening or the office above takes it up once more."""


def sample_size(passed: int, size: int | None, percent: int) -> int:
    """How many dossiers are drawn of those that passed: `size`, or `percent` of them, at least one and at most all."""
    wanted = size if size is not None else -(-passed * percent // 100)
    return min(max(wanted, 1), passed)


def sample(passed: Iterable[str], size: int, seed: int) -> list[str]:
    """The drawn dossiers in the order in which they were drawn; the order of `passed` counts for nothing."""
    return sorted(set(passed), key=lambda one: (_lot(seed, one), one))[:size]


def _lot(seed: int, campaign_dossier_id: str) -> bytes:
    return hashlib.blake2b(f"{seed} {campaign_dossier_id}".encode(), digest_size=8).digest()


def digest_of_set(passed: Iterable[str]) -> str:
    """One digest of the set that was drawn from: sha256 of the ids in order, a line each."""
    return hashlib.sha256("".join(f"{one}\n" for one in sorted(set(passed))).encode()).hexdigest()


def drawn(passed: Collection[str], size: int | None, percent: int, seed: int) -> tuple[list[str], str]:
    """The sample and the digest of what it was drawn from."""
    return sample(passed, sample_size(len(passed), size, percent), seed), digest_of_set(passed)


def admit_checker(account_id: str, others: Collection[str]) -> None:
    """None of the two first reviewers, not the second one, and not who approved (初审二人、复审人、审批人不得抽查)."""
    if account_id in others:
        raise SamePersonTwice()


def follow_up(outcome: SpotOutcome, state: Progress) -> FollowUp:
    """What follows where the dossier stands now."""
    if outcome == "agrees":
        return "none"
    if (state, Move.SEND_BACK) in MOVES:
        return "sent_back"
    return "in_force" if state in IN_FORCE else "under_review"


def outcome_faults(outcome: SpotOutcome, remark: str | None) -> list[FieldFault]:
    """Whoever finds it otherwise says what."""
    return [FieldFault("/remark", "required")] if outcome == "differs" and remark is None else []
