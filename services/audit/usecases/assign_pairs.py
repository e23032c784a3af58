"""Give waiting dossiers to two first reviewers each, by rule and by the campaign's seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.deps import Deps
from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, PledgeMissing, TrainingMissing, ValidationFailed
from contracts.values.ids import new_id
from services.audit.domain.assignment import PAIR, Assigned, Reviewer, Waiting, assign
from services.audit.domain.campaign import CampaignState, Settings, may_give_out
from services.audit.domain.progress import Move, Progress, moved
from services.audit.domain.recusal import KinKnown
from services.audit.store import campaign_dossiers, campaigns, heard, pairs, registers
from services.audit.store.tables import Campaign, CampaignDossier
from services.audit.store.tables_campaign import AssignmentRow


@dataclass(frozen=True)
class AssignPairs:
    """Give out up to `dossiers` from the head of the queue, among `reviewer_ids` or, if None, the audit group."""

    campaign_id: str
    dossiers: int
    reviewer_ids: Sequence[str] | None


async def assign_pairs(command: AssignPairs, *, uow: UnitOfWork, deps: Deps) -> AssignmentRow:
    """Two reviewers for each dossier: of two organisers at once, one comes after the other."""
    async with uow:
        if earlier := await uow.replay_of():
            return await campaigns.get_assignment(uow, earlier)
        campaign = await campaigns.get(uow, command.campaign_id, lock=True)
        may_give_out(CampaignState(campaign.state))
        settings = Settings.model_validate(campaign.settings)
        reviewers = await _reviewers(uow, campaign, settings, command.reviewer_ids)
        rows = await campaign_dossiers.page_of(
            uow,
            campaign.id,
            queue=settings.queue,
            after=None,
            limit=command.dossiers,
            states=[Progress.PLANNED],
            lock=True,
        )
        waiting = await _waiting(uow, rows)
        # Chosen in a worker process: a thousand dossiers among many reviewers take longer than an event loop may wait.
        chosen = await deps.run_cpu(assign, waiting, reviewers, campaign.seed)
        await _give(uow, campaign, settings, chosen)
        record = AssignmentRow(
            id=new_id("asg"),
            unit_id=campaign.unit_id,
            campaign_id=campaign.id,
            reviewer_ids=[one.account_id for one in reviewers],
            assigned=len(chosen.pairs),
            unassigned_ids=list(chosen.unassigned),
            created_by=uow.caller.account_id,
            created_at=uow.now,
        )
        await campaigns.add_assignment(uow, record)
        uow.record("assignment.created", record.id, 1, record.model_dump())
        await uow.remember(record.id)
        return record


async def _reviewers(
    uow: UnitOfWork, campaign: Campaign, settings: Settings, wanted: Sequence[str] | None
) -> list[Reviewer]:
    """Who takes part, once each of them may begin to work."""
    team = await campaigns.find_team(uow, campaign.id, "audit")
    members = team.member_ids if team else []
    faults = [
        FieldFault(f"/reviewer_ids/{n}", "unknown-reference")
        for n, account_id in enumerate(wanted or ())
        if account_id not in members
    ]
    if faults:
        raise ValidationFailed(errors=faults)
    known = [one for one in await pairs.accounts(uow, members if wanted is None else wanted) if one.active]
    if len(known) < PAIR:
        raise ValidationFailed(errors=[FieldFault("/reviewer_ids", "too-few", {"min": PAIR})])
    ids = [one.account_id for one in known]
    if unsigned := await registers.without_pledge(uow, ids, campaign.id):
        raise PledgeMissing(accounts=unsigned)
    kinds = settings.requires_training
    if kinds and (untrained := await registers.without_training(uow, ids, kinds)):
        raise TrainingMissing(kinds=list(kinds), accounts=untrained)
    async with uow.as_service():
        kin = await heard.kin_of_each(uow, [one.person_id for one in known if one.person_id])
    loads = {load.account_id: load.assigned for load in await pairs.loads_of(uow, campaign.id)}
    return [
        Reviewer(one.account_id, one.person_id, kin.get(one.person_id or "", KinKnown()), loads.get(one.account_id, 0))
        for one in known
    ]


async def _waiting(uow: UnitOfWork, rows: Sequence[CampaignDossier]) -> list[Waiting]:
    kept, barred = await pairs.earlier(uow, [row.id for row in rows])
    async with uow.as_service():
        kin = await heard.kin_of_each(uow, [row.person_id for row in rows])
    return [
        Waiting(
            row.id,
            row.person_id,
            kin.get(row.person_id, KinKnown()),
            kept.get(row.id, ()),
            barred.get(row.id, frozenset()),
        )
        for row in rows
    ]


async def _give(uow: UnitOfWork, campaign: Campaign, settings: Settings, chosen: Assigned) -> None:
    """Sheets, states and journal rows. The first dossiers of a campaign are for practice."""
    to_practise = settings.training_dossiers - await campaign_dossiers.count_training(uow, campaign.id)
    ids = [pair.id for pair in chosen.pairs]
    state = moved(Progress.PLANNED, Move.ASSIGN)
    versions = await campaign_dossiers.put_states(uow, ids, state, training_ids=ids[: max(to_practise, 0)])
    for given in await pairs.give(uow, chosen.pairs):
        uow.record("review.assigned", given.review_id, given.version, {"state": "open"}, changed=("state",))
    for campaign_dossier_id, version in versions.items():
        uow.record("campaign_dossier.assigned", campaign_dossier_id, version, {"state": state.value}, ("state",))
