"""The register of use (利用登记簿): who saw which page through which grant, once each."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from uuid_utils.compat import uuid7

from chassis.identity import Roots
from chassis.unit_of_work import UnitOfWork
from services.access.store.tables import HeardPerson, UsageRow, ViewerRow, ViewRequestRow
from services.access.store.values import within


@dataclass(frozen=True)
class UsageEntry:
    """One line of the register. The names are read when it is shown: they stand in no line."""

    row: UsageRow
    request_no: str
    viewer_name: str
    subject_name: str | None


async def add(uow: UnitOfWork, **columns: object) -> bool:
    """Write a line, unless this viewer saw this page through this grant before; whether it was written."""
    statement = insert(UsageRow).values(id=uuid7(), viewed_at=uow.now, method="read", **columns)
    statement = statement.on_conflict_do_nothing(index_elements=["grant_id", "account_id", "page_id"]).returning(
        col(UsageRow.id)
    )
    connection = await uow.session.connection()
    return (await connection.execute(statement)).first() is not None


async def page_of(
    uow: UnitOfWork, roots: Roots, *, after: tuple[datetime, str] | None, limit: int
) -> Sequence[UsageEntry]:
    """Lines of these units and those below, the newest first.

    A subject whose unit is not among them stays without a name.
    """
    seen = within(col(UsageRow.unit_id), roots) | within(col(UsageRow.subject_unit_id), roots)
    statement = (
        select(UsageRow, ViewRequestRow.request_no, ViewerRow.name, HeardPerson.name)
        .join(ViewRequestRow, col(ViewRequestRow.id) == col(UsageRow.request_id))
        .join(
            ViewerRow,
            (col(ViewerRow.request_id) == col(UsageRow.request_id))
            & (col(ViewerRow.position) == col(UsageRow.viewer_position)),
        )
        .join(HeardPerson, col(HeardPerson.person_id) == col(UsageRow.person_id), isouter=True)
        .where(seen)
        .order_by(col(UsageRow.viewed_at).desc(), col(UsageRow.id).desc())
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(
            tuple_(col(UsageRow.viewed_at), col(UsageRow.id)) < tuple_(after[0], uuid.UUID(after[1]))
        )
    return [UsageEntry(*found) for found in (await uow.session.exec(statement)).all()]


def sort_keys(entry: UsageEntry) -> list[str]:
    """Where the next page goes on."""
    return [entry.row.viewed_at.isoformat(), str(entry.row.id)]
