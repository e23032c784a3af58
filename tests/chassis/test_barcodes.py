"""Bar codes are read back from their bars and modules by decoders of their own."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.barcodes import code128, qr_rows
from tests.support.paper_codes import read_code128, read_qr


@given(st.text("0123456789", min_size=2, max_size=40).filter(lambda text: len(text) % 2 == 0))
def test_digits_are_read_from_their_bars(digits: str):
    """Start, pairs, check symbol and stop, each eleven modules wide, the stop thirteen."""
    widths = code128(digits)
    assert sum(widths) == 11 * (len(digits) // 2 + 2) + 13
    assert read_code128(widths) == digits


def test_the_bars_are_those_of_the_standard():
    """Start C, the pair 00, check symbol 2 (105 + 0 ≡ 2), stop."""
    assert "".join(map(str, code128("00"))) == "211232" + "212222" + "222221" + "2331112"


def test_every_pair_has_its_symbol():
    """All hundred in one symbol."""
    digits = "".join(f"{pair:02d}" for pair in range(100))
    assert read_code128(code128(digits)) == digits


@pytest.mark.parametrize("text", ["", "123", "12a4", "１２"])
def test_what_is_no_pair_of_digits_is_refused(text: str):
    """Set C knows nothing else."""
    with pytest.raises(ValueError, match="pairs of digits"):
        code128(text)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**20), st.integers(0, 16**16 - 1))
def test_an_address_is_read_from_its_modules(number: int, digest: int):
    """By OpenCV, with the quiet zone of four modules around it."""
    address = f"https://dangan.example/v1/labels/{number:020d}?digest={digest:016x}"
    rows = np.array([[255 * (module == "0") for module in row] for row in qr_rows(address)], dtype=np.uint8)
    image = cv2.resize(np.pad(rows, 4, constant_values=255), None, fx=8, fy=8, interpolation=cv2.INTER_NEAREST)
    assert read_qr(image) == address
