"""Readers of what is printed: Code 128 from the standard's table of symbols, not from our drawing; QR by OpenCV."""

from collections.abc import Sequence
from itertools import groupby

import cv2
import numpy as np

# Bars of each symbol as eleven modules, values 0 to 105 (ISO/IEC 15417, table 1), in hexadecimal.
_MODULES = str.split(
    "6CC 66C 666 498 48C 44C 4C8 4C4 464 648 644 624 59C 4DC 4CE 5CC 4EC 4E6 672 65C 64E 6E4 674 76E 74C 72C 726 764 "
    "734 732 6D8 6C6 636 518 458 446 588 468 462 688 628 622 5B8 58E 46E 5D8 5C6 476 776 68E 62E 6E8 6E2 6EE 758 746 "
    "716 768 762 71A 77A 642 78A 530 50C 4B0 486 42C 426 590 584 4D0 4C2 434 432 612 650 7BA 614 47A 53C 4BC 49E 5E4 "
    "4F4 4F2 7A4 794 792 6DE 6F6 7B6 578 51E 45E 5E8 5E2 7A8 7A2 5DE 5EE 75E 7AE 684 690 69C"
)
_VALUES = {f"{int(text, 16):011b}": value for value, text in enumerate(_MODULES)}
_START_C, _STOP = 105, "1100011101011"


def read_code128(widths: Sequence[int]) -> str:
    """The digits of a symbol in set C; AssertionError when start, check symbol or stop are wrong."""
    line = "".join(("1" if at % 2 == 0 else "0") * width for at, width in enumerate(widths))
    body, stop = line[:-13], line[-13:]
    values = [_VALUES[body[at : at + 11]] for at in range(0, len(body), 11)]
    start, *pairs, check = values
    assert (start, stop) == (_START_C, _STOP)
    assert (start + sum(place * value for place, value in enumerate(pairs, start=1))) % 103 == check
    return "".join(f"{pair:02d}" for pair in pairs)


def widths_in(row: np.ndarray) -> list[int]:
    """Widths in modules of the bars and spaces in a row of grey pixels that holds one symbol and its quiet zones."""
    runs = [(dark, len(list(pixels))) for dark, pixels in groupby(row < 128)][1:-1]
    module = sum(length for _, length in runs) / 145
    return [round(length / module) for _, length in runs]


def read_qr(image: np.ndarray) -> str:
    """The text of the one QR code in a grey picture. OpenCV misses one at some sizes, so that it gets several."""
    found = {_decoded(image, scale) for scale in (1, 0.5, 0.75, 1.5, 2, 3)} - {""}
    assert len(found) == 1
    return found.pop()


def _decoded(image: np.ndarray, scale: float) -> str:
    sized = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.QRCodeDetector().detectAndDecode(sized)[0] or cv2.QRCodeDetectorAruco().detectAndDecode(sized)[0]
