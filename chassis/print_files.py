"""Files of prints: in which media they come, how they are drawn, and the answer that carries them."""

from collections.abc import Callable
from typing import Any, Final, Literal

from fastapi import Response

from chassis.deps import Deps
from chassis.documents import draw_print
from chassis.tables import XLSX
from chassis.web import PRIVATE
from contracts.documents.prints import SheetDocument

Medium = Literal["pdf", "xlsx", "docx"]
FormMedium = Literal["pdf", "docx"]

MEDIA_TYPES: Final[dict[Medium, str]] = {
    "pdf": "application/pdf",
    "xlsx": XLSX,
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
FORM_CONTENT: Final[dict[str, Any]] = {MEDIA_TYPES["pdf"]: {}, MEDIA_TYPES["docx"]: {}}
"""What a form is described to come as."""


async def draw_file(document: SheetDocument, medium: Medium, as_file: Callable[[Any], bytes], deps: Deps) -> bytes:
    """The PDF, or the file that offices edit on; drawn in a worker. GlyphMissing names the character."""
    if medium == "pdf":
        return await deps.run_cpu(draw_print, document, deps.settings.fonts_dir)
    return await deps.run_cpu(as_file, document)


def file_answer(content: bytes, medium: Medium, name: str) -> Response:
    """A file of personal data; its name holds ids only. A PDF opens in the browser, the others are saved."""
    place = "inline" if medium == "pdf" else "attachment"
    headers = {"Cache-Control": PRIVATE, "Content-Disposition": f'{place}; filename="{name}.{medium}"'}
    return Response(content, media_type=MEDIA_TYPES[medium], headers=headers)
