"""Materials asked of the person's unit in numbered rounds (信息反馈), and talks after the last one (约谈)."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from chassis.identity import Caller
from chassis.web import PRIVATE, CurrentDeps, IfMatch, Pages, Uow, etag, refusals, requires
from contracts import problems
from contracts.values.ids import CampaignDossierId, CampaignId, FeedbackRoundId
from services.audit.api.adjudications import ACTING, answered
from services.audit.api.feedback_round_shapes import (
    FeedbackAnswerIn,
    FeedbackRoundIn,
    FeedbackRoundList,
    FeedbackRoundOut,
    TalkRecordIn,
    TalkRecordList,
    TalkRecordOut,
)
from services.audit.store import campaign_dossiers, campaigns, feedback_rounds
from services.audit.usecases.hold_campaign_dossier import OnDossier
from services.audit.usecases.record_talk import RecordTalk, record_talk
from services.audit.usecases.recuse import caller_related, refuse_related
from services.audit.usecases.send_feedback_round import (
    AnswerFeedbackRound,
    SendFeedbackRound,
    answer_feedback_round,
    send_feedback_round,
)

router = APIRouter(tags=["determinations"])

SEEN = (problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND, problems.PAGE_TOKEN_INVALID)


@router.post(
    "/campaign-dossiers/{campaign_dossier_id}/feedback-rounds",
    status_code=201,
    responses=refusals(*ACTING, problems.FEEDBACK_ROUNDS_USED),
)
async def create_feedback_round(
    campaign_dossier_id: CampaignDossierId,
    body: FeedbackRoundIn,
    caller: Annotated[Caller, requires("determination:settle", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> FeedbackRoundOut:
    """Ask for materials: the next round, once the last one is answered. After the last there may be, talk instead."""
    on = OnDossier(campaign_dossier_id, if_match, body.not_related)
    command = SendFeedbackRound(on, body.sent_to, body.materials_asked, body.sent_on, body.due_on)
    row = await send_feedback_round(command, uow=uow, rules=deps.rules.adjudication)
    response.headers["ETag"] = etag(row.version)
    answered(response, uow)
    return FeedbackRoundOut.of(row)


@router.get("/campaign-dossiers/{campaign_dossier_id}/feedback-rounds", responses=refusals(*SEEN))
async def list_feedback_rounds(
    campaign_dossier_id: CampaignDossierId,
    caller: Annotated[Caller, requires("determination:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
) -> FeedbackRoundList:
    """The rounds of a dossier, by number."""
    after = int(paging.after[0]) if paging.after else None
    async with uow:
        dossier = await campaign_dossiers.get(uow, campaign_dossier_id)
        await refuse_related(uow, dossier.person_id)
        rows = await feedback_rounds.page_of(uow, dossier.id, after=after, limit=paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    items = [FeedbackRoundOut.of(row) for row in rows]
    return FeedbackRoundList.model_validate(paging.answer(response, items, lambda one: [one.n]))


@router.get("/campaigns/{campaign_id}/feedback-rounds", responses=refusals(*SEEN))
async def list_open_feedback_rounds(
    campaign_id: CampaignId,
    caller: Annotated[Caller, requires("determination:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
    overdue: Annotated[bool, Query(description="Only those whose day is past")] = False,
) -> FeedbackRoundList:
    """Rounds that wait for their answer, the earliest due first, without your own and your relatives'."""
    after = (date.fromisoformat(paging.after[0]), str(paging.after[1])) if paging.after else None
    async with uow:
        await campaigns.get(uow, campaign_id)
        rows = await feedback_rounds.page_of_open(
            uow,
            campaign_id,
            due_before=uow.today if overdue else None,
            after=after,
            limit=paging.size + 1,
            hidden_persons=await caller_related(uow),
        )
    response.headers["Cache-Control"] = PRIVATE
    items = [FeedbackRoundOut.of(row) for row in rows]
    answer = paging.answer(response, items, lambda one: [one.due_on.isoformat(), one.id])
    return FeedbackRoundList.model_validate(answer)


@router.post("/feedback-rounds/{feedback_round_id}/answers", status_code=201, responses=refusals(*ACTING))
async def create_feedback_round_answer(
    feedback_round_id: FeedbackRoundId,
    body: FeedbackAnswerIn,
    caller: Annotated[Caller, requires("determination:settle", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    response: Response,
) -> FeedbackRoundOut:
    """Record what came of a round. The dossier goes before the meeting only once its last round is answered."""
    command = AnswerFeedbackRound(
        feedback_round_id, if_match, body.answered_on, body.result, body.evidence, body.not_related
    )
    row = await answer_feedback_round(command, uow=uow)
    response.headers["ETag"] = etag(row.version)
    answered(response, uow)
    return FeedbackRoundOut.of(row)


@router.post("/campaign-dossiers/{campaign_dossier_id}/talk-records", status_code=201, responses=refusals(*ACTING))
async def create_talk_record(
    campaign_dossier_id: CampaignDossierId,
    body: TalkRecordIn,
    caller: Annotated[Caller, requires("determination:settle", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> TalkRecordOut:
    """Record a talk with the person: the way on once all feedback rounds are used."""
    on = OnDossier(campaign_dossier_id, if_match, body.not_related)
    command = RecordTalk(on, body.talked_on, body.talked_by, body.said, body.signed, body.pages)
    row = await record_talk(command, uow=uow, deps=deps)
    answered(response, uow)
    return TalkRecordOut.of(row)


@router.get("/campaign-dossiers/{campaign_dossier_id}/talk-records", responses=refusals(*SEEN))
async def list_talk_records(
    campaign_dossier_id: CampaignDossierId,
    caller: Annotated[Caller, requires("determination:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
) -> TalkRecordList:
    """The talks about a dossier, in the order in which they were recorded."""
    after = paging.after[0] if paging.after else None
    async with uow:
        dossier = await campaign_dossiers.get(uow, campaign_dossier_id)
        await refuse_related(uow, dossier.person_id)
        rows = await feedback_rounds.page_of_talks(uow, dossier.id, after=after, limit=paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    items = [TalkRecordOut.of(row) for row in rows]
    return TalkRecordList.model_validate(paging.answer(response, items, lambda one: [one.id]))
