"""One look at a page file: type, limits, integrity, resolution, ink. One decode serves all of them."""

from pathlib import Path
from typing import Any

from chassis.images.facts import BlankRule, Damage, ImageFacts, ImageLimits, ImageRefused
from chassis.images.headers import (
    ACCEPTED,
    JPEG,
    PNG,
    SNIFF_BYTES,
    UNKNOWN,
    Size,
    ends_properly,
    header_size,
    png_dpi,
    sniff,
)
from chassis.images.ink import ink_share
from chassis.images.vips import load, vips

# The short side that the look for ink needs, in dots: a line of 12-point text is then four dots high.
_LOOK_DOTS = 300
# Eight bits, grey or RGB; all else (16 bits, CMYK) is made grey first.
_PLAIN = frozenset({"srgb", "b-w"})


def inspect_image(
    source: Path | bytes,
    limits: ImageLimits | None = None,
    blank_rule: BlankRule | None = None,
    *,
    strict: bool = True,
) -> ImageFacts:
    """Read a page file by its content.

    Raises `ImageRefused`: `too-large` (bytes, or dots that the header claims; nothing is decoded then),
    `file-type-refused` (a TIFF or PDF is no page image, it holds some: `sources`), `file-damaged` (empty,
    truncated, corrupt). With `strict` off, an accepted header over bytes that do not decode is no refusal, but a
    fact: `decodes` is False.
    """
    limits = limits or ImageLimits()
    data = _read(source, limits)
    media_type = _accepted_type(data)
    size = _checked_size(data, media_type, limits)
    try:
        return _decoded(data, media_type, size, blank_rule or BlankRule())
    except ImageRefused as refused:
        if strict:
            raise
        damage = Damage(refused.params["damage"])
        return ImageFacts(media_type, size.width, size.height, None, None, False, False, 0.0, damage)


def _read(source: Path | bytes, limits: ImageLimits) -> bytes:
    length = source.stat().st_size if isinstance(source, Path) else len(source)
    if length == 0:
        raise ImageRefused("file-damaged", {"damage": Damage.EMPTY})
    if length > limits.max_bytes:
        raise ImageRefused("too-large", {"limit": f"{limits.max_bytes:,} B"})
    return source.read_bytes() if isinstance(source, Path) else source


def _accepted_type(data: bytes) -> str:
    media_type = sniff(data[:SNIFF_BYTES])
    if media_type not in ACCEPTED:
        raise ImageRefused("file-type-refused", {"found": media_type or UNKNOWN})
    return media_type


def _checked_size(data: bytes, media_type: str, limits: ImageLimits) -> Size:
    size = header_size(data, media_type)
    if size is None or not size.width or not size.height:
        raise ImageRefused("file-damaged", {"damage": Damage.HEADER})
    if size.width * size.height > limits.max_pixels:
        raise ImageRefused("too-large", {"limit": f"{limits.max_pixels:,} px"})
    return size


def _decoded(data: bytes, media_type: str, size: Size, rule: BlankRule) -> ImageFacts:
    if not ends_properly(data, media_type):
        raise ImageRefused("file-damaged", {"damage": Damage.TRUNCATED})
    error = vips().Error
    try:
        image, small = _open(data, media_type, size)
        ink = ink_share(small, rule)
    except error as fault:
        raise ImageRefused("file-damaged", {"damage": Damage.CORRUPT}) from fault
    turned = image.get_typeof("orientation") and image.get("orientation") in (5, 6, 7, 8)
    width, height = (size.height, size.width) if turned else size
    dpi_x, dpi_y = _dpi(image, data, media_type)
    if turned:
        dpi_x, dpi_y = dpi_y, dpi_x
    return ImageFacts(media_type, width, height, dpi_x, dpi_y, True, ink < rule.min_ink, ink)


def _open(data: bytes, media_type: str, size: Size) -> tuple[Any, Any]:
    """The image, and a small copy in memory, grey or RGB, whose making decoded every byte of the file.

    A JPEG is decoded at a fraction of its size: that reads all of its entropy-coded data, so damage is
    found as in a full decode, for a fifth of the time. Its decoder calls damage a warning; PNG's warnings
    are about harmless metadata, and each PNG chunk carries a checksum of its own.
    """
    shrink = next(n for n in (8, 4, 2, 1) if n == 1 or min(size) // n >= _LOOK_DOTS)
    options: dict[str, Any] = {"access": "sequential", "fail_on": "error"}
    if media_type == JPEG:
        options |= {"fail_on": "warning", "shrink": shrink}
    image = load(data, media_type, **options)
    small = image if image.interpretation in _PLAIN else image.colourspace("b-w")
    if small.hasalpha():
        small = small.flatten(background=255)
    if media_type == PNG and shrink > 1:
        small = small.shrink(shrink, shrink)
    return image, small.cast("uchar").copy_memory()


def _dpi(image: Any, data: bytes, media_type: str) -> tuple[float | None, float | None]:
    """Dots per inch as declared. libvips fills in 72 where nothing is; the unit's presence tells."""
    if media_type == PNG:
        return png_dpi(data) or (None, None)
    if not image.get_typeof("resolution-unit"):
        return None, None
    return round(image.xres * 25.4, 2), round(image.yres * 25.4, 2)
