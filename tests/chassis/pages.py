"""Page images made for a test: drawn text, scanner noise, punched holes. Sizes are in dots."""

import io
import random
import struct
import zlib

from PIL import Image, ImageDraw, ImageFont

from deploy.fonts import FONT_FILE

A4_150 = (1240, 1754)
WHITE = 255


def text_page(size: tuple[int, int] = A4_150, text: str = "干部任免审批表\n一、个人履历") -> Image.Image:
    """A white page with a few lines of Chinese text."""
    page = Image.new("L", size, WHITE)
    face = ImageFont.truetype(str(FONT_FILE), size[0] // 30)
    ImageDraw.Draw(page).multiline_text((size[0] // 5, size[1] // 4), text, fill=20, font=face)
    return page


def signature_page(size: tuple[int, int] = A4_150) -> Image.Image:
    """A page that holds one signature in the lower half and nothing else."""
    page = Image.new("L", size, WHITE)
    face = ImageFont.truetype(str(FONT_FILE), size[0] // 26)
    ImageDraw.Draw(page).text((size[0] * 3 // 5, size[1] * 2 // 3), "王建国", fill=40, font=face)
    return page


def scanned_blank(seed: int = 1, size: tuple[int, int] = A4_150) -> Image.Image:
    """An empty sheet as a scanner gives it: yellowish, noisy, uneven, dark edge, three holes, dust."""
    chance = random.Random(seed)
    width, height = size
    noise = Image.effect_noise(size, 14).point(lambda v: v - 128 + 228)
    shade = Image.linear_gradient("L").resize(size).point(lambda v: v // 16)
    page = Image.merge("L", [noise])
    page.paste(0, (0, 0, 12, height))
    draw = ImageDraw.Draw(page)
    dots_per_mm = width / 210
    for y_mm in (77, 160, 243):
        x, y, r = 12 * dots_per_mm, y_mm * dots_per_mm, 2.5 * dots_per_mm
        draw.ellipse((x - r, y - r, x + r, y + r), fill=10)
    for _ in range(12):
        x, y = chance.randrange(width), chance.randrange(height)
        draw.ellipse((x, y, x + 2, y + 2), fill=90)
    return Image.blend(page, shade, 0.06)


def jpeg(page: Image.Image, **options: object) -> bytes:
    """The page as JPEG bytes."""
    out = io.BytesIO()
    page.save(out, "JPEG", quality=85, **options)
    return out.getvalue()


def png(page: Image.Image, **options: object) -> bytes:
    """The page as PNG bytes."""
    out = io.BytesIO()
    page.save(out, "PNG", **options)
    return out.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A tiny PNG whose header claims this size: the bomb, if somebody decodes it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 4096)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
