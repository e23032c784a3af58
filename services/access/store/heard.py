"""What access has heard: persons, their kin, dossiers, materials with their pages, accounts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, update
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from chassis.heard import learn
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
from contracts.values.page import PageRef
from services.access.domain.predicates import Place
from services.access.domain.recusal import KinList
from services.access.store.tables import HeardAccount, HeardDossier, HeardKin, HeardMaterial, HeardPerson

T = TypeVar("T")


@dataclass(frozen=True)
class FiledPage:
    """A page with its place and its file: `blob_unit_id` is the unit under which the file is stored."""

    place: Place
    item_no: int
    page: PageRef
    page_no: int
    blob_unit_id: str


async def learn_person(uow: UnitOfWork, told: PersonChanged, version: int) -> bool:
    """Keep a person's card; whether it was news."""
    values = told.model_dump(include={"unit_id", "person_no", "name", "former_names"})
    return await learn(uow, HeardPerson, {"person_id": told.person_id}, version, values)


async def learn_kin(uow: UnitOfWork, told: PersonKinChanged, version: int) -> bool:
    """Keep a person's relatives; whether it was news."""
    values = {
        "unit_id": told.unit_id,
        "kin_ids": [relative.person_id for relative in told.kin],
        "complete": told.complete,
    }
    return await learn(uow, HeardKin, {"person_id": told.person_id}, version, values)


async def learn_dossier(uow: UnitOfWork, told: DossierOpened | DossierChanged, version: int) -> bool:
    """Keep a dossier's state; whether it was news."""
    values = told.model_dump(include={"unit_id", "dossier_no", "person_id", "state"})
    return await learn(uow, HeardDossier, {"dossier_id": told.dossier_id}, version, values)


async def learn_material(uow: UnitOfWork, told: MaterialFiled, version: int) -> bool:
    """Keep a material's place and pages; whether it was news."""
    values = told.model_dump(
        mode="json",
        include={"unit_id", "dossier_id", "blob_unit_id", "category", "item_no", "title", "formed_on", "pages"},
    )
    pages = {"page_ids": [page.page_id for page in told.pages], "pages_version": version}
    values |= {**pages, "removed": False}
    return await learn(uow, HeardMaterial, {"material_id": told.material_id}, version, values)


async def learn_place(uow: UnitOfWork, told: MaterialRefiled | MaterialRemoved, version: int) -> bool:
    """Keep where a material stands now, or that it stands nowhere; False when it was never heard of."""
    if isinstance(told, MaterialRefiled):
        names = {"unit_id", "dossier_id", "category", "item_no", "title", "formed_on"}
        values = told.model_dump(mode="json", include=names) | {"removed": False}
    else:
        values = {"unit_id": told.unit_id, "removed": True}
    return await _update(uow, told.material_id, col(HeardMaterial.version) < version, {**values, "version": version})


async def learn_pages(uow: UnitOfWork, told: MaterialPagesChanged, version: int) -> bool:
    """Keep the pages of a material, unless newer ones are known; False when the material was never heard of.

    Place and pages are told apart, in any order, so that each has a version of its own.
    """
    values = told.model_dump(mode="json", include={"blob_unit_id", "pages"})
    values |= {"page_ids": [page.page_id for page in told.pages], "pages_version": version}
    return await _update(uow, told.material_id, col(HeardMaterial.pages_version) < version, values)


async def _update(uow: UnitOfWork, material_id: str, newer: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
    """Write what is newer; whether the material was heard of at all."""
    connection = await uow.session.connection()
    await connection.execute(
        update(HeardMaterial).where(col(HeardMaterial.material_id) == material_id, newer).values(**values)
    )
    known = select(HeardMaterial.material_id).where(HeardMaterial.material_id == material_id)
    return await _first(uow, known) is not None


async def learn_account(uow: UnitOfWork, told: AccountChanged, version: int) -> bool:
    """Keep whose account it is; whether it was news."""
    values = told.model_dump(include={"person_no", "active"})
    return await learn(uow, HeardAccount, {"account_id": told.account_id}, version, values)


async def _all(uow: UnitOfWork, statement: SelectOfScalar[T]) -> Sequence[T]:
    # What a subscriber committed since this session last looked counts: a lock was waited for in between.
    return (await uow.session.exec(statement.execution_options(populate_existing=True))).all()


async def _first(uow: UnitOfWork, statement: SelectOfScalar[T]) -> T | None:
    return next(iter(await _all(uow, statement.limit(1))), None)


async def find_dossier(uow: UnitOfWork, dossier_id: str) -> HeardDossier | None:
    """A dossier, if heard of."""
    return await _first(uow, select(HeardDossier).where(HeardDossier.dossier_id == dossier_id))


async def find_dossier_of(uow: UnitOfWork, person_id: str) -> HeardDossier | None:
    """The dossier of a person, if heard of; each has one."""
    return await _first(uow, select(HeardDossier).where(HeardDossier.person_id == person_id))


async def list_persons(uow: UnitOfWork, person_nos: Collection[str]) -> Sequence[HeardPerson]:
    """Persons with these numbers. Two of one number stand there only while the catalog corrects it."""
    if not person_nos:
        return []
    statement = select(HeardPerson).where(col(HeardPerson.person_no).in_(person_nos))
    return await _all(uow, statement)


async def find_person(uow: UnitOfWork, person_id: str) -> HeardPerson | None:
    """A person's card, if heard of."""
    return await _first(uow, select(HeardPerson).where(HeardPerson.person_id == person_id))


async def list_accounts(uow: UnitOfWork, account_ids: Collection[str]) -> Sequence[HeardAccount]:
    """Accounts as heard."""
    if not account_ids:
        return []
    statement = select(HeardAccount).where(col(HeardAccount.account_id).in_(account_ids))
    return await _all(uow, statement)


async def accounts_of(uow: UnitOfWork, person_no: str) -> Sequence[str]:
    """Accounts of a person."""
    statement = select(HeardAccount.account_id).where(HeardAccount.person_no == person_no)
    return await _all(uow, statement)


async def kin_lists(uow: UnitOfWork, person_ids: Collection[str]) -> dict[str, KinList]:
    """The lists of these persons, as far as they were heard."""
    statement = select(HeardKin).where(col(HeardKin.person_id).in_(person_ids))
    rows = await _all(uow, statement)
    return {row.person_id: KinList(frozenset(row.kin_ids), row.complete) for row in rows}


async def related_to(uow: UnitOfWork, person_ids: Collection[str]) -> set[str]:
    """These persons and everyone known to be a relative, from either side's list."""
    if not person_ids:
        return set()
    own = await kin_lists(uow, person_ids)
    others = await uow.session.exec(
        select(HeardKin.person_id).where(col(HeardKin.kin_ids).overlap(list(person_ids)))  # type: ignore[attr-defined]
    )
    return {*person_ids, *others.all()}.union(*(one.relatives for one in own.values()))


async def known_materials(uow: UnitOfWork, dossier_id: str, material_ids: Collection[str]) -> set[str]:
    """Those of these materials that are filed in this dossier."""
    statement = select(HeardMaterial.material_id).where(
        HeardMaterial.dossier_id == dossier_id,
        col(HeardMaterial.material_id).in_(material_ids),
        col(HeardMaterial.removed).is_(False),
    )
    return set(await _all(uow, statement))


async def list_materials(uow: UnitOfWork, dossier_id: str, limit: int) -> Sequence[HeardMaterial]:
    """The materials of a dossier; their order is for the caller to make."""
    standing = col(HeardMaterial.removed).is_(False)
    statement = select(HeardMaterial).where(HeardMaterial.dossier_id == dossier_id, standing).limit(limit)
    return await _all(uow, statement)


async def find_page(uow: UnitOfWork, page_id: str) -> FiledPage | None:
    """A filed page with its place and file; None too when its material was removed."""
    holds = col(HeardMaterial.page_ids).contains([page_id])  # type: ignore[attr-defined]
    # Of two that were told of the page, it stands in the one that was told last: they were cut or joined.
    latest = col(HeardMaterial.pages_version).desc()
    statement = select(HeardMaterial).where(holds, col(HeardMaterial.removed).is_(False)).order_by(latest)
    row = await _first(uow, statement)
    if row is None:
        return None
    number = row.page_ids.index(page_id)
    return FiledPage(
        place=Place(row.dossier_id, row.material_id, row.category),
        item_no=row.item_no,
        page=PageRef.model_validate(row.pages[number]),
        page_no=number + 1,
        blob_unit_id=row.blob_unit_id,
    )
