"""Shapes of claims, in and out."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from chassis.web import RequestModel
from contracts.values.ids import MaterialId, PageId, PersonId
from contracts.values.partial_date import PartialDate
from contracts.values.text import line_schema, one_line
from services.audit.domain.claim import Altered
from services.audit.domain.claim_entry import Entered
from services.audit.domain.facts import VALUE_OF, AnyClaimValue, AuditFact
from services.audit.store.claims import KnownClaim
from services.audit.usecases.change_claim import ExclusionKind

Title = Annotated[str, one_line(200), line_schema(200)]
Words = Annotated[str, one_line(500), line_schema(500)]
Percent = Annotated[float, Field(ge=0, le=100)]
NotRelated = Annotated[
    bool | None,
    Field(description="Your declaration to be neither the person nor a relative; needed where kin are not known"),
]
_VALUE = "What the paper says, of the fact's own kind: see the member `value` of the answer; `type` may be left out"
_EXAMPLES: list[Any] = [
    {"date": {"value": "1968-03"}},
    {"date": {"value": "1971-01", "qualifier": "uncertain", "calendar": "lunar", "as_written": "一九七〇年腊月"}},
    {"branch_meeting": {"value": "1990-06-12"}, "committee_approval": {"value": "1990-08-01"}},
]
_value: TypeAdapter[AnyClaimValue] = TypeAdapter(AnyClaimValue)


class Box(BaseModel):
    """A place on the page in per cent of its width and height, as IIIF's `pct:` has it: a new scan moves nothing."""

    model_config = ConfigDict(extra="forbid")

    x: Percent
    y: Percent
    width: Annotated[float, Field(gt=0, le=100)]
    height: Annotated[float, Field(gt=0, le=100)]

    @model_validator(mode="after")
    def _within(self) -> "Box":
        if self.x + self.width > 100 or self.y + self.height > 100:
            raise PydanticCustomError("out-of-range", "beyond the page", {"min": 0, "max": 100})
        return self


class Saying(RequestModel):
    """What a paper says about a fact, and where.

    The paper is a material of the person's dossier (`material_id`), or one that is not in it (`title`), such as a
    household register that was looked up. A paper that contradicts itself or another one is entered as it is, with
    `as_on_paper`: without it, what cannot be true is taken for a slip and refused.
    """

    fact: AuditFact
    value: dict[str, Any] = Field(description=_VALUE, examples=_EXAMPLES)
    material_id: MaterialId | None = None
    page_id: PageId | None = None
    box: Box | None = None
    title: Title | None = Field(default=None, validate_default=True, description="Of a paper outside the dossier")
    formed_on: PartialDate | None = Field(
        default=None, description="The date on the paper; of a material only where the catalogue has none"
    )
    signed: bool | None = Field(default=None, description="Whether the person signed a form that they filled in")
    altered: Altered = Field(default="none", description="The place was altered; unreadable: and hides what was there")
    as_on_paper: bool = Field(default=False, description="You looked again: the paper really says so")
    remark: Words | None = None

    @field_validator("value")
    @classmethod
    def _of_its_kind(cls, value: dict[str, Any], info: ValidationInfo) -> Any:
        fact = info.data.get("fact")
        return value if fact is None else VALUE_OF[fact].model_validate(value)

    @field_validator("title")
    @classmethod
    def _one_paper(cls, title: str | None, info: ValidationInfo) -> str | None:
        if "material_id" in info.data and (title is None) == (info.data["material_id"] is None):
            if title is None:
                raise PydanticCustomError("required", "a paper is needed")
            raise PydanticCustomError("contradiction", "contradicts {other}", {"other": "material_id"})
        return title

    @field_validator("page_id")
    @classmethod
    def _page_of_a_material(cls, page_id: str | None, info: ValidationInfo) -> str | None:
        if page_id is not None and info.data.get("material_id", page_id) is None:
            raise PydanticCustomError("contradiction", "contradicts {other}", {"other": "material_id"})
        return page_id

    @field_validator("box")
    @classmethod
    def _box_on_a_page(cls, box: Box | None, info: ValidationInfo) -> Box | None:
        if box is not None and info.data.get("page_id", box) is None:
            raise PydanticCustomError("contradiction", "contradicts {other}", {"other": "page_id"})
        return box

    def said_of(self, person_id: str) -> Entered:
        """The statement in the words of the domain."""
        told: dict[str, Any] = {name: getattr(self, name) for name in Saying.model_fields}
        return Entered(**{**told, "person_id": person_id, "box": self.box.model_dump() if self.box else None})


class Statement(Saying):
    """What a paper says about a fact of a person, and where: see the members."""

    person_id: PersonId


class ClaimIn(Statement):
    """One claim, entered beside the page."""

    not_related: NotRelated = None


class ClaimPatch(RequestModel):
    """Members to correct (RFC 7396): `null` removes one that may be absent. Another person, fact or material is
    another claim: withdraw this one."""

    value: dict[str, Any] = Field(default=None, description=_VALUE)  # pyright: ignore  # absent, never null
    page_id: PageId | None = None
    box: Box | None = None
    title: Title = Field(default=None)  # pyright: ignore[reportAssignmentType]
    formed_on: PartialDate | None = None
    signed: bool | None = None
    altered: Altered = Field(default=None)  # pyright: ignore[reportAssignmentType]
    as_on_paper: bool = Field(default=None)  # pyright: ignore[reportAssignmentType]
    remark: Words | None = None
    not_related: NotRelated = None

    def changes(self) -> dict[str, Any]:
        """Only what was sent, as the domain has it."""
        told = {name: getattr(self, name) for name in self.model_fields_set if name != "not_related"}
        if self.box is not None:
            told["box"] = self.box.model_dump()
        return told


class WithdrawalIn(RequestModel):
    """Why an entry is taken back."""

    reason: Words
    not_related: NotRelated = None


class ExclusionIn(RequestModel):
    """Whether a claim counts: `forged` or `not_recognised` takes it out, null lets it count again."""

    kind: ExclusionKind | None
    reason: Words
    not_related: NotRelated = None


class Paper(BaseModel):
    """The paper that a claim stands on; of a material of the dossier as the catalog tells it now."""

    material_id: str | None
    title: str
    formed_on: PartialDate | None
    signed: bool | None
    removed: bool = Field(description="It was taken out of the dossier since")


class ClaimOut(BaseModel):
    """What one paper says about one fact of a person."""

    id: str
    person_id: str
    dossier_id: str
    fact: AuditFact
    value: AnyClaimValue
    paper: Paper
    page_id: str | None
    box: Box | None
    altered: Altered
    as_on_paper: bool
    remark: str | None
    origin: Literal["entered", "imported", "review"]
    entered_by: str
    entered_at: datetime
    excluded: ExclusionKind | None
    excluded_reason: str | None = Field(description="Why it does not count, or counts again")
    withdrawn_at: datetime | None
    withdrawn_reason: str | None
    version: int

    @classmethod
    def of(cls, known: KnownClaim) -> "ClaimOut":
        row = known.row
        paper = Paper(
            material_id=row.material_id,
            title=known.title,
            formed_on=known.formed_on,
            signed=row.signed,
            removed=known.removed,
        )
        own = row.model_dump(include=set(cls.model_fields) - {"paper", "value"})
        return cls(**own, paper=paper, value=_value.validate_python(row.value))


class ClaimList(BaseModel):
    """One page of claims, in the order in which they were entered."""

    items: list[ClaimOut]
    next_page_token: str | None
