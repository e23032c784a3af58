"""One-use tickets for streams: a browser's EventSource sends no `Authorization`, and no token goes into an address."""

import hashlib
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from chassis.deps import Deps
from contracts.values.ids import is_id
from gateway.store import stream_tickets
from gateway.tokens.principal import Principal

PARAMETER: Final = b"ticket"
_STREAM: Final = re.compile(rb"/v1/operations/(op[a-z]{2}_[0-9A-Z]{26})/events")
_TICKET: Final = re.compile(rb"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class StreamTickets:
    """Gives tickets and takes them back, in the database: any gateway process takes what another gave."""

    deps: Deps
    now: Callable[[], float] = time.time

    async def give(self, principal: Principal, operation_id: str) -> str:
        """A ticket that opens this operation's stream once, within 30 seconds, with this caller's rights."""
        ticket = secrets.token_urlsafe(32)
        async with self.deps.unit_of_work(principal.caller, "*") as uow:
            async with uow.as_service():
                await stream_tickets.add(uow, _digest(ticket.encode()), operation_id, principal)
            uow.record("stream_ticket.given", principal.caller.account_id, 1, {"operation_id": operation_id})
        return ticket

    async def take(self, path: bytes, query: bytes) -> Principal | None:
        """Whoever holds the ticket in this query, if it is for this stream; it is used by that."""
        stream = _STREAM.fullmatch(path)
        tickets = [value for name, value in _pairs(query) if name == PARAMETER]
        if stream is None or len(tickets) != 1 or not _TICKET.fullmatch(tickets[0]):
            return None
        operation_id = stream[1].decode()
        if not is_id(operation_id[:4], operation_id):
            return None
        async with self.deps.as_service() as uow:
            principal = await stream_tickets.take(uow, _digest(tickets[0]), operation_id)
        return principal if principal is not None and principal.expires_at > self.now() else None


def without_ticket(query: bytes) -> bytes:
    """The query as the service gets it."""
    kept = [part for part in query.split(b"&") if part.partition(b"=")[0] != PARAMETER]
    return b"&".join(kept)


def _pairs(query: bytes) -> list[tuple[bytes, bytes]]:
    parts = (part.partition(b"=") for part in query.split(b"&"))
    return [(name, value) for name, _, value in parts]


def _digest(ticket: bytes) -> bytes:
    return hashlib.sha256(ticket).digest()
