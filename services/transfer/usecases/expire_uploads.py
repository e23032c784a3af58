"""Let go of uploads whose tickets are over: retention of unbound uploads is 24 hours."""

from chassis.deps import Deps
from chassis.tickets import LIFETIME
from services.transfer.store import blob_uses, uploads

_AT_ONCE = 500


async def expire_uploads(deps: Deps) -> None:
    """End the use that old uploads make of their files; pages bound in time keep uses of their own."""
    expired = _AT_ONCE
    while expired == _AT_ONCE:
        async with deps.as_service() as uow:
            expired, uses = await uploads.remove_older(uow, LIFETIME, _AT_ONCE)
            await blob_uses.end(uow, uses)
