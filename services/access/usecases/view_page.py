"""Show a page, or the list of granted materials, to a viewer whom a running grant names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from services.access.domain.grant import Grant
from services.access.domain.policy import Policy
from services.access.domain.predicates import Place, ViewFacts, check_view
from services.access.domain.view_request import Viewer, ViewRequest
from services.access.store import grants, heard, usage, view_requests
from services.access.store.heard import FiledPage
from services.access.store.tables import HeardMaterial
from services.access.usecases.relations import caller_as_someone, statements_on

MOST_MATERIALS = 2000
"""How many materials of one dossier are read for the list of a grant."""


@dataclass(frozen=True)
class Admitted:
    """A view that the rules let through: what to draw, for whom, and at what time."""

    grant: Grant
    request: ViewRequest
    viewer: Viewer
    filed: FiledPage
    at: datetime


Begin = Callable[[], UnitOfWork]
Draw = Callable[[Admitted], Awaitable[bytes]]


async def view_page(grant_id: str, page_id: str, *, begin: Begin, policy: Policy, draw: Draw) -> bytes:
    """The watermarked page. Its journal row and its line in the register are committed when this returns.

    The page is drawn between two transactions: no connection is held while a worker draws, and only a page
    that could be drawn is registered. The second one judges again under a lock, so that nothing is
    shown once a revocation has committed.
    """
    async with begin() as uow:
        admitted = await _admit(uow, grant_id, page_id, policy)
    image = await draw(admitted)
    async with begin() as uow:
        await view_requests.hold(uow, admitted.request.id)
        await _register(uow, await _admit(uow, grant_id, page_id, policy))
    return image


async def view_materials(grant_id: str, *, uow: UnitOfWork, policy: Policy) -> list[HeardMaterial]:
    """The granted materials in the order of the catalogue: a part of it, so that it is a view in the journal."""
    async with uow:
        async with uow.as_service():
            grant, request, _ = await _granted(uow, grant_id)
            await _check(uow, grant, request, None, policy)
            materials = await heard.list_materials(uow, grant.dossier_id, MOST_MATERIALS)
        shown = [one for one in materials if grant.scope.covers(one.material_id, one.category)]
        ids = {"materials": sorted(one.material_id for one in shown)}
        uow.record("grant.materials_viewed", grant.id, grant.version, ids)
    return sorted(shown, key=lambda one: (_category_key(one.category), one.item_no))


async def _admit(uow: UnitOfWork, grant_id: str, page_id: str, policy: Policy) -> Admitted:
    """NotFound for whoever the grant does not name, and for a page of another dossier: neither may be known."""
    async with uow.as_service():
        grant, request, viewer = await _granted(uow, grant_id)
        filed = await heard.find_page(uow, page_id)
        if filed is None or filed.place.dossier_id != grant.dossier_id:
            raise NotFound()
        await _check(uow, grant, request, filed.place, policy)
    return Admitted(grant, request, viewer, filed, uow.now)


async def _granted(uow: UnitOfWork, grant_id: str) -> tuple[Grant, ViewRequest, Viewer]:
    grant = await grants.get(uow, grant_id)
    request = await view_requests.get(uow, grant.request_id)
    viewer = request.viewer_for(uow.caller.account_id, uow.caller.person_no)
    if viewer is None:
        raise NotFound()
    return grant, request, viewer


async def _check(uow: UnitOfWork, grant: Grant, request: ViewRequest, place: Place | None, policy: Policy) -> None:
    me = caller_as_someone(uow.caller)
    [statement] = await statements_on(uow, grant.person_id, [me], request.declaration)
    check_view(policy.predicates, ViewFacts(grant, request.state, statement, uow.now, place))


async def _register(uow: UnitOfWork, admitted: Admitted) -> None:
    """The first view of a page by this viewer is a line of the register and a row of the journal."""
    grant, filed = admitted.grant, admitted.filed
    async with uow.as_service():
        first = await usage.add(
            uow,
            grant_id=grant.id,
            account_id=uow.caller.account_id,
            page_id=filed.page.page_id,
            unit_id=grant.unit_id,
            subject_unit_id=grant.subject_unit_id,
            request_id=grant.request_id,
            viewer_position=admitted.request.viewers.index(admitted.viewer) + 1,
            dossier_id=grant.dossier_id,
            person_id=grant.person_id,
            material_id=filed.place.material_id,
            category=filed.place.category,
            item_no=filed.item_no,
            page_no=filed.page_no,
            purpose=grant.purpose,
        )
    if first:
        viewed = {"grant_id": grant.id, "dossier_id": grant.dossier_id, "material_id": filed.place.material_id}
        uow.record("page.viewed", filed.page.page_id, grant.version, viewed)


def _category_key(category: str) -> tuple[int, ...]:
    return tuple(int(part) for part in category.split("-"))
