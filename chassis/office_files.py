# python-docx has private names in its API and no types for its XML.
# pyright: basic
"""Ground of the files that offices edit on: sheet, fonts, tables, and bytes that repeat."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from contracts.documents import SheetGeometry

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.table import _Cell

# What XML 1.0 cannot hold; the text of a dossier may have been typed by a scanner.
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f￾￿\ud800-\udfff]")
_FONT = "宋体"
_FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Column:
    """A column's heading and its width in millimetres."""

    name: str
    width: float


def plain_text(value: str) -> str:
    """The text without characters that no office file can hold."""
    return _NOT_XML.sub("", value)


def steady(package: bytes) -> bytes:
    """The same office file with a fixed time on each member, so that equal content is equal bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as read, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as written:
        for name in read.namelist():
            member = zipfile.ZipInfo(name, _FIRST_DAY_OF_ZIP)
            member.compress_type = zipfile.ZIP_DEFLATED
            written.writestr(member, read.read(name))
    return content.getvalue()


def new_word(sheet: SheetGeometry, title: str, made_at: datetime) -> "Word":
    """An empty document on the sheet, its binding margin kept, in 宋体 of 10.5 points (五号)."""
    from docx import Document
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    word = Document()
    page = word.sections[0]
    page.page_width, page.page_height = Mm(sheet.width), Mm(sheet.height)
    outer = 11 if sheet.width < 200 else 15
    left, right = (sheet.margin, outer) if sheet.side == "left" else (outer, sheet.margin)
    page.left_margin, page.right_margin = Mm(left), Mm(right)
    page.top_margin, page.bottom_margin = Mm(20), Mm(16)
    style: Any = word.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    style.paragraph_format.space_after = Pt(0)
    core = word.core_properties
    core.title, core.author, core.comments = title, "", ""
    core.created = core.modified = made_at.replace(tzinfo=None)
    return word


def word_heading(word: "Word", title: str) -> None:
    """The form's title, in the middle."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = word.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(title)
    run.bold, run.font.size = True, Pt(18)


def word_table(
    word: "Word",
    columns: Sequence[Column],
    rows: Iterable[tuple[Sequence[str | int], bool]],
    *,
    left: Sequence[int] = (1,),
) -> None:
    """A ruled table whose head repeats on each page. A row is its cells and whether it is a heading.

    Columns in `left`, and the last one, are set from the left; the others stand in the middle.
    """
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    listed = list(rows)
    table = word.add_table(rows=len(listed) + 1, cols=len(columns), style="Table Grid")
    table.autofit = False
    # One pass over the XML rows: python-docx looks a cell up anew each time, which a long catalogue would feel.
    grid = [list(row.cells) for row in table.rows]
    for at, column in enumerate(columns):
        fill(grid[0][at], column.name, bold=True, middle=True)
    for line, (cells, heading) in zip(grid[1:], listed, strict=True):
        for at, value in enumerate(cells):
            fill(line[at], str(value), bold=heading, middle=at not in left and at != len(columns) - 1)
    set_widths(grid, [column.width for column in columns])
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(mark)


def set_widths(grid: Sequence[Sequence["_Cell"]], widths: Sequence[float]) -> None:
    """Widths in millimetres on each cell: Word heeds no other."""
    from docx.shared import Mm

    for row in grid:
        for cell, width in zip(row, widths, strict=True):
            cell.width = Mm(width)


def fill(cell: "_Cell", value: str, *, bold: bool = False, middle: bool = False) -> None:
    """Write a cell's only paragraph, centred from top to bottom."""
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph = cell.paragraphs[0]
    paragraph.add_run(plain_text(value)).bold = bold
    if middle:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
