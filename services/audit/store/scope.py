"""The caller's units as a condition of a query."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from chassis.unit_of_work import UnitOfWork

UNITS: Final = "(select nullif(current_setting('app.units', true), '')::uuid[])::uuid[]"
"""The same of a statement in SQL: the units in scope, as both a unit of work and a hot read set them."""


def in_scope(uow: UnitOfWork, unit: Any) -> ColumnElement[bool]:
    """Whether a unit column is in the caller's scope: what the policies ask as well, said so that an index answers.

    The policies alone cannot be answered by one: each is an alternative to another (unit, or the service itself).
    """
    return unit == any_(literal(uow.unit_keys, ARRAY(UUID(as_uuid=True))))
