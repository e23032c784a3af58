"""Persons and their kin."""

from collections.abc import Iterable, Sequence

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from chassis.unit_of_work import UnitOfWork
from contracts.events.catalog import Kin
from contracts.problems import NotFound
from contracts.values.ids import from_uuid, to_uuid
from services.catalog.domain.kin import inverse
from services.catalog.store.scope import UNITS
from services.catalog.store.tables import KinPair, Person
from services.catalog.store.unique import raise_duplicate

_UNIQUE = {"person_person_no_key": "/person_no"}
_IN_SCOPE = text(f"(person.unit_id = any({UNITS}) or person.custodian_unit_id = any({UNITS}))")


async def get(uow: UnitOfWork, person_id: str, *, lock: bool = False) -> Person:
    """The person, locked until the commit if wanted; NotFound outside the caller's units."""
    query = select(Person).where(Person.person_id == person_id).execution_options(populate_existing=True)
    found = (await uow.session.exec(query.with_for_update() if lock else query)).one_or_none()
    if found is None:
        raise NotFound()
    return found


async def lock_all(uow: UnitOfWork, person_ids: Iterable[str]) -> dict[str, Person]:
    """These persons, locked in one order for everybody, so that two pairs never wait for each other."""
    query = select(Person).where(Person.person_id.in_(list(person_ids)))  # pyright: ignore  # SQL column
    # What another act committed while this one waited counts, though the session has read the person before.
    query = query.order_by(Person.person_id).execution_options(populate_existing=True)  # pyright: ignore
    rows = await uow.session.exec(query.with_for_update())
    return {person.person_id: person for person in rows}


async def save(uow: UnitOfWork, person: Person) -> None:
    """Insert or update; a person number that is taken is a fault of the form."""
    uow.session.add(person)
    try:
        await uow.session.flush()
    except IntegrityError as error:
        raise_duplicate(error, _UNIQUE)


async def find_by_name(uow: UnitOfWork, name: str, limit: int) -> Sequence[Person]:
    """Persons of exactly this name in the caller's units."""
    query = select(Person).where(Person.name == name, _IN_SCOPE).order_by(Person.person_id).limit(limit)  # pyright: ignore
    return (await uow.session.exec(query)).all()


async def find_by_person_no(uow: UnitOfWork, person_no: str) -> Sequence[Person]:
    """The person with this number, if in the caller's units."""
    return (await uow.session.exec(select(Person).where(Person.person_no == person_no).limit(1))).all()


async def list_kin(uow: UnitOfWork, person_id: str) -> list[Kin]:
    """All known relatives of a person, in a fixed order."""
    query = select(KinPair).where(KinPair.person_id == person_id).order_by(KinPair.kin_person_id).limit(1000)  # pyright: ignore
    pairs = await uow.session.exec(query)
    return [Kin(person_id=pair.kin_person_id, relation=pair.relation) for pair in pairs]  # pyright: ignore


_RELATE = """
insert into kin (person_id, kin_person_id, relation, since)
select v.person_id, v.kin_person_id, v.relation, $4
from unnest($1::uuid[], $2::uuid[], $3::text[]) as v(person_id, kin_person_id, relation)
on conflict (person_id, kin_person_id) do update set relation = excluded.relation, since = excluded.since
where kin.relation <> excluded.relation
returning person_id
"""


async def relate(uow: UnitOfWork, person_id: str, relatives: Sequence[Kin]) -> set[str]:
    """Record each relation from both sides; the ids of those whose list changed by it."""
    sides = [(person_id, kin.person_id, kin.relation) for kin in relatives]
    sides += [(kin.person_id, person_id, inverse(kin.relation)) for kin in relatives]
    rows = await uow.raw().fetch(
        _RELATE,
        [to_uuid(one) for one, _, _ in sides],
        [to_uuid(other) for _, other, _ in sides],
        [relation for _, _, relation in sides],
        uow.now,
    )
    return {from_uuid("per", row["person_id"]) for row in rows}


async def keep_at(uow: UnitOfWork, person_id: str, custodian_unit_id: str) -> None:
    """Name the unit that keeps the person's dossier; the dossier and all in it follow."""
    await uow.raw().execute(
        "update person set custodian_unit_id = $2 where person_id = $1", to_uuid(person_id), to_uuid(custodian_unit_id)
    )


_RELATED = """
select exists (select from person p where p.person_id = $1 and p.person_no = $2)
  or exists (select from kin k join person p on p.person_id = k.kin_person_id
    where k.person_id = $1 and p.person_no = $2)
"""


_RELATED_TO_ANY = """
select exists (select from person p where p.person_no = $2 and p.person_id = any($1::uuid[]))
  or exists (select from kin k join person p on p.person_id = k.kin_person_id
    where k.person_id = any($1::uuid[]) and p.person_no = $2)
"""


async def is_related(uow: UnitOfWork, person_id: str, person_no: str) -> bool:
    """Whether this number is the person's own or a recorded relative's."""
    return await uow.raw().fetchval(_RELATED, to_uuid(person_id), person_no)


async def is_related_to_any(uow: UnitOfWork, person_ids: Sequence[str], person_no: str) -> bool:
    """Whether this number is one of these persons' own or a recorded relative's of one of them."""
    return await uow.raw().fetchval(_RELATED_TO_ANY, [to_uuid(person_id) for person_id in person_ids], person_no)
