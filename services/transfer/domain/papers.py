"""The papers that a submission ends in: the provisional receipt, the receipt and the return note."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

from contracts.documents import (
    FiledItem,
    Party,
    ReceiptDocument,
    ReturnedItem,
    ReturnNoteDocument,
    ReturnReason,
    Subject,
    document_number,
)
from services.transfer.domain.item import Filed, Item, Returned
from services.transfer.domain.submission import Submission

PROVISIONAL_TYP: Final = "dangan-provisional-receipt+jws"
"""`typ` of a provisional receipt: it proves that a submission arrived, and never passes for a receipt."""

_CHINA: Final = timezone(timedelta(hours=8))

Digests = Mapping[str, Sequence[str]]
"""Item id → digests of its page files, in order."""


@dataclass(frozen=True)
class ReturnTexts:
    """Sentences for coded reasons, one for every other code, and the days given for a correction."""

    by_code: Mapping[str, str]
    otherwise: str
    correction_days: int

    def of(self, code: str) -> str:
        """The sentence that a return note prints for a code."""
        return self.by_code.get(code, self.otherwise)


@dataclass(frozen=True)
class Heading:
    """What both papers of a submission begin with. `mark` is the issuer's code, as its numbers bear it."""

    submission_id: str
    delivered_at: datetime
    issuer: Party
    sender: Party
    handed_in_by: str | None
    mark: str
    person: Subject
    issued_at: datetime
    engine: str

    def members(self, kind: str, number: int) -> dict[str, Any]:
        """Common members of a document; `kind` is 收 or 退."""
        return {
            "engine": self.engine,
            "issued_at": self.issued_at,
            "number": document_number(f"{self.mark}{kind}", issuing_year(self.issued_at), number),
            "submission_id": self.submission_id,
            "issuer": self.issuer,
            "sender": self.sender,
            "handed_in_by": self.handed_in_by,
            "delivered_on": self.delivered_at.astimezone(_CHINA).date(),
            "person": self.person,
        }


def issuing_year(at: datetime) -> int:
    """The year in whose numbers a paper counts: China's calendar."""
    return at.astimezone(_CHINA).year


def receipt_of(
    receipt_id: str, number: int, heading: Heading, filed: Sequence[Item], digests: Digests
) -> ReceiptDocument:
    """The receipt over the filed items: where each stands, its pages, and their digests."""
    items = [
        FiledItem(
            **_item_members(item, digests),
            category=item.ending.place.category,
            item_no=item.ending.place.item_no,
            filed_on=item.ending.place.filed_on,
        )
        for item in filed
        if isinstance(item.ending, Filed)
    ]
    return ReceiptDocument(receipt_id=receipt_id, items=items, **heading.members("收", number))


def return_note_of(
    return_note_id: str,
    number: int,
    heading: Heading,
    returned: Sequence[Item],
    digests: Digests,
    texts: ReturnTexts,
) -> ReturnNoteDocument:
    """The return note over the returned items: coded reasons, and the last day for a corrected one."""
    day = heading.issued_at.astimezone(_CHINA).date()
    correct_by: date = day + timedelta(days=texts.correction_days)
    items = [
        ReturnedItem(
            **_item_members(item, digests),
            reasons=[ReturnReason(code=code, text=texts.of(code)) for code in item.ending.reasons],
            correct_by=correct_by,
        )
        for item in returned
        if isinstance(item.ending, Returned)
    ]
    return ReturnNoteDocument(return_note_id=return_note_id, items=items, **heading.members("退", number))


def provisional_of(
    submission: Submission, items: Sequence[Item], digests: Digests, by: str, at: datetime
) -> dict[str, Any]:
    """What the answer to a delivery is signed over: who handed in what and when, page by page."""
    return {
        "submission_id": submission.submission_id,
        "unit_id": submission.unit_id,
        "dossier_id": submission.subject.dossier_id,
        "delivered_at": at.isoformat(timespec="milliseconds"),
        "delivered_by": by,
        "items": [
            {
                "item_id": item.item_id,
                "material_id": item.material_id,
                "title": item.title,
                "formed_on": item.formed_on.model_dump(mode="json") if item.formed_on else None,
                "declared_page_count": item.declared_page_count,
                "page_digests": list(digests[item.item_id]),
            }
            for item in items
        ],
    }


def _item_members(item: Item, digests: Digests) -> dict[str, Any]:
    return {
        "item_id": item.item_id,
        "material_id": item.material_id,
        "title": item.title,
        "formed_on": item.formed_on,
        "declared_page_count": item.declared_page_count,
        "page_count": item.page_count,
        "page_digests": list(digests[item.item_id]),
    }
