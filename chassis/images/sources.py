"""TIFF and PDF files: how many pages they hold, and each page drawn as a page image.

A file is looked at first, without decoding a dot; only then is a page drawn. The same file gives the same bytes,
page by page, with the same release of the libraries. All of it runs in a worker process.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chassis.images.facts import Damage, ImageLimits, ImageRefused
from chassis.images.headers import JPEG, PDF, PNG, SNIFF_BYTES, TIFF, UNKNOWN, sniff
from chassis.images.pdf import PdfPages
from chassis.images.vips import vips

SOURCES = frozenset({TIFF, PDF})

_JPEG_QUALITY = 95
_PLAIN = frozenset({"srgb", "b-w"})


@dataclass(frozen=True)
class SourceFacts:
    """A file of pages as found by its content."""

    media_type: str
    page_count: int


@dataclass(frozen=True)
class DrawnPage:
    """One page as an image of its own: upright, 8 bits, grey or sRGB, with the resolution that the file tells.

    A page of two tones becomes a PNG, dot by dot; any other a JPEG without subsampling of colour.
    """

    content: bytes
    media_type: str
    width: int
    height: int


def look_into(path: Path, limits: ImageLimits, max_pages: int) -> SourceFacts | None:
    """What a file of pages holds; None when the file is none (an image, or something else).

    Raises `ImageRefused`: `too-large` (bytes, pages, or dots of any page), `file-encrypted`, `file-damaged`.
    """
    with path.open("rb") as file:
        media_type = sniff(file.read(SNIFF_BYTES))
    if media_type not in SOURCES:
        return None
    if path.stat().st_size > limits.max_bytes:
        raise ImageRefused("too-large", {"limit": f"{limits.max_bytes:,} B"})
    sizes = _pdf_sizes(path, limits, max_pages) if media_type == PDF else _tiff_sizes(path, max_pages)
    if any(width * height > limits.max_pixels for width, height in sizes):
        raise ImageRefused("too-large", {"limit": f"{limits.max_pixels:,} px"})
    return SourceFacts(media_type, len(sizes))


def draw_page(path: Path, media_type: str, page_no: int, limits: ImageLimits) -> DrawnPage:
    """Page `page_no` (from 1) of a file that was looked into; `file-damaged` when it cannot be drawn whole."""
    if media_type == PDF:
        with PdfPages(path) as pages:
            picture, dpi = pages.draw(page_no - 1, limits.max_pixels)
        return _encoded(picture, dpi, two_tone=False)
    if media_type != TIFF:
        raise ImageRefused("file-type-refused", {"found": media_type or UNKNOWN})
    try:
        return _tiff_page(path, page_no)
    except vips().Error as fault:
        raise ImageRefused("file-damaged", {"damage": Damage.CORRUPT}) from fault


def _pdf_sizes(path: Path, limits: ImageLimits, max_pages: int) -> Sequence[tuple[int, int]]:
    with PdfPages(path) as pages:
        _check_count(pages.count, max_pages)
        return [pages.size(number, limits.max_pixels) for number in range(pages.count)]


def _tiff_sizes(path: Path, max_pages: int) -> Sequence[tuple[int, int]]:
    """Sizes as the headers claim them; libvips reads no dot before it is asked for one."""
    try:
        first = _open_tiff(path, 0)
        count = first.get("n-pages")
        _check_count(count, max_pages)
        rest = (_open_tiff(path, number) for number in range(1, count))
        return [(page.width, page.height) for page in (first, *rest)]
    except vips().Error as fault:
        raise ImageRefused("file-damaged", {"damage": Damage.HEADER}) from fault


def _check_count(count: int, max_pages: int) -> None:
    if count < 1:
        raise ImageRefused("file-damaged", {"damage": Damage.EMPTY})
    if count > max_pages:
        raise ImageRefused("too-large", {"limit": f"{max_pages} 页 (pages)"})


def _open_tiff(path: Path, number: int) -> Any:
    return vips().Image.tiffload(str(path), page=number, access="sequential", fail_on="warning")


def _tiff_page(path: Path, page_no: int) -> DrawnPage:
    from PIL import Image

    page = _open_tiff(path, page_no - 1)
    two_tone = page.get_typeof("bits-per-sample") != 0 and page.get("bits-per-sample") == 1 and page.bands == 1
    dpi = _tiff_dpi(page)
    # Turned in memory: a sequential read goes from the top to the bottom once.
    page = page.copy_memory().autorot()
    if page.interpretation not in _PLAIN or page.format != "uchar":
        page = page.colourspace("b-w" if page.bands < 3 else "srgb").cast("uchar")
    if page.hasalpha():
        page = page.flatten(background=255)
    mode = "RGB" if page.bands == 3 else "L"
    if page.bands not in (1, 3):
        raise ImageRefused("file-damaged", {"damage": Damage.CORRUPT})
    picture = Image.frombuffer(mode, (page.width, page.height), page.write_to_memory())
    return _encoded(picture, dpi, two_tone=two_tone)


def _tiff_dpi(page: Any) -> tuple[float, float] | None:
    """Dots per inch of the upright page; None where the file does not say."""
    if not page.get_typeof("resolution-unit"):
        return None
    dpi = (page.xres * 25.4, page.yres * 25.4)
    turned = page.get_typeof("orientation") and page.get("orientation") in (5, 6, 7, 8)
    return (dpi[1], dpi[0]) if turned else dpi


def _encoded(picture: Any, dpi: tuple[float, float] | None, *, two_tone: bool) -> DrawnPage:
    out = io.BytesIO()
    options: dict[str, Any] = {} if dpi is None else {"dpi": (round(dpi[0]), round(dpi[1]))}
    if two_tone:
        picture.convert("1", dither=0).save(out, "PNG", **options)
    else:
        picture.save(out, "JPEG", quality=_JPEG_QUALITY, subsampling=0, **options)
    return DrawnPage(out.getvalue(), PNG if two_tone else JPEG, picture.width, picture.height)
