"""Which event leads to which use case."""

from __future__ import annotations

from chassis.inbox import Subscriber
from contracts.events import (
    AccountChanged,
    DossierChanged,
    DossierOpened,
    GapClosed,
    GapOpened,
    MaterialFiled,
    MaterialPagesChanged,
    MaterialReceived,
    MaterialRefiled,
    MaterialRemoved,
    PersonChanged,
    PersonKinChanged,
    UnitChanged,
)
from services.audit.usecases.begin_appraisal import begin_appraisal
from services.audit.usecases.hear import (
    hear_account,
    hear_dossier,
    hear_filed,
    hear_kin,
    hear_pages,
    hear_person,
    hear_place,
)
from services.audit.usecases.hear_at_gate import hear_gap
from services.audit.usecases.hear_units import hear_named_unit
from services.audit.usecases.see_pages import see_pages

SUBSCRIBERS = (
    Subscriber(MaterialReceived, begin_appraisal, prepare=see_pages),
    Subscriber(MaterialFiled, hear_filed),
    Subscriber(MaterialPagesChanged, hear_pages),
    Subscriber(MaterialRefiled, hear_place),
    Subscriber(MaterialRemoved, hear_place),
    Subscriber(DossierOpened, hear_dossier),
    Subscriber(DossierChanged, hear_dossier),
    Subscriber(PersonChanged, hear_person),
    Subscriber(PersonKinChanged, hear_kin),
    Subscriber(AccountChanged, hear_account),
    Subscriber(UnitChanged, hear_named_unit),
    Subscriber(GapOpened, hear_gap),
    Subscriber(GapClosed, hear_gap),
)
