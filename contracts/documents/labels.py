"""Labels for volumes and slots (案卷标签, 架位标签): bars for the scanner, a QR code for the camera, and words."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from contracts.documents.base import TEMPLATES, Document, DocumentPart, ShortText


class LabelSheet(DocumentPart):
    """A sheet of labels as sold: how many, how large, and where they begin, in millimetres on A4."""

    columns: int = Field(ge=1, le=10)
    rows: int = Field(ge=1, le=30)
    width: float = Field(ge=70, le=210)
    height: float = Field(ge=30, le=297)
    left: float = Field(ge=0, le=60)
    top: float = Field(ge=0, le=60)
    gap_x: float = Field(ge=0, le=30)
    gap_y: float = Field(ge=0, le=30)


class Label(DocumentPart):
    """One label. `code` stands under the bars; `address` is what the QR code holds."""

    kind: Literal["volume", "slot"]
    headline: ShortText
    name: str = Field(default="", max_length=200)
    note: str = Field(default="", max_length=500)
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{20}$")]
    address: Annotated[str, StringConstraints(min_length=1, max_length=300)]


class LabelsDocument(Document):
    """Labels to print. `skip` leaves the first places of the sheet free, where labels were taken off before."""

    title_zh: ClassVar[str] = "标签"

    template: str = Field(default="print/labels", pattern=r"^print/labels$")
    sheet: LabelSheet
    skip: int = Field(default=0, ge=0, le=299)
    labels: list[Label] = Field(min_length=1)

    def source(self) -> bytes:
        """What Typst compiles."""
        return (TEMPLATES / "print-labels.typ").read_bytes()
