"""Runs SQLAlchemy statements on the connection of a unit of work, without the ORM's object cache."""

from collections.abc import Sequence

from sqlalchemy import Executable, RowMapping, Table
from sqlmodel import SQLModel

from chassis.unit_of_work import UnitOfWork


def table_of(row: type[SQLModel]) -> Table:
    """The table behind a SQLModel class."""
    return row.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time


async def fetch(uow: UnitOfWork, statement: Executable) -> Sequence[RowMapping]:
    """All rows of a select, or of a returning clause."""
    connection = await uow.session.connection()
    return (await connection.execute(statement)).mappings().all()


async def fetch_first(uow: UnitOfWork, statement: Executable) -> RowMapping | None:
    """The first row, or None."""
    connection = await uow.session.connection()
    return (await connection.execute(statement)).mappings().first()


async def execute(uow: UnitOfWork, statement: Executable) -> None:
    """A statement whose rows do not matter."""
    connection = await uow.session.connection()
    await connection.execute(statement)
