"""What stands on printed papers, for assertions."""

from __future__ import annotations

import io
from typing import Any

import docx
from pypdf import PdfReader


def words_of(pdf: bytes) -> str:
    """The text of a PDF without its white space: lines break where the column ends."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def cells_of(content: bytes) -> list[str]:
    """The texts of a DOCX: its paragraphs, and each cell of its tables once."""
    word: Any = docx.Document(io.BytesIO(content))
    found = [paragraph.text for paragraph in word.paragraphs]
    for table in word.tables:
        seen: set[Any] = set()
        for cell in (cell for row in table.rows for cell in row.cells):
            if cell._tc not in seen:
                seen.add(cell._tc)
                found.append(cell.text)
    return found
