"""Removal of filed materials (剔除) and their return: asked for here, decided under the task that it makes."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from chassis.deps import Deps
from chassis.identity import Caller, Roots
from chassis.unit_of_work import UnitOfWork
from chassis.web import (
    IDEMPOTENCY,
    PRIVATE,
    CurrentDeps,
    CurrentRoots,
    IfMatch,
    Pages,
    RequestModel,
    Uow,
    refusals,
    requires,
)
from contracts import problems
from contracts.tasks import Task
from contracts.values.ids import DossierId, MaterialId, RemovalId
from services.catalog.api.answers import created, tagged
from services.catalog.api.texts import Remark, Word
from services.catalog.domain.material import MaterialState
from services.catalog.domain.removal import RESTORE, Removal, RemovalKind, RemovalState
from services.catalog.store import removals
from services.catalog.store.removals import ShownRemoval
from services.catalog.usecases.request_removal import RequestRemoval, request_removal
from services.catalog.usecases.view_removals import view_removal, view_removals

router = APIRouter(tags=["removals"])

_ASK = refusals(
    problems.VALIDATION_FAILED,
    problems.ROLE_MISSING,
    problems.RECUSAL,
    problems.NOT_FOUND,
    problems.STATE_CONFLICT,
    problems.VERSION_STALE,
    problems.PRECONDITION_REQUIRED,
    *IDEMPOTENCY,
)


class RemovalIn(RequestModel):
    """Why a material is to be taken out: a code of the dossier's scheme."""

    reason: Word = Field(examples=["duplicate"])
    note: Remark | None = None


class RestorationIn(RequestModel):
    """Why a removed material is to come back."""

    note: Remark


class RemovalOut(BaseModel):
    """One request with the material that it is about. Its images are kept at least until `keep_until`."""

    id: str
    version: int
    kind: RemovalKind
    state: RemovalState
    dossier_id: str
    material_id: str
    title: str
    page_count: int
    material_state: MaterialState
    material_code: str | None = Field(description="Where the material stands now")
    former_place: str | None = Field(description="Where it stood", examples=["4-1-2"])
    reason: str
    note: str | None
    task_id: str
    owner_role: str
    requested_by: str
    requested_at: datetime
    due_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decision_note: str | None
    keep_until: date | None

    @classmethod
    def of(cls, shown: ShownRemoval) -> "RemovalOut":
        removal = shown.removal
        same = ("version", "kind", "state", "dossier_id", "material_id", "former_place", "reason", "note", "owner_role",
                "requested_by", "requested_at", "due_at", "decided_by", "decided_at", "decision_note",
                "keep_until")  # fmt: skip
        return cls.model_validate(
            {
                "id": removal.removal_id,
                "title": shown.title,
                "page_count": shown.page_count,
                "material_state": shown.material_state,
                "material_code": shown.material_code,
                "task_id": removals.task_of(removal).id,
                **{name: getattr(removal, name) for name in same},
            }
        )


class RemovalDecisionOut(Task):
    """The task as decided. What became of the material stands under `resource`."""

    removal_id: str
    material_id: str
    decision_note: str | None
    keep_until: date | None

    @classmethod
    def of(cls, removal: Removal) -> "RemovalDecisionOut":
        return cls(
            **removals.task_of(removal).model_dump(),
            removal_id=removal.removal_id,
            material_id=removal.material_id,
            decision_note=removal.decision_note,
            keep_until=removal.keep_until,
        )


class RemovalList(BaseModel):
    """One page of requests, the earliest first."""

    items: list[RemovalOut]
    next_page_token: str | None


@router.post("/materials/{material_id}/removals", status_code=201, responses=_ASK)
async def ask_for_removal(
    material_id: MaterialId,
    body: RemovalIn,
    caller: Annotated[Caller, requires("removal:request", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> RemovalOut:
    """Ask that a filed material be taken out. Nothing changes before a leader approves it."""
    command = RequestRemoval(material_id, if_match, "remove", body.reason, body.note)
    removal_id = await request_removal(command, uow=uow, rules=deps.rules)
    return await _asked(removal_id, deps, caller, roots, uow, response)


@router.post("/materials/{material_id}/restorations", status_code=201, responses=_ASK)
async def ask_for_restoration(
    material_id: MaterialId,
    body: RestorationIn,
    caller: Annotated[Caller, requires("removal:request", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> RemovalOut:
    """Ask that a removed material come back to where it stood."""
    command = RequestRemoval(material_id, if_match, "restore", RESTORE, body.note)
    removal_id = await request_removal(command, uow=uow, rules=deps.rules)
    return await _asked(removal_id, deps, caller, roots, uow, response)


@router.get(
    "/dossiers/{dossier_id}/removals",
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND, problems.PAGE_TOKEN_INVALID),
)
async def list_removals(
    dossier_id: DossierId,
    caller: Annotated[Caller, requires("removal:read")],
    paging: Pages,
    uow: Uow,
    response: Response,
    state: Annotated[
        list[Literal["pending", "approved", "rejected"]] | None, Query(description="Repeat for OR; absent: all")
    ] = None,
) -> RemovalList:
    """What was to be taken out of a dossier or to come back to it, and what became of it. A view."""
    states = state or ["pending", "approved", "rejected"]
    after = paging.after[0] if paging.after else None
    found = await view_removals(dossier_id, states, after, paging.size + 1, uow=uow)
    response.headers["Cache-Control"] = PRIVATE
    page = paging.answer(response, [RemovalOut.of(one) for one in found], lambda one: [one.id])
    return RemovalList.model_validate(page)


@router.get("/removals/{removal_id}", responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND))
async def get_removal(
    removal_id: RemovalId, caller: Annotated[Caller, requires("removal:read")], uow: Uow, response: Response
) -> RemovalOut:
    """One request, as whoever decides it sees it. A view of the dossier."""
    shown = await view_removal(removal_id, uow=uow)
    tagged(response, shown.removal.version)
    return RemovalOut.of(shown)


async def _asked(
    removal_id: str, deps: Deps, caller: Caller, roots: Roots, uow: UnitOfWork, response: Response
) -> RemovalOut:
    async with deps.db.reading(caller, roots) as connection:
        shown = await removals.get_shown(connection, removal_id)
    created(response, uow, shown.removal.version)
    return RemovalOut.of(shown)
