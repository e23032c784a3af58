"""Find dossiers by exact name, person number or dossier number."""

from typing import Any, Literal

from chassis.unit_of_work import UnitOfWork
from services.catalog.store import dossiers
from services.catalog.usecases.search_persons import FIRST_PAGE, record_search

SearchMember = Literal["name", "person_no", "dossier_no"]


async def search_dossiers(member: SearchMember, value: str, *, uow: UnitOfWork) -> tuple[list[dict[str, Any]], bool]:
    """The first page of cards whose member is exactly this, and whether there are more."""
    async with uow:
        found = await dossiers.search_cards(uow.raw(), member, value, FIRST_PAGE + 1)
        record_search(uow, "dossiers", member, len(found[:FIRST_PAGE]))
        return found[:FIRST_PAGE], len(found) > FIRST_PAGE
