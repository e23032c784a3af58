"""What was told: persons, their kin, dossiers, filed materials and their pages, accounts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from chassis.heard import learn
from chassis.raw import RawConnection
from chassis.unit_of_work import UnitOfWork
from contracts.events import (
    AccountChanged,
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
from services.audit.store.tables import (
    FiledPage,
    HeardAccount,
    HeardDossier,
    HeardKin,
    HeardMaterial,
    HeardPerson,
)

_PLACE = ("unit_id", "dossier_id", "category", "item_no", "title", "formed_on", "page_count")


async def learn_person(uow: UnitOfWork, person: PersonChanged, version: int) -> bool:
    """Keep a person's card, unless a newer one is known; whether it was news."""
    values = {
        "unit_id": person.unit_id,
        "person_no": person.person_no,
        "name": person.name,
        "former_names": person.former_names,
        "birth_date": person.birth_date.model_dump(mode="json") if person.birth_date else None,
        "rank": person.rank,
        "id_index": person.id_index,
        "managing_authority": [period.model_dump(mode="json") for period in person.managing_authority],
    }
    return await learn(uow, HeardPerson, {"person_id": person.person_id}, version, values)


async def learn_kin(uow: UnitOfWork, told: PersonKinChanged, version: int) -> bool:
    """Keep a person's relatives, unless a newer list is known; whether it was news."""
    values = {
        "unit_id": told.unit_id,
        "kin_ids": [relative.person_id for relative in told.kin],
        "complete": told.complete,
    }
    return await learn(uow, HeardKin, {"person_id": told.person_id}, version, values)


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


async def learn_material(uow: UnitOfWork, told: MaterialFiled, version: int) -> None:
    """Keep a material's place, title and pages, unless something newer is known."""
    values = told.model_dump(mode="json", include={*_PLACE, "person_id", "blob_unit_id", "pages"})
    values |= {"pages_version": version, "removed": False}
    await learn(uow, HeardMaterial, {"material_id": told.material_id}, version, values)


async def learn_place(uow: UnitOfWork, told: MaterialRefiled | MaterialRemoved, version: int) -> bool:
    """Keep where a material stands now, or that it stands nowhere; False when it was never heard of."""
    if isinstance(told, MaterialRefiled):
        values = told.model_dump(mode="json", include=set(_PLACE)) | {"removed": False}
    else:
        values = {"unit_id": told.unit_id, "removed": True}
    return await _update(uow, told.material_id, col(HeardMaterial.version) < version, {**values, "version": version})


async def learn_pages(uow: UnitOfWork, told: MaterialPagesChanged, version: int) -> bool:
    """Keep the pages of a material, unless newer ones are known; False when the material was never heard of.

    Place and pages are told apart, in any order, so that each has a version of its own.
    """
    values = told.model_dump(mode="json", include={"blob_unit_id", "pages"}) | {"pages_version": version}
    return await _update(uow, told.material_id, col(HeardMaterial.pages_version) < version, values)


async def _update(uow: UnitOfWork, material_id: str, newer: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
    """Write what is newer; whether the material was heard of at all."""
    connection = await uow.session.connection()
    await connection.execute(
        update(HeardMaterial).where(col(HeardMaterial.material_id) == material_id, newer).values(**values)
    )
    known = select(HeardMaterial.material_id).where(HeardMaterial.material_id == material_id)
    return (await uow.session.exec(known)).first() is not None


async def learn_account(uow: UnitOfWork, told: AccountChanged, version: int) -> bool:
    """Keep whose account it is, unless something newer is known; whether it was news."""
    values = told.model_dump(include={"person_no", "active"})
    return await learn(uow, HeardAccount, {"account_id": told.account_id}, version, values)


async def has_account(uow: UnitOfWork, person_no: str) -> bool:
    """Whether an account with this number has been heard of."""
    async with uow.as_service():
        found = await uow.session.exec(select(HeardAccount.account_id).where(HeardAccount.person_no == person_no))
        return found.first() is not None


async def find_person(uow: UnitOfWork, person_id: str) -> HeardPerson | None:
    """A person's card, if heard of."""
    found = await uow.session.exec(select(HeardPerson).where(HeardPerson.person_id == person_id))
    return found.first()


async def list_persons(uow: UnitOfWork, person_ids: Collection[str]) -> Sequence[HeardPerson]:
    """Those of these persons that have been heard of and are in scope, in no order."""
    found = await uow.session.exec(select(HeardPerson).where(col(HeardPerson.person_id).in_(person_ids)))
    return found.all()


async def list_persons_by_no(uow: UnitOfWork, person_nos: Collection[str]) -> Sequence[HeardPerson]:
    """Those with these numbers that have been heard of and are in scope, in no order."""
    found = await uow.session.exec(select(HeardPerson).where(col(HeardPerson.person_no).in_(person_nos)))
    return found.all()


async def find_dossier(uow: UnitOfWork, dossier_id: str) -> HeardDossier | None:
    """A dossier, if heard of."""
    found = await uow.session.exec(select(HeardDossier).where(HeardDossier.dossier_id == dossier_id))
    return found.first()


async def find_dossier_of(uow: UnitOfWork, person_id: str) -> HeardDossier | None:
    """A person's dossier, if heard of; each person has one."""
    found = await uow.session.exec(select(HeardDossier).where(HeardDossier.person_id == person_id).limit(1))
    return found.first()


async def find_material(uow: UnitOfWork, material_id: str) -> HeardMaterial | None:
    """A filed material, if heard of; also one that was taken out."""
    found = await uow.session.exec(select(HeardMaterial).where(HeardMaterial.material_id == material_id))
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


async def kin_of_each(uow: UnitOfWork, person_ids: Collection[str]) -> dict[str, KinKnown]:
    """The relatives of each of these persons as heard; without those of whom nothing was."""
    found = await uow.session.exec(select(HeardKin).where(col(HeardKin.person_id).in_(person_ids)))
    return {row.person_id: KinKnown(frozenset(row.kin_ids), row.complete) for row in found.all()}


async def related_to(uow: UnitOfWork, person_id: str) -> set[str]:
    """The person and everyone known to be their relative, from either side's list."""
    own = await kin_of(uow, person_id)
    others = await uow.session.exec(select(HeardKin.person_id).where(col(HeardKin.kin_ids).contains([person_id])))
    return {person_id, *own.person_ids, *others.all()}


async def filed_with(
    uow: UnitOfWork, person_id: str, digests: Sequence[str], *, except_of: str
) -> list[tuple[str, str]]:
    """(digest, material) of these page files where they are filed with this person, in order of the material."""
    removed = select(HeardMaterial.material_id).where(
        HeardMaterial.material_id == FiledPage.material_id, col(HeardMaterial.removed)
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
