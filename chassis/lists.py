"""Work off a list that somebody uploaded: its rows by the ticket that the upload answered, each as a request's item."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from chassis.blobs import BlobMissing
from chassis.deps import Deps
from chassis.images import ImageRefused
from chassis.problems import faults_of
from chassis.tables import Row, read_table
from chassis.tickets import TicketInvalid
from chassis.unit_of_work import UnitOfWork
from contracts.problems import DependencyDown, FieldFault, ValidationFailed

MOST_ROWS: Final = 2000
"""Rows of one list; one over more would hold its units' dossiers for hours."""

Item = TypeVar("Item", bound=BaseModel)


async def read_list(upload_id: str, ticket_text: str, *, uow: UnitOfWork, deps: Deps) -> list[Row]:
    """The rows of this upload, in order; none for a request that was answered before.

    ValidationFailed when the ticket is not of this upload, not the caller's, over, or of a unit out of scope;
    DependencyDown when the file cannot be had now; FileDamaged, TooLarge for what it holds.
    """
    async with uow:
        if await uow.replay_of():
            return []
        try:
            ticket = deps.tickets.check_table(ticket_text, uploader=uow.caller.account_id, now=uow.now)
        except TicketInvalid:
            ticket = None
        if ticket is None or ticket.upload_id != upload_id or ticket.unit_id not in uow.units:
            raise ValidationFailed(errors=[FieldFault("/blob_ticket", "ticket-invalid")])
    try:
        async with deps.blobs.local(ticket.unit_id, ticket.digest) as path:
            rows = await deps.run_cpu(read_table, path, ticket.media_type, MOST_ROWS)
    except BlobMissing:
        raise DependencyDown(dependency="blobs", headers={"Retry-After": "5"}) from None
    except ImageRefused as refused:
        raise refused.refusal("/upload_id") from None
    if not rows:
        raise ValidationFailed(errors=[FieldFault("/upload_id", "too-few", {"min": 1})])
    return rows


def item_of(
    row: Row,
    model: type[Item],
    faults: list[FieldFault],
    typed: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda members: members,
) -> Item | None:
    """The item that a row is, named by its number unless its `ref` names it; None, with its faults, for one that is
    none. Cells of a sheet are texts: `typed` makes of them what the members are."""
    if row.members is None:
        faults.append(FieldFault(f"/rows/{row.number}", "row-unreadable"))
        return None
    try:
        return model.model_validate({"ref": str(row.number), **typed(row.members)})
    except ValidationError as refused:
        found = [{**one, "loc": ("rows", row.number, *one["loc"])} for one in refused.errors(include_url=False)]
        faults.extend(faults_of(found))
        return None
