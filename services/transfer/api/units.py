"""Units: the tree that every scope refers to."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, StringConstraints

from chassis.identity import Caller
from chassis.web import IDEMPOTENCY, IfMatch, Pages, RequestModel, Uow, etag, not_modified, refusals, requires
from contracts import problems
from contracts.problems import RoleMissing
from contracts.values.ids import UnitId
from services.transfer.api.shapes import Name, tag
from services.transfer.domain.unit import CODE_PATTERN, Unit
from services.transfer.store import units
from services.transfer.usecases.change_unit import ChangeUnit, change_unit
from services.transfer.usecases.create_unit import CreateUnit, create_unit

router = APIRouter(tags=["units"])

Code = Annotated[str, StringConstraints(pattern=CODE_PATTERN)]


class UnitIn(RequestModel):
    """A new unit."""

    parent_id: UnitId | None = Field(default=None, description="The unit above; null makes a root")
    code: Code = Field(description="Short name in paths and document numbers, once under a parent")
    name: Name


class UnitChange(RequestModel):
    """Members to change (merge patch); `parent_id` null makes the unit a root."""

    parent_id: UnitId | None = None
    code: Code = ""
    name: Name = ""
    active: bool = True


class UnitOut(BaseModel):
    """A unit. `ancestors` runs from the root to the unit itself, `path` names their codes."""

    id: str
    parent_id: str | None
    code: str
    name: str
    active: bool
    ancestors: list[str]
    path: list[str]
    version: int

    @classmethod
    def of(cls, unit: Unit) -> "UnitOut":
        return cls(
            id=unit.unit_id,
            parent_id=unit.parent_id,
            code=unit.code,
            name=unit.name,
            active=unit.active,
            ancestors=list(unit.ancestors),
            path=list(unit.path),
            version=unit.version,
        )


class UnitList(BaseModel):
    """One page of units, in order of their ids."""

    items: list[UnitOut]
    next_page_token: str | None


@router.get("/units", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_units(
    caller: Annotated[Caller, requires("unit:read")], uow: Uow, paging: Pages, response: Response
) -> UnitList:
    """The units in your scope."""
    async with uow:
        found = await units.list_page(uow, paging.after[0] if paging.after else None, paging.size + 1)
    items = [UnitOut.of(unit) for unit in found]
    return UnitList.model_validate(paging.answer(response, items, lambda item: [item.id]))


@router.post(
    "/units",
    name="create_unit",
    status_code=201,
    responses=refusals(
        problems.ROLE_MISSING,
        problems.VALIDATION_FAILED,
        *IDEMPOTENCY,
    ),
)
async def post_unit(
    body: UnitIn, caller: Annotated[Caller, requires("unit:write", idempotent=True)], uow: Uow, response: Response
) -> UnitOut:
    """Add a unit to the tree."""
    _whole_tree(caller)
    unit = await create_unit(CreateUnit(body.parent_id, body.code, body.name), uow=uow)
    tag(response, uow, unit.version)
    response.headers["Location"] = f"/v1/units/{unit.unit_id}"
    return UnitOut.of(unit)


@router.get("/units/{unit_id}", responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND))
async def get_unit(
    unit_id: UnitId,
    caller: Annotated[Caller, requires("unit:read")],
    uow: Uow,
    request: Request,
    response: Response,
) -> Any:
    """One unit of your scope."""
    async with uow:
        unit = await units.get(uow, unit_id)
    if not_modified(request, unit.version):
        return Response(status_code=304, headers={"ETag": etag(unit.version)})
    tag(response, uow, unit.version)
    return UnitOut.of(unit)


@router.patch(
    "/units/{unit_id}",
    responses=refusals(
        problems.ROLE_MISSING,
        problems.NOT_FOUND,
        problems.VALIDATION_FAILED,
        problems.VERSION_STALE,
        problems.PRECONDITION_REQUIRED,
    ),
)
async def update_unit(
    unit_id: UnitId,
    body: UnitChange,
    caller: Annotated[Caller, requires("unit:write")],
    if_match: IfMatch,
    uow: Uow,
    response: Response,
) -> UnitOut:
    """Rename, move, close or reopen a unit; units below it move with it."""
    _whole_tree(caller)
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    unit = await change_unit(ChangeUnit(unit_id, if_match, changes), uow=uow)
    tag(response, uow, unit.version)
    return UnitOut.of(unit)


def _whole_tree(caller: Caller) -> None:
    """The tree is one: whoever changes it answers for all of it."""
    if caller.roots("unit:write") != "*":
        raise RoleMissing(permission="unit:write")
