"""One row, or the refusal."""

from __future__ import annotations

from typing import TypeVar

from contracts.problems import NotFound

Row = TypeVar("Row")


def found_one(row: Row | None) -> Row:
    """The row; NotFound for none: there is no such thing, or not for the caller."""
    if row is None:
        raise NotFound()
    return row
