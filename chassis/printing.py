"""Printing: a Typst template and its data make a PDF, with the same bytes on every machine.

What could differ is shut out: fonts come from one directory and never from the system, the date from the
data and never from the clock. The bytes still depend on the Typst release, so documents name `ENGINE`.
Everything here is a plain function for a process pool; Typst is imported at the first call.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, cast

from chassis.glyphs import require_glyphs

ENGINE = f"typst-py {version('typst')}"
"""What draws: a PDF can be compared byte for byte only with one drawn by the same engine."""

# Data reaches a template as values, so no text in it is ever read as markup or code.
_PREAMBLE = "#let data = json(bytes(sys.inputs.data))\n"


class PrintFailed(Exception):
    """The template does not compile with this data, or would print another font: a bug, not a refusal."""


@dataclass(frozen=True)
class Attachment:
    """A text file inside the PDF: an associated file of PDF/A-3."""

    name: str
    media_type: str
    text: str
    description: str
    relationship: Literal["source", "data", "alternative", "supplement"] = "source"


def compile_pdf(
    template: bytes | Path,
    data: Mapping[str, Any],
    *,
    fonts_dir: Path,
    timestamp: datetime,
    pdf_standard: Literal["a-3b", "a-2b"] | None = "a-3b",
    attachments: Sequence[Attachment] = (),
    images: Mapping[str, bytes] | None = None,
) -> bytes:
    """Draw the template, which finds its JSON-like input as `data` and files to show in `images`.

    `timestamp` becomes the creation date and must carry its zone. Raises `GlyphMissing` before anything is
    drawn when a character of the data is in no font of `fonts_dir`, and `PrintFailed` on any warning, since
    Typst only warns when it falls back to another font.
    """
    import typst

    require_glyphs(data, fonts_dir)
    if timestamp.tzinfo is None:
        raise ValueError("a document's time carries its zone")
    source = template.read_bytes() if isinstance(template, Path) else template
    preamble, inputs = _attached(attachments)
    shown, pictures = _pictures(images or {})
    inputs |= pictures
    inputs["data"] = json.dumps(data, ensure_ascii=False, sort_keys=True)
    try:
        pdf, warnings = typst.compile_with_warnings(
            (_PREAMBLE + preamble + shown).encode() + source,
            font_paths=_fonts(fonts_dir),
            ignore_system_fonts=True,
            sys_inputs=inputs,
            pdf_standards=[pdf_standard] if pdf_standard else [],
            timestamp=timestamp,
            pdf_tags=False,
        )
    except typst.TypstError as error:
        raise PrintFailed(error.diagnostic) from None
    if warnings:
        raise PrintFailed("; ".join(warning.message for warning in warnings))
    return pdf


def _attached(attachments: Sequence[Attachment]) -> tuple[str, dict[str, str]]:
    lines: list[str] = []
    inputs: dict[str, str] = {}
    for index, file in enumerate(attachments):
        inputs[f"attachment-{index}"] = file.text
        lines.append(
            f"#pdf.attach({json.dumps(file.name)}, bytes(sys.inputs.at({json.dumps(f'attachment-{index}')})),"
            f" relationship: {json.dumps(file.relationship)}, mime-type: {json.dumps(file.media_type)},"
            f" description: {json.dumps(file.description, ensure_ascii=False)})\n"
        )
    return "".join(lines), inputs


def _pictures(images: Mapping[str, bytes]) -> tuple[str, dict[str, str]]:
    """Inputs are text, so a picture travels as the list of its bytes."""
    names = sorted(images)
    members = ", ".join(
        f"{json.dumps(n)}: bytes(json(bytes(sys.inputs.at({json.dumps('image-' + n)}))))" for n in names
    )
    return f"#let images = ({members or ':'})\n", {f"image-{name}": json.dumps(list(images[name])) for name in names}


@lru_cache(maxsize=2)
def _fonts(fonts_dir: Path) -> Any:
    """The directory's fonts, read once a process: the text font alone has 15 MB."""
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[cast("Any", fonts_dir)])
    if not fonts.families():
        raise FileNotFoundError(f"no font in {fonts_dir}")
    return fonts
