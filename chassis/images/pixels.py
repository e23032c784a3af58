"""Page images as arrays of dots, for work that libvips is slow at. OpenCV and NumPy are imported in workers only."""

import io
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from chassis.images.facts import A4_INCHES, Damage, ImageRefused
from chassis.images.headers import ACCEPTED, JPEG, PNG, SNIFF_BYTES, UNKNOWN, ends_properly, png_dpi, sniff
from chassis.images.vips import load, vips

MM_PER_INCH = 25.4
_JPEG_QUALITY = 95
_PLAUSIBLE_SHORT_MM = (90, 450)


class Pixels(NamedTuple):
    """An upright page: rows of grey dots, or of red, green and blue; and the dots per inch that its file tells."""

    dots: Any
    dpi: tuple[float, float] | None
    media_type: str


@lru_cache(maxsize=1)
def cv() -> Any:
    """OpenCV, on one thread: the pool gives the others."""
    cv2 = import_module("cv2")
    cv2.setNumThreads(1)
    return cv2


@lru_cache(maxsize=1)
def np() -> Any:
    """NumPy."""
    return import_module("numpy")


def read_upright(path: Path, shrink: int = 1) -> Pixels:
    """A JPEG or PNG turned as its metadata asks, 8 bits, on white; `ImageRefused` when it does not decode.

    With `shrink` 2, 4 or 8 the dots are that many times fewer each way, as is `dpi`.
    """
    data = path.read_bytes()
    media_type = sniff(data[:SNIFF_BYTES])
    if media_type not in ACCEPTED:
        raise ImageRefused("file-type-refused", {"found": media_type or UNKNOWN})
    if not ends_properly(data, media_type):
        raise ImageRefused("file-damaged", {"damage": Damage.TRUNCATED})
    try:
        # JPEG's decoder calls damage a warning; PNG's warnings are about harmless metadata.
        options: dict[str, Any] = {"fail_on": "error"}
        if media_type == JPEG:
            options = {"fail_on": "warning", "shrink": shrink}
        image = load(data, media_type, **options)
        dpi = _declared_dpi(image, data, media_type, shrink)
        turned = image.get_typeof("orientation") and image.get("orientation") in (5, 6, 7, 8)
        image = _plain(image.autorot())
        if media_type == PNG and shrink > 1:
            image = image.shrink(shrink, shrink).cast("uchar")
        dots = np().frombuffer(image.write_to_memory(), np().uint8).reshape(image.height, image.width, image.bands)
    except vips().Error as fault:
        raise ImageRefused("file-damaged", {"damage": Damage.CORRUPT}) from fault
    if dpi is not None and turned:
        dpi = (dpi[1], dpi[0])
    return Pixels(dots[:, :, 0] if dots.shape[2] == 1 else dots, dpi, media_type)


def _plain(image: Any) -> Any:
    if image.hasalpha():
        image = image.flatten(background=(65535 if image.format == "ushort" else 255))
    wanted = "b-w" if image.bands < 3 else "srgb"
    if image.interpretation != wanted or image.format != "uchar":
        image = image.colourspace(wanted).cast("uchar")
    return image


def _declared_dpi(image: Any, data: bytes, media_type: str, shrink: int) -> tuple[float, float] | None:
    if media_type == PNG:
        told = png_dpi(data)
    else:
        # libvips divides the resolution itself when it shrinks while loading.
        told = (image.xres * MM_PER_INCH * shrink, image.yres * MM_PER_INCH * shrink)
        told = told if image.get_typeof("resolution-unit") else None
    return None if told is None else (told[0] / shrink, told[1] / shrink)


def reckoned_dpi(page: Pixels) -> float:
    """Dots per inch to reckon millimetres with: as declared where that gives a sheet, else as if it were A4."""
    height, width = page.dots.shape[:2]
    short, long = sorted((width, height))
    if page.dpi is not None:
        dpi = min(page.dpi)
        if _PLAUSIBLE_SHORT_MM[0] <= short / max(dpi, 0.1) * MM_PER_INCH <= _PLAUSIBLE_SHORT_MM[1]:
            return dpi
    return min(short / A4_INCHES[0], long / A4_INCHES[1])


def grey(dots: Any) -> Any:
    """Brightness of each dot."""
    return dots if dots.ndim == 2 else cv().cvtColor(dots, cv().COLOR_RGB2GRAY)


def encode(dots: Any, dpi: tuple[float, float] | None, media_type: str) -> bytes:
    """The dots as a file of this type, with the resolution told where it is known."""
    from PIL import Image

    out = io.BytesIO()
    options: dict[str, Any] = {} if dpi is None else {"dpi": (round(dpi[0]), round(dpi[1]))}
    picture = Image.fromarray(np().ascontiguousarray(dots))
    if media_type == PNG:
        picture.save(out, "PNG", compress_level=3, **options)
    else:
        picture.save(out, "JPEG", quality=_JPEG_QUALITY, subsampling=0, **options)
    return out.getvalue()
