"""Shapes of the gate's answers and questions."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.web import RequestModel
from contracts.values.ids import PersonId
from contracts.values.text import line_schema, one_line
from services.audit.domain.clearance import Bar, ClearanceRules, Kind, Reason, State, Words
from services.audit.store import clearances
from services.audit.store.tables_gate import ClearanceHold, ClearanceRow
from services.audit.usecases.find_named import Named

MAX_PERSONS = 500

Line = Annotated[str, one_line(200), line_schema(200)]
Note = Annotated[str, one_line(500), line_schema(500)]


class NamedIn(RequestModel):
    """A person: by id, or by number and name together."""

    person_id: PersonId | None = None
    person_no: Annotated[str, one_line(40), line_schema(40)] | None = None
    name: Annotated[str, one_line(100), line_schema(100)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "NamedIn":
        by_number = self.person_no is not None and self.name is not None
        if (self.person_id is not None) == by_number or (self.person_no is None) != (self.name is None):
            raise PydanticCustomError("required", "person_id, or person_no and name")
        return self

    def named(self) -> Named:
        """In the words of the use case."""
        return Named(self.person_id, self.person_no, self.name)


class AskedIn(NamedIn):
    """A person on the list, with the post that is proposed."""

    proposed_post: Line | None = Field(default=None, examples=["县财政局局长"])


class ClearancesIn(RequestModel):
    """A list of persons for one kind of clearance."""

    kind: Kind
    persons: list[AskedIn] = Field(min_length=1, max_length=MAX_PERSONS)


class AgendaIn(RequestModel):
    """A meeting's list."""

    kind: Kind
    meeting_on: date
    persons: list[NamedIn] = Field(min_length=1, max_length=MAX_PERSONS)


class SuspensionIn(RequestModel):
    """Why the clearance is held up."""

    reason: Note = Field(description="For the archive's own people; it goes into no event and no journal row")


class WordsOut(BaseModel):
    """One text in both languages."""

    zh: str
    en: str

    @classmethod
    def of(cls, words: Words) -> "WordsOut":
        return cls(zh=words.zh, en=words.en)


class ReasonOut(BaseModel):
    """Why it is not cleared, and what cures it. `rule` is of the gate's rules; `about` the fact, return code or
    missing material that it concerns; `resource` the path of what shows it."""

    rule: str
    about: str
    resource: str
    reason: WordsOut
    cure: WordsOut
    source: str

    @classmethod
    def of(cls, reason: Reason, rules: ClearanceRules) -> "ReasonOut":
        rule, original = rules.by_id(reason.rule), rules.key_originals.get(reason.about)
        plain = WordsOut(zh=reason.rule, en=reason.rule)
        said = WordsOut.of(rule.reason) if rule else plain
        if original and rule and rule.when == "key_original_missing":
            said = WordsOut(zh=f"{said.zh}：{original.zh}", en=f"{said.en}: {original.en}")
        cure = WordsOut.of(rule.cure) if rule else plain
        source = rule.source if rule else ""
        return cls(
            rule=reason.rule, about=reason.about, resource=reason.resource, reason=said, cure=cure, source=source
        )


class ClearanceOut(BaseModel):
    """One clearance. `expires_on` is the last day on which it may be relied upon."""

    id: str
    list_id: str
    person_id: str
    dossier_id: str | None
    unit_id: str
    kind: Kind
    proposed_post: str | None
    state: State
    reasons: list[ReasonOut]
    rules_digest: str
    asked_by: str
    asked_at: datetime
    decided_at: datetime
    expires_on: date | None
    version: int

    @classmethod
    def of(cls, row: ClearanceRow, rules: ClearanceRules) -> "ClearanceOut":
        plain = row.model_dump(include=set(cls.model_fields) - {"reasons"})
        reasons = [ReasonOut.of(one, rules) for one in clearances.standing_of(row).reasons]
        return cls.model_validate({**plain, "reasons": reasons})


class ClearanceListOut(BaseModel):
    """What became of a list, in its order."""

    list_id: str
    items: list[ClearanceOut]


class ClearancePage(BaseModel):
    """One page of clearances, the oldest first."""

    items: list[ClearanceOut]
    next_page_token: str | None


class TabledOut(BaseModel):
    """Whether a person may be put before the meeting; else why they are struck, with the cures."""

    person_id: str
    clearance_id: str | None
    may_be_tabled: bool
    bar: Bar | None
    reasons: list[ReasonOut]


class AgendaOut(BaseModel):
    """The whole list with the signature over it; the answer holds for the moment in which it was given."""

    kind: Kind
    meeting_on: date
    items: list[TabledOut]
    jws: str


class SuspensionOut(BaseModel):
    """Who held the clearance up, when and why."""

    id: str
    clearance_id: str
    reason: str
    held_by: str
    held_at: datetime

    @classmethod
    def of(cls, row: ClearanceHold) -> "SuspensionOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class SuspensionList(BaseModel):
    """What held the clearance up, in order; there are few."""

    items: list[SuspensionOut]
    next_page_token: None = None


class DossierAuditOut(BaseModel):
    """The audit of the dossier, or of what is lent, that is open now; it is worked off as a task."""

    task_id: str
    dossier_id: str | None
    preview_id: str | None
    occasion: str
    due_at: datetime
