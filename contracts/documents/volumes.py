"""What goes round the dossier: spine label (卷夹背脊边签), cover, the lists of what was removed and what is missing."""

from typing import ClassVar, Literal

from pydantic import Field

from contracts.documents.base import DocumentPart, PrintedDate, ShortText
from contracts.documents.prints import PrintDocument


class VolumeMark(DocumentPart):
    """A volume: 正本 or 副本, and its number where there is more than one of the kind."""

    kind: Literal["original", "duplicate"]
    no: int | None = Field(default=None, ge=1)
    thickness: float = Field(default=25, ge=10, le=120, description="Of the box, in millimetres: the label's width")


class SpineLabelDocument(PrintDocument):
    """姓名, 籍贯, 档案编号: one strip a volume, several on a sheet, to be cut out."""

    title_zh: ClassVar[str] = "卷夹背脊边签"

    template: str = Field(default="print/spine-label", pattern=r"^print/spine-label$")
    native_place: str = Field(default="", max_length=200)
    length: float = Field(ge=60, le=260, description="Length of the strip in millimetres")
    labels: list[VolumeMark] = Field(min_length=1)


class CoverDocument(PrintDocument):
    """干部人事档案, 正本 or 副本, 姓名: one page a volume, red on light."""

    title_zh: ClassVar[str] = "干部人事档案"

    template: str = Field(default="print/cover", pattern=r"^print/cover$")
    volumes: list[VolumeMark] = Field(min_length=1)


class RemovedRow(DocumentPart):
    """A material taken out of the dossier: why and when; who approved signs by hand."""

    code: str = Field(default="", max_length=20)
    title: ShortText
    formed_on: PrintedDate | None
    page_count: int = Field(ge=0)
    reason: str = Field(default="", max_length=500)
    removed_on: PrintedDate | None = None


class RemovedMaterialsDocument(PrintDocument):
    """The list of removed materials (剔除材料清单)."""

    title_zh: ClassVar[str] = "干部人事档案剔除材料清单"

    template: str = Field(default="print/removed-materials", pattern=r"^print/removed-materials$")
    rows: list[RemovedRow] = []


class MissingRow(DocumentPart):
    """A required material that the dossier lacks: how many pieces, known since when, and which ones (`remark`).

    `problem` is the form's code: 1 短缺 missing, 2 手续不完备 formalities incomplete, 3 其他 other.
    """

    category: str = Field(max_length=20)
    title: ShortText
    copies: int = Field(ge=1)
    registered_on: PrintedDate
    problem: Literal["1", "2", "3"] = "1"
    remark: str = Field(default="", max_length=2000)


class MissingMaterialsDocument(PrintDocument):
    """The list of missing materials (缺失材料清单); who made the paper and who chases it is written by hand."""

    title_zh: ClassVar[str] = "干部人事档案缺失材料清单"

    template: str = Field(default="print/missing-materials", pattern=r"^print/missing-materials$")
    rows: list[MissingRow] = []
