"""Nobody handles or views their own or a relative's dossier (R18: 回避)."""

from collections.abc import Sequence

from chassis.unit_of_work import UnitOfWork
from contracts.problems import Recusal
from services.catalog.store import persons


async def refuse_related(uow: UnitOfWork, person_id: str) -> None:
    """Refuse a caller who is the person or a recorded relative, in whatever unit.

    *Cannot tell* (an account without a person number, or kin that nobody has entered) lets staff go on. A
    viewer declares and an approver weighs it (access does that); an archivist works through a whole unit's
    dossiers with nobody above the single act to weigh a declaration, and a declaration an act would soon be a
    reflex. What stands in its place: the act is in the journal under the account, so that it is found once
    the number or the kin is known. Offices that want certainty give every archivist's account its number.
    """
    person_no = uow.caller.person_no
    if person_no is None:
        return
    async with uow.as_service():
        related = await persons.is_related(uow, person_id, person_no)
    if related:
        raise Recusal()


async def refuse_related_to_any(uow: UnitOfWork, person_ids: Sequence[str]) -> None:
    """Refuse a caller who is one of these persons or a recorded relative of one, as `refuse_related` does."""
    person_no = uow.caller.person_no
    if person_no is None:
        return
    async with uow.as_service():
        related = await persons.is_related_to_any(uow, person_ids, person_no)
    if related:
        raise Recusal()
