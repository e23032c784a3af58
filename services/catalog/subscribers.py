"""Event → use case."""

from chassis.inbox import Subscriber
from contracts.events import (
    AlterationConfirmed,
    DeterminationApproved,
    IdentityResolved,
    MaterialAppraised,
    UnitChanged,
)
from services.catalog.usecases.file_alteration_record import file_alteration_record
from services.catalog.usecases.file_appraised_material import file_appraised_material
from services.catalog.usecases.hear_determination import hear_determination
from services.catalog.usecases.keep_identity import keep_identity
from services.catalog.usecases.set_managing_authority import hear_unit_and_tell

SUBSCRIBERS = (
    Subscriber(AlterationConfirmed, file_alteration_record),
    Subscriber(MaterialAppraised, file_appraised_material),
    Subscriber(DeterminationApproved, hear_determination),
    Subscriber(IdentityResolved, keep_identity),
    Subscriber(UnitChanged, hear_unit_and_tell),
)
