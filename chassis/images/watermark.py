"""The watermark of a view: tiled, slanted text burnt into the pixels of one answer."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from chassis.glyphs import missing_glyphs
from chassis.images.headers import ACCEPTED, SNIFF_BYTES, sniff
from chassis.images.vips import load, vips

_SLANT = -30
_INK = [120, 0, 0]
_OPACITY = 0.28
_FAMILY = "Noto Serif SC"
# The height of a text line, as a share of the page's short side.
_LINE_SHARE = 0.024


def watermark(
    image_bytes: bytes,
    lines: Sequence[str],
    font_path: Path,
    *,
    max_px: int | None = 1600,
    quality: int = 85,
) -> bytes:
    """The page as JPEG, upright, at most `max_px` on its longer side, with the lines burnt in all over.

    No metadata is kept. A character that the font lacks is shown as 〓, the printers' stand-in: a view is
    not refused because its reader has a rare name, and the other lines still identify the view.
    Raises ValueError when there is no text, or when the bytes are no JPEG or PNG.
    """
    media_type = sniff(image_bytes[:SNIFF_BYTES])
    if media_type not in ACCEPTED:
        raise ValueError("only a checked JPEG or PNG is shown")
    text = "\n".join(_drawable(line, font_path) for line in lines if line.strip())
    if not text:
        raise ValueError("a view without a watermark is not drawn")
    page = _page(image_bytes, media_type, max_px)
    size = max(8, round(min(page.width, page.height) * _LINE_SHARE))
    mask = _tiled(_tile(text, size, font_path), page.width, page.height)
    ink = mask.new_from_image(_INK).copy(interpretation="srgb").bandjoin((mask * _OPACITY).cast("uchar"))
    return page.composite2(ink, "over").flatten().jpegsave_buffer(Q=quality, keep="none")


def _page(data: bytes, media_type: str, max_px: int | None) -> Any:
    """An upright sRGB page without alpha; a JPEG is shrunk while it is decoded."""
    if max_px is not None:
        page = vips().Image.thumbnail_buffer(data, max_px, height=max_px, size="down")
    else:
        page = load(data, media_type).autorot()
    page = page.colourspace("srgb")
    return page.flatten(background=255) if page.hasalpha() else page


def _tile(text: str, size: int, font_path: Path) -> Any:
    """One slanted block and, half a tile away, a second one in the corners that the slant leaves empty."""
    mask = vips().Image.text(
        escape(text),
        font=f"{_FAMILY} {size}",
        fontfile=str(font_path),
        dpi=72,
        align="centre",
        spacing=size // 3,
    )
    pad = size * 3 // 2
    mask = mask.embed(pad, pad, mask.width + pad * 2, mask.height + pad * 2).rotate(_SLANT)
    return (mask | mask.wrap(x=mask.width // 2, y=mask.height // 2)).copy_memory()


def _tiled(tile: Any, width: int, height: int) -> Any:
    return tile.replicate(width // tile.width + 1, height // tile.height + 1).crop(0, 0, width, height)


def _drawable(line: str, font_path: Path) -> str:
    missing = missing_glyphs(line, font_path)
    return "".join("〓" if char in missing else char for char in line.strip())
