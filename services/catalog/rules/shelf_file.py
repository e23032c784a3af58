"""Reads `shelf.toml` strictly."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import Field, model_validator

from chassis.rules import RuleFault, RuleModel
from contracts.documents import LabelSheet
from services.catalog.domain.volume import VolumeRules


@dataclass(frozen=True)
class ShelfRules:
    """What the shelf goes by: the volume's measure, when loose sheets are due, within which time a
    difference of an inventory is to be settled, the sheet of labels."""

    volume: VolumeRules
    folder_within: timedelta
    bound_within: timedelta
    settled_within: timedelta
    label: LabelSheet


class _Volume(RuleModel):
    most_pages: int = Field(ge=20, le=5000)
    mm_per_page: float = Field(gt=0.01, le=1)
    boxes_mm: list[Annotated[int, Field(ge=5, le=200)]] = Field(min_length=1, max_length=10)

    @model_validator(mode="after")
    def _boxes_rise(self) -> "_Volume":
        if self.boxes_mm != sorted(set(self.boxes_mm)):
            raise RuleFault(["boxes_mm"], "盒厚须递增 boxes must rise", "由薄到厚排列。List the thinnest first.")
        return self


class _Loose(RuleModel):
    folder_days: int = Field(ge=1, le=365)
    bound_days: int = Field(ge=1, le=3650)


class _Inventory(RuleModel):
    settle_days: int = Field(ge=1, le=365)


class _Label(LabelSheet):
    @model_validator(mode="after")
    def _fits_on_a4(self) -> "_Label":
        wide = self.left + self.columns * self.width + (self.columns - 1) * self.gap_x
        high = self.top + self.rows * self.height + (self.rows - 1) * self.gap_y
        if wide > 210 or high > 297:
            reason = "标签超出 A4 纸面 the labels reach beyond A4"
            raise RuleFault(["columns"], reason, "减少列数、行数或尺寸。Fewer or smaller labels.")
        return self


class ShelfFile(RuleModel):
    """`shelf.toml`, as written."""

    volume: _Volume
    loose: _Loose
    inventory: _Inventory
    label: _Label

    def rules(self) -> ShelfRules:
        """The domain's view of the file."""
        volume = VolumeRules(self.volume.most_pages, self.volume.mm_per_page, tuple(self.volume.boxes_mm))
        return ShelfRules(
            volume,
            folder_within=timedelta(days=self.loose.folder_days),
            bound_within=timedelta(days=self.loose.bound_days),
            settled_within=timedelta(days=self.inventory.settle_days),
            label=self.label,
        )
