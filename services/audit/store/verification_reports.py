"""Reports on certificates."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import update
from sqlmodel import col, select

from chassis.unit_of_work import UnitOfWork
from services.audit.store.found import found_one
from services.audit.store.scope import in_scope
from services.audit.store.tables_appraisal import VerificationReportRow


async def add(uow: UnitOfWork, report: VerificationReportRow) -> None:
    """Keep a report."""
    uow.session.add(report)
    await uow.session.flush()


async def get(uow: UnitOfWork, report_id: str) -> VerificationReportRow:
    """One report; NotFound outside the caller's scope."""
    found = await uow.session.exec(select(VerificationReportRow).where(VerificationReportRow.id == report_id))
    return found_one(found.first())


async def page_of(
    uow: UnitOfWork, *, after: str | None, limit: int, material_id: str | None, hidden_persons: Collection[str]
) -> Sequence[VerificationReportRow]:
    """Reports by id, without those on papers of `hidden_persons`."""
    statement = select(VerificationReportRow).where(in_scope(uow, VerificationReportRow.unit_id))
    statement = statement.order_by(col(VerificationReportRow.id)).limit(limit)
    if after is not None:
        statement = statement.where(col(VerificationReportRow.id) > after)
    if material_id is not None:
        statement = statement.where(VerificationReportRow.material_id == material_id)
    if hidden_persons:
        statement = statement.where(col(VerificationReportRow.person_id).not_in(hidden_persons))
    return (await uow.session.exec(statement)).all()


async def follow_dossier(uow: UnitOfWork, dossier_id: str, unit_id: str) -> list[tuple[str, int]]:
    """Put a dossier's reports into the scope of the unit that keeps it now: (id, new version) of each moved."""
    moved = await uow.session.exec(
        update(VerificationReportRow)
        .where(col(VerificationReportRow.dossier_id) == dossier_id)
        .where(col(VerificationReportRow.unit_id) != unit_id)
        .values(unit_id=unit_id, version=VerificationReportRow.version + 1)
        .returning(col(VerificationReportRow.id), col(VerificationReportRow.version))
    )
    return [(report_id, version) for report_id, version in moved.all()]
