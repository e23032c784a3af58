"""The rule files of transfer, as its use cases read them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, PositiveInt, StringConstraints, field_validator

from chassis.rules import RuleModel, load_rules
from services.transfer.domain.papers import ReturnTexts

RULES = Path(__file__).with_name("rules")

Sentence = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class UploadLimits(RuleModel):
    """Of one file: bytes as sent, dots of a page as its header claims, pages in a TIFF or PDF, rows of a list."""

    max_bytes: PositiveInt
    max_pixels: PositiveInt
    max_pages: Annotated[int, Field(ge=1, le=200)]
    max_rows: Annotated[int, Field(ge=1, le=5000)]


class SubmissionLimits(RuleModel):
    """How much one submission may hold."""

    max_items: PositiveInt
    max_pages_per_item: PositiveInt
    max_pages: PositiveInt
    max_tickets: PositiveInt


class Limits(RuleModel):
    """What `limits.toml` says."""

    upload: UploadLimits
    submission: SubmissionLimits


class Reason(RuleModel):
    """A coded reason for a return, and the sentence that the department reads."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{1,64}$")]
    text: Sentence


class Returns(RuleModel):
    """What `returns.toml` says."""

    correction_days: PositiveInt
    otherwise: Sentence
    reason: Annotated[list[Reason], Field(min_length=1)]

    @field_validator("reason")
    @classmethod
    def _once(cls, reasons: list[Reason]) -> list[Reason]:
        if len({reason.code for reason in reasons}) < len(reasons):
            raise ValueError("a code stands twice")
        return reasons

    def texts(self) -> ReturnTexts:
        """As the domain reads it."""
        by_code = {reason.code: reason.text for reason in self.reason}
        return ReturnTexts(by_code, self.otherwise, self.correction_days)


@dataclass(frozen=True)
class Rulebook:
    """All rules of transfer."""

    limits: Limits
    returns: ReturnTexts


def load_rulebook() -> Rulebook:
    """The rules as shipped or as the office set them; RuleFileInvalid stops the start."""
    limits, _ = load_rules(RULES / "limits.toml", Limits)
    returns, _ = load_rules(RULES / "returns.toml", Returns)
    return Rulebook(limits, returns.texts())
