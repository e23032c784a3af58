"""Shapes of what the rules make of claims: a result that explains itself, and the difference that a trial makes."""

from typing import Any

from pydantic import BaseModel, Field, TypeAdapter

from chassis.web import RequestModel
from contracts.values.ids import CampaignDossierId, ClaimId
from contracts.values.partial_date import PartialDate
from services.audit.api.claim_shapes import Saying
from services.audit.domain.determination import (
    Band,
    Cause,
    Determination,
    Direction,
    Disagreement,
    Finding,
    FindingCode,
    Purpose,
    Status,
)
from services.audit.domain.determine_trial import Member, Trial
from services.audit.domain.facts import AnyDeterminedValue, AuditFact, ClaimValue
from services.audit.usecases.try_fact_matrix import Tried, TryMatrix

MOST_ADDED = 50
MOST_DISCOUNTED = 200
_value: TypeAdapter[Any] = TypeAdapter(AnyDeterminedValue)


class DisagreementOut(BaseModel):
    """A claim that says something else than the result: by how much, in which direction, and the likely cause."""

    claim_id: str
    months: int | None
    direction: Direction | None = Field(description="overstated 填大, understated 填小")
    cause: Cause | None
    band: Band | None
    purpose: Purpose | None = Field(description="What a false date on this paper would have served")

    @classmethod
    def of(cls, found: Disagreement) -> "DisagreementOut":
        told = {name: getattr(found, name) for name in cls.model_fields if name != "claim_id"}
        return cls(claim_id=found.claim.id, **told)


class FindingOut(BaseModel):
    """Something that a reviewer is to see, in the words of the form."""

    code: FindingCode
    zh: str
    claim_ids: list[str]
    months: int | None

    @classmethod
    def of(cls, found: Finding) -> "FindingOut":
        return cls(code=found.code, zh=found.zh, claim_ids=list(found.claims), months=found.months)


class ResultOut(BaseModel):
    """What the rules make of the claims about one fact. Without a rule there is no value, and the meeting decides."""

    status: Status
    value: AnyDeterminedValue | None
    written: str | None = Field(description="The value as forms write it")
    basis: str | None = Field(description="The deciding claim")
    rule: str | None
    source: str | None
    collective: bool = Field(description="The meeting decides (集体研究)")
    cause: Cause | None
    months: int | None = Field(description="Of the claim that is furthest off")
    direction: Direction | None
    disagreeing: list[DisagreementOut]
    cannot_tell: list[str]
    findings: list[FindingOut]
    kept: AnyDeterminedValue | None = Field(description="What stays on file while nothing is determined")
    seniority_from: PartialDate | None
    paragraph: str = Field(description="The text for the form, in Chinese")

    @classmethod
    def of(cls, found: Determination) -> "ResultOut":
        same = ("status", "written", "rule", "source", "collective", "cause", "months", "direction")
        return cls(
            **{name: getattr(found, name) for name in (*same, "seniority_from", "paragraph")},
            value=_shown(found.value),
            basis=found.basis.id if found.basis else None,
            disagreeing=[DisagreementOut.of(one) for one in found.disagreeing],
            cannot_tell=[claim.id for claim in found.cannot_tell],
            findings=[FindingOut.of(one) for one in found.findings],
            kept=_shown(found.kept),
        )


def _shown(value: ClaimValue | None) -> Any:
    return None if value is None else _value.validate_python(value.model_dump())


class TrialIn(RequestModel):
    """Claims to add, and claims (by id) to leave out. Without either: what the rules make of the claims as they are."""

    add: list[Saying] = Field(default=[], max_length=MOST_ADDED)
    discount: list[ClaimId] = Field(default=[], max_length=MOST_DISCOUNTED)
    facts: list[AuditFact] = Field(default=[], max_length=len(AuditFact), description="Only these; all, if empty")
    campaign_dossier_id: CampaignDossierId | None = Field(
        default=None, description="By the settings of its campaign, as its facts are determined"
    )

    def command(self, person_id: str) -> TryMatrix:
        """The trial in the words of the use case."""
        added = [one.said_of(person_id) for one in self.add]
        return TryMatrix(person_id, added, self.discount, self.facts, self.campaign_dossier_id)


class FactTrialOut(BaseModel):
    """One fact before and after, and where the two differ."""

    fact: AuditFact
    before: ResultOut
    after: ResultOut
    changed: list[Member]
    now_disagreeing: list[str]
    no_longer_disagreeing: list[str]
    new_findings: list[str]
    gone_findings: list[str]

    @classmethod
    def of(cls, fact: AuditFact, trial: Trial) -> "FactTrialOut":
        return cls(
            fact=fact,
            before=ResultOut.of(trial.before),
            after=ResultOut.of(trial.after),
            changed=list(trial.changed),
            now_disagreeing=list(trial.now_disagreeing),
            no_longer_disagreeing=list(trial.no_longer_disagreeing),
            new_findings=list(trial.new_findings),
            gone_findings=list(trial.gone_findings),
        )


class TrialOut(BaseModel):
    """A trial; nothing of it is kept. `added` are the ids under which the added claims stand in the results."""

    person_id: str
    added: list[str]
    rules_digest: str
    results: list[FactTrialOut]

    @classmethod
    def of(cls, person_id: str, tried: Tried) -> "TrialOut":
        results = [FactTrialOut.of(fact, trial) for fact, trial in tried.trials.items()]
        return cls(person_id=person_id, added=list(tried.added), rules_digest=tried.rules_digest, results=results)
