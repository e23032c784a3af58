"""Scores of dossiers (评分), and the yearly bulletins over them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from chassis.identity import Caller
from chassis.web import IDEMPOTENCY, PRIVATE, CurrentDeps, IfMatch, Pages, Uow, etag, not_modified, refusals, requires
from contracts import problems
from contracts.problems import Recusal
from contracts.values.ids import BulletinId, DossierId, ScoreId
from services.audit.api.score_shapes import (
    BulletinIn,
    BulletinOut,
    BulletinPage,
    RubricOut,
    ScoreIn,
    ScoreOut,
    ScorePage,
)
from services.audit.domain.recusal import Relation
from services.audit.domain.scoring import Fault
from services.audit.store import scores
from services.audit.usecases.publish_scores import approve_bulletin, propose_bulletin
from services.audit.usecases.recuse import caller_related, caller_relation
from services.audit.usecases.score_dossier import ScoreDossier, score_dossier

router = APIRouter(tags=["scores"])


@router.get("/scores/rubric", responses=refusals(problems.ROLE_MISSING))
async def get_score_rubric(caller: Annotated[Caller, requires("score:read")], deps: CurrentDeps) -> RubricOut:
    """Items, deductions, vetoes and grades, with their words."""
    return RubricOut.of(deps.rules.scoring)


@router.post(
    "/scores",
    status_code=201,
    responses=refusals(problems.VALIDATION_FAILED, problems.ROLE_MISSING, problems.RECUSAL, *IDEMPOTENCY),
)
async def create_score(
    body: ScoreIn,
    caller: Annotated[Caller, requires("score:write", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
    validate_only: Annotated[bool, Query(description="Same answer, no effect")] = False,
) -> ScoreOut:
    """Score a dossier for this year."""
    command = ScoreDossier(
        dossier_id=body.dossier_id,
        from_unit_id=body.from_unit_id,
        faults=tuple(Fault(one.code, one.times, one.reason) for one in body.deductions),
        vetoes=tuple(body.vetoes),
        not_related=body.not_related,
    )
    row = await score_dossier(command, uow=uow, rubric=deps.rules.scoring, validate_only=validate_only)
    _created(response, uow)
    return ScoreOut.of(row)


def _created(response: Response, uow: Uow, version: int | None = None) -> None:
    response.headers["Cache-Control"] = PRIVATE
    if version is not None:
        response.headers["ETag"] = etag(version)
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"


@router.get("/scores", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_scores(
    caller: Annotated[Caller, requires("score:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
    year: Annotated[int | None, Query(ge=1949, le=2199)] = None,
    dossier_id: DossierId | None = None,
) -> ScorePage:
    """Scores of the dossiers in your scope, by id, without your own and your relatives'."""
    after = paging.after[0] if paging.after else None
    async with uow:
        rows = await scores.page_of(
            uow,
            after=after,
            limit=paging.size + 1,
            year=year,
            dossier_id=dossier_id,
            hidden_persons=await caller_related(uow),
        )
    response.headers["Cache-Control"] = PRIVATE
    return ScorePage.model_validate(paging.answer(response, [ScoreOut.of(row) for row in rows], lambda one: [one.id]))


@router.get("/scores/{score_id}", responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND))
async def get_score(
    score_id: ScoreId, caller: Annotated[Caller, requires("score:read")], uow: Uow, response: Response
) -> ScoreOut:
    """One score with its points and reasons."""
    async with uow:
        row = await scores.get(uow, score_id)
        if await caller_relation(uow, row.person_id) is Relation.RELATED:
            raise Recusal()
    response.headers.update({"ETag": etag(1), "Cache-Control": PRIVATE})
    return ScoreOut.of(row)


@router.post(
    "/score-bulletins",
    status_code=201,
    responses=refusals(problems.VALIDATION_FAILED, problems.ROLE_MISSING, *IDEMPOTENCY),
)
async def create_score_bulletin(
    body: BulletinIn,
    caller: Annotated[Caller, requires("score:write", idempotent=True)],
    uow: Uow,
    response: Response,
) -> BulletinOut:
    """Draw up the bulletin of a unit's year from the scores as they stand; one that waits is counted anew."""
    bulletin = await propose_bulletin(body.unit_id, body.year, uow=uow)
    _created(response, uow, bulletin.version)
    return BulletinOut.of(bulletin)


@router.get("/score-bulletins", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_score_bulletins(
    caller: Annotated[Caller, requires("score:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
    year: Annotated[int | None, Query(ge=1949, le=2199)] = None,
) -> BulletinPage:
    """Bulletins of your units, by id."""
    after = paging.after[0] if paging.after else None
    async with uow:
        rows = await scores.bulletins_of(uow, after=after, limit=paging.size + 1, year=year)
    response.headers["Cache-Control"] = PRIVATE
    items = [BulletinOut.of(row) for row in rows]
    return BulletinPage.model_validate(paging.answer(response, items, lambda one: [one.id]))


@router.get(
    "/score-bulletins/{bulletin_id}",
    response_model=BulletinOut,
    responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND),
)
async def get_score_bulletin(
    bulletin_id: BulletinId,
    caller: Annotated[Caller, requires("score:read")],
    uow: Uow,
    request: Request,
    response: Response,
) -> BulletinOut | Response:
    """One bulletin; its version is what an approval's If-Match names."""
    async with uow:
        row = await scores.get_bulletin(uow, bulletin_id)
    headers = {"ETag": etag(row.version), "Cache-Control": PRIVATE}
    if not_modified(request, row.version):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return BulletinOut.of(row)


@router.post(
    "/score-bulletins/{bulletin_id}/approvals",
    status_code=201,
    responses=refusals(
        problems.ROLE_MISSING,
        problems.SAME_PERSON_TWICE,
        problems.NOT_FOUND,
        problems.STATE_CONFLICT,
        problems.VERSION_STALE,
        problems.PRECONDITION_REQUIRED,
        *IDEMPOTENCY,
    ),
)
async def create_score_bulletin_approval(
    bulletin_id: BulletinId,
    caller: Annotated[Caller, requires("score-bulletin:approve", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    response: Response,
) -> BulletinOut:
    """Approve the bulletin as shown; it gets its number and changes no more."""
    bulletin = await approve_bulletin(bulletin_id, if_match, uow=uow)
    _created(response, uow, bulletin.version)
    return BulletinOut.of(bulletin)
