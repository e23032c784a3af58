"""Shapes of the archivist's desk: what is asked for, and how the materials stand afterwards."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from chassis.web import RequestModel
from contracts.values.ids import MaterialChangeId, MaterialId, PageId
from contracts.values.partial_date import PartialDate
from services.catalog.api.texts import CategoryCode, Remark, Title, Word
from services.catalog.domain.material import MaterialState
from services.catalog.domain.scheme import Fact
from services.catalog.domain.standing import ChangeKind, Standing
from services.catalog.store.material_changes import MaterialChange
from services.catalog.usecases.split_material import Part

Sides = Annotated[int, Field(ge=1, le=2000, strict=True, description="Printed sides of the paper")]
MOST = 5000
"""Materials in one category."""


class RefilingIn(RequestModel):
    """Another category for a material: the one named, or what the title's rule says under the facts asserted."""

    category: CategoryCode | None = None
    title: Title | None = Field(default=None, description="Another title for the catalogue")
    facts: list[Fact] = Field(default=[], max_length=3)
    reason: Remark


class OrderingIn(RequestModel):
    """All materials of a category in the order that they are to have; an empty list: by the rules again."""

    category: CategoryCode
    material_ids: list[MaterialId] = Field(max_length=MOST)
    reason: Remark


class PartIn(RequestModel):
    """A part of a material that is cut. Without `category` and `formed_on` it keeps the whole's."""

    title: Title
    page_count: Sides
    page_ids: list[PageId] = Field(default=[], max_length=2000, description="Its page images, in order")
    category: CategoryCode | None = None
    formed_on: PartialDate | None = None
    remark: Remark | None = None

    def part(self) -> Part:
        """For the use case."""
        return Part(self.title, self.page_count, self.page_ids, self.category, self.formed_on, self.remark)


class SplitIn(RequestModel):
    """Two or more parts; the first keeps the material's id. Together they have each page once, and all sides."""

    parts: list[PartIn] = Field(min_length=2, max_length=50)
    reason: Remark


class MergeIn(RequestModel):
    """Materials of the same dossier whose pages come behind this one's, in the order given."""

    material_ids: list[MaterialId] = Field(min_length=1, max_length=50)
    joined: Literal["parts", "copies"] = Field(
        description="`parts` of one matter: the last date counts; `copies` of this original: its date counts"
    )
    reason: Remark


class UndoIn(RequestModel):
    """The change to take back."""

    change_id: MaterialChangeId


class MaterialPatch(RequestModel):
    """Members to change (RFC 7396). The paper's own title is kept beside the catalogue's."""

    title: Title = Field(default=None)  # pyright: ignore[reportAssignmentType]  # absent, never null
    formed_on: PartialDate | None = None
    dates: list[PartialDate] = Field(default=[], max_length=20, description="All dates of the paper: the last counts")
    page_count: Sides = Field(default=None)  # pyright: ignore[reportAssignmentType]
    remark: Remark | None = None
    case_id: Word | None = Field(default=None, description="The question that a review answered, under 5 and 8")
    review_no: int | None = Field(default=None, ge=1, le=99, description="Which review of the question, from 1")
    annex_of: MaterialId | None = Field(default=None, description="The form that it is annexed to")

    def changes(self) -> dict[str, Any]:
        """Only what was sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class OrderBasis(BaseModel):
    """What the place of a material rests on. `pin_after` is what a pinned one stands behind, null at the head."""

    dates: list[PartialDate] = Field(description="All dates of the paper")
    case_id: str | None
    review_no: int | None
    annex_of: str | None
    pinned: bool
    pin_after: str | None
    pin_reason: str | None

    @classmethod
    def of(cls, standing: Standing) -> "OrderBasis":
        names = ("case_id", "review_no", "annex_of", "pinned", "pin_after", "pin_reason")
        return cls(dates=list(standing.dates), **{name: getattr(standing, name) for name in names})


class StandingOut(OrderBasis):
    """A material as the desk sees it."""

    id: str
    version: int
    state: MaterialState
    title: str
    category: str | None
    item_no: int | None
    material_code: str | None = Field(examples=["4-1-2"])
    formed_on: PartialDate | None
    page_count: int
    remark: str | None
    basis: str | None
    filed_on: date | None
    page_ids: list[str]

    @classmethod
    def of(cls, standing: Standing) -> "StandingOut":
        names = ("version", "state", "title", "item_no", "formed_on", "page_count", "remark", "basis", "filed_on")
        return cls(
            **OrderBasis.of(standing).model_dump(),
            id=standing.material_id,
            category=standing.code,
            material_code=f"{standing.code}-{standing.item_no}" if standing.code else None,
            page_ids=list(standing.page_ids),
            **{name: getattr(standing, name) for name in names},
        )


class ChangeOut(BaseModel):
    """One act at the desk."""

    id: str
    dossier_id: str
    kind: ChangeKind
    reason: str | None
    made_by: str
    made_at: datetime
    undone_by: str | None = Field(description="The change that took it back")
    material_ids: list[str] = Field(description="The materials that it was about, without those only renumbered")

    @classmethod
    def of(cls, change: MaterialChange) -> "ChangeOut":
        return cls(
            id=change.change_id,
            dossier_id=change.dossier_id,
            kind=change.kind,
            reason=change.reason,
            made_by=change.made_by,
            made_at=change.made_at,
            undone_by=change.undone_by,
            material_ids=list(change.before),
        )


class ChangeMadeOut(ChangeOut):
    """The act with its materials as they are now. `dossier_version` is what the dossier's next If-Match names."""

    dossier_version: int
    materials: list[StandingOut]

    @classmethod
    def made(cls, change: MaterialChange, standings: list[Standing], dossier_version: int) -> "ChangeMadeOut":
        shown = ChangeOut.of(change).model_dump()
        return cls(**shown, dossier_version=dossier_version, materials=[StandingOut.of(s) for s in standings])


class ChangeList(BaseModel):
    """One page of a dossier's changes, the latest first."""

    items: list[ChangeOut]
    next_page_token: str | None
