"""Prints of the day: catalogue, labels, covers and forms, drawn from what the dossier holds at that moment.

They prove nothing and carry no signature, so their templates may change with a release; all of them begin
with `print-sheet.typ`, which sets the sheet, its binding margin and its holes.
"""

from typing import Literal

from pydantic import Field

from contracts.documents.base import TEMPLATES, Document, DocumentPart, ShortText

_SHEET = TEMPLATES / "print-sheet.typ"


class SheetGeometry(DocumentPart):
    """The sheet and how it is bound, in millimetres; hole centres from the binding edge and from the bottom."""

    width: float = Field(ge=100, le=430)
    height: float = Field(ge=100, le=430)
    side: Literal["left", "right"]
    margin: float = Field(ge=0, le=60)
    hole_inset: float
    hole_diameter: float
    hole_heights: list[float]


class SheetDocument(Document):
    """A print on a common sheet. `issued_at` is the day of printing, so that one state prints alike all day."""

    sheet: SheetGeometry

    @property
    def about(self) -> str:
        """Whose print it is, as a refusal names it."""
        return self.title_zh

    def source(self) -> bytes:
        """What Typst compiles: the common sheet, then the form itself."""
        return _SHEET.read_bytes() + self.template_path.read_bytes()


class PrintDocument(SheetDocument):
    """A print about one person."""

    dossier_no: ShortText | None = None
    person_name: ShortText

    @property
    def about(self) -> str:
        return self.person_name
