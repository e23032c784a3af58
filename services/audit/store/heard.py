"""What the catalog told: persons, their kin, dossiers, and the digests of filed pages."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from chassis.heard import learn
from chassis.raw import RawConnection
from chassis.unit_of_work import UnitOfWork
from contracts.events import (
    DossierChanged,
    DossierOpened,
    MaterialFiled,
    MaterialPagesChanged,
    MaterialRefiled,
    MaterialRemoved,
    PersonChanged,
    PersonKinChanged,
)
from contracts.values.ids import to_uuid
from services.audit.domain.recusal import KinKnown
from services.audit.store.tables import FiledPage, HeardDossier, HeardKin, HeardPerson, HeardRemoval


async def learn_person(uow: UnitOfWork, person: PersonChanged, version: int) -> None:
    """Keep a person's card, unless a newer one is known."""
    values = {
        "unit_id": person.unit_id,
        "person_no": person.person_no,
        "name": person.name,
        "former_names": person.former_names,
        "birth_date": person.birth_date.model_dump(mode="json") if person.birth_date else None,
    }
    await learn(uow, HeardPerson, {"person_id": person.person_id}, version, values)


async def learn_kin(uow: UnitOfWork, told: PersonKinChanged, version: int) -> None:
    """Keep a person's relatives, unless a newer list is known."""
    values = {
        "unit_id": told.unit_id,
        "kin_ids": [relative.person_id for relative in told.kin],
        "complete": told.complete,
    }
    await learn(uow, HeardKin, {"person_id": told.person_id}, version, values)


async def learn_dossier(uow: UnitOfWork, dossier: DossierOpened | DossierChanged, version: int) -> bool:
    """Keep a dossier's state; whether it was news."""
    values = {
        "unit_id": dossier.unit_id,
        "dossier_no": dossier.dossier_no,
        "person_id": dossier.person_id,
        "state": dossier.state,
    }
    return await learn(uow, HeardDossier, {"dossier_id": dossier.dossier_id}, version, values)


async def learn_filed(uow: UnitOfWork, filed: MaterialFiled | MaterialPagesChanged) -> None:
    """Keep the digests of a filed material; a second telling changes nothing.

    Scans that were replaced stay: whoever hands one in again hands in a page that is there already.
    """
    rows = [
        {
            "material_id": filed.material_id,
            "page_id": page.page_id,
            "unit_id": filed.unit_id,
            "person_id": filed.person_id,
            "digest": page.digest,
        }
        for page in filed.pages
    ]
    if rows:
        connection = await uow.session.connection()
        await connection.execute(insert(FiledPage).on_conflict_do_nothing(), rows)


async def learn_removal(uow: UnitOfWork, told: MaterialRefiled | MaterialRemoved, version: int) -> None:
    """Keep that a material was taken out, or came back, unless something newer is known."""
    values = {"unit_id": told.unit_id, "removed": isinstance(told, MaterialRemoved)}
    await learn(uow, HeardRemoval, {"material_id": told.material_id}, version, values)


async def find_person(uow: UnitOfWork, person_id: str) -> HeardPerson | None:
    """A person's card, if heard of."""
    found = await uow.session.exec(select(HeardPerson).where(HeardPerson.person_id == person_id))
    return found.first()


async def find_dossier(uow: UnitOfWork, dossier_id: str) -> HeardDossier | None:
    """A dossier, if heard of."""
    found = await uow.session.exec(select(HeardDossier).where(HeardDossier.dossier_id == dossier_id))
    return found.first()


async def both_known(connection: RawConnection, person_id: str, dossier_id: str) -> bool:
    """Whether both have been heard of."""
    return await connection.fetchval(
        """select exists (select from heard_person where person_id = $1)
          and exists (select from heard_dossier where dossier_id = $2)""",
        to_uuid(person_id),
        to_uuid(dossier_id),
    )


async def find_person_by_no(uow: UnitOfWork, person_no: str) -> str | None:
    """The person with this number; None when there is none, or when the number is not theirs alone."""
    found = await uow.session.exec(select(HeardPerson.person_id).where(HeardPerson.person_no == person_no).limit(2))
    persons = found.all()
    return persons[0] if len(persons) == 1 else None


async def kin_of(uow: UnitOfWork, person_id: str) -> KinKnown:
    """A person's relatives as heard; nothing known of a person not heard of."""
    found = await uow.session.exec(select(HeardKin).where(HeardKin.person_id == person_id))
    row = found.first()
    return KinKnown(frozenset(row.kin_ids), row.complete) if row else KinKnown()


async def related_to(uow: UnitOfWork, person_id: str) -> set[str]:
    """The person and everyone known to be their relative, from either side's list."""
    own = await kin_of(uow, person_id)
    others = await uow.session.exec(select(HeardKin.person_id).where(col(HeardKin.kin_ids).contains([person_id])))
    return {person_id, *own.person_ids, *others.all()}


async def filed_with(
    uow: UnitOfWork, person_id: str, digests: Sequence[str], *, except_of: str
) -> list[tuple[str, str]]:
    """(digest, material) of these page files where they are filed with this person, in order of the material."""
    removed = select(HeardRemoval.material_id).where(
        HeardRemoval.material_id == FiledPage.material_id, col(HeardRemoval.removed)
    )
    found = await uow.session.exec(
        select(FiledPage.digest, FiledPage.material_id)
        .where(FiledPage.person_id == person_id)
        .where(col(FiledPage.digest).in_(digests))
        .where(FiledPage.material_id != except_of)
        .where(col(FiledPage.material_id).not_in(removed))
        .order_by(col(FiledPage.material_id))
    )
    return list(found.all())
