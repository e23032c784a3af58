"""Submissions: draft, change, list, deliver, withdraw."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from chassis.blind_index import blind_index
from chassis.deps import Deps
from chassis.identity import Caller
from chassis.web import (
    IDEMPOTENCY,
    PRIVATE,
    CurrentDeps,
    CurrentRoots,
    IfMatch,
    Pages,
    RequestModel,
    Uow,
    etag,
    not_modified,
    refusals,
    requires,
)
from contracts import problems
from contracts.values.ids import SubmissionId, UnitId
from services.transfer.api.item_shapes import ItemSummary
from services.transfer.api.shapes import Instant, NoMembers, SubjectIn, tag
from services.transfer.domain.item import Item
from services.transfer.domain.states import SubmissionState
from services.transfer.domain.submission import Headline, Submission
from services.transfer.store import items, submissions
from services.transfer.usecases.change_submission import ChangeSubmission, change_submission
from services.transfer.usecases.create_submission import CreateSubmission, create_submission
from services.transfer.usecases.deliver_submission import deliver_submission
from services.transfer.usecases.subjects import NameIndex
from services.transfer.usecases.withdraw_submission import withdraw_submission

router = APIRouter(tags=["submissions"])

IDEMPOTENT = (
    problems.ROLE_MISSING,
    *IDEMPOTENCY,
)
VERSIONED = (problems.ROLE_MISSING, problems.NOT_FOUND, problems.VERSION_STALE, problems.PRECONDITION_REQUIRED)


class SubmissionIn(RequestModel):
    """A new draft."""

    unit_id: UnitId | None = Field(default=None, description="Who hands in; may be left out with one unit only")
    subject: SubjectIn


def _not_removed(given: Any) -> Any:
    """In a merge patch null removes a member, and a submission is always for a dossier."""
    if given is None:
        raise PydanticCustomError("required", "is required")
    return given


class SubmissionChange(RequestModel):
    """Members to change (merge patch)."""

    subject: Annotated[SubjectIn, BeforeValidator(_not_removed)] = Field(default_factory=SubjectIn)


class SubjectOut(BaseModel):
    """Whose dossier it is, and the number that was declared, if one was."""

    dossier_id: str
    person_no: str | None


class SubmissionSummary(BaseModel):
    """A submission as lists show it."""

    id: str
    unit_id: str
    subject: SubjectOut
    state: SubmissionState
    created_at: Instant
    delivered_at: Instant | None
    closed_at: Instant | None
    version: int

    @classmethod
    def of(cls, submission: Headline) -> "SubmissionSummary":
        return cls(**_summary(submission))


class SubmissionOut(SubmissionSummary):
    """A submission with its items, each in the state that transfer has heard of."""

    items: list[ItemSummary]
    provisional_receipt: str | None = Field(description="JWS (ES256) over what was handed in, from delivery on")

    @classmethod
    def with_items(cls, submission: Submission, found: list[Item]) -> "SubmissionOut":
        return cls(
            **_summary(submission.headline),
            items=[ItemSummary.of(item) for item in found],
            provisional_receipt=submission.provisional_receipt,
        )


class SubmissionList(BaseModel):
    """One page of submissions, the newest first."""

    items: list[SubmissionSummary]
    next_page_token: str | None


def _summary(submission: Headline) -> dict[str, Any]:
    return {
        "id": submission.submission_id,
        "unit_id": submission.unit_id,
        "subject": SubjectOut(dossier_id=submission.dossier_id, person_no=submission.declared_person_no),
        "state": submission.state,
        "created_at": submission.created_at,
        "delivered_at": submission.delivered_at,
        "closed_at": submission.closed_at,
        "version": submission.version,
    }


def name_index(deps: Deps) -> NameIndex:
    """The keyed index by which audit compares the declared name."""
    return lambda name: blind_index(deps.keys.blind_index_key, "name", name)


@router.get("/submissions", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_submissions(
    caller: Annotated[Caller, requires("submission:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
    state: Annotated[list[SubmissionState] | None, Query(description="Repeat for OR")] = None,
) -> SubmissionList:
    """Submissions of your units, and those delivered for dossiers that your units keep."""
    async with uow:
        after = paging.after[0] if paging.after else None
        found = await submissions.list_page(uow, state or (), after, paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    rows = [SubmissionSummary.of(submission) for submission in found]
    return SubmissionList.model_validate(paging.answer(response, rows, lambda row: [row.id]))


@router.post(
    "/submissions",
    name="create_submission",
    status_code=201,
    responses=refusals(*IDEMPOTENT, problems.VALIDATION_FAILED, problems.PERSON_MISMATCH, problems.STATE_CONFLICT),
)
async def post_submission(
    body: SubmissionIn,
    caller: Annotated[Caller, requires("submission:create", idempotent=True)],
    roots: CurrentRoots,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> SubmissionOut:
    """Draft a submission for one dossier."""
    command = CreateSubmission(body.unit_id, body.subject.named(), roots)
    submission = await create_submission(command, uow=uow, name_index=name_index(deps))
    response.headers["Location"] = f"/v1/submissions/{submission.submission_id}"
    return await _shown(submission, uow, deps, response)


@router.get("/submissions/{submission_id}", responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND))
async def get_submission(
    submission_id: SubmissionId,
    caller: Annotated[Caller, requires("submission:read")],
    uow: Uow,
    request: Request,
    response: Response,
) -> Any:
    """One submission with the state of each of its items, as heard."""
    async with uow:
        submission = await submissions.get(uow, submission_id)
        found = await items.list_of(uow, submission_id)
    tag(response, uow, submission.version)
    if not_modified(request, submission.version):
        return Response(status_code=304, headers={"ETag": etag(submission.version), "Cache-Control": PRIVATE})
    return SubmissionOut.with_items(submission, list(found))


@router.patch(
    "/submissions/{submission_id}",
    responses=refusals(*VERSIONED, problems.VALIDATION_FAILED, problems.PERSON_MISMATCH, problems.STATE_CONFLICT),
)
async def update_submission(
    submission_id: SubmissionId,
    body: SubmissionChange,
    caller: Annotated[Caller, requires("submission:create")],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> SubmissionOut:
    """Point a draft at another dossier."""
    command = ChangeSubmission(submission_id, if_match, body.subject.named() if body.model_fields_set else None)
    submission = await change_submission(command, uow=uow, name_index=name_index(deps))
    return await _shown(submission, uow, deps, response)


@router.post(
    "/submissions/{submission_id}/deliveries",
    status_code=202,
    responses=refusals(*IDEMPOTENT, problems.NOT_FOUND, problems.VALIDATION_FAILED, problems.STATE_CONFLICT),
)
async def create_delivery(
    submission_id: SubmissionId,
    caller: Annotated[Caller, requires("submission:deliver", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
    body: NoMembers | None = None,
) -> SubmissionOut:
    """Hand the submission in. The answer holds a signed provisional receipt; the receipt follows by itself."""
    key = deps.keys.private_jwk("receipt")
    most = deps.rules.limits.submission.max_pages
    submission = await deliver_submission(submission_id, uow=uow, receipt_key=key, max_pages=most)
    response.headers["Location"] = f"/v1/submissions/{submission_id}"
    return await _shown(submission, uow, deps, response)


@router.post(
    "/submissions/{submission_id}/withdrawals",
    status_code=201,
    responses=refusals(*IDEMPOTENT, problems.NOT_FOUND, problems.STATE_CONFLICT),
)
async def create_withdrawal(
    submission_id: SubmissionId,
    caller: Annotated[Caller, requires("submission:create", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
    body: NoMembers | None = None,
) -> SubmissionOut:
    """Take a draft back. After delivery it is too late."""
    submission = await withdraw_submission(submission_id, uow=uow)
    response.headers["Location"] = f"/v1/submissions/{submission_id}"
    return await _shown(submission, uow, deps, response)


async def _shown(submission: Submission, uow: Uow, deps: Deps, response: Response) -> SubmissionOut:
    """The submission with its items as they are now, read after the change has committed."""
    if submission.version == 1:
        tag(response, uow, submission.version)
        return SubmissionOut.with_items(submission, [])
    async with deps.unit_of_work(uow.caller, frozenset({submission.unit_id})) as after:
        found = await items.list_of(after, submission.submission_id)
    tag(response, uow, submission.version)
    return SubmissionOut.with_items(submission, list(found))
