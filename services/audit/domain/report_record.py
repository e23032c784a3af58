"""A dossier's case made a second time: not from where it stands, but from the record of what was done to it.

The journal and the steps of determinations are never rewritten, so a report that does not come out of them as well is
a report of something that nobody did.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.audit.domain.adjudication import FORM_TITLE, DossierResult, result_of
from services.audit.domain.alteration import Verdict
from services.audit.domain.determination import Status
from services.audit.domain.facts import AuditFact
from services.audit.domain.report_case import Collected, EducationError, FalseAge, ReportCase, ReportedIssue

DETERMINED = "campaign_dossier.determined"
TABLED = "campaign_dossier.tabled"
INVESTIGATED = "campaign_dossier.investigated"
REOPENED = "campaign_dossier.reopened"
RETURNED = "campaign_dossier.returned"
CORRECTED = "campaign_dossier.corrected"
APPROVED = "campaign_dossier.approved"
PAIR_VOIDED = "campaign_dossier.pair_voided"

VERBS = (DETERMINED, TABLED, INVESTIGATED, REOPENED, RETURNED, CORRECTED, APPROVED, PAIR_VOIDED)
"""What the journal says of a dossier that the report depends on."""

UNDOES = (TABLED, INVESTIGATED, REOPENED, RETURNED, PAIR_VOIDED)
"""After these, what a meeting decided before does not stand."""


UNKNOWN = FalseAge()
NOTHING = Collected()


@dataclass(frozen=True)
class Act:
    """An act on a dossier. `result`: what the journal's commitment to a tabling was made of; None for other acts."""

    verb: str
    at: datetime
    result: DossierResult | None = None


@dataclass(frozen=True)
class FactStep:
    """A step of a fact's determination, in order of its version."""

    fact: AuditFact
    version: int
    status: Status
    false: bool
    at: datetime


@dataclass(frozen=True)
class DossierRecord:
    """What is on record of a dossier: `acts` in order; `forms` the titles and moments of what was approved.

    `age` and `education` are what the rules said of the claims, should the last step find them false.
    """

    unit: str
    rank: str
    acts: tuple[Act, ...]
    steps: tuple[FactStep, ...]
    forms: tuple[tuple[str, datetime], ...] = ()
    age: FalseAge = UNKNOWN
    education: frozenset[EducationError] = frozenset()
    issues: frozenset[ReportedIssue] = frozenset()
    altered: frozenset[tuple[AuditFact, Verdict]] = frozenset()
    collected: Collected = NOTHING


def recounted(record: DossierRecord) -> ReportCase:
    """The case that the record makes."""
    result, determined = _outcome(record)
    if result is None:
        return ReportCase(record.unit, record.rank)
    last = _last(record.steps)
    birth, education = last.get(AuditFact.BIRTH_DATE), last.get(AuditFact.EDUCATION)
    approved = {act.at for act in record.acts if act.verb == APPROVED}
    return ReportCase(
        unit=record.unit,
        rank=record.rank,
        result=result,
        problems=frozenset(fact for fact, step in last.items() if step.status is not Status.CONSISTENT),
        issues=record.issues,
        altered=record.altered,
        false_age=record.age if birth is not None and birth.false else None,
        false_education=bool(record.education) or (education is not None and education.false),
        education_errors=record.education,
        determined=determined,
        collected=record.collected,
        forms=sum(title == FORM_TITLE and at in approved for title, at in record.forms),
    )


def _outcome(record: DossierRecord) -> tuple[DossierResult | None, bool]:
    """How the dossier came out, and whether a meeting's decision stands."""
    result: DossierResult | None = None
    determined = False
    for act in record.acts:
        match act.verb:
            case "campaign_dossier.tabled":
                result = act.result
            case "campaign_dossier.investigated":
                result = "to_investigate"
            case "campaign_dossier.determined":
                voted = [step.status for step in record.steps if step.at == act.at]
                result, determined = result_of(voted), True
            case "campaign_dossier.corrected":
                standing = _last(step for step in record.steps if step.at <= act.at)
                result = result_of([step.status for step in standing.values()])
            case "campaign_dossier.pair_voided":  # nothing came out of it: two others begin again
                result = None
            case _:
                pass
        determined = determined and act.verb not in UNDOES
    return result, determined


def _last(steps: Iterable[FactStep]) -> dict[AuditFact, FactStep]:
    return {step.fact: step for step in sorted(steps, key=lambda step: step.version)}
