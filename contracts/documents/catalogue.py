"""The catalogue (干部人事档案目录): the table of contents in the official columns (组通字〔2012〕28号)."""

from typing import ClassVar

from pydantic import Field

from contracts.documents.base import Document, DocumentPart, PrintedDate, ShortText
from contracts.values.ids import DossierId

CATALOGUE_TEMPLATE = "catalogue-r2018/1"


class CatalogueRow(DocumentPart):
    """One material: number in its category or subcategory, title, date as far as known, pages, remark."""

    item_no: int = Field(ge=1)
    title: ShortText
    formed_on: PrintedDate | None
    page_count: int = Field(ge=0)
    remark: str = Field(default="", max_length=500)


class CatalogueSubcategory(DocumentPart):
    """A part of category 4 or 9; printed （一）…（四）."""

    no: int = Field(ge=1, le=4)
    name: ShortText
    rows: list[CatalogueRow] = []


class CatalogueCategory(DocumentPart):
    """One of the ten; printed 一…十. With `own_page` no printed page holds another category too."""

    no: int = Field(ge=1, le=10)
    name: ShortText
    own_page: bool = False
    rows: list[CatalogueRow] = []
    subcategories: list[CatalogueSubcategory] = []


class BlankRows(DocumentPart):
    """Rows left free for later additions, after a category and after a subcategory."""

    category: int = Field(default=4, ge=0, le=40)
    subcategory: int = Field(default=3, ge=0, le=40)


class CatalogueDocument(Document):
    """The catalogue of one dossier, ready to print. `issued_at` is the moment of printing."""

    title_zh: ClassVar[str] = "干部人事档案目录"

    template: str = Field(default=CATALOGUE_TEMPLATE, pattern=r"^catalogue-r2018/1$")
    dossier_id: DossierId
    dossier_no: ShortText
    person_name: ShortText
    categories: list[CatalogueCategory] = Field(min_length=1)
    blank_rows: BlankRows = BlankRows()
