"""Dossiers: the card, the list, the search, and the catalogue as JSON."""

from datetime import date
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

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
from contracts.values.ids import DossierId, PersonId, UnitId
from services.catalog.api.answers import created, tagged
from services.catalog.api.catalogue import CatalogueOut
from services.catalog.api.texts import Name, Number, SchemeId
from services.catalog.rules import DEFAULT_SCHEME
from services.catalog.store import dossiers
from services.catalog.usecases.change_dossier import change_dossier
from services.catalog.usecases.open_dossier import open_dossier
from services.catalog.usecases.search_dossiers import SearchMember, search_dossiers
from services.catalog.usecases.view_catalogue import view_catalogue

router = APIRouter(tags=["dossiers"])


class DossierPerson(BaseModel):
    """Whose dossier it is."""

    id: str
    person_no: str
    name: str


class DossierOut(BaseModel):
    """The card of a dossier."""

    id: str
    unit_id: str = Field(description="The unit that keeps it")
    version: int
    dossier_no: str
    state: Literal["open", "closed"]
    scheme: str
    opened_on: date
    material_count: int
    page_count: int
    catalogue_stale: bool = Field(description="The printed catalogue no longer agrees: print it anew")
    person: DossierPerson


class DossierList(BaseModel):
    """One page of dossiers, in order of their ids."""

    items: list[DossierOut]
    next_page_token: str | None


class DossierIn(RequestModel):
    """The dossier to open; each person has one."""

    person_id: PersonId
    dossier_no: Number
    unit_id: UnitId | None = Field(default=None, description="The unit that keeps it; absent: the person's own")
    scheme: SchemeId = Field(
        default=DEFAULT_SCHEME,
        description="The scheme by which its paper is filed already; the vocabulary `scheme` lists them",
        examples=["r2018", "r2009"],
    )


class DossierPatch(RequestModel):
    """Members to change (RFC 7396)."""

    dossier_no: Number = Field(default=None)  # pyright: ignore[reportAssignmentType]  # absent, never null
    state: Literal["open", "closed"] = Field(default=None)  # pyright: ignore[reportAssignmentType]
    unit_id: UnitId = Field(default=None)  # pyright: ignore[reportAssignmentType]

    def changes(self) -> dict[str, Any]:
        """Only what was sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class DossierSearch(RequestModel):
    """Exactly one of the three; each must be the whole value."""

    name: Name | None = None
    person_no: Number | None = None
    dossier_no: Number | None = None

    @model_validator(mode="after")
    def _one_member(self) -> "DossierSearch":
        if sum(value is not None for value in (self.name, self.person_no, self.dossier_no)) != 1:
            raise PydanticCustomError("contradiction", "one member", {"other": "name, person_no, dossier_no"})
        return self

    def asked(self) -> tuple[SearchMember, str]:
        """The member that is given, and its value."""
        if self.name is not None:
            return "name", self.name
        return ("person_no", self.person_no) if self.person_no is not None else ("dossier_no", self.dossier_no or "")


class DossierSearchResult(BaseModel):
    """The first page of a search."""

    items: list[DossierOut]
    has_more: bool = Field(description="There are more than are shown; ask with a number")


@router.post(
    "/dossiers",
    status_code=201,
    responses=refusals(
        problems.VALIDATION_FAILED, problems.STATE_CONFLICT, problems.ROLE_MISSING, problems.RECUSAL, *IDEMPOTENCY
    ),
)
async def create_dossier(
    body: DossierIn,
    caller: Annotated[Caller, requires("dossier:write", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> DossierOut:
    """Open the dossier of a person; other services hear of it."""
    dossier_id = await open_dossier(
        body.person_id, body.dossier_no, body.unit_id, uow=uow, scheme=body.scheme, schemes=deps.rules.schemes
    )
    async with deps.db.reading(caller, roots) as connection:
        card = await dossiers.get_card(connection, dossier_id)
    created(response, uow, card["version"])
    return DossierOut.model_validate(card)


@router.get("/dossiers", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_dossiers(
    caller: Annotated[Caller, requires("dossier:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
) -> DossierList:
    """Dossiers of your units."""
    async with deps.db.reading(caller, roots) as connection:
        cards = await dossiers.list_cards(connection, paging.after[0] if paging.after else None, paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    return DossierList.model_validate(paging.answer(response, cards, lambda card: [card["id"]]))


@router.get(
    "/dossiers/{dossier_id}",
    response_model=DossierOut,
    responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND),
)
async def get_dossier(
    dossier_id: DossierId,
    caller: Annotated[Caller, requires("dossier:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    request: Request,
) -> Response:
    """The card of one dossier. Read often, so it goes round the session and the response model."""
    async with deps.db.reading(caller, roots) as connection:
        card = await dossiers.get_card(connection, dossier_id)
    headers = {"ETag": etag(card["version"]), "Cache-Control": PRIVATE}
    if not_modified(request, card["version"]):
        return Response(status_code=304, headers=headers)
    return Response(orjson.dumps(card), media_type="application/json", headers=headers)


@router.patch(
    "/dossiers/{dossier_id}",
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.ROLE_MISSING,
        problems.RECUSAL,
        problems.NOT_FOUND,
        problems.VERSION_STALE,
        problems.PRECONDITION_REQUIRED,
    ),
)
async def update_dossier(
    dossier_id: DossierId,
    body: DossierPatch,
    caller: Annotated[Caller, requires("dossier:write")],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> DossierOut:
    """Change number, custodian or state. What arrives for a closed dossier is refused."""
    await change_dossier(dossier_id, if_match, body.changes(), uow=uow)
    async with deps.db.reading(caller, roots) as connection:
        card = await dossiers.get_card(connection, dossier_id)
    tagged(response, card["version"])
    return DossierOut.model_validate(card)


@router.post("/dossiers/searches", responses=refusals(problems.VALIDATION_FAILED, problems.ROLE_MISSING))
async def search_dossiers_exactly(
    body: DossierSearch, caller: Annotated[Caller, requires("dossier:read")], uow: Uow, response: Response
) -> DossierSearchResult:
    """Dossiers by exact name, person number or dossier number. A view: that you searched is in the journal."""
    member, value = body.asked()
    found, more = await search_dossiers(member, value, uow=uow)
    response.headers["Cache-Control"] = PRIVATE
    return DossierSearchResult(items=[DossierOut.model_validate(card) for card in found], has_more=more)


@router.get(
    "/dossiers/{dossier_id}/catalogue",
    response_model=CatalogueOut,
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND),
)
async def get_dossier_catalogue(
    dossier_id: DossierId,
    caller: Annotated[Caller, requires("catalogue:read")],
    uow: Uow,
    deps: CurrentDeps,
    request: Request,
) -> Response:
    """The table of contents with every material and page. A view: it stands in the journal first."""
    found = await view_catalogue(dossier_id, uow=uow)
    headers = {"ETag": etag(found.version), "Cache-Control": PRIVATE}
    if not_modified(request, found.version):
        return Response(status_code=304, headers=headers)
    body = CatalogueOut.shape(found, deps.rules.schemes[found.scheme])
    return Response(orjson.dumps(body), media_type="application/json", headers=headers)
