"""Items as answers show them: what was declared, the pages, and what became of the material."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from contracts.values.partial_date import PartialDate
from services.transfer.domain.item import Filed, Item, ReturnedBy
from services.transfer.domain.item import Returned as ReturnedFact
from services.transfer.domain.states import ItemState
from services.transfer.store.pages import Page


class FiledOut(BaseModel):
    """Where a filed material stands."""

    dossier_id: str
    category: str = Field(description="Material code without the number: `1`, `4-1`, `9-2`")
    item_no: int
    filed_on: date
    page_count: int


class ReturnedOut(BaseModel):
    """Who returned a material, and why, in codes."""

    by: ReturnedBy
    reasons: list[str]


class ItemSummary(BaseModel):
    """An item within its submission. Its state is that which transfer has heard of: `pending` until then."""

    id: str
    position: int
    title: str
    state: ItemState
    material_id: str | None = Field(description="Minted at delivery")
    filed: FiledOut | None
    returned: ReturnedOut | None

    @classmethod
    def of(cls, item: Item) -> "ItemSummary":
        return cls(**_summary(item))


class PageOut(BaseModel):
    """A page file; `page_id` is minted at delivery."""

    page_no: int
    page_id: str | None
    digest: str
    media_type: str
    bytes: int
    width: int
    height: int
    source_digest: str | None = Field(description="The TIFF or PDF that the image was drawn from")
    source_page_no: int | None

    @classmethod
    def of(cls, page: Page) -> "PageOut":
        file = page.file
        return cls(
            page_no=page.page_no,
            page_id=page.page_id,
            digest=file.digest,
            media_type=file.media_type,
            bytes=file.bytes,
            width=file.width,
            height=file.height,
            source_digest=file.source_digest,
            source_page_no=file.source_page_no,
        )


class ItemOut(ItemSummary):
    """One item with its pages, and the paper that it stands in once its submission has closed."""

    submission_id: str
    formed_on: PartialDate | None
    declared_page_count: int
    page_count: int
    pages: list[PageOut]
    receipt_id: str | None
    return_note_id: str | None
    version: int

    @classmethod
    def with_pages(cls, item: Item, pages: Sequence[Page]) -> "ItemOut":
        return cls(
            **_summary(item),
            submission_id=item.submission_id,
            formed_on=item.formed_on,
            declared_page_count=item.declared_page_count,
            page_count=item.page_count,
            pages=[PageOut.of(page) for page in pages],
            receipt_id=item.receipt_id,
            return_note_id=item.return_note_id,
            version=item.version,
        )


def _summary(item: Item) -> dict[str, Any]:
    filed = item.ending.place if isinstance(item.ending, Filed) else None
    returned = item.ending if isinstance(item.ending, ReturnedFact) else None
    return {
        "id": item.item_id,
        "position": item.position,
        "title": item.title,
        "state": item.state,
        "material_id": item.material_id,
        "filed": FiledOut(
            dossier_id=filed.dossier_id,
            category=filed.category,
            item_no=filed.item_no,
            filed_on=filed.filed_on,
            page_count=filed.page_count,
        )
        if filed
        else None,
        "returned": ReturnedOut(by=returned.by, reasons=list(returned.reasons)) if returned else None,
    }
