"""Read models kept from other services' events: one row a resource, with the speaker's version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import SQLModel

from chassis.unit_of_work import UnitOfWork


async def learn(
    uow: UnitOfWork, table: type[SQLModel], key: Mapping[str, Any], version: int, values: Mapping[str, Any]
) -> bool:
    """Keep a state, unless the same or a newer one is known; whether it was kept.

    `table` has the columns of `key` (its primary key or a unique one), a `version`, and those of `values`.
    """
    plain: Any = table  # SQLModel adds __table__ at run time
    columns = plain.__table__.c
    fresh = {**values, "version": version}
    statement: Any = insert(plain).values(**key, **fresh)
    statement = statement.on_conflict_do_update(
        index_elements=list(key), set_=fresh, where=columns["version"] < statement.excluded.version
    ).returning(columns["version"])
    connection = await uow.session.connection()
    return (await connection.execute(statement)).first() is not None
