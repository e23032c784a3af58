"""Lists that somebody uploads to work them off: NDJSON, or the first sheet of an XLSX with names in its first row.

What comes from outside is bounded before it is read: bytes, members of the package, their size once inflated, rows.
No formula is computed, no macro carried, no document type or entity of XML taken. Plain functions, for a worker.
"""

import json
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast
from xml.etree.ElementTree import Element, ParseError, fromstring

from chassis.images.facts import Damage, ImageRefused

NDJSON: Final = "application/x-ndjson"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLES: Final = frozenset({NDJSON, XLSX})

_MOST_PARTS: Final = 1000
_MOST_INFLATED: Final = 64 * 1024 * 1024
_MOST_COLUMNS: Final = 100
_BOM: Final = b"\xef\xbb\xbf"
_WHOLE: Final = re.compile(r"(\d+)\.0+")
_COLUMN: Final = re.compile(r"([A-Z]{1,3})\d+")


@dataclass(frozen=True)
class Row:
    """A row by its number in the file, from 1; `members` is None for one that is no object, or holds a formula."""

    number: int
    members: Mapping[str, Any] | None


def sniff_table(first_bytes: bytes) -> str | None:
    """What the first bytes show: an office package, or a line with an object; None for anything else."""
    if first_bytes.startswith(b"PK\x03\x04"):
        return XLSX
    return NDJSON if first_bytes.removeprefix(_BOM).lstrip().startswith(b"{") else None


def read_table(path: Path, media_type: str, most_rows: int) -> list[Row]:
    """The rows that say something. ImageRefused: `file-damaged`, `file-type-refused` (another package, macros),
    `too-large` (rows, or the package once inflated)."""
    rows = _xlsx(path) if media_type == XLSX else _ndjson(path)
    found: list[Row] = []
    for row in rows:
        if len(found) == most_rows:
            raise ImageRefused("too-large", {"limit": f"{most_rows:,} 行 (rows)"})
        found.append(row)
    return found


def _damaged(fault: Exception | None = None) -> ImageRefused:
    refused = ImageRefused("file-damaged", {"damage": Damage.CORRUPT})
    refused.__cause__ = fault
    return refused


def _ndjson(path: Path) -> Iterator[Row]:
    try:
        text = path.read_bytes().removeprefix(_BOM).decode()
    except UnicodeDecodeError as fault:
        raise _damaged(fault) from fault
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield Row(number, _object(line))


def _object(line: str) -> Mapping[str, Any] | None:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return cast("Mapping[str, Any]", told) if isinstance(told, dict) else None


def _xlsx(path: Path) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(path) as package:
            sheet, shared = _parts(package)
    except (
        zipfile.BadZipFile,
        KeyError,
        IndexError,
        ParseError,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as fault:
        raise _damaged(fault) from fault
    names: Sequence[str] | None = None
    for number, element in _numbered(sheet):
        try:
            cells = {column: text for column, cell in _cells(element) if (text := _text(cell, shared)) is not None}
        except (ValueError, IndexError):
            cells = None
        if names is None:
            if not cells:
                continue
            names = [cells.get(at, "").strip() for at in range(max(cells) + 1)]
        elif cells is None:
            yield Row(number, None)
        elif cells:
            yield Row(number, {names[at] if at < len(names) else "": text for at, text in cells.items()})


def _parts(package: zipfile.ZipFile) -> tuple[Element, list[str]]:
    """The first sheet and the shared texts."""
    infos = package.infolist()
    if len(infos) > _MOST_PARTS or sum(info.file_size for info in infos) > _MOST_INFLATED:
        raise ImageRefused("too-large", {"limit": f"{_MOST_INFLATED // (1 << 20)} MiB"})
    held = {info.filename for info in infos}
    if "xl/workbook.xml" not in held or any(name.endswith("vbaProject.bin") for name in held):
        raise ImageRefused("file-type-refused", {"found": "application/zip"})
    sheets = [one for one in _xml(package, "xl/workbook.xml").iter() if _local(one) == "sheet"]
    relation = next((value for name, value in sheets[0].items() if name.endswith("}id")), "")
    targets = {one.get("Id"): one.get("Target", "") for one in _xml(package, "xl/_rels/workbook.xml.rels")}
    sheet = _xml(package, posixpath.normpath(posixpath.join("/xl", targets[relation])).lstrip("/"))
    if "xl/sharedStrings.xml" not in held:
        return sheet, []
    return sheet, [_joined(one) for one in _xml(package, "xl/sharedStrings.xml") if _local(one) == "si"]


def _xml(package: zipfile.ZipFile, name: str) -> Element:
    with package.open(name) as part:
        content = part.read(_MOST_INFLATED + 1)
    if len(content) > _MOST_INFLATED:
        raise ImageRefused("too-large", {"limit": f"{_MOST_INFLATED // (1 << 20)} MiB"})
    # In UTF-16, which has zero bytes, the mark would be written otherwise; office programs write UTF-8.
    if b"\0" in content or b"<!DOCTYPE" in content:
        raise _damaged()
    return fromstring(content)  # noqa: S314  # no document type and no entity is left in it


def _numbered(sheet: Element) -> Iterator[tuple[int, Element]]:
    number = 0
    for row in (one for one in sheet.iter() if _local(one) == "row"):
        told = row.get("r", "")
        number = int(told) if told.isascii() and told.isdigit() and len(told) <= 7 else number + 1
        yield number, row


def _cells(row: Element) -> Iterator[tuple[int, Element]]:
    """Each cell with its column, from 0; ValueError for a place that there is not."""
    column = -1
    for cell in row:
        named = _COLUMN.fullmatch(cell.get("r", ""))
        column = _number_of(named[1]) if named else column + 1
        if column >= _MOST_COLUMNS:
            raise ValueError("too many columns")
        yield column, cell


def _number_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number - 1


def _text(cell: Element, shared: Sequence[str]) -> str | None:
    """What a cell says, None for an empty one; ValueError for a formula or an error."""
    kind = cell.get("t", "n")
    if kind == "e" or any(_local(one) == "f" for one in cell):
        raise ValueError("a formula or an error")
    if kind == "inlineStr":
        return _joined(cell) or None
    told = next((one.text or "" for one in cell if _local(one) == "v"), "")
    if kind == "s" and told:
        return shared[int(told)] or None
    whole = _WHOLE.fullmatch(told) if kind == "n" else None
    return (whole[1] if whole else told) or None


def _joined(element: Element) -> str:
    """The text of all runs, without the reading aids (phonetic runs) beside them."""
    if _local(element) == "rPh":
        return ""
    if _local(element) == "t":
        return element.text or ""
    return "".join(_joined(one) for one in element)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]
