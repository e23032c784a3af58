"""How the caller stands to the subject of a dossier, as far as has been heard."""

from __future__ import annotations

from collections.abc import Collection

from chassis.unit_of_work import UnitOfWork
from contracts.problems import Recusal
from services.audit.domain.recusal import KinKnown, Relation, relation_of
from services.audit.store import heard


async def caller_relation(uow: UnitOfWork, subject_id: str) -> Relation:
    """The three-valued answer for one subject. Looks beyond the caller's units: kin work anywhere."""
    async with uow.as_service():
        person_id = await _caller_person(uow)
        of_caller = await heard.kin_of(uow, person_id) if person_id else KinKnown()
        of_subject = await heard.kin_of(uow, subject_id)
    return relation_of(person_id, subject_id, of_caller, of_subject)


async def refuse_related(uow: UnitOfWork, subject_id: str) -> None:
    """Recusal where the caller is known to be the subject or a relative; to look, nobody has to declare anything."""
    if await caller_relation(uow, subject_id) is Relation.RELATED:
        raise Recusal()


async def caller_relations(uow: UnitOfWork, subject_ids: Collection[str]) -> dict[str, Relation]:
    """The same for many subjects, in as few queries as for one."""
    async with uow.as_service():
        person_id = await _caller_person(uow)
        of_caller = await heard.kin_of(uow, person_id) if person_id else KinKnown()
        of_subjects = await heard.kin_of_each(uow, subject_ids)
    return {
        subject_id: relation_of(person_id, subject_id, of_caller, of_subjects.get(subject_id, KinKnown()))
        for subject_id in subject_ids
    }


async def caller_related(uow: UnitOfWork) -> set[str]:
    """Persons whose dossiers the caller keeps away from: themselves and their known relatives."""
    async with uow.as_service():
        person_id = await _caller_person(uow)
        return await heard.related_to(uow, person_id) if person_id else set()


async def _caller_person(uow: UnitOfWork) -> str | None:
    person_no = uow.caller.person_no
    return await heard.find_person_by_no(uow, person_no) if person_no else None
