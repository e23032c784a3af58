"""Events of materials that a dossier lacks (缺失清单)."""

from __future__ import annotations

from typing import ClassVar, Literal

from contracts.events.base import EventData


class GapOpened(EventData):
    """A required material is not there, or for more or fewer of its years than before."""

    event_type: ClassVar[str] = "gap.opened"
    owner: ClassVar[str] = "catalog"
    resource: ClassVar[str] = "gaps"
    subject_member: ClassVar[str] = "gap_id"

    gap_id: str
    dossier_id: str
    person_id: str
    unit_id: str
    rule: str
    """Which material is required, as the rules name it: `annual_assessment`."""
    category: str
    years: list[int] = []
    """The years that lack it, of a material that is required every year."""


class GapClosed(EventData):
    """Nothing of it is missing any more, or it is explained."""

    event_type: ClassVar[str] = "gap.closed"
    owner: ClassVar[str] = "catalog"
    resource: ClassVar[str] = "gaps"
    subject_member: ClassVar[str] = "gap_id"

    gap_id: str
    dossier_id: str
    person_id: str
    unit_id: str
    rule: str
    outcome: Literal["filed", "explained", "not_required"]
    """`not_required`: a fact or the rule changed, so that nothing is expected any more."""
