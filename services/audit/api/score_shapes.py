"""Shapes of scores and bulletins."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from chassis.web import RequestModel
from contracts.values.ids import DossierId, UnitId
from contracts.values.text import line_schema, one_line
from services.audit.api.clearance_shapes import WordsOut
from services.audit.domain.scoring import Grade, Rubric
from services.audit.store.tables_score import ScoreBulletin, ScoreRow

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Note = Annotated[str, one_line(500), line_schema(500)]
Year = Annotated[int, Field(ge=1949, le=2199, strict=True)]


class DeductionIn(RequestModel):
    """A fault that was found: so many times, and why."""

    code: Code = Field(examples=["material_missing"])
    times: int = Field(ge=1, le=1000, strict=True)
    reason: Note = Field(description="For the archive's own people; it leaves no trace elsewhere")


class ScoreIn(RequestModel):
    """What was found of a dossier, in the words of the rubric."""

    dossier_id: DossierId
    from_unit_id: UnitId | None = Field(default=None, description="Whose work is scored; absent: the person's unit")
    deductions: list[DeductionIn] = Field(default=[], max_length=100)
    vetoes: list[Code] = Field(default=[], max_length=20, description="单项否决: any makes it unqualified")
    not_related: bool | None = Field(
        default=None,
        description="Your declaration to be neither the subject nor a relative; needed where kin are not known",
    )


class LineOut(BaseModel):
    """An item: its points, what was found, what was taken off under the cap, and what is left."""

    item: str
    points: Decimal
    found: Decimal
    taken: Decimal
    left: Decimal


class DeductionOut(BaseModel):
    """A fault as it was found."""

    deduction: str
    times: int
    reason: str


class ScoreOut(BaseModel):
    """One scoring of a dossier; it is never changed. The last of a year counts."""

    id: str
    unit_id: str
    dossier_id: str
    from_unit_id: str
    year: int
    total: Decimal
    grade: Grade
    lines: list[LineOut]
    deductions: list[DeductionOut]
    vetoes: list[str]
    rules_digest: str
    scored_by: str
    scored_at: datetime

    @classmethod
    def of(cls, row: ScoreRow) -> "ScoreOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class ScorePage(BaseModel):
    """One page of scores, the oldest first."""

    items: list[ScoreOut]
    next_page_token: str | None


class RubricPart(BaseModel):
    """An item, deduction or veto with its words; `points` of an item are its all, of a deduction what it costs."""

    code: str
    words: WordsOut
    item: str | None = None
    points: Decimal | None = None
    cap: Decimal | None = None


class RubricOut(BaseModel):
    """The rubric by which dossiers are scored today."""

    items: list[RubricPart]
    deductions: list[RubricPart]
    vetoes: list[RubricPart]
    excellent_from: Decimal
    qualified_from: Decimal
    digest: str

    @classmethod
    def of(cls, rubric: Rubric) -> "RubricOut":
        return cls(
            items=[
                RubricPart(code=one.id, words=WordsOut.of(one.words), points=one.points, cap=one.cap)
                for one in rubric.items.values()
            ],
            deductions=[
                RubricPart(code=one.id, words=WordsOut.of(one.words), item=one.item, points=one.points)
                for one in rubric.deductions.values()
            ],
            vetoes=[RubricPart(code=code, words=WordsOut.of(words)) for code, words in rubric.vetoes.items()],
            excellent_from=rubric.excellent_from,
            qualified_from=rubric.qualified_from,
            digest=rubric.digest,
        )


class BulletinIn(RequestModel):
    """A unit's year."""

    unit_id: UnitId
    year: Year


class BulletinRow(BaseModel):
    """How the dossiers of one unit were graded; ranked by the average, the best first."""

    unit_id: str
    rank: int
    dossiers: int
    excellent: int
    qualified: int
    unqualified: int
    vetoed: int
    average: Decimal


class BulletinOut(BaseModel):
    """The bulletin of a unit's year; its number is given with the approval, without gaps."""

    id: str
    unit_id: str
    year: int
    state: Literal["proposed", "approved"]
    rows: list[BulletinRow]
    proposed_by: str
    proposed_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    number: int | None
    version: int

    @classmethod
    def of(cls, row: ScoreBulletin) -> "BulletinOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class BulletinPage(BaseModel):
    """One page of bulletins, the oldest first."""

    items: list[BulletinOut]
    next_page_token: str | None
