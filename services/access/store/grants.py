"""Grants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, update
from sqlmodel import col, select

from chassis.identity import Caller
from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from services.access.domain.grant import EndReason, Grant
from services.access.store.tables import GrantRow, ViewerRow
from services.access.store.values import scope_columns, scope_of, within
from services.access.store.view_requests import named_for


async def add(uow: UnitOfWork, grant: Grant) -> None:
    """Keep a new grant; the database refuses a second one of the same request."""
    uow.session.add(
        GrantRow(
            id=grant.id,
            request_id=grant.request_id,
            unit_id=grant.unit_id,
            subject_unit_id=grant.subject_unit_id,
            version=grant.version,
            request_no=grant.request_no,
            dossier_id=grant.dossier_id,
            person_id=grant.person_id,
            purpose=grant.purpose,
            valid_from=grant.valid_from,
            valid_to=grant.valid_to,
            ended_reason=grant.ended_reason,
            ended_at=grant.ended_at,
            ended_by=grant.ended_by,
            codes=list(grant.codes),
            **scope_columns(grant.scope),
        )
    )
    await uow.session.flush()


async def save(uow: UnitOfWork, grant: Grant) -> None:
    """Keep how a grant ended."""
    await uow.session.exec(
        update(GrantRow)
        .where(col(GrantRow.id) == grant.id)
        .values(
            version=grant.version,
            ended_reason=grant.ended_reason,
            ended_at=grant.ended_at,
            ended_by=grant.ended_by,
            codes=list(grant.codes),
        )
    )


async def get(uow: UnitOfWork, grant_id: str) -> Grant:
    """One grant as it is now; NotFound outside the scope. Whoever changes it holds its request's lock."""
    statement = select(GrantRow).where(GrantRow.id == grant_id).execution_options(populate_existing=True)
    row = (await uow.session.exec(statement)).first()
    if row is None:
        raise NotFound()
    return _grant(row)


async def get_seen(uow: UnitOfWork, grant_id: str) -> Grant:
    """One grant that the caller may read, wherever their posts are: a viewer may come from another unit."""
    async with uow.as_service():
        statement = select(GrantRow).where(GrantRow.id == grant_id, seen_by(uow.caller))
        row = (await uow.session.exec(statement)).first()
    if row is None:
        raise NotFound()
    return _grant(row)


async def find_of_request(uow: UnitOfWork, request_id: str) -> str | None:
    """Id of the grant that a request led to."""
    return (await uow.session.exec(select(GrantRow.id).where(GrantRow.request_id == request_id))).first()


async def page_of(uow: UnitOfWork, seen: ColumnElement[bool], *, after: str | None, limit: int) -> Sequence[Grant]:
    """Grants that `seen` admits, the newest first."""
    statement = select(GrantRow).where(seen).order_by(col(GrantRow.id).desc()).limit(limit)
    if after is not None:
        statement = statement.where(col(GrantRow.id) < after)
    return [_grant(row) for row in (await uow.session.exec(statement)).all()]


def seen_by(caller: Caller) -> ColumnElement[bool]:
    """Grants that somebody may read: those that name them, and those of units they sign for."""
    overseen = caller.roots("access-task:read")
    return (
        col(GrantRow.request_id).in_(named_for(caller))
        | within(col(GrantRow.unit_id), overseen)
        | within(col(GrantRow.subject_unit_id), overseen)
    )


async def list_over(uow: UnitOfWork, now: datetime, limit: int) -> Sequence[str]:
    """Running grants whose time is over, the longest over first."""
    statement = (
        select(GrantRow.id)
        .where(col(GrantRow.ended_at).is_(None), col(GrantRow.valid_to) <= now)
        .order_by(col(GrantRow.valid_to))
        .limit(limit)
    )
    return (await uow.session.exec(statement)).all()


async def list_running_about(
    uow: UnitOfWork, person_id: str, person_nos: Sequence[str], account_ids: Sequence[str]
) -> Sequence[str]:
    """Running grants that concern a person, as subject or as viewer (by number or account)."""
    as_viewer = select(ViewerRow.request_id).where(
        col(ViewerRow.person_no).in_(person_nos) | col(ViewerRow.account_id).in_(account_ids)
    )
    statement = (
        select(GrantRow.id)
        .where(col(GrantRow.ended_at).is_(None))
        .where((col(GrantRow.person_id) == person_id) | col(GrantRow.request_id).in_(as_viewer))
        .order_by(col(GrantRow.id))
    )
    return (await uow.session.exec(statement)).all()


def _grant(row: GrantRow) -> Grant:
    return Grant(
        id=row.id,
        request_id=row.request_id,
        request_no=row.request_no,
        dossier_id=row.dossier_id,
        person_id=row.person_id,
        unit_id=row.unit_id,
        subject_unit_id=row.subject_unit_id,
        scope=scope_of(row.scope_kind, row.categories, row.material_ids),
        purpose=row.purpose,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        version=row.version,
        ended_reason=cast("EndReason | None", row.ended_reason),
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        codes=tuple(row.codes),
    )
