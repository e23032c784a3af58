"""Which event leads to which use case."""

from __future__ import annotations

from chassis.inbox import Subscriber
from chassis.units import hear_unit
from contracts.events import (
    AccountChanged,
    DossierChanged,
    DossierOpened,
    MaterialFiled,
    MaterialPagesChanged,
    MaterialRefiled,
    MaterialRemoved,
    PersonChanged,
    PersonKinChanged,
    UnitChanged,
)
from services.access.usecases.hear import (
    hear_account,
    hear_dossier,
    hear_kin,
    hear_material,
    hear_pages,
    hear_person,
    hear_place,
)

SUBSCRIBERS = (
    Subscriber(UnitChanged, hear_unit),
    Subscriber(DossierOpened, hear_dossier),
    Subscriber(DossierChanged, hear_dossier),
    Subscriber(MaterialFiled, hear_material),
    Subscriber(MaterialPagesChanged, hear_pages),
    Subscriber(MaterialRefiled, hear_place),
    Subscriber(MaterialRemoved, hear_place),
    Subscriber(PersonChanged, hear_person),
    Subscriber(PersonKinChanged, hear_kin),
    Subscriber(AccountChanged, hear_account),
)
