"""Nobody handles or views their own or a relative's dossier (R18: 回避)."""

from chassis.unit_of_work import UnitOfWork
from contracts.problems import Recusal
from services.catalog.store import persons


async def refuse_related(uow: UnitOfWork, person_id: str) -> None:
    """Refuse a caller who is the person or a recorded relative, in whatever unit.

    A caller whose person number is not known cannot be told apart, and is let through.
    """
    person_no = uow.caller.person_no
    if person_no is None:
        return
    async with uow.as_service():
        related = await persons.is_related(uow, person_id, person_no)
    if related:
        raise Recusal()
