"""Find persons by exact name or number. A search is a view: its kind and count are in the journal."""

from collections.abc import Sequence
from typing import Literal

from chassis.unit_of_work import UnitOfWork
from services.catalog.store import id_numbers, persons
from services.catalog.store.tables import Person

FIRST_PAGE = 50


async def search_persons(
    member: Literal["name", "person_no", "id_number"], value: str, *, uow: UnitOfWork
) -> tuple[Sequence[Person], bool]:
    """The first page of persons whose member is exactly this, and whether there are more.

    An identity number is found by its keyed index, which is then the `value`.
    """
    async with uow:
        if member == "name":
            found = await persons.find_by_name(uow, value, FIRST_PAGE + 1)
        elif member == "id_number":
            found = await id_numbers.find_person(uow, value)
        else:
            found = await persons.find_by_person_no(uow, value)
        record_search(uow, "persons", member, len(found[:FIRST_PAGE]))
        return found[:FIRST_PAGE], len(found) > FIRST_PAGE


def record_search(uow: UnitOfWork, resource: str, member: str, count: int) -> None:
    """Journal a search: by which member, and how many were shown (`version`); never the words."""
    uow.record(f"{resource}.searched", f"{resource}/searches", count, {"by": member, "count": count}, changed=(member,))
