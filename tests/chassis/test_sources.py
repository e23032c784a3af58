"""TIFF and PDF: what they hold is known before a dot is decoded, and each page comes out as an upright image."""

import io
from pathlib import Path

import pytest
from PIL import Image

from chassis.images import Damage, ImageLimits, ImageRefused, draw_page, inspect_image, look_into
from tests.chassis import pages

SHEET = pages.text_page()
TWO_TONE = SHEET.convert("1", dither=Image.Dither.NONE)
LIMITS = ImageLimits()


@pytest.fixture
def at(tmp_path: Path):
    def put(content: bytes) -> Path:
        path = tmp_path / "file"
        path.write_bytes(content)
        return path

    return put


def refusal(path: Path, *, max_pages: int = 10, **limits: int) -> ImageRefused:
    with pytest.raises(ImageRefused) as caught:
        look_into(path, ImageLimits(**limits), max_pages)
    return caught.value


def drawn(path: Path, page_no: int = 1) -> tuple[Image.Image, bytes]:
    facts = look_into(path, LIMITS, 10)
    assert facts is not None
    page = draw_page(path, facts.media_type, page_no, LIMITS)
    picture = Image.open(io.BytesIO(page.content))
    assert (picture.width, picture.height, Image.MIME[picture.format or ""]) == (
        page.width,
        page.height,
        page.media_type,
    )
    assert inspect_image(page.content).decodes
    return picture, page.content


@pytest.mark.parametrize("content", [pages.jpeg(SHEET), pages.png(SHEET), b"MZ" + bytes(500), b""])
def test_what_is_no_file_of_pages_is_left_to_others(at, content: bytes):
    assert look_into(at(content), LIMITS, 10) is None


@pytest.mark.parametrize("content", [pages.tiff(SHEET, SHEET, SHEET), pages.pdf(SHEET, SHEET, SHEET)])
def test_pages_are_counted(at, content: bytes):
    facts = look_into(at(content), LIMITS, 10)
    assert facts is not None
    assert facts.page_count == 3


def test_each_page_of_a_tiff_is_its_own(at):
    """Also where they differ in size and colour."""
    small = Image.new("RGB", (300, 400), (200, 30, 30))
    path = at(pages.tiff(SHEET, small, dpi=(150, 150)))
    assert drawn(path, 1)[0].size == SHEET.size
    second = drawn(path, 2)[0]
    assert (second.size, second.mode) == ((300, 400), "RGB")
    red = second.getpixel((150, 200))
    assert red == pytest.approx((200, 30, 30), abs=3)


@pytest.mark.parametrize("make", [pages.tiff, lambda sheet, dpi: pages.pdf(sheet, resolution=dpi[0])])
def test_the_resolution_is_kept(at, make):
    picture, _ = drawn(at(make(SHEET, dpi=(200, 200))))
    assert picture.info["dpi"] == pytest.approx((200, 200), abs=1)
    assert abs(picture.width - SHEET.width) <= 1


def test_a_resolution_that_is_not_told_is_not_made_up(at):
    _, content = drawn(at(pages.tiff(SHEET)))
    assert inspect_image(content).dpi is None


def test_a_page_of_two_tones_keeps_every_dot(at):
    picture, _ = drawn(at(pages.tiff(TWO_TONE, compression="group4")))
    assert picture.format == "PNG"
    assert picture.convert("1").tobytes() == TWO_TONE.tobytes()


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_page_that_lies_on_its_head_or_side_is_turned(at, orientation: int):
    """By what the file says of itself: the uploaded file stays as it is."""
    turn = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}[orientation]
    lying = SHEET.transpose(turn)
    picture, _ = drawn(at(pages.tiff(lying, tiffinfo={274: orientation}, dpi=(150, 150))))
    assert picture.size == SHEET.size
    difference = sum(abs(a - b) for a, b in zip(picture.convert("L").tobytes(), SHEET.tobytes(), strict=True))
    assert difference / (SHEET.width * SHEET.height) < 0.5


def test_sixteen_bits_and_cmyk_become_what_a_screen_shows(at):
    grey = Image.new("I;16", (300, 400), 65535)
    grey.paste(0, (100, 100, 200, 200))
    picture, _ = drawn(at(pages.tiff(grey)))
    assert picture.mode == "L"
    assert picture.getpixel((150, 150)) < 5
    assert picture.getpixel((20, 20)) > 250
    picture, _ = drawn(at(pages.tiff(Image.new("CMYK", (300, 400), (0, 255, 255, 0)))))
    red, green, blue = picture.getpixel((150, 200))
    assert red > 180
    assert green < 80
    assert blue < 80


def test_the_same_file_gives_the_same_bytes(at):
    for content in (pages.tiff(SHEET), pages.pdf(SHEET), pages.pdf_of_lines()):
        path = at(content)
        assert drawn(path)[1] == drawn(path)[1]


def test_a_pdf_without_scans_is_drawn_at_300_dpi(at):
    picture, _ = drawn(at(pages.pdf_of_lines()))
    assert picture.info["dpi"] == (300, 300)
    assert picture.size == pytest.approx((2480, 3508), abs=2)
    assert min(picture.convert("L").tobytes()) < 50


def test_a_pdf_that_wants_a_password_says_so(at):
    assert refusal(at(pages.pdf_with_password(SHEET, "geheim"))).code == "file-encrypted"
    facts = look_into(at(pages.pdf_with_password(SHEET, "")), LIMITS, 10)
    assert facts is not None
    assert facts.page_count == 1


@pytest.mark.parametrize(
    ("content", "damage"),
    [
        (b"%PDF-1.7\n" + bytes(500), Damage.CORRUPT),
        (pages.pdf(SHEET)[:300], Damage.CORRUPT),
        (b"II*\x00" + bytes(500), Damage.HEADER),
        (pages.tiff(SHEET)[:40], Damage.HEADER),
        (pages.tiff(SHEET, compression="tiff_lzw")[:-200], Damage.HEADER),
    ],
    ids=["no-pdf", "cut-pdf", "no-tiff", "cut-tiff", "cut-lzw"],
)
def test_a_broken_file_is_refused_at_the_first_look(at, content: bytes, damage: Damage):
    refused = refusal(at(content))
    assert (refused.code, refused.params) == ("file-damaged", {"damage": damage})


@pytest.mark.parametrize(
    "content",
    [
        pages.tiff_claiming(400, 400),
        pages.tiff(SHEET)[:-20],
        pages.tiff(SHEET)[: SHEET.width * SHEET.height // 2],
    ],
    ids=["no-dots", "cut", "half"],
)
def test_a_tiff_whose_dots_are_missing_is_refused_when_drawn(at, content: bytes):
    """The header is whole and names dots that lie behind the end of the file."""
    path = at(content)
    assert look_into(path, LIMITS, 10) is not None
    with pytest.raises(ImageRefused) as caught:
        draw_page(path, "image/tiff", 1, LIMITS)
    assert (caught.value.code, caught.value.params) == ("file-damaged", {"damage": Damage.CORRUPT})


def test_sizes_are_refused_before_anything_is_decoded(at):
    assert refusal(at(pages.tiff_claiming(30_000, 30_000))).params == {"limit": "100,000,000 px"}
    assert refusal(at(pages.pdf_of_lines(3000, 3000))).code == "too-large"
    huge = pages.pdf(SHEET).replace(b"/Width 1240", b"/Width 99999").replace(b"/Height 1754", b"/Height 99999")
    assert refusal(at(huge)).code == "too-large"
    assert refusal(at(pages.tiff(SHEET, SHEET)), max_pages=1).params["limit"].startswith("1 ")
    assert refusal(at(pages.pdf(SHEET, SHEET)), max_pages=1).code == "too-large"
    assert refusal(at(pages.tiff(SHEET)), max_bytes=100).code == "too-large"
