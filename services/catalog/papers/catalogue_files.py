"""The catalogue as XLSX and DOCX, for offices that edit it on: one list of lines, two ways to write it."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from chassis.office_files import Column, new_word, plain_text, steady, word_heading, word_table
from contracts.documents import CatalogueDocument, CatalogueRow

_NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Line:
    """One line of the table: a heading, a material or a free line. `mark` is the first column; `own_page` says
    that the category beginning here shares no page."""

    heading: bool
    mark: str
    title: str = ""
    cells: tuple[str | int, ...] = ()
    own_page: bool | None = None


def columns(document: CatalogueDocument) -> list[Column]:
    """Headings and widths in millimetres of the form's columns."""
    if document.form == "r1991":
        head = [
            ("类号", 16),
            ("材料名称", 62),
            ("年", 14),
            ("月", 9),
            ("日", 9),
            ("份数", 12),
            ("页数", 12),
            ("备注", 36),
        ]
    else:
        head = [("序号", 14), ("材料名称", 74), ("年", 14), ("月", 10), ("日", 10), ("页数", 13), ("备注", 35)]
    return [Column(name, width) for name, width in head]


def lines(document: CatalogueDocument, *, import_marks: bool) -> Iterator[Line]:
    """All lines in order. `import_marks` writes a subclass as `4-1`, by which an import knows it again."""
    for category in document.categories:
        yield Line(True, _NUMERALS[category.no - 1], category.name, own_page=category.own_page)
        yield from (_line(document, row) for row in category.rows)
        for part in category.subcategories:
            mark = f"{category.no}-{part.no}" if import_marks else f"（{_NUMERALS[part.no - 1]}）"
            yield Line(True, mark, part.name)
            yield from (_line(document, row) for row in part.rows)
            yield from [Line(False, "")] * document.blank_rows.subcategory
        if not category.subcategories:
            yield from [Line(False, "")] * document.blank_rows.category


def _line(document: CatalogueDocument, row: CatalogueRow) -> Line:
    year, month, day = [*(row.formed_on or "").split("-"), "", ""][:3]
    old = document.form == "r1991"
    counts = (row.copy_count, row.page_count) if old else (row.page_count,)
    return Line(False, row.code if old else str(row.item_no), row.title, (year, month, day, *counts, row.remark))


def catalogue_xlsx(document: CatalogueDocument) -> bytes:
    """Two sheets, 基本信息 and 目录. Text stays text, whatever it begins with: no cell is a formula."""
    import xlsxwriter

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(content, options)
    book.set_properties({"title": document.title_zh, "created": document.issued_at.replace(tzinfo=None)})
    bold = book.add_format({"bold": True, "border": 1, "valign": "vcenter", "text_wrap": True})
    cell = book.add_format({"border": 1, "valign": "vcenter", "text_wrap": True})
    # The mark of "this is text" stays with the cell when somebody edits it or saves it as another format.
    quoted = book.add_format({"border": 1, "valign": "vcenter", "text_wrap": True, "quote_prefix": True})
    card = book.add_worksheet("基本信息")
    for at, (name, value) in enumerate((("姓名", document.person_name), ("档案编号", document.dossier_no))):
        card.write_string(0, at, name, bold)
        card.write_string(1, at, plain_text(value), quoted)
    card.set_column(0, 1, 24)
    table = book.add_worksheet("目录")
    table.set_paper(9)
    table.repeat_rows(0)
    for at, column in enumerate(columns(document)):
        table.set_column(at, at, column.width / 2)
        table.write_string(0, at, column.name, bold)
    for at, line in enumerate(lines(document, import_marks=True), start=1):
        style = bold if line.heading else quoted
        blanks = ("",) * (len(columns(document)) - 2)
        for column, value in enumerate((line.mark, line.title, *(line.cells or blanks))):
            if isinstance(value, int):
                table.write_number(at, column, value, cell)
            elif not value:
                table.write_blank(at, column, None, cell)
            else:
                table.write_string(at, column, plain_text(value), style)
    book.close()
    return steady(content.getvalue())


def catalogue_docx(document: CatalogueDocument) -> bytes:
    """The form on the scheme's sheet, its head repeated on each page; categories of their own page begin one."""
    word = new_word(document.sheet, document.title_zh, document.issued_at)
    word_heading(word, document.title_zh)
    word.add_paragraph(f"姓名：{plain_text(document.person_name)}　　档案编号：{plain_text(document.dossier_no)}")
    empty = ("",) * (len(columns(document)) - 2)
    for at, run in enumerate(_runs(document)):
        if at:
            word.add_page_break()
        word_table(word, columns(document), [((n.mark, n.title, *(n.cells or empty)), n.heading) for n in run])
    content = io.BytesIO()
    word.save(content)
    return steady(content.getvalue())


def _runs(document: CatalogueDocument) -> list[list[Line]]:
    """Lines that may share a page; a category with a page of its own is a run of its own."""
    runs: list[list[Line]] = []
    alone = True
    for line in lines(document, import_marks=False):
        if line.own_page is not None:
            if alone or line.own_page:
                runs.append([])
            alone = line.own_page
        runs[-1].append(line)
    return runs
