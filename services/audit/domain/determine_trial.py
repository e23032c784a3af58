"""What if (试算): the same facts with claims added or discounted, and what becomes of the result."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from services.audit.domain.claim import Claim
from services.audit.domain.determination import Context, Determination
from services.audit.domain.determine import determine
from services.audit.domain.determine_rules import DeterminationRules
from services.audit.domain.facts import AuditFact

Member = Literal["status", "value", "basis", "rule", "collective", "cause", "months", "direction", "seniority_from"]
MEMBERS: tuple[Member, ...] = (
    "status",
    "value",
    "basis",
    "rule",
    "collective",
    "cause",
    "months",
    "direction",
    "seniority_from",
)


@dataclass(frozen=True)
class Trial:
    """Both results, and where they differ: members, claims that disagree, findings by code."""

    before: Determination
    after: Determination
    changed: tuple[Member, ...]
    now_disagreeing: tuple[str, ...]
    no_longer_disagreeing: tuple[str, ...]
    new_findings: tuple[str, ...]
    gone_findings: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether the trial changes nothing of the result."""
        moved = (self.now_disagreeing, self.no_longer_disagreeing, self.new_findings, self.gone_findings)
        return not self.changed and not any(moved)


def try_out(
    fact: AuditFact,
    claims: Sequence[Claim],
    context: Context,
    rules: DeterminationRules,
    *,
    add: Sequence[Claim] = (),
    discount: Collection[str] = (),
) -> Trial:
    """Determine with and without. Nothing is kept.

    ValueError: a discounted id that no claim has, or an added claim with the id of another.
    """
    known = {claim.id for claim in claims}
    if unknown := sorted(set(discount) - known):
        raise ValueError(f"no such claim: {', '.join(unknown)}")
    if len(known | {claim.id for claim in add}) < len(known) + len(add):
        raise ValueError("an added claim has the id of another")
    tried = [replace(claim, excluded="discounted") if claim.id in discount else claim for claim in claims]
    before = determine(fact, claims, context, rules)
    return compare(before, determine(fact, [*tried, *add], context, rules))


def compare(before: Determination, after: Determination) -> Trial:
    """Where two results about one fact differ, also those of two rule books."""
    was, now = _disagreeing(before), _disagreeing(after)
    had, has = _codes(before), _codes(after)
    return Trial(
        before,
        after,
        changed=tuple(member for member in MEMBERS if _of(before, member) != _of(after, member)),
        now_disagreeing=tuple(ident for ident in now if ident not in was),
        no_longer_disagreeing=tuple(ident for ident in was if ident not in now),
        new_findings=tuple(code for code in has if code not in had),
        gone_findings=tuple(code for code in had if code not in has),
    )


def _of(found: Determination, member: Member) -> object:
    return found.basis and found.basis.id if member == "basis" else getattr(found, member)


def _disagreeing(found: Determination) -> tuple[str, ...]:
    return tuple(other.claim.id for other in found.disagreeing)


def _codes(found: Determination) -> tuple[str, ...]:
    return tuple(dict.fromkeys(finding.code for finding in found.findings))
