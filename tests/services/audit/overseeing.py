"""What superiors and leaders look at again, on a dossier whose determinations are in force."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from chassis.identity import Caller
from contracts.events import UnitChanged
from contracts.values.ids import new_id
from contracts.values.partial_date import PartialDate
from services.audit.domain.adjudication import Settled
from services.audit.domain.determination import Status
from services.audit.domain.facts import DateClaim
from services.audit.domain.spot_check import SpotOutcome
from services.audit.domain.superior_review import SuperiorOutcome, SuperiorWord
from services.audit.store.tables_oversight import SpotCheckDossier, SpotCheckRow, SuperiorReviewRow
from services.audit.usecases.draw_spot_check import (
    CheckDrawnDossier,
    DrawSpotCheck,
    check_drawn_dossier,
    draw_spot_check,
)
from services.audit.usecases.hold_campaign_dossier import OnDossier
from services.audit.usecases.review_as_superior import ReviewAsSuperior, review_as_superior
from services.audit.usecases.settle_clearances import gate_of
from tests.services.audit.adjudicating import Case, a_case, adjudicated
from tests.services.audit.office import Office, Subject
from tests.support.rooms import somebody


def dated(value: str, **members: Any) -> Settled:
    """A date that somebody decides."""
    return Settled(Status.PROPOSED, DateClaim(date=PartialDate(value=value)), **members)


@dataclass
class Above:
    """A case whose determinations are in force, and the office over the one that approved them."""

    case: Case
    unit_id: str = field(default_factory=lambda: new_id("unt"))
    leader: Caller = field(init=False)

    def __post_init__(self) -> None:
        self.leader = somebody("leader", self.unit_id)

    async def take_place(self, version: int = 2) -> None:
        """Let audit hear that the case's unit lies below this one."""
        below = self.case.subject.unit_id
        for unit_id, parent_id, ancestors in ((self.unit_id, None, []), (below, self.unit_id, [self.unit_id])):
            told = UnitChanged(
                unit_id=unit_id,
                parent_id=parent_id,
                code=unit_id[-8:],
                name="组织部",
                ancestors=[*ancestors, unit_id],
                path=["x"] * (len(ancestors) + 1),
            )
            assert await self.case.office.hear(told, version=version) is None

    async def review(
        self,
        outcome: SuperiorOutcome = "confirm",
        caller: Caller | None = None,
        on: OnDossier | None = None,
        **members: Any,
    ) -> SuperiorReviewRow:
        """Look at what is determined, as somebody of the office above unless told otherwise."""
        caller = caller or self.leader
        word = SuperiorWord(outcome, **members)
        command = ReviewAsSuperior(on or await self.case.on(), caller.roots("determination:oversee"), word)
        uow = self.case.office.acting(caller, "determination:oversee")
        return await review_as_superior(command, uow=uow, gate=gate_of(self.case.office.deps))


async def approved_below(office: Office, **members: Any) -> Above:
    """A case that an office approved, with an office above it."""
    above = Above(await a_case(office, **members))
    await above.case.until_fed_back()
    await above.case.approve()
    await above.take_place()
    return above


async def draw(case: Case, caller: Caller | None = None, **members: Any) -> SpotCheckRow:
    """Draw all dossiers of the case's campaign, unless told otherwise."""
    command = DrawSpotCheck(case.pair.dossier.campaign_id, **(members or {"percent": 100}))
    uow = case.office.acting(caller or case.leader, "spot-check:write")
    return await draw_spot_check(command, uow=uow, deps=case.office.deps)


async def check(
    case: Case,
    spot_check: SpotCheckRow,
    outcome: SpotOutcome = "agrees",
    caller: Caller | None = None,
    on: OnDossier | None = None,
) -> SpotCheckDossier:
    """Say what the leader in charge found of the case: not the one who approves, unless told so."""
    caller = caller or somebody("leader", case.subject.unit_id)
    remark = "参加工作时间依据不足" if outcome == "differs" else None
    command = CheckDrawnDossier(spot_check.id, on or await case.on(), outcome, remark)
    return await check_drawn_dossier(command, uow=case.office.acting(caller, "spot-check:write"))


async def overseen(office: Office, subject: Subject) -> Above:
    """A dossier of this person that the office above returned; materials are asked for, and there was a talk."""
    above = Above(await adjudicated(office, subject))
    await above.take_place()
    await draw(above.case)
    await above.review("return_for_redetermination", reason="最早材料认定有误")
    await above.case.ask()
    await above.case.talk()
    return above
