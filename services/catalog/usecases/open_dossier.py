"""Open the dossier of a person; each person has one."""

from collections.abc import Collection

from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, NotFound, StateConflict, ValidationFailed
from contracts.values.ids import new_id
from services.catalog.rules import DEFAULT_SCHEME
from services.catalog.store import dossiers, identity, persons, reviews
from services.catalog.store.tables import Dossier
from services.catalog.usecases.person_checks import check_unit
from services.catalog.usecases.recuse import refuse_related
from services.catalog.usecases.tell_dossier import tell_dossier_opened


async def open_dossier(
    person_id: str,
    dossier_no: str,
    unit_id: str | None,
    *,
    uow: UnitOfWork,
    scheme: str = DEFAULT_SCHEME,
    schemes: Collection[str] = (DEFAULT_SCHEME,),
) -> str:
    """Open it, kept by `unit_id`, else by the person's own unit; the new dossier's id.

    New dossiers stand under the present scheme; one that has long existed on paper may be opened under its own, so
    that nothing is placed anew behind anybody's back (classification rules, 1). `schemes` are those that are kept.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return earlier
        if scheme not in schemes:
            allowed = {"allowed": ", ".join(sorted(schemes))}
            raise ValidationFailed(errors=[FieldFault("/scheme", "not-allowed-value", allowed)])
        try:
            person = await persons.get(uow, person_id, lock=True)
        except NotFound:
            raise ValidationFailed(errors=[FieldFault("/person_id", "unknown-reference")]) from None
        await refuse_related(uow, person_id)
        custodian = unit_id or person.unit_id
        check_unit(uow, custodian)
        # Whether there is one already is known even where another unit keeps it.
        if person.custodian_unit_id is not None:
            raise StateConflict(state="open")
        if await identity.is_another(uow, person_id):
            raise StateConflict(state="same person")
        await persons.keep_at(uow, person_id, custodian)
        dossier = Dossier(
            dossier_id=new_id("dos"),
            unit_id=custodian,
            dossier_no=dossier_no,
            person_id=person_id,
            scheme=scheme,
            opened_on=uow.today,
            created_at=uow.now,
            changed_at=uow.now,
        )
        await dossiers.save(uow, dossier)
        await reviews.mark(uow, dossier.dossier_id)
        tell_dossier_opened(uow, dossier)
        uow.record("dossier.opened", dossier.dossier_id, dossier.version, dossier, changed=("state",))
        await uow.remember(dossier.dossier_id)
        return dossier.dossier_id
