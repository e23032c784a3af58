"""Ask for clearances of a list of persons (凡提必审, 凡进必审, 凡转必审); each is answered at once as far as can be."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, ValidationFailed
from contracts.values.ids import new_id
from services.audit.domain.clearance import Kind, State
from services.audit.store import clearances
from services.audit.store.findings import Known, findings_of
from services.audit.store.tables import HeardPerson
from services.audit.store.tables_gate import ClearanceRow
from services.audit.usecases.find_named import Named, find_named
from services.audit.usecases.settle_clearances import Gate, ask_for_audits, decide, hold_persons, record


@dataclass(frozen=True)
class Asked:
    """One person on the list, with the post that is proposed."""

    person: Named
    proposed_post: str | None = None


@dataclass(frozen=True)
class RequestClearances:
    """A list of one kind."""

    kind: Kind
    persons: tuple[Asked, ...]


async def request_clearances(
    command: RequestClearances, *, uow: UnitOfWork, gate: Gate, validate_only: bool = False
) -> Sequence[ClearanceRow]:
    """The clearances, in the order of the list: all of them, or none where a person is unknown or named twice."""
    async with uow:
        if not validate_only and (earlier := await uow.replay_of()):
            return await clearances.list_of(uow, earlier)
        persons = await find_named(uow, [one.person for one in command.persons])
        async with uow.as_service():
            await hold_persons(uow, [person.person_id for person in persons])
            known = await findings_of(uow, [person.person_id for person in persons], gate.rules)
        _check(persons, known, set(uow.units))
        list_id = new_id("cll")
        rows = [
            _asked(uow, list_id, command.kind, person, asked.proposed_post)
            for person, asked in zip(persons, command.persons, strict=True)
        ]
        for row in rows:
            decide(uow, row, known[row.person_id], gate)
        if validate_only:
            return rows
        await clearances.add(uow, rows)
        for row in rows:
            record(uow, row, "clearance.requested")
        await ask_for_audits(uow, rows, known, gate)
        await uow.remember(list_id)
    return rows


def _check(persons: Sequence[HeardPerson], known: Mapping[str, Known], units: Collection[str]) -> None:
    """A dossier is kept in the caller's units, where there is one at all: another office's gate is not ours to ask."""
    faults = [
        FieldFault(f"/persons/{at}", "unknown-reference")
        for at, person in enumerate(persons)
        if (dossier := known[person.person_id].dossier) is not None and dossier.unit_id not in units
    ]
    if faults:
        raise ValidationFailed(errors=faults)


def _asked(uow: UnitOfWork, list_id: str, kind: Kind, person: HeardPerson, proposed_post: str | None) -> ClearanceRow:
    """A clearance that nothing is known of yet; `decide` makes its first version."""
    return ClearanceRow(
        id=new_id("clr"),
        unit_id=person.unit_id,
        version=0,
        list_id=list_id,
        person_id=person.person_id,
        dossier_id=None,
        kind=kind.value,
        proposed_post=proposed_post,
        state=State.REQUESTED.value,
        reasons=[],
        rules_digest="",
        asked_by=uow.caller.account_id,
        asked_at=uow.now,
        decided_at=uow.now,
        expires_on=None,
        jws=None,
    )
