"""Pages of a PDF, drawn by PDFium. A page that is one scan keeps the scan's resolution; any other has 300 dpi."""

from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any

from chassis.images.facts import Damage, ImageRefused

_POINTS_PER_INCH = 72
_DRAWN_DPI = 300
_LEAST_DPI, _MOST_DPI = 72, 1200
_SCAN_SHARE = 0.5
"""An image that covers this much of the page is the scan of it."""


def _pdfium() -> tuple[Any, Any]:
    """PDFium's Python, imported at the first use: it has no types."""
    return import_module("pypdfium2"), import_module("pypdfium2.raw")


class PdfPages:
    """An open PDF. `ImageRefused`: `file-encrypted` when it wants a password, `file-damaged` when it is none."""

    def __init__(self, path: Path) -> None:
        pdfium, raw = _pdfium()
        self._images = raw.FPDF_PAGEOBJ_IMAGE
        self._error = pdfium.PdfiumError
        try:
            self._document = pdfium.PdfDocument(path)
        except self._error as fault:
            if getattr(fault, "err_code", None) == raw.FPDF_ERR_PASSWORD:
                raise ImageRefused("file-encrypted", {}) from fault
            raise ImageRefused("file-damaged", {"damage": Damage.CORRUPT}) from fault
        self.count = len(self._document)

    def __enter__(self) -> "PdfPages":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._document.close()

    def size(self, number: int, max_pixels: int) -> tuple[int, int]:
        """Dots that page `number` (from 0) will have. An image in it with more dots than allowed is refused."""
        page = self._page(number)
        try:
            return self._dots(page, self._dpi(page, max_pixels))
        finally:
            page.close()

    def draw(self, number: int, max_pixels: int) -> tuple[Any, tuple[float, float]]:
        """Page `number` upright on white as a PIL image, and its dots per inch."""
        page = self._page(number)
        try:
            dpi = self._dpi(page, max_pixels)
            width, height = self._dots(page, dpi)
            if width * height > max_pixels:
                raise ImageRefused("too-large", {"limit": f"{max_pixels:,} px"})
            picture = page.render(scale=dpi / _POINTS_PER_INCH, prefer_bgrx=True, rev_byteorder=True).to_pil()
            return picture.convert("RGB"), (dpi, dpi)
        except self._error as fault:
            raise ImageRefused("file-damaged", {"damage": Damage.CORRUPT}) from fault
        finally:
            page.close()

    def _page(self, number: int) -> Any:
        try:
            return self._document[number]
        except self._error as fault:
            raise ImageRefused("file-damaged", {"damage": Damage.CORRUPT}) from fault

    def _dpi(self, page: Any, max_pixels: int) -> float:
        """The resolution of the scan that the page is, or 300 where it is writing and lines."""
        area = page.get_width() * page.get_height()
        found: list[float] = []
        for image in page.get_objects(filter=[self._images]):
            across, down = image.get_px_size()
            if across * down > max_pixels:
                raise ImageRefused("too-large", {"limit": f"{max_pixels:,} px"})
            left, bottom, right, top = image.get_bounds()
            wide, high = right - left, top - bottom
            if wide > 0 and high > 0 and wide * high >= _SCAN_SHARE * area:
                # A scan that is turned by a quarter has its width up the page.
                found.append((across * down / (wide * high)) ** 0.5 * _POINTS_PER_INCH)
        if not found:
            return _DRAWN_DPI
        return min(max(round(max(found)), _LEAST_DPI), _MOST_DPI)

    @staticmethod
    def _dots(page: Any, dpi: float) -> tuple[int, int]:
        scale = dpi / _POINTS_PER_INCH
        return int(page.get_width() * scale) + 1, int(page.get_height() * scale) + 1
