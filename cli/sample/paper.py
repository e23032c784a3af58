"""Draws page images as a scanner would give them: forms and letters in Chinese, with a seal, on aged paper.

The same lines, seal, seed and resolution give the same bytes: the only chance comes from the seed, the glyphs
from the one font that the repository ships, and no time stands in the file.
"""

from __future__ import annotations

import io
import random
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from deploy.fonts import FONT_FILE

CELL = "｜"
"""Parts of a line between this sign are cells of a form's row: `姓名｜张伟｜性别｜男`."""

_A4_INCHES = (8.27, 11.69)
_QUALITY = 72
_SEAL_RED = (196, 40, 34)


@dataclass(frozen=True)
class _Sheet:
    """One page while it is drawn; lengths are tenths of a millimetre until `px` makes pixels of them."""

    draw: ImageDraw.ImageDraw
    dpi: int
    ink: tuple[int, int, int]

    def px(self, tenths: float) -> int:
        return round(tenths * self.dpi / 254)

    def font(self, tenths: float) -> ImageFont.FreeTypeFont:
        return _font(self.px(tenths))


@lru_cache(maxsize=32)
def _font(pixels: int) -> ImageFont.FreeTypeFont:
    # The basic layout needs no shaping library, so that every machine sets the same glyphs.
    return ImageFont.truetype(FONT_FILE, pixels, layout_engine=ImageFont.Layout.BASIC)


def page_image(
    lines: Sequence[str],
    seed: int | str,
    dpi: int = 150,
    *,
    seal: str | None = None,
    image_format: str = "JPEG",
) -> bytes:
    """One A4 page as JPEG or PNG bytes; the first line is the title, a line with `｜` a row of a form.

    Lines that do not fit on the page are wrapped, and dropped at its foot. 150 dpi gives 1240 × 1754 pixels.
    """
    rng = random.Random(f"page:{seed}")
    tone = rng.randint(0, 9)
    image = Image.new("RGB", _pixels(dpi), (252 - tone, 250 - tone, 243 - 2 * tone))
    dark = rng.randint(18, 52)
    sheet = _Sheet(ImageDraw.Draw(image), dpi, (dark, dark, dark + 8))
    # Nobody lays a sheet on the glass twice at the same place.
    left, top = 260 + rng.randint(-20, 20), 240 + rng.randint(-20, 20)
    _text(sheet, lines, left, top)
    if seal is not None:
        _seal(sheet, seal, 1450 + rng.randint(-120, 120), 2330 + rng.randint(-60, 60))
    _specks(sheet, rng, image.size)
    file = io.BytesIO()
    image.save(file, image_format, dpi=(dpi, dpi), quality=_QUALITY)
    return file.getvalue()


def _pixels(dpi: int) -> tuple[int, int]:
    return round(_A4_INCHES[0] * dpi), round(_A4_INCHES[1] * dpi)


def _text(sheet: _Sheet, lines: Sequence[str], left: int, top: int) -> None:
    width, foot = 2100 - 2 * 260, 2970 - 260
    if not lines:
        return
    size = 75 if len(lines[0]) <= 16 else 55
    sheet.draw.text((sheet.px(left + width / 2), sheet.px(top)), lines[0], sheet.ink, sheet.font(size), anchor="ma")
    y = top + 170
    for line in lines[1:]:
        if y > foot:
            break
        y += _row(sheet, line, left, y, width) if CELL in line else _paragraph(sheet, line, left, y, width)


def _row(sheet: _Sheet, line: str, left: int, y: int, width: int) -> int:
    """A row of cells with rules around; answers its height."""
    cells, height = line.split(CELL), 110
    shares = [max(len(cell), 3) for cell in cells]
    x = float(left)
    for cell, share in zip(cells, shares, strict=True):
        wide = width * share / sum(shares)
        box = (sheet.px(x), sheet.px(y), sheet.px(x + wide), sheet.px(y + height))
        sheet.draw.rectangle(box, outline=sheet.ink, width=max(1, sheet.px(3)))
        room = (wide - 20) / max(len(cell), 1)
        sheet.draw.text(
            (sheet.px(x + wide / 2), sheet.px(y + height / 2)),
            cell,
            sheet.ink,
            sheet.font(min(42, room)),
            anchor="mm",
        )
        x += wide
    return height


def _paragraph(sheet: _Sheet, line: str, left: int, y: int, width: int) -> int:
    """Text wrapped to the width; answers its height."""
    size, step = 44, 72
    at_most = width // size
    pieces = [line[start : start + at_most] for start in range(0, len(line), at_most)] or [""]
    for number, piece in enumerate(pieces):
        sheet.draw.text((sheet.px(left), sheet.px(y + number * step)), piece, sheet.ink, sheet.font(size))
    return step * len(pieces)


def _seal(sheet: _Sheet, name: str, x: int, y: int) -> None:
    """The round red seal of a unit: its name within a ring, a star in the middle."""
    around, width = 210, max(2, sheet.px(9))
    ring = (sheet.px(x - around), sheet.px(y - around), sheet.px(x + around), sheet.px(y + around))
    sheet.draw.ellipse(ring, outline=_SEAL_RED, width=width)
    sheet.draw.text((sheet.px(x), sheet.px(y - 30)), "★", _SEAL_RED, sheet.font(95), anchor="mm")
    half = (len(name) + 1) // 2
    for number, part in enumerate((name[:half], name[half:])):
        place = (sheet.px(x), sheet.px(y + 50 + 55 * number))
        sheet.draw.text(place, part, _SEAL_RED, sheet.font(min(46, 340 / max(half, 1))), anchor="mm")


def _specks(sheet: _Sheet, rng: random.Random, size: tuple[int, int]) -> None:
    """Dust on the glass, so that no two scans are alike."""
    for _ in range(40):
        x, y, grey = rng.randrange(size[0]), rng.randrange(size[1]), rng.randint(120, 200)
        sheet.draw.ellipse((x, y, x + rng.randint(0, 2), y + rng.randint(0, 2)), fill=(grey, grey, grey))


def main(arguments: Sequence[str]) -> None:
    """`python -m cli.sample.paper TITLE`: a fresh page with this title, as JPEG on standard output."""
    lines = [" ".join(arguments) or "样例材料", "", "内容由样例程序绘制。" * 40]
    sys.stdout.buffer.write(page_image(lines, secrets.token_hex(8), seal="青岚县教育局"))


if __name__ == "__main__":
    main(sys.argv[1:])
