"""View requests with their viewers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, update
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from chassis.identity import Caller
from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from services.access.domain.period import Period
from services.access.domain.recusal import Declaration, Finding
from services.access.domain.view_request import UNDECIDED, State, Subject, Viewer, ViewRequest
from services.access.store.tables import GrantRow, TaskRow, ViewerRow, ViewRequestRow
from services.access.store.values import chain_column, chain_of, scope_columns, scope_of, within


async def add(uow: UnitOfWork, request: ViewRequest, *, year: int, number: int, rules_digest: str) -> None:
    """Keep a new request with its viewers. `rules_digest` names the policy that it was judged by."""
    subject = request.subject
    uow.session.add(
        ViewRequestRow(
            id=request.id,
            unit_id=request.unit_id,
            subject_unit_id=subject.unit_id,
            version=request.version,
            year=year,
            number=number,
            request_no=request.request_no,
            dossier_id=subject.dossier_id,
            person_id=subject.person_id,
            purpose=request.purpose,
            reason=request.reason,
            from_on=request.period.from_on,
            until_on=request.period.until_on,
            ends_at=request.period.ends,
            requested_by=request.requested_by,
            requested_at=request.requested_at,
            requester_relation=request.requester_relation,
            declaration=request.declaration,
            chain=chain_column(request.chain),
            rules_digest=rules_digest,
            state=request.state,
            **scope_columns(request.scope),
        )
    )
    await uow.session.flush()
    uow.session.add_all(_viewer_row(request, at, viewer) for at, viewer in enumerate(request.viewers, 1))
    await uow.session.flush()


async def save(uow: UnitOfWork, request: ViewRequest) -> None:
    """Keep where the request stands now."""
    await uow.session.exec(
        update(ViewRequestRow)
        .where(col(ViewRequestRow.id) == request.id)
        .values(version=request.version, state=request.state)
    )


async def get(uow: UnitOfWork, request_id: str, *, lock: bool = False) -> ViewRequest:
    """One request; NotFound outside the scope.

    With `lock`, moves come one after the other. This one lock covers the request, its tasks and its grant, and
    whoever changes any of them takes it first, so that nobody waits in a ring.
    """
    statement = select(ViewRequestRow).where(ViewRequestRow.id == request_id)
    if lock:
        statement = statement.with_for_update()
    row = (await uow.session.exec(statement.execution_options(populate_existing=True))).first()
    if row is None:
        raise NotFound()
    return (await _with_viewers(uow, [row]))[0]


async def get_seen(uow: UnitOfWork, request_id: str) -> ViewRequest:
    """One request that the caller may read, wherever their posts are: a viewer may come from another unit."""
    async with uow.as_service():
        statement = select(ViewRequestRow).where(ViewRequestRow.id == request_id, seen_by(uow.caller))
        row = (await uow.session.exec(statement)).first()
        if row is None:
            raise NotFound()
        return (await _with_viewers(uow, [row]))[0]


async def page_of(
    uow: UnitOfWork, seen: ColumnElement[bool], *, after: str | None, limit: int
) -> Sequence[ViewRequest]:
    """Requests that `seen` admits, the newest first."""
    statement = select(ViewRequestRow).where(seen).order_by(col(ViewRequestRow.id).desc()).limit(limit)
    if after is not None:
        statement = statement.where(col(ViewRequestRow.id) < after)
    return await _with_viewers(uow, (await uow.session.exec(statement)).all())


def seen_by(caller: Caller) -> ColumnElement[bool]:
    """Requests that somebody may read: their own, those that name them, and those of units they sign for.

    Being a viewer somewhere opens nobody else's request.
    """
    overseen = caller.roots("access-task:read")
    return (
        (col(ViewRequestRow.requested_by) == caller.account_id)
        | col(ViewRequestRow.id).in_(named_for(caller))
        | within(col(ViewRequestRow.unit_id), overseen)
        | within(col(ViewRequestRow.subject_unit_id), overseen)
    )


def named_for(caller: Caller) -> SelectOfScalar[str]:
    """Ids of the requests that name the caller as viewer."""
    named = col(ViewerRow.account_id) == caller.account_id
    if caller.person_no is not None:
        named |= col(ViewerRow.person_no) == caller.person_no
    return select(ViewerRow.request_id).where(named)


async def list_overdue(uow: UnitOfWork, now: datetime, limit: int) -> Sequence[str]:
    """Requests still undecided although their days are over."""
    statement = (
        select(ViewRequestRow.id)
        .where(col(ViewRequestRow.state).in_(UNDECIDED), col(ViewRequestRow.ends_at) <= now)
        .order_by(col(ViewRequestRow.ends_at))
        .limit(limit)
    )
    return (await uow.session.exec(statement)).all()


async def hold(uow: UnitOfWork, request_id: str) -> None:
    """Let a request and its grant stay as they are while this transaction runs; other views of it go on."""
    async with uow.as_service():
        row = select(ViewRequestRow.id).where(ViewRequestRow.id == request_id).with_for_update(read=True)
        await uow.session.exec(row)


async def follow_dossier(uow: UnitOfWork, dossier_id: str, unit_id: str) -> Sequence[ViewRequest]:
    """Put a dossier's requests into the scope of the unit that keeps it now, and all that belongs to them.

    Answers those that moved. Their tasks and grants show another unit too, so that these get a new version.
    """
    moved = (
        update(ViewRequestRow)
        .where(col(ViewRequestRow.dossier_id) == dossier_id)
        .where(col(ViewRequestRow.subject_unit_id) != unit_id)
        .values(subject_unit_id=unit_id, version=col(ViewRequestRow.version) + 1)
        .returning(col(ViewRequestRow.id))
    )
    ids = list((await uow.session.exec(moved)).scalars().all())
    for table in (TaskRow, GrantRow):
        newer = update(table).where(col(table.request_id).in_(ids)).values(version=col(table.version) + 1)
        await uow.session.exec(newer)
    return [await get(uow, request_id) for request_id in ids]


async def _with_viewers(uow: UnitOfWork, rows: Sequence[ViewRequestRow]) -> list[ViewRequest]:
    ids = [row.id for row in rows]
    statement = select(ViewerRow).where(col(ViewerRow.request_id).in_(ids)).order_by(col(ViewerRow.position))
    viewers: dict[str, list[Viewer]] = {one: [] for one in ids}
    for found in (await uow.session.exec(statement)).all():
        viewers[found.request_id].append(_viewer(found))
    return [_request(row, viewers[row.id]) for row in rows]


def _viewer_row(request: ViewRequest, position: int, viewer: Viewer) -> ViewerRow:
    return ViewerRow(
        request_id=request.id,
        position=position,
        unit_id=request.unit_id,
        subject_unit_id=request.subject.unit_id,
        account_id=viewer.account_id,
        person_no=viewer.person_no,
        name=viewer.name,
        post=viewer.post,
        party_member=viewer.party_member,
        relation=viewer.relation,
    )


def _viewer(row: ViewerRow) -> Viewer:
    return Viewer(
        name=row.name,
        party_member=row.party_member,
        account_id=row.account_id,
        person_no=row.person_no,
        post=row.post,
        relation=cast("Finding", row.relation),
    )


def _request(row: ViewRequestRow, viewers: Sequence[Viewer]) -> ViewRequest:
    return ViewRequest(
        id=row.id,
        request_no=row.request_no,
        unit_id=row.unit_id,
        subject=Subject(row.dossier_id, row.person_id, row.subject_unit_id),
        scope=scope_of(row.scope_kind, row.categories, row.material_ids),
        purpose=row.purpose,
        reason=row.reason,
        period=Period(row.from_on, row.until_on),
        viewers=tuple(viewers),
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        requester_relation=cast("Finding", row.requester_relation),
        declaration=cast("Declaration | None", row.declaration),
        chain=chain_of(row.chain),
        state=cast("State", row.state),
        version=row.version,
    )
