"""Names by which persons are found, and decisions on who is meant."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from asyncpg import UniqueViolationError
from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from chassis.unit_of_work import UnitOfWork
from contracts.events import PersonChanged
from contracts.problems import StateConflict
from contracts.values.ids import from_uuid, to_uuid
from contracts.values.sound import sounds_of
from services.audit.store.found import found_one
from services.audit.store.scope import in_scope
from services.audit.store.tables_identity import HeardName, IdentityDecisionRow

# Who bears the very name comes first; of a name and sound that thousands have, the rest is not read.
_ALIKE = """
select person_id from heard_name
where sound = any ($1::text[]) and unit_id = any ($2) and person_id <> all ($3::uuid[])
group by person_id
order by bool_or(name = any ($4::text[])) desc, person_id
limit $5
"""


async def learn_names(uow: UnitOfWork, person: PersonChanged) -> None:
    """Keep every name of a person anew, with how each sounds; only what is news may come here."""
    connection = await uow.session.connection()
    await connection.execute(delete(HeardName).where(col(HeardName.person_id) == person.person_id))
    names = dict.fromkeys((person.name, *person.former_names))
    rows = [
        {"person_id": person.person_id, "unit_id": person.unit_id, "name": name, "sound": sound}
        for name in names
        for sound in sorted(sounds_of(name))
    ]
    if rows:
        await connection.execute(insert(HeardName), rows)


async def list_alike(uow: UnitOfWork, names: Collection[str], *, without: Collection[str], limit: int) -> list[str]:
    """Persons in scope one of whose names sounds like one of these, those who bear one of them first."""
    sounds = sorted({sound for name in names for sound in sounds_of(name)})
    rows = await uow.raw().fetch(
        _ALIKE, sounds, uow.unit_keys, [to_uuid(person_id) for person_id in without], list(names), limit
    )
    return [from_uuid("per", row["person_id"]) for row in rows]


async def add(uow: UnitOfWork, row: IdentityDecisionRow) -> None:
    """Keep a decision; StateConflict where one of these two, or another same person, is in force."""
    uow.session.add(row)
    try:
        await uow.session.flush()
    except IntegrityError as error:
        if isinstance(getattr(error.orig, "__cause__", None), UniqueViolationError):
            raise StateConflict(state="decided") from None
        raise


async def get(uow: UnitOfWork, decision_id: str, *, lock: bool = False) -> IdentityDecisionRow:
    """One decision; NotFound outside the caller's scope."""
    statement = select(IdentityDecisionRow).where(IdentityDecisionRow.id == decision_id)
    if lock:
        statement = statement.with_for_update()
    return found_one((await uow.session.exec(statement.execution_options(populate_existing=True))).first())


async def save(uow: UnitOfWork, row: IdentityDecisionRow) -> None:
    """Keep that a decision was undone."""
    uow.session.add(row)
    await uow.session.flush()


async def reversed_in_force(uow: UnitOfWork, person_id: str, candidate_id: str) -> bool:
    """Whether the same two persons were decided about the other way round."""
    found = await uow.session.exec(
        select(IdentityDecisionRow.id)
        .where(IdentityDecisionRow.person_id == candidate_id, IdentityDecisionRow.candidate_id == person_id)
        .where(IdentityDecisionRow.state == "in_force")
        .limit(1)
    )
    return found.first() is not None


async def others_among(uow: UnitOfWork, material_ids: Collection[str]) -> set[tuple[str, str]]:
    """(material, person) of these materials of which it is decided that they are not that person's."""
    if not material_ids:
        return set()
    found = await uow.session.exec(
        select(IdentityDecisionRow.material_id, IdentityDecisionRow.candidate_id)
        .where(col(IdentityDecisionRow.material_id).in_(material_ids))
        .where(IdentityDecisionRow.outcome == "other_person", IdentityDecisionRow.state == "in_force")
    )
    return {(material_id, person_id) for material_id, person_id in found.all() if material_id is not None}


async def page_of(
    uow: UnitOfWork,
    *,
    after: str | None,
    limit: int,
    person_id: str | None,
    material_id: str | None,
    hidden_persons: Collection[str],
) -> Sequence[IdentityDecisionRow]:
    """Decisions by id, without those that name one of `hidden_persons`: the caller and their relatives."""
    statement: Any = select(IdentityDecisionRow).where(in_scope(uow, IdentityDecisionRow.unit_id))
    statement = statement.order_by(col(IdentityDecisionRow.id)).limit(limit)
    if after is not None:
        statement = statement.where(col(IdentityDecisionRow.id) > after)
    if person_id is not None:
        either = (IdentityDecisionRow.candidate_id == person_id) | (IdentityDecisionRow.person_id == person_id)
        statement = statement.where(either)
    if material_id is not None:
        statement = statement.where(IdentityDecisionRow.material_id == material_id)
    if hidden_persons:
        statement = statement.where(col(IdentityDecisionRow.candidate_id).not_in(hidden_persons))
        subject = col(IdentityDecisionRow.person_id)
        statement = statement.where(subject.is_(None) | subject.not_in(hidden_persons))
    return (await uow.session.exec(statement)).all()


async def outcomes_of(uow: UnitOfWork, subject_id: str, person_ids: Collection[str]) -> dict[str, str]:
    """Candidate → outcome in force, of a material or person."""
    subject = IdentityDecisionRow.material_id if subject_id.startswith("mat_") else IdentityDecisionRow.person_id
    found = await uow.session.exec(
        select(IdentityDecisionRow.candidate_id, IdentityDecisionRow.outcome)
        .where(subject == subject_id, IdentityDecisionRow.state == "in_force")
        .where(col(IdentityDecisionRow.candidate_id).in_(person_ids))
    )
    return dict(found.all())


async def follow_dossier(uow: UnitOfWork, dossier_id: str, unit_id: str) -> list[tuple[str, int]]:
    """Put a dossier's decisions into the scope of the unit that keeps it now: (id, version) of each moved.

    The version tells whether the decision holds, so that it stays.
    """
    moved = await uow.session.exec(
        update(IdentityDecisionRow)
        .where(col(IdentityDecisionRow.dossier_id) == dossier_id)
        .where(col(IdentityDecisionRow.unit_id) != unit_id)
        .values(unit_id=unit_id)
        .returning(col(IdentityDecisionRow.id), col(IdentityDecisionRow.version))
    )
    return [(decision_id, version) for decision_id, version in moved.all()]
