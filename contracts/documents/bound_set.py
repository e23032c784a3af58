"""The bound set of a unit: its cover and index, and the signed receipt of its hand-over to the archive (seed 000)."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from contracts.documents.base import DocumentPart, Party, ShortText, SignedDocument
from contracts.documents.prints import SheetDocument
from contracts.values.digest import Digest
from contracts.values.ids import BoundSetId

BOUND_SET_RECEIPT_TEMPLATE = "bound-set-receipt/1"


class IndexedPerson(DocumentPart):
    """A person in the index: on which pages of the set their forms stand, and whether a form is not among them."""

    position: int = Field(ge=1)
    name: ShortText
    dossier_no: str = ""
    first_page: int = Field(ge=1)
    page_count: int = Field(ge=1)
    remark: str = ""


class BoundSetIndexDocument(SheetDocument):
    """Cover and index of a set; its pages count on to the forms."""

    title_zh: ClassVar[str] = "干部人事档案专项审核表册"

    template: str = Field(default="print/bound-set-index", pattern=r"^print/bound-set-index$")
    unit: ShortText
    campaign: ShortText
    persons: list[IndexedPerson] = Field(min_length=1)
    page_count: int = Field(ge=1, description="Of the whole set")


class PageNumbersDocument(SheetDocument):
    """What is laid over the forms: the set's page numbers from `first` on, one a page."""

    title_zh: ClassVar[str] = "页码"

    template: str = Field(default="print/page-numbers", pattern=r"^print/page-numbers$")
    first: int = Field(ge=1)
    last: int = Field(ge=1)
    total: int = Field(ge=1)


class ReceivedPerson(DocumentPart):
    """A person whose forms were handed over."""

    position: int = Field(ge=1)
    name: ShortText
    dossier_no: str = ""
    page_count: int = Field(ge=1)


class BoundSetReceiptDocument(SignedDocument):
    """Proof that the archive has a unit's set: whose forms, how many pages, and the digest of its file."""

    title_zh: ClassVar[str] = "专项审核表册移交回执"

    template: str = Field(default=BOUND_SET_RECEIPT_TEMPLATE, pattern=r"^bound-set-receipt/1$")
    bound_set_id: BoundSetId
    issuer: Party
    campaign: ShortText
    handed_over_on: date
    given_by: ShortText
    received_by: ShortText
    page_count: int = Field(ge=1)
    digest: Digest
    persons: list[ReceivedPerson] = Field(min_length=1)
