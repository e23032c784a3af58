"""Receipts and return notes: signed once, then only read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import RowMapping, insert, select

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from services.transfer.store.statements import execute, fetch, fetch_first, table_of
from services.transfer.store.tables import ReceiptRow, ReturnNoteRow

PaperKind = Literal["receipt", "return_note"]

_TABLES = {"receipt": table_of(ReceiptRow), "return_note": table_of(ReturnNoteRow)}
_PLAIN = ("unit_id", "custodian_unit_id", "submission_id", "year", "number", "issued_at", "jws")


@dataclass(frozen=True)
class Paper:
    """A receipt or return note. `jws` is the document itself; the rest serves finding and numbering.

    `unit_id` is the department's unit, `custodian_unit_id` the unit that keeps the dossier: it issues the
    paper, and `number` counts its papers of this kind in `year`.
    """

    kind: PaperKind
    paper_id: str
    unit_id: str
    custodian_unit_id: str
    submission_id: str
    year: int
    number: int
    issued_at: datetime
    jws: str


def _paper(kind: PaperKind, row: RowMapping) -> Paper:
    return Paper(kind=kind, paper_id=row[f"{kind}_id"], **{name: row[name] for name in _PLAIN})


async def add(uow: UnitOfWork, paper: Paper) -> None:
    """A new paper; the database takes one of a kind a submission."""
    row = {name: getattr(paper, name) for name in _PLAIN} | {f"{paper.kind}_id": paper.paper_id}
    await execute(uow, insert(_TABLES[paper.kind]).values(row))


async def get(uow: UnitOfWork, kind: PaperKind, paper_id: str) -> Paper:
    """One paper; NotFound when there is none in scope."""
    table = _TABLES[kind]
    row = await fetch_first(uow, select(table).where(table.c[f"{kind}_id"] == paper_id))
    if row is None:
        raise NotFound()
    return _paper(kind, row)


async def list_of(uow: UnitOfWork, kind: PaperKind, submission_id: str) -> Sequence[Paper]:
    """The papers of a kind that a submission ended in: none or one."""
    table = _TABLES[kind]
    rows = await fetch(uow, select(table).where(table.c.submission_id == submission_id))
    return [_paper(kind, row) for row in rows]
