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


def tiff(*sheets: Image.Image, **options: object) -> bytes:
    """A TIFF with one page a sheet."""
    out = io.BytesIO()
    first, *rest = sheets
    first.save(out, "TIFF", save_all=True, append_images=rest, **options)
    return out.getvalue()


def tiff_claiming(width: int, height: int) -> bytes:
    """A tiny TIFF whose header claims this size, in one strip that is not there."""
    tags = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (277, 3, 1)]
    tags += [(278, 4, height), (279, 4, 64)]
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    return b"II*\0" + struct.pack("<I", 72) + b"\0" * 64 + struct.pack("<H", len(tags)) + entries + b"\0" * 4


def pdf(*sheets: Image.Image, resolution: float = 200) -> bytes:
    """A PDF of scans: one image a page."""
    out = io.BytesIO()
    first, *rest = sheets
    first.save(out, "PDF", save_all=True, append_images=rest, resolution=resolution)
    return out.getvalue()


def pdf_with_password(sheet: Image.Image, password: str) -> bytes:
    """A PDF that opens with this password only; an empty one opens for everybody."""
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=io.BytesIO(pdf(sheet)))
    writer.encrypt(password, "owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_of_lines(width_mm: float = 210, height_mm: float = 297) -> bytes:
    """A PDF without any image: one page of writing in a built-in face."""
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = PdfWriter()
    page = writer.add_blank_page(width_mm / 25.4 * 72, height_mm / 25.4 * 72)
    face = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): face})}
    )
    stream = DecodedStreamObject()
    stream.set_data(b"BT /F1 24 Tf 100 700 Td (Appointment form) Tj ET")
    page[NameObject("/Contents")] = writer._add_object(stream)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
