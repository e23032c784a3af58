"""A result of the rules as it is kept with a determination: codes, claims by id, and the words of the form."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from services.audit.domain.adjudication import Settled
from services.audit.domain.determination import (
    Band,
    Cause,
    Determination,
    Direction,
    Disagreement,
    FindingCode,
    Purpose,
    Status,
)
from services.audit.domain.facts import AnyDeterminedValue, ClaimValue


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DisagreementKept(_Part):
    """A claim that says otherwise; months, direction and band where they can be counted."""

    claim_id: str
    months: int | None = None
    direction: Direction | None = None
    cause: Cause | None = None
    band: Band | None = None
    purpose: Purpose | None = None


class FindingKept(_Part):
    """What a reviewer is to see, in words of the form."""

    code: FindingCode
    zh: str
    claim_ids: tuple[str, ...] = ()
    months: int | None = None


class ResultKept(_Part):
    """What the rules made of the claims. `collective`: the meeting has to decide. `written`: the value on forms."""

    status: Status
    value: AnyDeterminedValue | None = None
    collective: bool
    rule: str | None = None
    source: str | None = None
    basis_claim_id: str | None = None
    cause: Cause | None = None
    months: int | None = None
    direction: Direction | None = None
    disagreeing: tuple[DisagreementKept, ...] = ()
    cannot_tell_claim_ids: tuple[str, ...] = ()
    findings: tuple[FindingKept, ...] = ()
    paragraph: str
    written: str | None = None

    @classmethod
    def of(cls, found: Determination) -> ResultKept:
        """The result, for keeping."""
        told: dict[str, Any] = {
            "status": found.status,
            "value": found.value,
            "collective": found.collective,
            "rule": found.rule,
            "source": found.source,
            "basis_claim_id": found.basis.id if found.basis else None,
            "cause": found.cause,
            "months": found.months,
            "direction": found.direction,
            "disagreeing": [_disagreement(one) for one in found.disagreeing],
            "cannot_tell_claim_ids": [claim.id for claim in found.cannot_tell],
            "findings": [
                {"code": one.code, "zh": one.zh, "claim_ids": one.claims, "months": one.months}
                for one in found.findings
            ],
            "paragraph": found.paragraph,
            "written": found.written,
        }
        return cls.model_validate(told)

    @property
    def settled(self) -> Settled:
        """What the rules propose. An earlier determination that the rules take over is proposed anew: it is in force
        again only when the office approves."""
        status = Status.PROPOSED if self.status is Status.DETERMINED else self.status
        return Settled(status, self.value, self.cause)


def _disagreement(one: Disagreement) -> dict[str, Any]:
    return {
        "claim_id": one.claim.id,
        "months": one.months,
        "direction": one.direction,
        "cause": one.cause,
        "band": one.band,
        "purpose": one.purpose,
    }


def value_out(value: ClaimValue | None) -> dict[str, Any] | None:
    """A value as it is kept."""
    return None if value is None else value.model_dump(mode="json")
