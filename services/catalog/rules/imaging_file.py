"""`imaging.toml` as written, and what the use cases make of it."""

from dataclasses import dataclass
from typing import Literal

from pydantic import Field, PositiveInt, model_validator

from chassis.images import ImageLimits
from chassis.rules import RuleModel
from services.catalog.domain.margin import MarginRule


class _Enhance(RuleModel):
    max_angle: float = Field(gt=0, le=15)
    min_angle: float = Field(ge=0.1, le=1)
    border_depth_mm: float = Field(gt=0, le=150)
    despeckle: Literal["off", "light"]
    speck_mm: float = Field(gt=0, le=0.5)
    speck_clear_mm: float = Field(ge=0.5, le=10)


class _Margin(RuleModel):
    needs_edge_below_mm: float = Field(gt=0, le=60)
    narrow_below_mm: float = Field(gt=0, le=60)
    line_mm: float = Field(gt=0, le=60)
    at_once: int = Field(ge=1, le=1000)
    retry_minutes: int = Field(ge=1, le=1440)

    @model_validator(mode="after")
    def _rise(self) -> "_Margin":
        if not self.line_mm <= self.needs_edge_below_mm <= self.narrow_below_mm:
            raise ValueError("line_mm, needs_edge_below_mm and narrow_below_mm must rise")
        return self


class _Source(RuleModel):
    max_bytes: PositiveInt
    max_pixels: PositiveInt


@dataclass(frozen=True)
class MeasureRules:
    """How margins are measured and judged."""

    rule: MarginRule
    line_mm: float
    at_once: int
    retry_minutes: int


class ImagingFile(RuleModel):
    """The whole file."""

    enhance: _Enhance
    margin: _Margin
    source: _Source

    def rules(self, digest: str) -> "ImagingRules":
        """As the use cases read it."""
        margin = self.margin
        return ImagingRules(
            enhance=self.enhance.model_dump(),
            measure=MeasureRules(
                MarginRule(margin.needs_edge_below_mm, margin.narrow_below_mm),
                margin.line_mm,
                margin.at_once,
                margin.retry_minutes,
            ),
            limits=ImageLimits(self.source.max_bytes, self.source.max_pixels),
            digest=digest,
        )


@dataclass(frozen=True)
class ImagingRules:
    """Settings of the enhanced image by name, of the margins, and the largest image that is worked on."""

    enhance: dict[str, float | str]
    measure: MeasureRules
    limits: ImageLimits
    digest: str
