"""Shapes of what follows both first reviews: second review, determinations, meetings, feedback, approvals."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from chassis.web import RequestModel
from contracts.values.ids import AccountId, MeetingId
from contracts.values.page import PageRef
from contracts.values.text import line_schema, one_line
from services.audit.domain.adjudication import DossierResult, Outcome, Settled, Stage
from services.audit.domain.determination import Cause, Status
from services.audit.domain.determination_record import ResultKept
from services.audit.domain.facts import AnyDeterminedValue, AuditFact
from services.audit.domain.progress import Progress
from services.audit.store.tables import CampaignDossier
from services.audit.store.tables_adjudication import (
    ApprovalRow,
    DecisionOnFact,
    DeterminationRow,
    FeedbackRow,
    MeetingRow,
    MeetingVote,
    SecondReview,
)

Reason = Annotated[str, one_line(500), line_schema(500)]
Words = Annotated[str, one_line(1000), line_schema(1000)]
Title = Annotated[str, one_line(200), line_schema(200)]
Number = Annotated[str, one_line(100), line_schema(100)]
Votes = Annotated[int, Field(ge=0, le=200, strict=True)]
NotRelated = Annotated[
    bool | None,
    Field(description="Your declaration to be neither the subject nor a relative; needed where kin are not known"),
]


class DeclarationIn(RequestModel):
    """An act on a dossier without further content."""

    not_related: NotRelated = None


class ReopeningIn(DeclarationIn):
    """Why a dossier that is filed is taken up once more."""

    reason: Reason


class SecondReviewOut(BaseModel):
    """Who settles the differences of a pair."""

    id: str
    campaign_dossier_id: str
    account_id: str
    reopened_because: str | None = Field(description="The reason, where the dossier had been filed before")
    relation: Literal["not_related", "cannot_tell"]
    taken_up_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, row: SecondReview) -> "SecondReviewOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class ProgressOut(BaseModel):
    """Where a dossier stands in its campaign; `version` is what the next act's If-Match names."""

    campaign_dossier_id: str
    state: Progress
    result: DossierResult | None
    version: int

    @classmethod
    def of(cls, row: CampaignDossier) -> "ProgressOut":
        told = row.model_dump(include={"state", "result", "version"})
        return cls.model_validate({**told, "campaign_dossier_id": row.id})


class StandingOut(BaseModel):
    """What stands of one fact. `disputed`: the two first reviewers differed. In force once `approved_at` is told."""

    id: str
    campaign_dossier_id: str
    campaign_id: str
    person_id: str
    unit_id: str
    fact: AuditFact
    disputed: bool
    stage: Stage
    status: Status
    value: AnyDeterminedValue | None
    cause: Cause | None
    result: ResultKept = Field(description="What the rules say, with the paragraph for the form")
    rules_digest: str
    approved_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: DeterminationRow) -> "StandingOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class StepOut(BaseModel):
    """What somebody decided of a fact, and why; `version` is the determination's after it."""

    version: int
    stage: Stage
    status: Status
    value: AnyDeterminedValue | None
    cause: Cause | None
    reason: str | None
    vote_id: str | None
    decided_by: str
    decided_at: datetime

    @classmethod
    def of(cls, row: DecisionOnFact) -> "StepOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class DeterminationOut(StandingOut):
    """One determination with all its steps, the first one first."""

    steps: list[StepOut]

    @classmethod
    def with_steps(cls, row: DeterminationRow, steps: list[StepOut]) -> "DeterminationOut":
        return cls.model_validate({**StandingOut.of(row).model_dump(), "steps": steps})


class DeterminationList(BaseModel):
    """One page of determinations."""

    items: list[StandingOut]
    next_page_token: str | None


class SettledIn(RequestModel):
    """What is decided of a fact. `undetermined`: what is on file stays, and an appointment waits."""

    status: Literal["consistent", "proposed", "undetermined"]
    value: AnyDeterminedValue | None = None
    cause: Cause | None = None
    reason: Words | None = Field(default=None, description="Needed where it is otherwise than before")

    def settled(self) -> Settled:
        """In the words of the domain."""
        return Settled(Status(self.status), self.value, self.cause, self.reason)


class DecisionOnFactIn(RequestModel):
    """As the rules have it from the claims that stand now, or otherwise with a reason."""

    take: Literal["rules", "otherwise"]
    otherwise: SettledIn | None = None
    not_related: NotRelated = None


class MeetingIn(RequestModel):
    """A meeting that determined (集体研究). `present_ids`: the accounts of those present who vote."""

    held_on: date
    minutes_no: Number = Field(description="会议纪要编号", examples=["专项审核纪要〔2026〕3号"])
    present_ids: list[AccountId] = Field(min_length=1, max_length=100)


class MeetingOut(BaseModel):
    """A meeting as it is kept; nothing of it changes."""

    id: str
    campaign_id: str
    unit_id: str
    held_on: date
    minutes_no: str
    present_ids: list[str]
    recorded_by: str
    recorded_at: datetime

    @classmethod
    def of(cls, row: MeetingRow) -> "MeetingOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class MeetingList(BaseModel):
    """One page of meetings, in the order in which they were recorded."""

    items: list[MeetingOut]
    next_page_token: str | None


class OtherwiseIn(SettledIn):
    """A fact of which the meeting decided otherwise than was proposed."""

    fact: AuditFact


class CollectiveDeterminationIn(DeclarationIn):
    """How the meeting voted on a dossier. Facts that are not named stand as they were proposed."""

    meeting_id: MeetingId
    recused_ids: list[AccountId] = Field(default=[], max_length=100, description="Who left the room (回避)")
    in_favour: Votes
    against: Votes
    abstained: Votes
    otherwise: list[OtherwiseIn] = Field(default=[], max_length=len(AuditFact))


class CollectiveDeterminationOut(BaseModel):
    """A vote as it is kept."""

    id: str
    meeting_id: str
    campaign_dossier_id: str
    recused_ids: list[str]
    in_favour: int
    against: int
    abstained: int
    recorded_by: str
    recorded_at: datetime

    @classmethod
    def of(cls, row: MeetingVote) -> "CollectiveDeterminationOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class FeedbackIn(DeclarationIn):
    """The party organisation of the person's unit met the person (反馈, 与干部本人见面)."""

    organisation: Title = Field(examples=["县财政局党组"])
    met_on: date
    outcome: Outcome = Field(description="`refused`: to sign, noted by witnesses; `disputed`: in writing")
    witnesses: list[Number] = Field(default=[], max_length=10, description="Who note a refusal to sign")
    statement: Annotated[str, one_line(2000), line_schema(2000)] | None = Field(
        default=None, description="What the person says against it, in writing"
    )
    pages: list[Annotated[str, Field(max_length=4000)]] = Field(
        min_length=1, max_length=50, description="Blob tickets of the scanned form as it came back, in order"
    )


class FeedbackOut(BaseModel):
    """Feedback as it is kept."""

    id: str
    campaign_dossier_id: str
    organisation: str
    met_on: date
    outcome: Outcome
    witnesses: list[str]
    statement: str | None
    pages: list[PageRef]
    recorded_by: str
    recorded_at: datetime

    @classmethod
    def of(cls, row: FeedbackRow) -> "FeedbackOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class ApprovalIn(DeclarationIn):
    """The approval of the managing office."""

    document_no: Number | None = Field(default=None, description="批准文号")


class ApprovalOut(BaseModel):
    """An approval. Its form is filed by the catalog: `filed_at` is told once it has been heard."""

    id: str
    campaign_dossier_id: str
    office: str
    office_unit_id: str
    document_no: str | None
    approved_by: str
    approved_at: datetime
    material_id: str
    title: str
    filed_at: datetime | None

    @classmethod
    def of(cls, row: ApprovalRow) -> "ApprovalOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


def facts_settled(body: CollectiveDeterminationIn) -> list[tuple[AuditFact, Settled]]:
    """What the meeting decided otherwise."""
    return [(one.fact, one.settled()) for one in body.otherwise]
