"""Event → use case, one line each at the end."""

from chassis.deps import Deps
from chassis.inbox import Subscriber
from chassis.unit_of_work import UnitOfWork
from contracts.events import (
    DossierChanged,
    DossierOpened,
    Envelope,
    MaterialAppraised,
    MaterialFiled,
    MaterialRefiled,
    MaterialRefused,
    PersonChanged,
)
from services.transfer.domain.item import Accepted, Filed, Place, Returned
from services.transfer.usecases.follow_place import FollowPlace, follow_place
from services.transfer.usecases.hear import hear_dossier, hear_person
from services.transfer.usecases.record_outcome import RecordOutcome, record_outcome


async def hear_appraisal(event: Envelope[MaterialAppraised], uow: UnitOfWork, deps: Deps) -> None:
    """Audit accepted the material, or rejected it."""
    told = event.data
    fact = Accepted() if told.outcome == "accepted" else Returned("audit", tuple(told.reasons))
    await record_outcome(RecordOutcome(told.item_id, told.material_id, fact), uow=uow, deps=deps)


async def hear_filing(event: Envelope[MaterialFiled], uow: UnitOfWork, deps: Deps) -> None:
    """The catalog gave a material its place. Rows of an old paper catalogue came through no submission."""
    told = event.data
    if told.item_id is None:
        return
    place = Place(told.dossier_id, told.category, told.item_no, told.filed_on, told.page_count)
    await record_outcome(RecordOutcome(told.item_id, told.material_id, Filed(place)), uow=uow, deps=deps)


async def hear_refiling(event: Envelope[MaterialRefiled], uow: UnitOfWork, deps: Deps) -> None:
    """The archivists gave a filed material another place."""
    told = event.data
    if told.item_id is None:
        return
    command = FollowPlace(told.item_id, told.material_id, told.category, told.item_no, told.page_count, event.version)
    await follow_place(command, uow=uow)


async def hear_refusal(event: Envelope[MaterialRefused], uow: UnitOfWork, deps: Deps) -> None:
    """The archivist refused an accepted material: for the department it is a return."""
    told = event.data
    if told.item_id is None:
        return
    fact = Returned("catalog", tuple(told.reasons))
    await record_outcome(RecordOutcome(told.item_id, told.material_id, fact), uow=uow, deps=deps)


SUBSCRIBERS = (
    Subscriber(DossierOpened, hear_dossier),
    Subscriber(DossierChanged, hear_dossier),
    Subscriber(PersonChanged, hear_person),
    Subscriber(MaterialAppraised, hear_appraisal),
    Subscriber(MaterialFiled, hear_filing),
    Subscriber(MaterialRefiled, hear_refiling),
    Subscriber(MaterialRefused, hear_refusal),
)
