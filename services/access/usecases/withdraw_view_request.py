"""Take a request back, as long as nobody has signed it."""

from __future__ import annotations

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from services.access.domain.view_request import ViewRequest
from services.access.store import tasks, view_requests
from services.access.usecases.journal import record_request, record_task


async def withdraw_view_request(request_id: str, *, uow: UnitOfWork) -> ViewRequest:
    """Withdraw for the unit that asked; StateConflict once the next party has acted."""
    async with uow:
        if earlier := await uow.replay_of():
            return await view_requests.get_seen(uow, earlier)
        await view_requests.get_seen(uow, request_id)
        request = await view_requests.get(uow, request_id, lock=True)
        if request.unit_id not in uow.units:
            raise NotFound()
        withdrawn = request.move("withdrawn")
        await view_requests.save(uow, withdrawn)
        record_request(uow, "withdrawn", withdrawn, ("state",))
        for task in await tasks.list_of(uow, request_id):
            closed = task.close("withdrawn")
            await tasks.save(uow, closed)
            record_task(uow, "withdrawn", closed)
        await uow.remember(request_id)
    return withdrawn
