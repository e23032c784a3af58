"""Uploaded lists: rows by their number, whatever office program wrote them, and nothing dangerous taken."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook

from chassis.images import ImageRefused
from chassis.tables import NDJSON, XLSX, Row, read_table, sniff_table


def by_openpyxl(*rows: list[Any]) -> bytes:
    """Cells in place, numbers as numbers."""
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def by_xlsxwriter(*rows: list[Any]) -> bytes:
    """Shared texts, other parts and names."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("改类")
        book.add_worksheet("说明").write(0, 0, "不读")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return out.getvalue()


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., list[Row]]:
    """Reads these bytes as a list."""

    def reading(content: bytes, most_rows: int = 10) -> list[Row]:
        path = tmp_path / "list"
        path.write_bytes(content)
        media_type = sniff_table(content[:1024])
        assert media_type is not None
        return read_table(path, media_type, most_rows)

    return reading


@pytest.mark.parametrize("make", [by_openpyxl, by_xlsxwriter])
def test_the_first_sheet_is_read_by_the_names_in_its_first_row(read: Callable[..., list[Row]], make: Any):
    """Texts as they are, whole numbers as such, empty cells absent, empty rows passed over but counted."""
    content = make(
        ["material_id", "version", "category", "title"],
        ["mat_1", 3, "4-1", "2010年度考核表𠮷"],
        [None, None, None, None],
        ["mat_2", 12, 1, None],
    )
    assert read(content) == [
        Row(2, {"material_id": "mat_1", "version": "3", "category": "4-1", "title": "2010年度考核表𠮷"}),
        Row(4, {"material_id": "mat_2", "version": "12", "category": "1"}),
    ]


def test_lines_are_objects_or_they_are_none(read: Callable[..., list[Row]]):
    """Each by its own number; a mark at the beginning and Windows' line ends do not matter."""
    content = '\ufeff{"a": 1}\r\n\r\n[2]\n{"a": \n{"b": "乙"}'.encode()
    assert read(content) == [Row(1, {"a": 1}), Row(3, None), Row(4, None), Row(5, {"b": "乙"})]


@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("x")'])
def test_a_formula_makes_the_row_unreadable_and_leaves_the_others(read: Callable[..., list[Row]], formula: str):
    """It is neither computed nor taken for its last result."""
    assert read(by_openpyxl(["a", "b"], [formula, "x"], ["y", "z"])) == [Row(2, None), Row(3, {"a": "y", "b": "z"})]


def with_part(name: str, content: bytes) -> bytes:
    """A package in which this part is another, or one more."""
    source, out = zipfile.ZipFile(io.BytesIO(by_openpyxl(["a"], ["b"]))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for one in source.namelist():
            if one != name:
                made.writestr(one, source.read(one))
        made.writestr(name, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
ENTITY = b'<!DOCTYPE w [<!ENTITY e SYSTEM "file:///etc/passwd">]><w>&e;</w>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (with_part(SHEET, ENTITY), "file-damaged"),
        (with_part(SHEET, ENTITY.decode().encode("utf-16")), "file-damaged"),
        (with_part(SHEET, b"<worksheet><sheetData><row>"), "file-damaged"),
        (with_part("xl/vbaProject.bin", b"macro"), "file-type-refused"),
        (with_part("xl/media/big.bin", bytes(65 * 1024 * 1024)), "too-large"),
        (by_openpyxl(["a"], ["b"])[:-30], "file-damaged"),
        (by_openpyxl(["a"], *[["b"]] * 11), "too-large"),
        (b'{"a": 1}\n' * 11, "too-large"),
        (b'{"a": "\xff"}', "file-damaged"),
        (b"PK\x03\x04" + bytes(100), "file-damaged"),
    ],
    ids=["entity", "entity-utf16", "cut-xml", "macro", "bomb", "cut-zip", "rows", "lines", "latin", "no-zip"],
)
def test_what_is_no_plain_list_is_refused(read: Callable[..., list[Row]], content: bytes, code: str):
    """With the problem that fits."""
    with pytest.raises(ImageRefused) as refused:
        read(content)
    assert refused.value.code == code


def test_another_package_is_no_list(read: Callable[..., list[Row]]):
    """A ZIP of anything else."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("a.txt", "a")
    with pytest.raises(ImageRefused) as refused:
        read(out.getvalue())
    assert refused.value.code == "file-type-refused"


@pytest.mark.parametrize(
    ("first", "media_type"),
    [
        (b"PK\x03\x04", XLSX),
        (b' \n{"a"', NDJSON),
        (b"\xef\xbb\xbf{", NDJSON),
        (b"[1]", None),
        (b"%PDF-", None),
        (b"", None),
    ],
)
def test_the_first_bytes_tell_a_list(first: bytes, media_type: str | None):
    """Whatever the request says."""
    assert sniff_table(first) == media_type
