"""Shapes of facts, in and out."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from chassis.web import RequestModel
from contracts.values.ids import DeterminationId, FactId, MaterialId, PageId, from_uuid, to_uuid
from contracts.values.partial_date import PartialDate
from services.catalog.api.texts import Remark
from services.catalog.domain import fact_values
from services.catalog.domain.fact_changes import FactEntry
from services.catalog.domain.facts import EnteredKind, Fact, FactKind, Provenance, ProvenanceKind


class ProvenanceIn(RequestModel):
    """Where a fact comes from: read in a material, determined, or entered by hand."""

    kind: Literal["material", "determination", "entry"] = "entry"
    material_id: MaterialId | None = Field(default=None, description="A material of the person's own dossier")
    page_id: PageId | None = None
    determination_id: DeterminationId | None = None
    reason: Remark | None = Field(default=None, description="How it was settled, in words; a withdrawal needs it")

    @model_validator(mode="after")
    def _fitting(self) -> "ProvenanceIn":
        if (self.kind == "material") != (self.material_id is not None):
            raise PydanticCustomError("contradiction", "contradicts {other}", {"other": "material_id"})
        if self.page_id is not None and self.material_id is None:
            raise PydanticCustomError("contradiction", "contradicts {other}", {"other": "page_id"})
        if self.determination_id is not None and self.kind != "determination":
            raise PydanticCustomError("contradiction", "contradicts {other}", {"other": "determination_id"})
        return self


class FactIn(RequestModel):
    """One line. Without `corrects` a fact is added; of a kind that has one at a time it takes the present one's place.

    A correction keeps what the line does not name: `{"corrects": …, "valid_to": "2020-05"}` ends a period, and
    `withdrawn` ends a fact that was wrong from the beginning. Nothing is overwritten.
    """

    kind: EnteredKind
    value: dict[str, Any] | None = Field(
        default=None,
        description="The shape of the kind: `text`, `date`, `mode` and `level` …; see the archivist's guide",
        examples=[{"date": "1970-01"}, {"mode": "full_time", "level": "大学", "school": "某大学"}],
    )
    valid_from: PartialDate | None = None
    valid_to: PartialDate | None = None
    provenance: ProvenanceIn = ProvenanceIn()
    corrects: FactId | None = None
    withdrawn: bool = False

    @field_validator("value")
    @classmethod
    def _of_its_kind(cls, value: dict[str, Any] | None, info: ValidationInfo) -> Any:
        kind = info.data.get("kind")
        if value is None or kind is None:
            return value
        return fact_values.SHAPES[kind].model_validate(value)

    def entry(self, pointer: str) -> FactEntry:
        """The line as the domain takes it; an identity number is split from its masked form."""
        told: Any = self.value
        number = told.id_number if isinstance(told, fact_values.IdNumberValue) else None
        value = None if told is None else {"masked": number.masked} if number else fact_values.as_json(told)
        return FactEntry(
            self.kind,
            Provenance(**self.provenance.model_dump()),
            value,
            self.valid_from,
            self.valid_to,
            self.corrects,
            self.withdrawn,
            frozenset(self.model_fields_set),
            number=number,
            pointer=pointer,
        )


class FactsIn(RequestModel):
    """Up to a hundred lines, all or none."""

    facts: list[FactIn] = Field(min_length=1, max_length=100)


class ProvenanceOut(BaseModel):
    """Where a fact comes from."""

    kind: ProvenanceKind
    material_id: str | None
    page_id: str | None
    determination_id: str | None
    import_id: str | None
    reason: str | None


class FactOut(BaseModel):
    """One fact. An identity number is masked here, always."""

    id: str
    kind: FactKind
    value: dict[str, Any]
    valid_from: PartialDate | None
    valid_to: PartialDate | None
    provenance: ProvenanceOut
    current: bool
    recorded_at: datetime
    recorded_by: str
    ended_at: datetime | None
    ended_by: str | None
    superseded_by: str | None = Field(description="Null with `ended_at`: it was withdrawn")

    @classmethod
    def of(cls, fact: Fact) -> "FactOut":
        where = fact.provenance
        imported = from_uuid("lrm", to_uuid(fact.entry_id)) if where.kind == "import" else None
        return cls(
            id=fact.fact_id,
            kind=fact.kind,
            value=dict(fact.value),
            valid_from=fact.valid_from,
            valid_to=fact.valid_to,
            provenance=ProvenanceOut(
                kind=where.kind,
                material_id=where.material_id,
                page_id=where.page_id,
                determination_id=where.determination_id,
                import_id=imported,
                reason=where.reason,
            ),
            current=fact.ended_at is None,
            recorded_at=fact.recorded_at,
            recorded_by=fact.recorded_by,
            ended_at=fact.ended_at,
            ended_by=fact.ended_by,
            superseded_by=fact.superseded_by,
        )


class FactPage(BaseModel):
    """A page of facts: by kind, then by time or by their place in the list."""

    items: list[FactOut]
    next_page_token: str | None


class FactsRecorded(BaseModel):
    """What was added, and the person's version after it."""

    person_id: str
    version: int
    facts: list[FactOut]


class SettledOut(BaseModel):
    """One of the three ages: the fact that counts, and what counted before, the oldest first."""

    current: FactOut | None
    earlier: list[FactOut]


class HighestOut(BaseModel):
    """Highest education and degree of one mode."""

    education: FactOut | None
    degree: FactOut | None


class ContradictionOut(BaseModel):
    """Two kinds of facts that do not fit; both stand until somebody has looked."""

    code: str
    kinds: list[str]
    at: str | None = Field(default=None, description="The month in which two lines of the résumé part or overlap")


class FactSummary(BaseModel):
    """What is computed from the current facts."""

    person_id: str
    version: int
    three_ages: dict[str, SettledOut]
    highest: dict[str, HighestOut]
    technical_title: FactOut | None
    rank: FactOut | None
    posts: list[FactOut]
    contradictions: list[ContradictionOut]
