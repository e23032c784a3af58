"""Check a meeting's list: who may be put before it, and who is struck (未经审核一律不提交部务会)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chassis import jws
from chassis.unit_of_work import UnitOfWork
from contracts.answers import AGENDA_TYP
from services.audit.domain.clearance import Bar, Kind, bar_of
from services.audit.store import clearances
from services.audit.store.tables_gate import ClearanceRow
from services.audit.usecases.find_named import Named, find_named
from services.audit.usecases.settle_clearances import Gate


@dataclass(frozen=True)
class Tabled:
    """One person on the list: their clearance, if any, and why they are struck; `bar` None: they may be tabled."""

    person_id: str
    clearance: ClearanceRow | None
    bar: Bar | None


@dataclass(frozen=True)
class AgendaChecked:
    """The whole list, in its order, with the signature over it."""

    items: tuple[Tabled, ...]
    jws: str


async def check_agenda(
    kind: Kind, meeting_on: date, persons: Sequence[Named], *, uow: UnitOfWork, gate: Gate
) -> AgendaChecked:
    """Per person whether they may be tabled on that day, by their last clearance of this kind as it stands now.

    Changes nothing; the signed list goes with the agenda. The journal keeps who checked whom.
    """
    async with uow:
        person_ids = [person.person_id for person in await find_named(uow, persons)]
        rows = {row.person_id: row for row in await clearances.latest_of(uow, person_ids, kind)}
        items = tuple(_tabled(person_id, rows.get(person_id), meeting_on) for person_id in person_ids)
        for item in items:
            if item.clearance is not None:
                told = {"meeting_on": meeting_on.isoformat(), "bar": item.bar}
                uow.record("clearance.checked", item.clearance.id, item.clearance.version, told)
        signed = jws.sign(_list(uow, kind, meeting_on, items), gate.key, typ=AGENDA_TYP)
    return AgendaChecked(items, signed)


def _tabled(person_id: str, row: ClearanceRow | None, meeting_on: date) -> Tabled:
    standing = clearances.standing_of(row) if row else None
    return Tabled(person_id, row, bar_of(standing, meeting_on))


def _list(uow: UnitOfWork, kind: Kind, meeting_on: date, items: Sequence[Tabled]) -> dict[str, Any]:
    return {
        "kind": kind.value,
        "meeting_on": meeting_on.isoformat(),
        "checked_at": uow.now.isoformat(timespec="milliseconds"),
        "items": [
            {
                "person_id": item.person_id,
                "clearance_id": item.clearance.id if item.clearance else None,
                "version": item.clearance.version if item.clearance else None,
                "may_be_tabled": item.bar is None,
                "bar": item.bar,
            }
            for item in items
        ],
    }
