"""How far the writing of a page stands from the left edge of its paper. Runs in a worker process."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chassis.images.border import Sheet, ink, look_at
from chassis.images.facts import ImageLimits
from chassis.images.inspection import inspect_image
from chassis.images.pixels import MM_PER_INCH, cv, grey, np, read_upright, reckoned_dpi

_LOOK_DPI = 100
_BLACK_DEPTH_MM = 60.0
_LEAST_MM = 1.0
"""What is smaller both ways is dirt, not writing."""
_HOLE_MM = (3.5, 8.0)
_HOLE_CENTRE_MM = (8.0, 17.0)
_ROUND = (0.8, 1.25)


@dataclass(frozen=True)
class PageMargin:
    """Millimetres from the left edge to the first writing, None on an empty page; whether any stands within
    `line_mm` of the edge, where the holes are punched; and the dots per inch that they were reckoned with."""

    margin_mm: float | None
    ink_in_line: bool
    dpi: float


def measure_margin(path: Path, limits: ImageLimits, line_mm: float) -> PageMargin:
    """Measure an upright page. Holes that are punched already are no writing, and the scanner's black is no paper."""
    facts = inspect_image(path, limits)
    full = facts.dpi or facts.dpi_on_a4
    shrink = next(n for n in (8, 4, 2, 1) if n == 1 or full / n >= _LOOK_DPI)
    page = read_upright(path, shrink)
    dpi = reckoned_dpi(page)
    sheet = look_at(grey(page.dots).copy(), dpi, _BLACK_DEPTH_MM)
    return _told(dpi * shrink, min(_writing(sheet), default=None), line_mm)


def _told(dpi: float, first: float | None, line_mm: float) -> PageMargin:
    if first is None:
        return PageMargin(None, False, round(dpi, 1))
    return PageMargin(round(max(first, 0.0), 1), first < line_mm, round(dpi, 1))


def _writing(sheet: Sheet) -> list[float]:
    """Where each thing on the page begins, in millimetres from the edge of the paper."""
    mm = MM_PER_INCH / sheet.dpi
    edge = _paper_edge(sheet)
    _, _, stats, _ = cv().connectedComponentsWithStats(ink(sheet), connectivity=8)
    found: list[float] = []
    for x, _y, wide, high, _area in stats[1:]:
        start, across, down = (x - edge) * mm, wide * mm, high * mm
        if max(across, down) >= _LEAST_MM and not _is_hole(start, across, down):
            found.append(float(start))
    return found


def _paper_edge(sheet: Sheet) -> float:
    """Column at which the paper begins: behind the scanner's black, if there is any."""
    black: Any = sheet.black
    first = np().where(black.all(axis=1), 0, (black == 0).argmax(axis=1))
    return float(np().median(first))


def _is_hole(start: float, across: float, down: float) -> bool:
    if not (_HOLE_MM[0] <= across <= _HOLE_MM[1] and _ROUND[0] <= across / down <= _ROUND[1]):
        return False
    return _HOLE_CENTRE_MM[0] <= start + across / 2 <= _HOLE_CENTRE_MM[1]
