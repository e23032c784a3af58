"""From a verdict to a determination: the one place where a value is given, and only with a rule behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.values.partial_date import PartialDate
from services.audit.domain.claim import Claim
from services.audit.domain.determination import (
    Cause,
    Context,
    Determination,
    Disagreement,
    Finding,
    Status,
    gravest_cause,
)
from services.audit.domain.determine_rules import DeterminationRules, Method, Rule
from services.audit.domain.determine_words import Told, paragraph, written
from services.audit.domain.facts import AuditFact, ClaimValue


@dataclass(frozen=True)
class Verdict:
    """What one way of determining comes to. Without a rule, or without a value, it is the meeting's to decide."""

    status: Status
    value: ClaimValue | None = None
    basis: Claim | None = None
    rule: Rule | None = None
    collective: bool = False
    findings: tuple[Finding, ...] = ()
    written: str | None = None
    seniority_from: PartialDate | None = None

    @property
    def settled(self) -> Verdict:
        """The same where a rule gives the value; else undetermined, without a value."""
        if self.rule is not None and self.value is not None:
            return self
        return Verdict(Status.UNDETERMINED, basis=self.basis, collective=True, findings=self.findings)


@dataclass(frozen=True)
class Case:
    """What is to be determined: the fact's claims in their order, those that were set aside, and what is beside."""

    fact: AuditFact
    claims: tuple[Claim, ...]
    set_aside: tuple[Claim, ...]
    context: Context
    rules: DeterminationRules

    def rule(self, method: Method) -> Rule | None:
        """The rule of this fact that is in force on the day."""
        return self.rules.rule(self.fact, method, self.context.on)


def conclude(
    case: Case,
    verdict: Verdict,
    disagreeing: Sequence[Disagreement] = (),
    cannot_tell: Sequence[Claim] = (),
    cause: Cause | None = None,
) -> Determination:
    """The determination, with its paragraph. Unless another is given, the cause is the gravest of the disagreements."""
    verdict = verdict.settled
    kept = case.context.current if verdict.status is Status.UNDETERMINED else None
    findings = (*_about_all(case), *verdict.findings)
    told = Told(
        fact=case.fact,
        status=verdict.status,
        value=None if verdict.value is None else written(verdict.value),
        basis=verdict.basis,
        disagreeing=disagreeing,
        cannot_tell=cannot_tell,
        rule=verdict.rule,
        collective=verdict.collective,
        findings=findings,
        claims=case.claims,
        kept=kept,
        prior=case.context.prior,
    )
    return Determination(
        fact=case.fact,
        status=verdict.status,
        value=verdict.value,
        basis=verdict.basis,
        disagreeing=tuple(disagreeing),
        cannot_tell=tuple(cannot_tell),
        rule=verdict.rule.id if verdict.rule else None,
        source=verdict.rule.source if verdict.rule else None,
        collective=verdict.collective,
        paragraph=paragraph(told),
        written=verdict.written if verdict.value is not None else None,
        cause=cause or gravest_cause(found.cause for found in disagreeing),
        findings=findings,
        kept=kept,
        seniority_from=verdict.seniority_from,
        rules_digest=case.rules.digest,
    )


def _about_all(case: Case) -> tuple[Finding, ...]:
    """What is to be seen whatever the result: alterations, and claims that were set aside."""
    altered = tuple(claim.id for claim in case.claims if claim.altered != "none")
    found: list[Finding] = []
    if altered:
        found.append(Finding("altered_record", f"有{len(altered)}处记载经过涂改", altered))
    if case.set_aside:
        ids = tuple(claim.id for claim in case.set_aside)
        others = any(claim.excluded == "other_person" for claim in case.set_aside)
        why = "伪造、不予认可或系他人材料" if others else "伪造或不予认可"
        found.append(Finding("set_aside", f"另有{len(ids)}项记载因{why}未予采信", ids))
    return tuple(found)
