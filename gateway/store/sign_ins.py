"""Counts of failed sign-ins, by digest of the name."""

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, select

from chassis.unit_of_work import UnitOfWork
from gateway.domain.lockout import WINDOW, Failures
from gateway.store.tables import SignInGuardRow


async def find(uow: UnitOfWork, name_digest: bytes) -> Failures | None:
    """Failures counted for a name; its row stays locked until the end of the transaction."""
    query = select(SignInGuardRow).where(SignInGuardRow.name_digest == name_digest).with_for_update()
    row = (await uow.session.exec(query)).one_or_none()
    return None if row is None else Failures(row.failures, row.since)


async def save(uow: UnitOfWork, name_digest: bytes, failures: Failures) -> None:
    """Keep the count of a name."""
    counted = {"failures": failures.count, "since": failures.since}
    statement = insert(SignInGuardRow).values(name_digest=name_digest, **counted)
    await uow.session.exec(statement.on_conflict_do_update(index_elements=["name_digest"], set_=counted))


async def clear(uow: UnitOfWork, name_digest: bytes) -> None:
    """Forget the failures of a name that signed in."""
    await uow.session.exec(delete(SignInGuardRow).where(col(SignInGuardRow.name_digest) == name_digest))


async def clear_old(uow: UnitOfWork) -> None:
    """Forget windows that have passed, so that guessed names leave nothing behind."""
    await uow.session.exec(delete(SignInGuardRow).where(col(SignInGuardRow.since) < uow.now - WINDOW))
