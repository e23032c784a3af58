"""Ask the person's unit for materials, in numbered rounds (信息反馈), and record what came of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import StateConflict
from contracts.values.ids import new_id
from services.audit.domain.adjudication import AdjudicationRules, refuse
from services.audit.domain.feedback_round import RoundResult, answer_faults, next_round, sending_faults
from services.audit.domain.progress import Move
from services.audit.domain.recusal import admit
from services.audit.store import adjudications, campaign_dossiers, feedback_rounds
from services.audit.store.tables_oversight import FeedbackRoundRow
from services.audit.usecases.hold_campaign_dossier import OnDossier, hold_campaign_dossier
from services.audit.usecases.recuse import caller_relation


@dataclass(frozen=True)
class SendFeedbackRound:
    """Which materials are asked of whom, from when until when."""

    on: OnDossier
    sent_to: str
    materials_asked: Sequence[str]
    sent_on: date
    due_on: date


async def send_feedback_round(cmd: SendFeedbackRound, *, uow: UnitOfWork, rules: AdjudicationRules) -> FeedbackRoundRow:
    """The round as it is kept; the dossier waits for materials until it is put before the meeting.

    StateConflict while the last round is open; FeedbackRoundsUsed after the last that there may be.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return await feedback_rounds.get(uow, earlier)
        held = await hold_campaign_dossier(uow, cmd.on)
        state = held.moved(Move.INVESTIGATE)
        waiting = await feedback_rounds.find_open(uow, held.dossier.id)
        last = await feedback_rounds.last_number(uow, held.dossier.id)
        n = next_round(last, waiting=waiting is not None, limit=rules.feedback_rounds)
        refuse(sending_faults(cmd.sent_on, cmd.due_on, uow.today))
        row = FeedbackRoundRow(
            id=new_id("fbr"),
            version=1,
            **held.dossier.model_dump(include={"unit_id", "campaign_id", "person_id"}),
            campaign_dossier_id=held.dossier.id,
            n=n,
            sent_on=cmd.sent_on,
            sent_to=cmd.sent_to,
            materials_asked=list(cmd.materials_asked),
            due_on=cmd.due_on,
            sent_by=uow.caller.account_id,
            sent_at=uow.now,
            evidence=[],
        )
        await adjudications.add(uow, row)
        dossier = await adjudications.move(uow, held.dossier, state)
        told = {"state": dossier.state, "feedback_round_id": row.id, "n": n}
        uow.record("campaign_dossier.asked_for_materials", dossier.id, dossier.version, told, changed=("state",))
        await uow.remember(row.id)
    return row


@dataclass(frozen=True)
class AnswerFeedbackRound:
    """What came of it: `evidence` names the papers that came. Claims made of them are entered apart."""

    round_id: str
    seen_version: int
    answered_on: date
    result: RoundResult
    evidence: Sequence[str]
    not_related: bool | None = None


async def answer_feedback_round(cmd: AnswerFeedbackRound, *, uow: UnitOfWork) -> FeedbackRoundRow:
    """The round as it was answered. Of two at once one records it; StateConflict once it is answered."""
    async with uow:
        if earlier := await uow.replay_of():
            return await feedback_rounds.get(uow, earlier)
        named = await feedback_rounds.get(uow, cmd.round_id)
        await campaign_dossiers.get(uow, named.campaign_dossier_id, lock=True)
        row = await feedback_rounds.get(uow, cmd.round_id)
        admit(await caller_relation(uow, row.person_id), cmd.not_related)
        await check_version(uow, row.id, row.version, cmd.seen_version)
        if row.result is not None:
            raise StateConflict(state="done")
        refuse(answer_faults(cmd.result, cmd.evidence, cmd.answered_on, row.sent_on, uow.today))
        answered = await feedback_rounds.answer(
            uow, row, answered_on=cmd.answered_on, result=cmd.result, evidence=list(cmd.evidence)
        )
        told = answered.model_dump(mode="json", include={"campaign_dossier_id", "n", "result"})
        uow.record("feedback_round.answered", row.id, answered.version, told, changed=("result", "evidence"))
        await uow.remember(row.id)
    return answered
