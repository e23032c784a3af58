"""`/v1/stream-tickets`: how a browser's EventSource, which sends no token, opens the stream of an operation."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import RequestModel, refusals, requires
from contracts import problems
from contracts.values.ids import OperationId
from gateway.edge.edge import PRINCIPAL
from gateway.store.stream_tickets import LIFETIME
from gateway.stream_tickets import StreamTickets

router = APIRouter(prefix="/v1", tags=["operations"])


class StreamTicketIn(RequestModel):
    """The operation whose stream shall be opened."""

    operation_id: OperationId


class StreamTicketOut(BaseModel):
    """A ticket, used once and soon."""

    ticket: str
    expires_in: int = Field(description="Seconds")
    url: str = Field(description="For `new EventSource(url)`")


@router.post("/stream-tickets", status_code=201, responses=refusals(problems.ROLE_MISSING, problems.VALIDATION_FAILED))
async def create_stream_ticket(
    body: StreamTicketIn,
    caller: Annotated[Caller, requires("operation:read")],
    request: Request,
    response: Response,
) -> StreamTicketOut:
    """A ticket that opens this stream once within 30 seconds, with your rights. A lost one is no loss: ask again."""
    tickets: StreamTickets = request.app.state.stream_tickets
    ticket = await tickets.give(request.scope[PRINCIPAL], body.operation_id)
    response.headers["Cache-Control"] = "private, no-store"
    address = f"/v1/operations/{body.operation_id}/events?ticket={ticket}"
    return StreamTicketOut(ticket=ticket, expires_in=int(LIFETIME.total_seconds()), url=address)
