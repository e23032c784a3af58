"""Draw dossiers that passed the second review, for the leader in charge to look at once more (抽查)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from chassis.deps import Deps
from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, StateConflict
from contracts.values.ids import new_id
from services.audit.domain.adjudication import refuse
from services.audit.domain.progress import Move, Progress
from services.audit.domain.spot_check import SpotOutcome, admit_checker, drawn, follow_up, outcome_faults
from services.audit.store import adjudications, campaigns, spot_checks
from services.audit.store.tables_oversight import SpotCheckDossier, SpotCheckRow
from services.audit.usecases.hold_campaign_dossier import OnDossier, hold_campaign_dossier

_SEED_BITS = 53
"""As many as a number of JSON carries without loss."""


@dataclass(frozen=True)
class DrawSpotCheck:
    """How many: `size`, or `percent` of those that passed; neither: as the rules say. Without a `seed` one is drawn."""

    campaign_id: str
    size: int | None = None
    percent: int | None = None
    seed: int | None = None


async def draw_spot_check(cmd: DrawSpotCheck, *, uow: UnitOfWork, deps: Deps) -> SpotCheckRow:
    """The draw as it is kept. StateConflict while no dossier has passed the second review."""
    async with uow:
        if earlier := await uow.replay_of():
            return await spot_checks.get(uow, earlier)
        if cmd.size is not None and cmd.percent is not None:
            refuse([FieldFault("/percent", "contradiction", {"other": "size"})])
        campaign = await campaigns.get(uow, cmd.campaign_id)
        passed = await spot_checks.passed_of(uow, campaign.id)
        if not passed:
            raise StateConflict(state="none passed")
        percent = cmd.percent or deps.rules.adjudication.spot_check_percent
        seed = secrets.randbits(_SEED_BITS) if cmd.seed is None else cmd.seed
        chosen, digest = await deps.run_cpu(drawn, passed, cmd.size, percent, seed)
        row = SpotCheckRow(
            id=new_id("spc"),
            unit_id=campaign.unit_id,
            campaign_id=campaign.id,
            seed=seed,
            percent=None if cmd.size is not None else percent,
            passed=len(passed),
            passed_digest=digest,
            drawn=len(chosen),
            drawn_by=uow.caller.account_id,
            drawn_at=uow.now,
        )
        await adjudications.add(uow, row)
        await spot_checks.keep_drawn(uow, row.id, chosen)
        uow.record("spot_check.drawn", row.id, 1, row)
        await uow.remember(row.id)
    return row


@dataclass(frozen=True)
class CheckDrawnDossier:
    """What the leader found of a drawn dossier; where it differs, the remark says in what."""

    spot_check_id: str
    on: OnDossier
    outcome: SpotOutcome
    remark: str | None


async def check_drawn_dossier(cmd: CheckDrawnDossier, *, uow: UnitOfWork) -> SpotCheckDossier:
    """The outcome as it is kept. Where it differs and nothing is in force yet, the second reviewer has it again.

    SamePersonTwice for whoever reviewed or approved it; StateConflict once it is checked. Of two at once one counts.
    """
    async with uow:
        if await uow.replay_of():
            return await spot_checks.get_dossier(uow, cmd.spot_check_id, cmd.on.campaign_dossier_id)
        held = await hold_campaign_dossier(uow, cmd.on)
        row = await spot_checks.get_dossier(uow, cmd.spot_check_id, held.dossier.id)
        others = await adjudications.reviewers_of(uow, held.dossier.id)
        admit_checker(uow.caller.account_id, others | await spot_checks.approvers_of(uow, held.dossier.id))
        if row.outcome is not None:
            raise StateConflict(state="done")
        refuse(outcome_faults(cmd.outcome, cmd.remark))
        follows = follow_up(cmd.outcome, Progress(held.dossier.state))
        state = held.moved(Move.SEND_BACK) if follows == "sent_back" else Progress(held.dossier.state)
        checked = await spot_checks.put_outcome(uow, row, outcome=cmd.outcome, remark=cmd.remark, follow_up=follows)
        dossier = await adjudications.move(uow, held.dossier, state)
        told = {"state": dossier.state, **checked.model_dump(include={"spot_check_id", "outcome", "follow_up"})}
        changed = ("state",) if follows == "sent_back" else ()
        uow.record("campaign_dossier.spot_checked", dossier.id, dossier.version, told, changed=changed)
        await uow.remember(row.spot_check_id)
    return checked
