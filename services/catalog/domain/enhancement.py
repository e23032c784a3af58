"""An enhanced image (高清图像) of a scan: made by recorded operations, shown until somebody rejects it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from contracts.problems import StateConflict

RejectionReason = Literal["text_changed", "seal_changed", "photo_changed", "content_cut", "skew", "border", "other"]
"""Why an enhanced image is not used: anything that alters what the paper says, or work badly done."""


@dataclass(frozen=True)
class Rejection:
    """Who will not have the image, and why."""

    reason: RejectionReason
    note: str | None
    by: str
    at: datetime


@dataclass(frozen=True)
class Enhancement:
    """One enhanced image of the scan numbered `scan_no`.

    `operations` are what was done, in order: name, parameters, and what was found. `rules_digest` is of the
    settings that they were done by.
    """

    page_id: str
    unit_id: str
    enhancement_no: int
    scan_no: int
    digest: str
    media_type: str
    bytes: int
    width: int
    height: int
    blob_unit_id: str
    operations: list[dict[str, Any]]
    rules_digest: str
    made_by: str
    made_at: datetime
    rejection: Rejection | None = None

    @property
    def state(self) -> Literal["made", "rejected"]:
        """Whether it may be shown."""
        return "rejected" if self.rejection else "made"

    def rejected(self, rejection: Rejection) -> "Enhancement":
        """Turn it down, once; the scan itself is not touched, and another image may be made."""
        if self.rejection is not None:
            raise StateConflict(state="rejected")
        return replace(self, rejection=rejection)
