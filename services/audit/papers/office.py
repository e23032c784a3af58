"""Small parts that forms in DOCX have in common."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from chassis.form_grid import Spot, draw_grid, label
from chassis.office_files import new_word, plain_text, steady, word_heading
from contracts.documents import PrintDocument

if TYPE_CHECKING:
    from docx.document import Document as Word

DAY = "　　年　　月　　日"
"""A day that is written by hand."""


def begun(document: PrintDocument) -> "Word":
    """A document on the form's sheet under its title."""
    word = new_word(document.sheet, document.title_zh, document.issued_at)
    word_heading(word, document.title_zh)
    return word


def finished(word: Any) -> bytes:
    """The file; equal content is equal bytes."""
    content = io.BytesIO()
    word.save(content)
    return steady(content.getvalue())


def line(word: Any, text: str) -> None:
    """A paragraph of its own."""
    word.add_paragraph(plain_text(text))


def opinions(word: "Word", rows: Sequence[tuple[str, str]], width: float = 170) -> None:
    """Fields that are signed by hand: what the field is called, and who signs it."""
    lines = [[label(name), Spot(f"\n\n{signer}　　　　　　　　　　{DAY}")] for name, signer in rows]
    draw_grid(word, (24, width - 24), lines, (22,) * len(rows))


def dotted(day: str | None) -> str:
    """A day as forms write it."""
    return (day or "").replace("-", ".")
