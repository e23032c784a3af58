"""Printed documents: what they hold, and the templates that draw them.

A receipt and a return note are signed as JSON, and their PDF is drawn from that JSON alone, so whoever has
the file and the published key can check both. Their templates are self-contained and versioned: a used version is
never edited, because the PDFs drawn with it are compared byte for byte. All else is a print of the day
(`prints.py`).
"""

from contracts.documents.audit_forms import (
    AuditRegister,
    AuditRegisterDocument,
    AuditRegisterRow,
    ConfirmationFormDocument,
    DeterminationFormDocument,
    EarliestMaterial,
    FactConfirmed,
    FactDetermined,
    FactRegistered,
    Signer,
    YesNo,
)
from contracts.documents.base import (
    Document,
    DocumentPart,
    EndedItem,
    Party,
    PrintedDate,
    SignedDocument,
    Subject,
    SubmissionDocument,
    document_number,
)
from contracts.documents.bound_set import BOUND_SET_RECEIPT_TEMPLATE, BoundSetReceiptDocument
from contracts.documents.catalogue import (
    CATALOGUE_TEMPLATE,
    BlankRows,
    CatalogueCategory,
    CatalogueDocument,
    CatalogueForm,
    CatalogueRow,
    CatalogueSubcategory,
)
from contracts.documents.forms import (
    AppointmentFormDocument,
    AuditAppointmentFormDocument,
    BasicInfoDocument,
    EducationCells,
    FamilyRow,
    PersonCells,
    PostChange,
    PostChangesDocument,
    ResumeFormDocument,
    ResumeLine,
    Settled,
)
from contracts.documents.labels import Label, LabelsDocument, LabelSheet
from contracts.documents.prints import PrintDocument, SheetGeometry
from contracts.documents.submission import (
    RECEIPT_TEMPLATE,
    RETURN_NOTE_TEMPLATE,
    FiledItem,
    ReceiptDocument,
    ReturnedItem,
    ReturnNoteDocument,
    ReturnReason,
)
from contracts.documents.volumes import (
    CoverDocument,
    MissingMaterialsDocument,
    MissingRow,
    RemovedMaterialsDocument,
    RemovedRow,
    SpineLabelDocument,
    VolumeMark,
)

DOCUMENT_TYP = "dangan-document+jws"
"""`typ` of every signed document, so that no other token of the house passes for one."""

SIGNED: dict[str, type[SignedDocument]] = {
    RECEIPT_TEMPLATE: ReceiptDocument,
    RETURN_NOTE_TEMPLATE: ReturnNoteDocument,
    BOUND_SET_RECEIPT_TEMPLATE: BoundSetReceiptDocument,
}
"""Signed documents by their template; a template that is not here was made by a later release."""

__all__ = [
    "BOUND_SET_RECEIPT_TEMPLATE",
    "CATALOGUE_TEMPLATE",
    "DOCUMENT_TYP",
    "RECEIPT_TEMPLATE",
    "RETURN_NOTE_TEMPLATE",
    "SIGNED",
    "AppointmentFormDocument",
    "AuditAppointmentFormDocument",
    "AuditRegister",
    "AuditRegisterDocument",
    "AuditRegisterRow",
    "BasicInfoDocument",
    "BlankRows",
    "BoundSetReceiptDocument",
    "CatalogueCategory",
    "CatalogueDocument",
    "CatalogueForm",
    "CatalogueRow",
    "CatalogueSubcategory",
    "ConfirmationFormDocument",
    "CoverDocument",
    "DeterminationFormDocument",
    "Document",
    "DocumentPart",
    "EarliestMaterial",
    "EducationCells",
    "EndedItem",
    "FactConfirmed",
    "FactDetermined",
    "FactRegistered",
    "FamilyRow",
    "FiledItem",
    "Label",
    "LabelSheet",
    "LabelsDocument",
    "MissingMaterialsDocument",
    "MissingRow",
    "Party",
    "PersonCells",
    "PostChange",
    "PostChangesDocument",
    "PrintDocument",
    "PrintedDate",
    "ReceiptDocument",
    "RemovedMaterialsDocument",
    "RemovedRow",
    "ResumeFormDocument",
    "ResumeLine",
    "ReturnNoteDocument",
    "ReturnReason",
    "ReturnedItem",
    "Settled",
    "SheetGeometry",
    "SignedDocument",
    "Signer",
    "SpineLabelDocument",
    "Subject",
    "SubmissionDocument",
    "VolumeMark",
    "YesNo",
    "document_number",
]
