"""The black that a scanner adds around a sheet, told from dark things that stand on the sheet."""

from typing import Any, NamedTuple

from chassis.images.pixels import MM_PER_INCH, cv, np

_DARKEST_PAPER = 0.45
"""The scanner's black is darker than this share of the paper's brightness."""
_STROKE_MM = 2.5
"""No stroke of writing is thicker; so a dark thing that is, and hangs on the edge of the image, is no writing."""
_RIM_MM = 0.7
_RIM_CONTRAST = 25
_INK_CONTRAST = 50
_PAPER_PERCENTILE = 75


class Sheet(NamedTuple):
    """A small grey copy of a page: its paper's brightness, and where the scanner's black is (1) and is not (0)."""

    small: Any
    paper: int
    black: Any
    dpi: float


def look_at(small: Any, dpi: float, depth_mm: float) -> Sheet:
    """Find paper and black; `dpi` is that of the small copy, black reaches at most `depth_mm` in from an edge."""
    paper = int(np().percentile(small, _PAPER_PERCENTILE))
    black = _hanging_on_the_edge((small < paper * _DARKEST_PAPER).astype("uint8"), _dots(_STROKE_MM, dpi))
    depth = _dots(depth_mm, dpi)
    height, width = small.shape
    if height > 2 * depth and width > 2 * depth:
        black[depth : height - depth, depth : width - depth] = 0
    if black.any():
        rim = cv().dilate(black, np().ones((2 * _dots(_RIM_MM, dpi) + 1,) * 2, "uint8"))
        black |= rim & (small < paper - _RIM_CONTRAST).astype("uint8")
    return Sheet(small, paper, black, dpi)


def _hanging_on_the_edge(dark: Any, stroke: int) -> Any:
    """Dark areas thicker than a stroke that touch the edge, which counts as dark itself: thin strips stay whole."""
    padded = cv().copyMakeBorder(dark, stroke, stroke, stroke, stroke, cv().BORDER_CONSTANT, value=1)
    solid = cv().morphologyEx(padded, cv().MORPH_OPEN, np().ones((stroke, stroke), "uint8"))
    _, labels = cv().connectedComponents(solid, connectivity=4)
    hanging = (labels == labels[0, 0]).astype("uint8")
    return hanging[stroke:-stroke, stroke:-stroke].copy()


def ink(sheet: Sheet) -> Any:
    """What stands on the sheet: darker than the paper, and darker than what is around it (a fold's shadow is not)."""
    around = cv().blur(sheet.small, (max(3, _dots(8, sheet.dpi)),) * 2)
    deeper = cv().subtract(around, sheet.small) > _INK_CONTRAST // 2
    solid = sheet.small < sheet.paper * _DARKEST_PAPER
    return ((sheet.small < sheet.paper - _INK_CONTRAST) & (deeper | solid) & (sheet.black == 0)).astype("uint8")


def _dots(mm: float, dpi: float) -> int:
    return max(1, round(mm / MM_PER_INCH * dpi))
