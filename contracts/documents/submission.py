"""Receipt (回执) and return note (退回通知单): what a department keeps of its submission.

Columns: 干部档案材料接收登记表 and the record of a return (seed 002; seed 000 for the reasons of a return).
"""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from contracts.documents.base import DocumentPart, EndedItem, ShortText, SubmissionDocument
from contracts.values.ids import ReceiptId, ReturnNoteId

RECEIPT_TEMPLATE = "receipt/1"
RETURN_NOTE_TEMPLATE = "return-note/1"


class FiledItem(EndedItem):
    """An item that was filed, and where: category without the number (`1`, `9-2`) and number in it."""

    category: Annotated[str, StringConstraints(pattern=r"^([1-9]|10)(-[1-4])?$")]
    item_no: int = Field(ge=1)
    filed_on: date


class ReceiptDocument(SubmissionDocument):
    """Proof that the items named were filed, item by item."""

    title_zh: ClassVar[str] = "干部人事档案材料接收回执"

    template: str = Field(default=RECEIPT_TEMPLATE, pattern=r"^receipt/1$")
    receipt_id: ReceiptId
    items: list[FiledItem] = Field(min_length=1)


class ReturnReason(DocumentPart):
    """Why an item goes back: the code for programs, and the sentence that the department reads."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{1,64}$")]
    text: ShortText


class ReturnedItem(EndedItem):
    """An item that was returned, with every reason; `correct_by` is the last day for a corrected one."""

    reasons: list[ReturnReason] = Field(min_length=1)
    correct_by: date | None = None


class ReturnNoteDocument(SubmissionDocument):
    """Which items go back to the department, and why."""

    title_zh: ClassVar[str] = "干部人事档案材料退回通知单"

    template: str = Field(default=RETURN_NOTE_TEMPLATE, pattern=r"^return-note/1$")
    return_note_id: ReturnNoteId
    items: list[ReturnedItem] = Field(min_length=1)
