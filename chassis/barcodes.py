"""Bar codes for print: Code 128 as widths of bars, QR as rows of modules. Pure; templates draw them as vectors."""

from typing import Final

# Code 128, values 0 to 105: bar and space widths in modules (ISO/IEC 15417). The stop has a seventh element.
_WIDTHS: Final = (  # noqa: SIM905  # a list of 106 strings would be read by nobody
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232"
).split()
_START_C: Final = 105
_STOP: Final = "2331112"


def code128(digits: str) -> list[int]:
    """Widths in modules of bar, space, bar, … for an even number of digits, in set C: two digits a symbol.

    ValueError for anything else. Twenty digits are 145 modules: about 55 mm with a quiet zone at 0.35 mm a module.
    """
    if not digits or len(digits) % 2 or not (digits.isascii() and digits.isdecimal()):
        raise ValueError("set C holds pairs of digits only")
    values = [_START_C, *(int(digits[at : at + 2]) for at in range(0, len(digits), 2))]
    check = (values[0] + sum(place * value for place, value in enumerate(values[1:], start=1))) % 103
    symbols = [_WIDTHS[value] for value in (*values, check)]
    return [int(width) for symbol in (*symbols, _STOP) for width in symbol]


def qr_rows(text: str) -> list[str]:
    """Rows of a QR code (level M), top to bottom: `1` is dark. Without the quiet zone of four modules."""
    import segno

    code = segno.make_qr(text, error="m", boost_error=False)
    return ["".join("1" if module else "0" for module in row) for row in code.matrix]
