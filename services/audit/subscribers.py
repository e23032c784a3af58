"""Which event leads to which use case."""

from __future__ import annotations

from chassis.inbox import Subscriber
from chassis.units import hear_unit
from contracts.events import (
    DossierChanged,
    DossierOpened,
    MaterialFiled,
    MaterialReceived,
    PersonChanged,
    PersonKinChanged,
    UnitChanged,
)
from services.audit.usecases.begin_appraisal import begin_appraisal
from services.audit.usecases.hear import hear_dossier, hear_filed, hear_kin, hear_person
from services.audit.usecases.see_pages import see_pages

SUBSCRIBERS = (
    Subscriber(MaterialReceived, begin_appraisal, prepare=see_pages),
    Subscriber(MaterialFiled, hear_filed),
    Subscriber(DossierOpened, hear_dossier),
    Subscriber(DossierChanged, hear_dossier),
    Subscriber(PersonChanged, hear_person),
    Subscriber(PersonKinChanged, hear_kin),
    Subscriber(UnitChanged, hear_unit),
)
