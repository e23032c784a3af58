"""Record a meeting that determines (集体研究), and how it voted on a dossier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, NotFound, StateConflict, ValidationFailed
from contracts.values.ids import new_id
from services.audit.domain.adjudication import (
    AdjudicationRules,
    Settled,
    Vote,
    refuse,
    result_of,
    settled_faults,
    vote_faults,
)
from services.audit.domain.campaign import CampaignState
from services.audit.domain.determination import Status
from services.audit.domain.facts import AuditFact
from services.audit.domain.progress import Move
from services.audit.store import adjudications, campaigns, determination_outcomes, heard, pairs
from services.audit.store.adjudications import Step
from services.audit.store.tables import CampaignDossier
from services.audit.store.tables_adjudication import MeetingRow, MeetingVote
from services.audit.usecases.hold_campaign_dossier import OnDossier, hold_campaign_dossier
from services.audit.usecases.settle_clearances import Gate, reconsider


@dataclass(frozen=True)
class RecordMeeting:
    """`present_ids` are the accounts of those present who vote."""

    campaign_id: str
    held_on: date
    minutes_no: str
    present_ids: Sequence[str]


async def record_meeting(cmd: RecordMeeting, *, uow: UnitOfWork, rules: AdjudicationRules) -> MeetingRow:
    """The meeting as it is kept; nothing of it changes any more. StateConflict unless the campaign runs."""
    async with uow:
        if earlier := await uow.replay_of():
            return await determination_outcomes.get_meeting(uow, earlier)
        campaign = await campaigns.get(uow, cmd.campaign_id, lock=True)
        if campaign.state == CampaignState.PLANNED:
            raise StateConflict(state=campaign.state)
        await _check(cmd, campaign.unit_id, uow, rules)
        meeting = MeetingRow(
            id=new_id("mtg"),
            unit_id=campaign.unit_id,
            campaign_id=campaign.id,
            held_on=cmd.held_on,
            minutes_no=cmd.minutes_no,
            present_ids=sorted(cmd.present_ids),
            recorded_by=uow.caller.account_id,
            recorded_at=uow.now,
        )
        await adjudications.add(uow, meeting)
        uow.record("meeting.recorded", meeting.id, 1, meeting)
        await uow.remember(meeting.id)
    return meeting


async def _check(cmd: RecordMeeting, unit_id: str, uow: UnitOfWork, rules: AdjudicationRules) -> None:
    faults: list[FieldFault] = []
    if cmd.held_on > uow.today:
        faults.append(FieldFault("/held_on", "date-in-future"))
    if await determination_outcomes.find_minutes(uow, unit_id, cmd.minutes_no):
        faults.append(FieldFault("/minutes_no", "duplicate"))
    known = {one.account_id for one in await pairs.accounts(uow, cmd.present_ids)}
    for position, account_id in enumerate(cmd.present_ids):
        if account_id in cmd.present_ids[:position]:
            faults.append(FieldFault(f"/present_ids/{position}", "duplicate"))
        elif account_id not in known:
            faults.append(FieldFault(f"/present_ids/{position}", "unknown-reference"))
    if len(set(cmd.present_ids)) < rules.least_present:
        faults.append(FieldFault("/present_ids", "too-few", {"min": rules.least_present}))
    if faults:
        raise ValidationFailed(errors=faults)


@dataclass(frozen=True)
class DetermineCollectively:
    """How the meeting voted, and on which facts it decided `otherwise` than was proposed, each with a reason."""

    on: OnDossier
    meeting_id: str
    recused_ids: Sequence[str]
    in_favour: int
    against: int
    abstained: int
    otherwise: Sequence[tuple[AuditFact, Settled]]


async def determine_collectively(
    cmd: DetermineCollectively, *, uow: UnitOfWork, rules: AdjudicationRules, gate: Gate
) -> MeetingVote:
    """The vote as it is kept; every fact stands as the meeting decided, and the person is told next.

    How the dossier came out is as the meeting has it: what no inquiry could verify, it decides by the earliest record.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return await determination_outcomes.get_vote(uow, earlier)
        held = await hold_campaign_dossier(uow, cmd.on)
        state = held.moved(Move.DECIDE)
        meeting = await _meeting_of(uow, cmd, held.dossier)
        vote = await _voted(uow, cmd, held.dossier, meeting, rules)
        await adjudications.add(uow, vote)
        decided = await _settle(uow, cmd, held.dossier, vote)
        result = result_of([Status(status) for status in decided.values()])
        dossier = await adjudications.move(uow, held.dossier, state, result)
        told = {
            "state": dossier.state,
            "result": result,
            "vote_id": vote.id,
            "meeting_id": meeting.id,
            "facts": decided,
        }
        uow.record("campaign_dossier.determined", dossier.id, dossier.version, told, changed=("state", "result"))
        await reconsider(uow, [dossier.person_id], gate)
        await uow.remember(vote.id)
    return vote


async def _meeting_of(uow: UnitOfWork, cmd: DetermineCollectively, dossier: CampaignDossier) -> MeetingRow:
    try:
        async with uow.as_service():  # it is kept with the unit that runs the campaign, which may be further up
            meeting = await determination_outcomes.get_meeting(uow, cmd.meeting_id)
    except NotFound:
        meeting = None
    if meeting is None or meeting.campaign_id != dossier.campaign_id:
        raise ValidationFailed(errors=[FieldFault("/meeting_id", "unknown-reference")])
    return meeting


async def _voted(
    uow: UnitOfWork,
    cmd: DetermineCollectively,
    dossier: CampaignDossier,
    meeting: MeetingRow,
    rules: AdjudicationRules,
) -> MeetingVote:
    present = await pairs.accounts(uow, meeting.present_ids)
    async with uow.as_service():
        family = await heard.related_to(uow, dossier.person_id)
    related = {one.account_id for one in present if one.person_id in family}
    vote = Vote(frozenset(meeting.present_ids), tuple(cmd.recused_ids), cmd.in_favour, cmd.against, cmd.abstained)
    refuse(vote_faults(vote, related, rules))
    return MeetingVote(
        id=new_id("vot"),
        meeting_id=meeting.id,
        unit_id=dossier.unit_id,
        campaign_dossier_id=dossier.id,
        recused_ids=sorted(set(cmd.recused_ids)),
        in_favour=cmd.in_favour,
        against=cmd.against,
        abstained=cmd.abstained,
        recorded_by=uow.caller.account_id,
        recorded_at=uow.now,
    )


async def _settle(
    uow: UnitOfWork, cmd: DetermineCollectively, dossier: CampaignDossier, vote: MeetingVote
) -> Mapping[str, str]:
    """Every fact as proposed, but for those of which the meeting decided otherwise; status by fact."""
    rows = {AuditFact(row.fact): row for row in await adjudications.determinations_of(uow, dossier.id, lock=True)}
    faults: list[FieldFault] = []
    otherwise: dict[AuditFact, Settled] = {}
    for position, (fact, settled) in enumerate(cmd.otherwise):
        where = f"/otherwise/{position}"
        if fact not in rows:
            faults.append(FieldFault(f"{where}/fact", "unknown-reference"))
        elif fact in otherwise:
            faults.append(FieldFault(f"{where}/fact", "duplicate"))
        else:
            faults += settled_faults(fact, settled, adjudications.settled_of(rows[fact]), where)
        otherwise[fact] = settled
    refuse(faults)
    decided: dict[str, str] = {}
    for fact, row in rows.items():
        settled = otherwise.get(fact, adjudications.settled_of(row))
        changed = await adjudications.settle(uow, row, Step("meeting", settled, vote.id))
        decided[fact.value] = changed.status
    return decided
