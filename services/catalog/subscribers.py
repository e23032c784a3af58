"""Event → use case."""

from chassis.inbox import Subscriber
from contracts.events import DeterminationApproved, IdentityResolved, MaterialAppraised, UnitChanged
from services.catalog.usecases.file_appraised_material import file_appraised_material
from services.catalog.usecases.hear_determination import hear_determination
from services.catalog.usecases.keep_identity import keep_identity
from services.catalog.usecases.set_managing_authority import hear_unit_and_tell

SUBSCRIBERS = (
    Subscriber(MaterialAppraised, file_appraised_material),
    Subscriber(DeterminationApproved, hear_determination),
    Subscriber(IdentityResolved, keep_identity),
    Subscriber(UnitChanged, hear_unit_and_tell),
)
