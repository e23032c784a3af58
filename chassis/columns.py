"""Column types: ids are text in Python and `uuid` in the database."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field

from contracts.values.ids import from_uuid, to_uuid


class IdType(TypeDecorator[str]):
    """`sub_01J…` on our side, a 16-byte `uuid` in the table; the column knows its prefix."""

    impl = UUID(as_uuid=True)
    cache_ok = True

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.prefix = prefix

    def process_bind_param(self, value: str | None, dialect: Dialect) -> uuid.UUID | None:
        return None if value is None else to_uuid(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else from_uuid(self.prefix, value)


def id_column(prefix: str, *, primary_key: bool = False, nullable: bool = False, **options: Any) -> Any:
    """A SQLModel field for an id with this prefix."""
    return Field(sa_type=IdType(prefix), primary_key=primary_key, nullable=nullable, **options)
