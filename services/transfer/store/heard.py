"""Dossiers and persons as the catalog tells of them. Looked up by id or number, whoever's unit they are in."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from chassis.heard import learn
from chassis.unit_of_work import UnitOfWork
from contracts.events import DossierChanged, DossierOpened, PersonChanged
from contracts.values.text import normal
from services.transfer.domain.subject import KnownDossier, KnownPerson
from services.transfer.store.statements import fetch, fetch_first, table_of
from services.transfer.store.tables import HeardDossierRow, HeardPersonRow

_PERSON = table_of(HeardPersonRow)
_DOSSIER = table_of(HeardDossierRow)
_DOSSIER_COLUMNS = [_DOSSIER.c[name] for name in ("dossier_id", "dossier_no", "person_id", "unit_id", "state")]


@dataclass(frozen=True)
class PersonAsNamed:
    """A person as papers name them."""

    person_no: str
    name: str


async def learn_dossier(uow: UnitOfWork, told: DossierOpened | DossierChanged, version: int) -> None:
    """Keep what was told of a dossier, unless something newer is known."""
    values = told.model_dump(include={"dossier_no", "person_id", "unit_id", "state"})
    await learn(uow, HeardDossierRow, {"dossier_id": told.dossier_id}, version, values)


async def learn_person(uow: UnitOfWork, told: PersonChanged, version: int) -> None:
    """Keep what was told of a person, unless something newer is known."""
    values = told.model_dump(include={"person_no", "name", "former_names", "unit_id"})
    await learn(uow, HeardPersonRow, {"person_id": told.person_id}, version, values)


async def find_dossier(uow: UnitOfWork, dossier_id: str) -> KnownDossier | None:
    """The dossier with this id."""
    async with uow.as_service():
        row = await fetch_first(uow, select(*_DOSSIER_COLUMNS).where(_DOSSIER.c.dossier_id == dossier_id))
    return KnownDossier(**row) if row else None


async def find_dossier_of(uow: UnitOfWork, person_id: str) -> KnownDossier | None:
    """The dossier of a person; each has one."""
    statement = select(*_DOSSIER_COLUMNS).where(_DOSSIER.c.person_id == person_id).limit(1)
    async with uow.as_service():
        row = await fetch_first(uow, statement)
    return KnownDossier(**row) if row else None


async def list_persons(uow: UnitOfWork, person_no: str) -> Sequence[KnownPerson]:
    """Those heard of with this number: one, unless the catalog corrects a number right now."""
    columns = [_PERSON.c[name] for name in ("person_id", "person_no", "name", "former_names")]
    statement = select(*columns).where(_PERSON.c.person_no == person_no).limit(2)
    async with uow.as_service():
        rows = await fetch(uow, statement)
    return [
        KnownPerson(
            row["person_id"],
            row["person_no"],
            frozenset(normal(name) for name in (row["name"], *row["former_names"])),
        )
        for row in rows
    ]


async def find_person(uow: UnitOfWork, person_id: str) -> PersonAsNamed | None:
    """A person's present number and name, for a document about their dossier."""
    statement = select(_PERSON.c.person_no, _PERSON.c.name).where(_PERSON.c.person_id == person_id)
    async with uow.as_service():
        row = await fetch_first(uow, statement)
    return PersonAsNamed(**row) if row else None
