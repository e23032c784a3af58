"""The catalogue (干部人事档案目录): the table of contents in the official columns."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from contracts.documents.base import DocumentPart, PrintedDate, ShortText
from contracts.documents.prints import PrintDocument
from contracts.values.ids import DossierId

CATALOGUE_TEMPLATE = "print/catalogue"

CatalogueForm = Literal["current", "r1991"]
"""Columns since 组通字〔2012〕28号, or those before: 类号, 材料制成时间 and 份数 instead of 序号, 材料形成时间."""


class CatalogueRow(DocumentPart):
    """One material. `code` (`4-1-2`) is what its first page carries, and the older form's 类号."""

    item_no: int = Field(ge=1)
    code: Annotated[str, StringConstraints(pattern=r"^([1-9]|10)(-[1-9])?-[0-9]+$")]
    title: ShortText
    formed_on: PrintedDate | None
    copy_count: int = Field(default=1, ge=1, description="份数 of the older form: an entry is one piece")
    page_count: int = Field(ge=0)
    remark: str = Field(default="", max_length=500)


class CatalogueSubcategory(DocumentPart):
    """A part of category 4 or 9; printed （一）…（四）."""

    no: int = Field(ge=1, le=9)
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


class CatalogueDocument(PrintDocument):
    """The catalogue of one dossier, ready to print."""

    title_zh: ClassVar[str] = "干部人事档案目录"

    template: str = Field(default=CATALOGUE_TEMPLATE, pattern=r"^print/catalogue$")
    form: CatalogueForm = "current"
    dossier_id: DossierId
    dossier_no: ShortText  # pyright: ignore[reportGeneralTypeIssues, reportIncompatibleVariableOverride]
    categories: list[CatalogueCategory] = Field(min_length=1)
    blank_rows: BlankRows = BlankRows()
