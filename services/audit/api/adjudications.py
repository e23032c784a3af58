"""What follows both first reviews of a dossier: second review, meeting, feedback to the person, approval."""

from typing import Annotated

from fastapi import APIRouter, Response

from chassis.identity import Caller
from chassis.unit_of_work import UnitOfWork
from chassis.web import IDEMPOTENCY, PRIVATE, CurrentDeps, CurrentRoots, IfMatch, Pages, Uow, refusals, requires
from contracts import problems
from contracts.values.ids import CampaignDossierId, CampaignId, MeetingId
from services.audit.api.adjudication_shapes import (
    ApprovalIn,
    ApprovalOut,
    CollectiveDeterminationIn,
    CollectiveDeterminationOut,
    DeclarationIn,
    FeedbackIn,
    FeedbackOut,
    MeetingIn,
    MeetingList,
    MeetingOut,
    ProgressOut,
    ReopeningIn,
    SecondReviewOut,
    facts_settled,
)
from services.audit.store import determination_outcomes
from services.audit.usecases.approve_determinations import ApproveDeterminations, approve_determinations
from services.audit.usecases.hold_campaign_dossier import OnDossier
from services.audit.usecases.record_feedback import RecordFeedback, record_feedback
from services.audit.usecases.record_meeting import (
    DetermineCollectively,
    RecordMeeting,
    determine_collectively,
    record_meeting,
)
from services.audit.usecases.settle_clearances import gate_of
from services.audit.usecases.table_dossier import table_dossier
from services.audit.usecases.take_up_second_review import TakeUpSecondReview, take_up_second_review

router = APIRouter(tags=["determinations"])

ACTING = (
    problems.VALIDATION_FAILED,
    problems.ROLE_MISSING,
    problems.RECUSAL,
    problems.NOT_FOUND,
    problems.STATE_CONFLICT,
    problems.VERSION_STALE,
    problems.PRECONDITION_REQUIRED,
    *IDEMPOTENCY,
)


def answered(response: Response, uow: UnitOfWork) -> None:
    """Headers that every act on a dossier has."""
    response.headers["Cache-Control"] = PRIVATE
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"


@router.post(
    "/campaign-dossiers/{campaign_dossier_id}/second-reviews",
    status_code=201,
    responses=refusals(*ACTING, problems.SAME_PERSON_TWICE),
)
async def create_second_review(
    campaign_dossier_id: CampaignDossierId,
    body: DeclarationIn,
    caller: Annotated[Caller, requires("determination:settle", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> SecondReviewOut:
    """Take up the second review: what the rules make of each fact is proposed, and differences wait for you."""
    on = OnDossier(campaign_dossier_id, if_match, body.not_related)
    row = await take_up_second_review(TakeUpSecondReview(on), uow=uow, deps=deps)
    answered(response, uow)
    return SecondReviewOut.of(row)


@router.post(
    "/campaign-dossiers/{campaign_dossier_id}/reopenings",
    status_code=201,
    responses=refusals(*ACTING, problems.SAME_PERSON_TWICE),
)
async def create_reopening(
    campaign_dossier_id: CampaignDossierId,
    body: ReopeningIn,
    caller: Annotated[Caller, requires("determination:settle", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> SecondReviewOut:
    """Take a filed dossier up once more, with the reason. Its determinations are in force again once approved."""
    on = OnDossier(campaign_dossier_id, if_match, body.not_related)
    row = await take_up_second_review(TakeUpSecondReview(on, body.reason), uow=uow, deps=deps)
    answered(response, uow)
    return SecondReviewOut.of(row)


@router.post(
    "/campaign-dossiers/{campaign_dossier_id}/tablings",
    status_code=201,
    responses=refusals(*ACTING),
)
async def create_tabling(
    campaign_dossier_id: CampaignDossierId,
    body: DeclarationIn,
    caller: Annotated[Caller, requires("determination:settle", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> ProgressOut:
    """Put the dossier before the meeting (上会), once you have settled every difference."""
    on = OnDossier(campaign_dossier_id, if_match, body.not_related)
    row = await table_dossier(on, uow=uow, gate=gate_of(deps))
    answered(response, uow)
    return ProgressOut.of(row)


@router.post(
    "/campaigns/{campaign_id}/meetings",
    status_code=201,
    responses=refusals(
        problems.VALIDATION_FAILED, problems.ROLE_MISSING, problems.NOT_FOUND, problems.STATE_CONFLICT, *IDEMPOTENCY
    ),
)
async def create_meeting(
    campaign_id: CampaignId,
    body: MeetingIn,
    caller: Annotated[Caller, requires("meeting:record", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> MeetingOut:
    """Record a meeting; its votes on dossiers follow one by one."""
    command = RecordMeeting(campaign_id, body.held_on, body.minutes_no, body.present_ids)
    row = await record_meeting(command, uow=uow, rules=deps.rules.adjudication)
    answered(response, uow)
    return MeetingOut.of(row)


@router.get("/campaigns/{campaign_id}/meetings", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_meetings(
    campaign_id: CampaignId,
    caller: Annotated[Caller, requires("determination:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
) -> MeetingList:
    """Meetings of a campaign, in the order in which they were recorded."""
    after = paging.after[0] if paging.after else None
    async with uow:
        rows = await determination_outcomes.page_of_meetings(uow, campaign_id, after=after, limit=paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    items = [MeetingOut.of(row) for row in rows]
    return MeetingList.model_validate(paging.answer(response, items, lambda item: [item.id]))


@router.get("/meetings/{meeting_id}", responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND))
async def get_meeting(
    meeting_id: MeetingId,
    caller: Annotated[Caller, requires("determination:read")],
    uow: Uow,
    response: Response,
) -> MeetingOut:
    """One meeting."""
    async with uow:
        row = await determination_outcomes.get_meeting(uow, meeting_id)
    response.headers["Cache-Control"] = PRIVATE
    return MeetingOut.of(row)


@router.post(
    "/campaign-dossiers/{campaign_dossier_id}/collective-determinations",
    status_code=201,
    responses=refusals(*ACTING),
)
async def create_collective_determination(
    campaign_dossier_id: CampaignDossierId,
    body: CollectiveDeterminationIn,
    caller: Annotated[Caller, requires("meeting:record", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> CollectiveDeterminationOut:
    """Record what a meeting decided on a dossier: as proposed, or otherwise with a reason for each fact."""
    command = DetermineCollectively(
        on=OnDossier(campaign_dossier_id, if_match, body.not_related),
        meeting_id=body.meeting_id,
        recused_ids=body.recused_ids,
        in_favour=body.in_favour,
        against=body.against,
        abstained=body.abstained,
        otherwise=facts_settled(body),
    )
    row = await determine_collectively(command, uow=uow, rules=deps.rules.adjudication, gate=gate_of(deps))
    answered(response, uow)
    return CollectiveDeterminationOut.of(row)


@router.post(
    "/campaign-dossiers/{campaign_dossier_id}/feedbacks",
    status_code=201,
    responses=refusals(*ACTING),
)
async def create_feedback(
    campaign_dossier_id: CampaignDossierId,
    body: FeedbackIn,
    caller: Annotated[Caller, requires("feedback:record", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> FeedbackOut:
    """Record that the person's party organisation met the person: signed, refused before two, or disputed."""
    command = RecordFeedback(
        on=OnDossier(campaign_dossier_id, if_match, body.not_related),
        organisation=body.organisation,
        met_on=body.met_on,
        outcome=body.outcome,
        witnesses=body.witnesses,
        statement=body.statement,
        tickets=body.pages,
    )
    row = await record_feedback(command, uow=uow, deps=deps)
    answered(response, uow)
    return FeedbackOut.of(row)


@router.post(
    "/campaign-dossiers/{campaign_dossier_id}/approvals",
    status_code=201,
    responses=refusals(*ACTING, problems.WRONG_AUTHORITY, problems.SAME_PERSON_TWICE),
)
async def create_approval(
    campaign_dossier_id: CampaignDossierId,
    body: ApprovalIn,
    caller: Annotated[Caller, requires("determination:approve", idempotent=True)],
    roots: CurrentRoots,
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> ApprovalOut:
    """Approve as the office that manages the person on this day: the determinations are in force."""
    command = ApproveDeterminations(OnDossier(campaign_dossier_id, if_match, body.not_related), roots, body.document_no)
    row = await approve_determinations(command, uow=uow, gate=gate_of(deps))
    answered(response, uow)
    return ApprovalOut.of(row)
