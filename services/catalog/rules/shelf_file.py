"""Reads `shelf.toml` strictly."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import Field, model_validator

from chassis.rules import RuleFault, RuleModel
from services.catalog.domain.volume import VolumeRules


@dataclass(frozen=True)
class ShelfRules:
    """What the shelf goes by: the volume's measure, and when loose sheets are due."""

    volume: VolumeRules
    folder_within: timedelta
    bound_within: timedelta


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


class ShelfFile(RuleModel):
    """`shelf.toml`, as written."""

    volume: _Volume
    loose: _Loose

    def rules(self) -> ShelfRules:
        """The domain's view of the file."""
        volume = VolumeRules(self.volume.most_pages, self.volume.mm_per_page, tuple(self.volume.boxes_mm))
        return ShelfRules(volume, timedelta(days=self.loose.folder_days), timedelta(days=self.loose.bound_days))
