"""The angle by which a page lies askew, found from the profile of its lines."""

import math
from collections.abc import Callable
from typing import Any

from chassis.images.pixels import cv, np

_SEARCH_DOTS = 372
"""Short side of the copy that is searched: an A4 page at 45 dpi."""
_COARSE, _FINE = 0.5, 0.1
_CLEARER = 1.02
"""A page whose profile is hardly sharper at any angle has no lines to go by, and is left as it is."""


def find_angle(paper_and_ink: Any, most: float) -> float:
    """Degrees by which to turn the page counter-clockwise, at most `most` either way; 0.0 when none shows.

    `paper_and_ink` is grey, with everything that is not the sheet painted as paper. Lines of writing lie level
    when the sums of ink along the rows differ most.
    """
    height, width = paper_and_ink.shape
    scale = min(1.0, _SEARCH_DOTS / min(width, height))
    small = cv().resize(paper_and_ink, None, fx=scale, fy=scale, interpolation=cv().INTER_AREA)
    _, paper = cv().threshold(small, 0, 255, cv().THRESH_BINARY + cv().THRESH_OTSU)
    sharpness = _sharpness_of(255 - paper)
    level = sharpness(0.0)
    coarse = max(_around(0.0, most, _COARSE), key=sharpness)
    best = max(_around(coarse, _COARSE, _FINE), key=sharpness)
    if sharpness(best) < level * _CLEARER or abs(best) > most:
        return 0.0
    return round(best, 1)


def _sharpness_of(ink: Any) -> Callable[[float], float]:
    centre = (ink.shape[1] / 2, ink.shape[0] / 2)
    known: dict[float, float] = {}

    def sharpness(angle: float) -> float:
        if angle not in known:
            turned = cv().warpAffine(ink, cv().getRotationMatrix2D(centre, angle, 1), ink.shape[::-1])
            known[angle] = float(np().var(turned.sum(1, dtype="int64")))
        return known[angle]

    return sharpness


def _around(middle: float, reach: float, step: float) -> list[float]:
    count = int(reach / step)
    return [round(middle + step * n, 2) for n in range(-count, count + 1)]


def turned(dots: Any, angle: float, fill: Any, *, smooth: bool = True) -> Any:
    """The page turned about its middle, on a sheet that is large enough for all of it; the corners are `fill`."""
    height, width = dots.shape[:2]
    radians = math.radians(angle)
    sine, cosine = abs(math.sin(radians)), abs(math.cos(radians))
    wide, high = math.ceil(width * cosine + height * sine), math.ceil(width * sine + height * cosine)
    matrix = cv().getRotationMatrix2D((width / 2, height / 2), angle, 1)
    matrix[0, 2] += (wide - width) / 2
    matrix[1, 2] += (high - height) / 2
    flags = cv().INTER_CUBIC if smooth else cv().INTER_NEAREST
    return cv().warpAffine(dots, matrix, (wide, high), flags=flags, borderValue=fill)
