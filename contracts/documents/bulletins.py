"""Yearly bulletins (通报) of an office: how dossiers were graded, and what followed from falsifications."""

from typing import ClassVar

from pydantic import Field

from contracts.documents.base import DocumentPart, ShortText
from contracts.documents.prints import SheetDocument


class BulletinDocument(SheetDocument):
    """What every bulletin begins with. `number` is empty while it waits for approval."""

    issuer: ShortText
    year: int = Field(ge=1949, le=2199)
    number: str = ""


class GradedUnit(DocumentPart):
    """How the dossiers of one unit were graded; `average` as printed."""

    rank: int = Field(ge=1)
    unit: ShortText
    dossiers: int
    excellent: int
    qualified: int
    unqualified: int
    vetoed: int
    average: str


class ScoreBulletinDocument(BulletinDocument):
    """评分通报: the units of a year, the best first."""

    title_zh: ClassVar[str] = "干部人事档案工作评分通报"

    template: str = Field(default="print/score-bulletin", pattern=r"^print/score-bulletin$")
    rows: list[GradedUnit] = Field(min_length=1)
    approved_by: str = ""


class ConsequencesOfUnit(DocumentPart):
    """What followed in one unit: a number for each of the bulletin's kinds, in their order."""

    unit: ShortText
    counts: list[int]


class ConsequenceBulletinDocument(BulletinDocument):
    """档案造假处理情况通报: what followed from falsifications, by kind and unit (seed 004)."""

    title_zh: ClassVar[str] = "干部人事档案造假处理情况通报"

    template: str = Field(default="print/consequence-bulletin", pattern=r"^print/consequence-bulletin$")
    kinds: list[ShortText] = Field(min_length=1)
    totals: list[int]
    rows: list[ConsequencesOfUnit] = []
