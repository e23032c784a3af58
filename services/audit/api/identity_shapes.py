"""Shapes of who is meant, in and out."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.web import RequestModel
from contracts.values.ids import MaterialId, PersonId
from contracts.values.partial_date import PartialDate
from contracts.values.ternary import Ternary
from contracts.values.text import line_schema, one_line
from services.audit.domain.identity import Comparison, NameMatch, Outcome, Part, Profile, Stay, Suggestion
from services.audit.domain.recusal import Relation
from services.audit.store.tables_identity import IdentityDecisionRow
from services.audit.usecases.decide_identity import DecideIdentity, NameKind
from services.audit.usecases.find_candidates import Candidate
from services.audit.usecases.identity_profiles import About

Name = Annotated[str, one_line(100), line_schema(100)]
Line = Annotated[str, one_line(200), line_schema(200)]
Reason = Annotated[str, one_line(500), line_schema(500)]


class StayIn(RequestModel):
    """Time at a school or unit."""

    place: Line
    begins: PartialDate | None = None
    ends: PartialDate | None = None


class SaidIn(RequestModel):
    """What the paper says of whom it means, or what is known of the person, beside the claims that were entered."""

    name: Name
    other_names: list[Name] = Field(default=[], max_length=20)
    native_place: Name | None = None
    birth_date: PartialDate | None = None
    work_start_date: PartialDate | None = None
    party_join_date: PartialDate | None = None
    schools: list[StayIn] = Field(default=[], max_length=50)
    units: list[StayIn] = Field(default=[], max_length=50)
    relatives: list[Name] = Field(default=[], max_length=50)

    def profile(self) -> Profile:
        """The same in the words of the domain."""

        def once(date: PartialDate | None) -> tuple[PartialDate, ...]:
            return (date,) if date else ()

        return Profile(
            self.name,
            tuple(self.other_names),
            native_places=(self.native_place,) if self.native_place else (),
            births=once(self.birth_date),
            work_starts=once(self.work_start_date),
            party_joins=once(self.party_join_date),
            schools=tuple(Stay(one.place, one.begins, one.ends) for one in self.schools),
            units=tuple(Stay(one.place, one.begins, one.ends) for one in self.units),
            relatives=tuple(self.relatives),
        )


class AboutIn(RequestModel):
    """Exactly one of `person_id` (somebody newly entered) and `material_id` (whom does it mean?)."""

    person_id: PersonId | None = None
    material_id: MaterialId | None = Field(default=None, description="A filed one, or one that was handed in")
    said: SaidIn | None = Field(default=None, description="A material without a claim of a name needs it")

    @model_validator(mode="after")
    def _one_subject(self) -> "AboutIn":
        if (self.person_id is None) == (self.material_id is None):
            raise PydanticCustomError("contradiction", "one of them", {"other": "person_id, material_id"})
        return self

    def about(self) -> About:
        """The same in the words of the use cases."""
        return About(self.person_id, self.material_id, self.said.profile() if self.said else None)


class PartOut(BaseModel):
    """One part: compatible (yes), contradicts (no), or cannot tell; with what either side says."""

    part: Part
    outcome: Ternary
    points: int
    said: list[str]
    known: list[str]


class CandidateOut(BaseModel):
    """A person who may be meant. The score, 0 to 100, orders the list and decides nothing."""

    person_id: str
    name: str
    match: NameMatch
    score: int
    parts: list[PartOut]
    suggestion: Suggestion
    proves: bool = Field(description="Native place equal, and enough beside it, to decide for one person")
    is_owner: bool = Field(description="The material lies in this person's dossier, or was handed in for it")
    decided: Outcome | None = Field(description="The decision in force between the two")

    @classmethod
    def of(cls, one: Candidate) -> "CandidateOut":
        return cls(
            person_id=one.person_id,
            name=one.name,
            match=one.compared.match,
            score=one.compared.score,
            parts=parts_of(one.compared),
            suggestion=one.compared.suggestion,
            proves=one.compared.proves(),
            is_owner=one.is_owner,
            decided=Outcome(one.decided) if one.decided else None,
        )


def parts_of(compared: Comparison) -> list[PartOut]:
    """Each part as the API shows it."""
    return [PartOut.model_validate(part, from_attributes=True) for part in compared.parts]


class CandidateList(BaseModel):
    """The likeliest first."""

    items: list[CandidateOut]
    has_more: bool = Field(description="More of this name or sound than are looked at; see rules/identity.toml")
    needed: int = Field(description="How many of birth, work start, party date, schools and units prove one person")


class IdentityDecisionIn(AboutIn):
    """One person, or two, and why."""

    candidate_id: PersonId
    outcome: Outcome
    reason: Reason
    explanation: Reason | None = Field(default=None, description="Why native places differ, or are not known")
    keep_name_as: NameKind | None = Field(
        default=None, description="Keep the name with the candidate: a former one (曾用名), or another spelling"
    )
    not_related: bool | None = Field(
        default=None,
        description="Your declaration to be neither of the two nor a relative; needed where kin are not known",
    )

    def command(self) -> DecideIdentity:
        """The same in the words of the use case."""
        return DecideIdentity(
            self.about(),
            self.candidate_id,
            self.outcome,
            self.reason,
            self.explanation,
            self.keep_name_as,
            self.not_related,
        )


class IdentityDecisionOut(BaseModel):
    """A decision as it was made, and whether it holds."""

    id: str
    unit_id: str
    material_id: str | None
    person_id: str | None
    candidate_id: str
    outcome: Outcome
    state: Literal["in_force", "undone"]
    match: NameMatch
    score: int
    parts: list[PartOut]
    said: dict[str, Any] = Field(description="What was said of the subject at the time")
    name: str | None = Field(description="The name that is kept with the candidate")
    name_kind: NameKind | None
    reason: str
    explanation: str | None
    rules_digest: str
    relation: Relation = Field(description="How whoever decided stood to the two")
    decided_by: str
    decided_at: datetime
    undone_by: str | None
    undone_at: datetime | None
    undone_reason: str | None
    version: int

    @classmethod
    def of(cls, row: IdentityDecisionRow) -> "IdentityDecisionOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class IdentityDecisionList(BaseModel):
    """One page of decisions, the oldest first."""

    items: list[IdentityDecisionOut]
    next_page_token: str | None


class UndoingIn(RequestModel):
    """Why it does not hold."""

    reason: Reason
