"""Dossiers of other offices that are read here before their persons are taken in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import update
from sqlmodel import col, select

from chassis.unit_of_work import UnitOfWork
from services.audit.domain.inbound_preview import Loan
from services.audit.store.found import found_one
from services.audit.store.scope import in_scope
from services.audit.store.tables_gate import DossierAudit, InboundPreview


def loan_of(row: InboundPreview) -> Loan:
    """The row's days in the words of the domain."""
    return Loan(row.borrowed_on, row.due_back_on, row.given_back_on)


async def add(uow: UnitOfWork, row: InboundPreview) -> None:
    """Keep a new preview."""
    uow.session.add(row)
    await uow.session.flush()


async def get(uow: UnitOfWork, preview_id: str, *, lock: bool = False) -> InboundPreview:
    """One preview; NotFound outside the caller's scope."""
    statement = select(InboundPreview).where(InboundPreview.id == preview_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return found_one((await uow.session.exec(statement)).first())


async def out_of(uow: UnitOfWork, person_id: str) -> InboundPreview | None:
    """The preview of a person whose paper is here now; there is one at most."""
    statement = select(InboundPreview).where(
        InboundPreview.person_id == person_id, col(InboundPreview.given_back_on).is_(None)
    )
    return (await uow.session.exec(statement.execution_options(populate_existing=True))).first()


async def give_back(uow: UnitOfWork, row: InboundPreview, on: date) -> InboundPreview:
    """The preview as it stands once the paper has gone back."""
    values = {"version": row.version + 1, "given_back_on": on, "given_back_by": uow.caller.account_id}
    await uow.session.exec(update(InboundPreview).where(col(InboundPreview.id) == row.id).values(**values))
    return InboundPreview.model_validate({**row.model_dump(), **values})


async def page_of(
    uow: UnitOfWork, *, after: str | None, limit: int, out: bool | None, hidden_persons: Collection[str]
) -> Sequence[InboundPreview]:
    """Previews by id, all of them or by whether the paper is here, without those of `hidden_persons`."""
    statement = select(InboundPreview).where(in_scope(uow, InboundPreview.unit_id))
    statement = statement.order_by(col(InboundPreview.id)).limit(limit)
    if after is not None:
        statement = statement.where(col(InboundPreview.id) > after)
    if out is not None:
        here = col(InboundPreview.given_back_on).is_(None)
        statement = statement.where(here if out else ~here)
    if hidden_persons:
        statement = statement.where(col(InboundPreview.person_id).not_in(hidden_persons))
    return (await uow.session.exec(statement)).all()


async def audits_of(uow: UnitOfWork, preview_id: str) -> Sequence[DossierAudit]:
    """The audits of one preview, in order; there are few."""
    statement = select(DossierAudit).where(DossierAudit.preview_id == preview_id).order_by(col(DossierAudit.task_id))
    return (await uow.session.exec(statement)).all()
