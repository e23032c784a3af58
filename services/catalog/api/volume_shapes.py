"""Shapes of volumes and of the places they stand in."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.web import RequestModel
from contracts.values.ids import CabinetId, MaterialId
from services.catalog.api.texts import Remark
from services.catalog.domain.volume import ThickWarning, VolumePlan, VolumeRules
from services.catalog.store.placements import Placed
from services.catalog.store.volumes import ShownVolume, Spot
from services.catalog.usecases.propose_volumes import Proposal

Kind = Annotated[Literal["original", "duplicate"], Field(description="正本 or 副本")]
Starts = Annotated[
    list[Annotated[int, Field(ge=1, le=10, strict=True)]],
    Field(
        min_length=1,
        max_length=10,
        description="Categories with which the volumes begin; the first is 1, each volume ends before the next",
        examples=[[1, 4, 9]],
    ),
]


class PlaceOut(BaseModel):
    """A place on a shelf. The codes are null for a reader who does not see the room."""

    cabinet_id: str
    room_code: str | None
    cabinet_code: str | None
    layer: int
    slot: int

    @classmethod
    def of(cls, spot: Spot | None, room_code: str | None, cabinet_code: str | None) -> "PlaceOut | None":
        if spot is None:
            return None
        return cls(
            cabinet_id=spot.cabinet_id,
            room_code=room_code,
            cabinet_code=cabinet_code,
            layer=spot.layer,
            slot=spot.slot,
        )


class VolumeOut(BaseModel):
    """One volume: what it takes and holds, and where it stands."""

    id: str
    unit_id: str
    dossier_id: str
    dossier_no: str
    name: str
    version: int
    kind: Kind
    no: int
    volumes_in_set: int
    first_category: int
    last_category: int
    state: Literal["in_use", "dissolved"]
    code: str = Field(description="Twenty digits, as its label carries them")
    material_count: int = Field(description="Of the dossier's materials in these categories")
    page_count: int
    thickness_mm: int | None = Field(description="As measured")
    remark: str | None
    place: PlaceOut | None

    @classmethod
    def of(cls, shown: ShownVolume) -> "VolumeOut":
        volume = shown.volume
        return cls(
            id=volume.volume_id,
            unit_id=volume.unit_id,
            dossier_id=volume.dossier_id,
            dossier_no=shown.dossier_no,
            name=shown.name,
            version=volume.version,
            kind=volume.kind,
            no=volume.no,
            volumes_in_set=shown.volumes_in_set,
            first_category=volume.first_category,
            last_category=volume.last_category,
            state=volume.state,  # pyright: ignore[reportArgumentType]  # the column's check
            code=volume.code,
            material_count=shown.materials,
            page_count=shown.pages,
            thickness_mm=volume.thickness_mm,
            remark=volume.remark,
            place=PlaceOut.of(volume.spot, shown.room_code, shown.cabinet_code),
        )


class VolumeList(BaseModel):
    """One page of volumes."""

    items: list[VolumeOut]
    next_page_token: str | None


class DossierVolumes(BaseModel):
    """All volumes of one dossier, 正本 first."""

    items: list[VolumeOut]


class PlanOut(BaseModel):
    """One volume of a proposed division."""

    no: int
    first_category: int
    last_category: int
    material_count: int
    page_count: int
    thickness_mm: float = Field(description="Estimated from the pages")
    box_mm: int | None = Field(description="The thinnest box that holds it; null when none does")

    @classmethod
    def of(cls, plan: VolumePlan, rules: VolumeRules) -> "PlanOut":
        return cls(
            no=plan.no,
            first_category=plan.first,
            last_category=plan.last,
            material_count=plan.materials,
            page_count=plan.pages,
            thickness_mm=rules.thickness(plan.pages),
            box_mm=rules.box(plan.pages),
        )


class WarningOut(BaseModel):
    """A volume over the limit: by one category, which stays whole, or by several, which could be divided."""

    no: int
    code: Literal["category_too_thick", "volume_too_thick"]
    page_count: int
    limit: int

    @classmethod
    def of(cls, warning: ThickWarning) -> "WarningOut":
        return cls(no=warning.no, code=warning.code, page_count=warning.pages, limit=warning.limit)


class ProposalOut(BaseModel):
    """A division that is not made yet. `version` is the dossier's: send it as If-Match to make it."""

    dossier_id: str
    version: int
    page_limit: int
    volumes: list[PlanOut]
    warnings: list[WarningOut]

    @classmethod
    def of(cls, dossier_id: str, found: Proposal) -> "ProposalOut":
        return cls(
            dossier_id=dossier_id,
            version=found.version,
            page_limit=found.rules.limit,
            volumes=[PlanOut.of(plan, found.rules) for plan in found.division],
            warnings=[WarningOut.of(warning) for warning in found.warnings],
        )


class VolumesIn(RequestModel):
    """Which set to divide. Without `starts` the proposal is taken."""

    kind: Kind = "original"
    starts: Starts | None = None


class VolumePatch(RequestModel):
    """Members to change (RFC 7396): `null` removes."""

    thickness_mm: int | None = Field(default=None, ge=1, le=500, strict=True)
    remark: Remark | None = None

    def changes(self) -> dict[str, Any]:
        """Only what was sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class PlacementIn(RequestModel):
    """Where the volume stands from now on; cabinet, layer and slot together, or none of them: off the shelf."""

    cabinet_id: CabinetId | None = None
    layer: int | None = Field(default=None, ge=1, le=99, strict=True, description="From the bottom")
    slot: int | None = Field(default=None, ge=1, le=999, strict=True)
    reason: Remark | None = None

    @model_validator(mode="after")
    def _together(self) -> "PlacementIn":
        given = sum(value is not None for value in (self.cabinet_id, self.layer, self.slot))
        if given not in (0, 3):
            raise PydanticCustomError("contradiction", "together", {"other": "cabinet_id, layer, slot"})
        return self

    def spot(self) -> Spot | None:
        """The place, if one is given."""
        if self.cabinet_id is None or self.layer is None or self.slot is None:
            return None
        return Spot(self.cabinet_id, self.layer, self.slot)


class PlacementOut(BaseModel):
    """One place of a volume's history; `place` is null while it was off the shelf."""

    version: int = Field(description="The volume's version with this place")
    place: PlaceOut | None
    reason: str | None
    placed_at: datetime
    placed_by: str

    @classmethod
    def of(cls, placed: Placed) -> "PlacementOut":
        return cls(
            version=placed.version,
            place=PlaceOut.of(placed.spot, placed.room_code, placed.cabinet_code),
            reason=placed.reason,
            placed_at=placed.placed_at,
            placed_by=placed.placed_by,
        )


class PlacementList(BaseModel):
    """One page of a volume's history, the latest first."""

    items: list[PlacementOut]
    next_page_token: str | None


class BindingsIn(RequestModel):
    """Loose sheets that are bound into the volume now."""

    material_ids: list[MaterialId] = Field(min_length=1, max_length=200)


class BindingOut(BaseModel):
    """A material in the volume."""

    material_id: str
    title: str
    material_code: str
    bound_at: datetime
    bound_by: str


class BindingList(BaseModel):
    """One page of what was bound into a volume, in the order of binding."""

    items: list[BindingOut]
    next_page_token: str | None
