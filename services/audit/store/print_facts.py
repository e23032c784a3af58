"""What forms tell beside the rows of one thing: who signed, who examined last, what stands and what followed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import exists
from sqlmodel import col, select

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, to_uuid
from services.audit.store.tables_adjudication import DeterminationRow
from services.audit.store.tables_alteration import ConsequenceRow
from services.audit.store.tables_gate import DossierAudit, ExaminationRow


async def names_of_accounts(uow: UnitOfWork, account_ids: Collection[str]) -> dict[str, str]:
    """By account the name of the person behind it, where the account and one person of its number were heard of."""
    rows = await uow.raw().fetch(
        """select a.account_id, min(p.name) as name from heard_account a join heard_person p using (person_no)
        where a.account_id = any ($1) group by a.account_id having count(*) = 1""",
        [to_uuid(account_id) for account_id in account_ids],
    )
    return {from_uuid("acc", row["account_id"]): row["name"] for row in rows}


async def last_signed(uow: UnitOfWork, person_id: str) -> DossierAudit | None:
    """The last audit of the person's dossier that somebody has signed, also one that waits for the second."""
    signed = exists().where(col(ExaminationRow.task_id) == DossierAudit.task_id)
    statement = select(DossierAudit).where(DossierAudit.person_id == person_id, signed)
    return (await uow.session.exec(statement.order_by(col(DossierAudit.task_id).desc()).limit(1))).first()


async def consequences_of_each(uow: UnitOfWork, finding_ids: Collection[str]) -> dict[str, list[str]]:
    """Kinds of what followed from each of these findings, in order; without those from which nothing did."""
    statement = select(ConsequenceRow.finding_id, ConsequenceRow.kind).where(
        col(ConsequenceRow.finding_id).in_(finding_ids)
    )
    followed: dict[str, list[str]] = {}
    for finding_id, kind in (await uow.session.exec(statement.order_by(col(ConsequenceRow.id)))).all():
        followed.setdefault(finding_id, []).append(kind)
    return followed


async def in_force_of(uow: UnitOfWork, person_id: str) -> Sequence[DeterminationRow]:
    """The last determination in force of each fact of a person, in order of approval, where in scope."""
    statement = (
        select(DeterminationRow)
        .where(DeterminationRow.person_id == person_id, col(DeterminationRow.approved_at).is_not(None))
        .order_by(col(DeterminationRow.approved_at), col(DeterminationRow.id))
    )
    return list({row.fact: row for row in (await uow.session.exec(statement)).all()}.values())
