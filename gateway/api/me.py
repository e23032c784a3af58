"""`/v1/me`: who I am here, which roles I hold, and which rule gave each."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import refusals, requires
from contracts import problems
from gateway.edge.edge import PRINCIPAL
from gateway.tokens.principal import Principal

router = APIRouter(prefix="/v1", tags=["identity"])


class PostOut(BaseModel):
    """One role over one unit and the units below it."""

    role: str
    rule: str = Field(description="Id of the rule of the role mapping that gave this post")
    unit: str = Field(description="Path of unit codes, or `*` for the whole deployment")
    unit_id: str | None = Field(description="`null` while no unit with this path is known: the post opens nothing")


class MeOut(BaseModel):
    """The signed-in account."""

    account_id: str
    name: str
    person_no: str | None
    client: bool = Field(description="True for a machine")
    issuer: str = Field(description="Who vouched for this sign-in")
    signed_in_until: datetime
    posts: list[PostOut]
    permissions: list[str]


@router.get("/me", responses=refusals(problems.NOT_SIGNED_IN, problems.ROLES_NOT_SEPARATED))
async def get_me(caller: Annotated[Caller, requires("me:read")], request: Request, response: Response) -> MeOut:
    """Who I am, which roles I hold, which rule gave each, and over which units."""
    principal: Principal = request.scope[PRINCIPAL]
    response.headers["Cache-Control"] = "no-store"
    return MeOut(
        account_id=caller.account_id,
        name=caller.name,
        person_no=caller.person_no,
        client=caller.client,
        issuer=principal.issuer,
        signed_in_until=datetime.fromtimestamp(principal.expires_at, UTC),
        posts=[
            PostOut(role=post.role, rule=post.rule, unit=post.unit, unit_id=post.unit_id) for post in principal.posts
        ],
        permissions=sorted(caller.permissions),
    )
