"""A claim (记载): what one material says about one fact of a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from contracts.values.partial_date import PartialDate
from services.audit.domain.facts import AuditFact, ClaimValue

Altered = Literal["none", "altered", "unreadable"]
"""Whether the place on the page was altered (涂改); `unreadable`: and the first value cannot be read."""

Exclusion = Literal["forged", "not_recognised", "other_person", "discounted"]
"""Why a claim does not count: the material is forged, the certificate is not recognised, the paper is another
person's, or somebody sets it aside for a trial (what-if)."""


@dataclass(frozen=True)
class Evidence:
    """The material that a claim stands on. `kind` is the evidence kind of the rules that its title matches."""

    title: str
    kind: str | None
    formed_on: PartialDate | None
    signed: bool | None = None
    material_id: str | None = None
    """None for a paper that is not in the dossier, such as a household register that was looked up."""


@dataclass(frozen=True)
class Claim:
    """One statement. Claims are compared by what they say, never by the order in which they were entered."""

    id: str
    fact: AuditFact
    value: ClaimValue
    evidence: Evidence
    altered: Altered = "none"
    excluded: Exclusion | None = None
    page_id: str | None = None

    @property
    def counts(self) -> bool:
        """Whether the claim may decide: neither excluded nor at an altered place."""
        return self.excluded is None and self.altered == "none"

    @property
    def order(self) -> tuple[str, str]:
        """Sort key: the material's own date, undated ones last; then the id, so that ties are stable."""
        formed = self.evidence.formed_on
        return (formed.value if formed else "~", self.id)
