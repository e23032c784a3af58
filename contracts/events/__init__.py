"""The closed catalogue of events: who says what, and who hears it.

Code imports the models and never spells a type or subject. A new type is added here with its owner,
a version and a sample under `samples/`.
"""

from contracts.events.access import GrantApproved, GrantEnded, ViewRequestSubmitted
from contracts.events.audit import (
    AlterationConfirmed,
    CheckResult,
    ClearanceDecided,
    DeterminationApproved,
    IdentityResolved,
    MaterialAppraised,
)
from contracts.events.base import DATA_MODELS, Envelope, EventData, PageRef
from contracts.events.catalog import (
    DossierChanged,
    DossierOpened,
    Kin,
    MaterialFiled,
    MaterialPagesChanged,
    MaterialRefiled,
    MaterialRefused,
    MaterialRemoved,
    PersonChanged,
    PersonKinChanged,
)
from contracts.events.gaps import GapClosed, GapOpened
from contracts.events.identity import AccountChanged
from contracts.events.operations import OperationFinished
from contracts.events.transfer import MaterialReceived, MaterialReturned, ReceiptIssued, UnitChanged

__all__ = [
    "DATA_MODELS",
    "HEARS",
    "AccountChanged",
    "AlterationConfirmed",
    "CheckResult",
    "ClearanceDecided",
    "DeterminationApproved",
    "DossierChanged",
    "DossierOpened",
    "Envelope",
    "EventData",
    "GapClosed",
    "GapOpened",
    "GrantApproved",
    "GrantEnded",
    "IdentityResolved",
    "Kin",
    "MaterialAppraised",
    "MaterialFiled",
    "MaterialPagesChanged",
    "MaterialReceived",
    "MaterialRefiled",
    "MaterialRefused",
    "MaterialRemoved",
    "MaterialReturned",
    "OperationFinished",
    "PageRef",
    "PersonChanged",
    "PersonKinChanged",
    "ReceiptIssued",
    "UnitChanged",
    "ViewRequestSubmitted",
]

HEARS: dict[str, tuple[type[EventData], ...]] = {
    "transfer": (
        MaterialAppraised,
        MaterialFiled,
        MaterialRefiled,
        MaterialRefused,
        DossierOpened,
        DossierChanged,
        PersonChanged,
    ),
    "audit": (
        MaterialReceived,
        MaterialFiled,
        MaterialPagesChanged,
        MaterialRefiled,
        MaterialRemoved,
        DossierOpened,
        DossierChanged,
        PersonChanged,
        PersonKinChanged,
        UnitChanged,
        AccountChanged,
        GapOpened,
        GapClosed,
    ),
    "catalog": (AlterationConfirmed, DeterminationApproved, IdentityResolved, MaterialAppraised, UnitChanged),
    "access": (
        DossierOpened,
        DossierChanged,
        MaterialFiled,
        MaterialPagesChanged,
        MaterialRefiled,
        MaterialRemoved,
        PersonChanged,
        PersonKinChanged,
        UnitChanged,
        AccountChanged,
    ),
    "identity": (UnitChanged,),
}
"""Service → the events that it acts on; the broker steward makes each durable's filter of it."""
