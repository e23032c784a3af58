"""Managing authority (干部管理权限): which office decides for which rank, in which unit, and when."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import IDEMPOTENCY, IfMatch, Pages, RequestModel, Uow, not_modified, refusals, requires
from contracts import problems
from contracts.values.ids import ManagingAuthorityId, UnitId
from services.catalog.api.answers import created, tagged
from services.catalog.api.texts import Name
from services.catalog.domain.managing_authority import AuthorityRule
from services.catalog.store import managing_authorities
from services.catalog.usecases.set_managing_authority import change_managing_authority, create_managing_authority

router = APIRouter(tags=["managing-authorities"])


class AuthorityIn(RequestModel):
    """A rule for a rank in a unit and the units below, as far as none of these has a rule of its own."""

    rank: Name
    unit_id: UnitId
    office: Name = Field(description="The office that decides, as notices name it")
    office_unit_id: UnitId | None = Field(default=None, description="Its unit, where the deployment has it")
    valid_from: date
    valid_to: date | None = Field(default=None, description="The last day")


class AuthorityPatch(RequestModel):
    """Members to change (merge patch): a `valid_to` ends the rule, `null` lets it go on."""

    office: Name = ""
    office_unit_id: UnitId | None = None
    valid_from: date = date.min
    valid_to: date | None = None

    def changes(self) -> dict[str, Any]:
        """Only what was sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class AuthorityOut(BaseModel):
    """One rule."""

    id: str
    rank: str
    unit_id: str
    office: str
    office_unit_id: str | None
    valid_from: date
    valid_to: date | None
    version: int

    @classmethod
    def of(cls, rule: AuthorityRule) -> "AuthorityOut":
        return cls(
            id=rule.authority_id,
            rank=rule.rank,
            unit_id=rule.unit_id,
            office=rule.office,
            office_unit_id=rule.office_unit_id,
            valid_from=rule.valid_from,
            valid_to=rule.valid_to,
            version=rule.version,
        )


class AuthorityPage(BaseModel):
    """A page of rules, in order of their ids."""

    items: list[AuthorityOut]
    next_page_token: str | None


@router.get("/managing-authorities", responses=refusals(problems.ROLE_MISSING))
async def list_managing_authorities(
    caller: Annotated[Caller, requires("managing-authority:read")],
    uow: Uow,
    pages: Pages,
    response: Response,
    on: Annotated[date | None, Query(description="Only rules that hold on this day")] = None,
) -> AuthorityPage:
    """All rules of the deployment: they name nobody, and one of a county holds for the offices below it."""
    async with uow:
        after = pages.after[0] if pages.after else None
        found = await managing_authorities.list_page(uow, after, pages.size + 1, on)
    page = pages.answer(response, found, lambda rule: (rule.authority_id,))
    return AuthorityPage(
        items=[AuthorityOut.of(rule) for rule in page["items"]], next_page_token=page["next_page_token"]
    )


@router.get("/managing-authorities/{authority_id}", responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND))
async def get_managing_authority(
    authority_id: ManagingAuthorityId,
    caller: Annotated[Caller, requires("managing-authority:read")],
    uow: Uow,
    request: Request,
    response: Response,
) -> Any:
    """One rule."""
    async with uow:
        rule = await managing_authorities.get(uow, authority_id)
    tagged(response, rule.version)
    if not_modified(request, rule.version):
        return Response(status_code=304, headers=dict(response.headers))
    return AuthorityOut.of(rule)


@router.post(
    "/managing-authorities",
    status_code=201,
    responses=refusals(problems.VALIDATION_FAILED, problems.DATE_IMPOSSIBLE, problems.ROLE_MISSING, *IDEMPOTENCY),
)
async def post_managing_authority(
    body: AuthorityIn,
    caller: Annotated[Caller, requires("managing-authority:write", idempotent=True)],
    uow: Uow,
    response: Response,
) -> AuthorityOut:
    """Name the office that decides for a rank in a unit; everybody concerned is told in the background."""
    rule = await create_managing_authority(body.model_dump(), uow=uow)
    created(response, uow, rule.version)
    return AuthorityOut.of(rule)


@router.patch(
    "/managing-authorities/{authority_id}",
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.DATE_IMPOSSIBLE,
        problems.ROLE_MISSING,
        problems.NOT_FOUND,
        problems.VERSION_STALE,
        problems.PRECONDITION_REQUIRED,
    ),
)
async def update_managing_authority(
    authority_id: ManagingAuthorityId,
    body: AuthorityPatch,
    caller: Annotated[Caller, requires("managing-authority:write")],
    if_match: IfMatch,
    uow: Uow,
    response: Response,
) -> AuthorityOut:
    """Change the office or the period of a rule, or end it."""
    rule = await change_managing_authority(authority_id, if_match, body.changes(), uow=uow)
    tagged(response, rule.version)
    return AuthorityOut.of(rule)
