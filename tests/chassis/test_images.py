"""Page images are judged by their content, and a view carries its watermark everywhere."""

import io
import pickle
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from chassis.images import (
    Damage,
    ImageLimits,
    ImageRefused,
    inspect_image,
    prepare_worker,
    sniff,
    watermark,
)
from contracts.problems import FILE_DAMAGED, FILE_TYPE_REFUSED, TOO_LARGE, Problem
from deploy.fonts import FONT_FILE
from tests.chassis import pages

PAGE = pages.text_page()
JPEG = pages.jpeg(PAGE, dpi=(150, 150))
PROGRESSIVE = pages.jpeg(PAGE, progressive=True)
PNG = pages.png(PAGE, dpi=(150, 150))
LINES = ["仅供查阅 王建国", "2026-11-24 10:31", "查阅单 vrq_01JD"]


def refusal(data: bytes, **limits: int) -> ImageRefused:
    with pytest.raises(ImageRefused) as caught:
        inspect_image(data, ImageLimits(**limits))
    return caught.value


@pytest.mark.parametrize(("data", "media_type"), [(JPEG, "image/jpeg"), (PNG, "image/png")])
def test_a_sound_page_gives_its_facts(data: bytes, media_type: str) -> None:
    facts = inspect_image(data)
    assert (facts.media_type, facts.width, facts.height) == (media_type, 1240, 1754)
    assert facts.decodes
    assert not facts.blank
    assert facts.dpi == pytest.approx(150, abs=0.1)
    assert facts.dpi_on_a4 == pytest.approx(150, abs=0.2)


def test_a_path_is_read_like_its_bytes(tmp_path) -> None:
    path = tmp_path / "named-wrongly.txt"
    path.write_bytes(JPEG)
    assert inspect_image(path) == inspect_image(JPEG)


@pytest.mark.parametrize("data", [pages.jpeg(PAGE), pages.png(PAGE)])
def test_a_resolution_that_is_not_declared_is_none(data: bytes) -> None:
    facts = inspect_image(data)
    assert facts.dpi is None
    assert facts.dpi_x is None


def test_a_turned_page_is_measured_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    facts = inspect_image(pages.jpeg(PAGE, exif=exif, dpi=(150, 300)))
    assert (facts.width, facts.height) == (1754, 1240)
    assert facts.dpi == 150


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"II*\x00" + b"\0" * 200, "image/tiff"),
        (b"MM\x00*" + b"\0" * 200, "image/tiff"),
        (b"%PDF-1.7\n" + b"\0" * 200, "application/pdf"),
        (b"\n\n%PDF-1.4\n" + b"\0" * 200, "application/pdf"),
        (b"GIF89a" + b"\0" * 200, None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        ("姓名,出生日期\n".encode(), None),
    ],
)
def test_another_type_is_refused_by_name(data: bytes, found: str | None) -> None:
    refused = refusal(data)
    assert refused.code == "file-type-refused"
    assert refused.params == {"found": found or "application/octet-stream"}
    assert sniff(data) == found


def test_an_empty_file_is_damaged() -> None:
    refused = refusal(b"")
    assert (refused.code, refused.params) == ("file-damaged", {"damage": Damage.EMPTY})


@pytest.mark.parametrize("side", [30_000, 2**31 - 1])
def test_a_bomb_is_refused_from_its_header(side: int) -> None:
    """Nothing is decoded: the answer comes in milliseconds and without the memory for the dots."""
    begun = time.process_time()
    refused = refusal(pages.png_claiming(side, side))
    assert refused.code == "too-large"
    assert refused.params == {"limit": "100,000,000 px"}
    assert time.process_time() - begun < 0.1


@pytest.mark.parametrize(
    ("data", "problem"),
    [(b"%PDF-1.7", FILE_TYPE_REFUSED), (b"", FILE_DAMAGED), (pages.png_claiming(30_000, 30_000), TOO_LARGE)],
)
def test_each_refusal_is_a_problem_of_the_catalogue(data: bytes, problem: Problem) -> None:
    refused = refusal(data).refusal("/file")
    assert refused.problem is problem
    assert refused.pointer == "/file"
    assert "—" not in problem.detail.render("zh", refused.params)


def test_a_file_over_the_byte_limit_is_too_large() -> None:
    assert refusal(JPEG, max_bytes=len(JPEG) - 1).code == "too-large"
    assert inspect_image(JPEG, ImageLimits(max_bytes=len(JPEG))).decodes


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([JPEG, PROGRESSIVE, PNG]), st.floats(0, 1))
def test_a_truncated_file_is_damaged(whole: bytes, share: float) -> None:
    """Wherever the file was cut, even just before its closing mark."""
    cut = whole[: min(len(whole) - 1, max(12, int(len(whole) * share)))]
    assert refusal(cut).code == "file-damaged"


@settings(max_examples=60, deadline=None)
@given(st.integers(60, len(PNG) - 13), st.integers(0, 7))
def test_a_png_with_one_bit_turned_never_passes_as_another_picture(at: int, bit: int) -> None:
    """Either the checksum of the chunk tells, or the bit carries no picture."""
    turned = bytearray(PNG)
    turned[at] ^= 1 << bit
    found = inspect_image(bytes(turned), strict=False)
    sound = inspect_image(PNG)
    assert not found.decodes or found.ink == sound.ink


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", JPEG[:300], PNG[:60]]),
)
def test_any_bytes_have_a_clear_answer(tail: bytes, head: bytes) -> None:
    assert refusal(head + tail).code in {"file-damaged", "file-type-refused", "too-large"}


def test_damage_is_a_fact_where_the_caller_asks_for_it() -> None:
    facts = inspect_image(JPEG[: len(JPEG) // 2], strict=False)
    assert not facts.decodes
    assert facts.damage is Damage.TRUNCATED
    assert facts.width == 1240


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("encode", [pages.jpeg, pages.png])
def test_an_empty_sheet_from_a_scanner_is_blank(seed: int, encode) -> None:
    """Noise, uneven light, a dark edge, punched holes and dust are no content."""
    facts = inspect_image(encode(pages.scanned_blank(seed)))
    assert facts.blank, facts.ink


@pytest.mark.parametrize("size", [(1240, 1754), (2480, 3508), (620, 877)])
def test_one_signature_makes_a_page(size: tuple[int, int]) -> None:
    facts = inspect_image(pages.jpeg(pages.signature_page(size)))
    assert not facts.blank, facts.ink


def test_a_black_frame_is_blank() -> None:
    assert inspect_image(pages.jpeg(Image.new("L", pages.A4_150, 0))).blank


@pytest.mark.parametrize("mode", ["1", "P", "RGB", "RGBA", "LA"])
def test_every_kind_of_png_is_read(mode: str) -> None:
    facts = inspect_image(pages.png(PAGE.convert(mode)))
    assert facts.decodes
    assert not facts.blank


def test_a_png_of_sixteen_bits_is_read() -> None:
    grey = PAGE.tobytes()
    deep = Image.frombytes("I;16", PAGE.size, bytes(byte for value in grey for byte in (value, value)))
    assert not inspect_image(pages.png(deep)).blank
    assert inspect_image(pages.png(Image.new("I;16", PAGE.size, 65_000))).blank


def test_a_cmyk_page_is_read_and_shown() -> None:
    data = pages.jpeg(PAGE.convert("CMYK"))
    assert not inspect_image(data).blank
    assert Image.open(io.BytesIO(watermark(data, LINES, FONT_FILE))).mode == "RGB"


@pytest.mark.parametrize("max_px", [1600, 800, None])
@pytest.mark.parametrize("data", [JPEG, PNG])
def test_the_watermark_is_everywhere_on_the_page(data: bytes, max_px: int | None) -> None:
    """Whichever part is cut out, it carries the mark."""
    shown = Image.open(io.BytesIO(watermark(data, LINES, FONT_FILE, max_px=max_px)))
    assert shown.format == "JPEG"
    assert max(shown.size) == (max_px or 1754)
    plain = PAGE.convert("RGB").resize(shown.size)
    difference = ImageChops.difference(shown.convert("RGB"), plain).convert("L")
    for row in range(4):
        for column in range(3):
            width, height = shown.width // 3, shown.height // 4
            box = (column * width, row * height, (column + 1) * width, (row + 1) * height)
            marked = sum(difference.crop(box).histogram()[40:])
            assert marked > width * height * 0.01, (row, column)


def test_a_view_keeps_no_metadata_and_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "a scanner's serial number"
    shown = Image.open(io.BytesIO(watermark(pages.jpeg(PAGE, exif=exif), LINES, FONT_FILE)))
    assert shown.width > shown.height
    assert not shown.getexif()
    assert "icc_profile" not in shown.info


def test_markup_and_rare_characters_in_a_name_are_shown_not_obeyed() -> None:
    odd = watermark(JPEG, ["<b>𠮷&田"], FONT_FILE)
    assert odd == watermark(JPEG, ["<b>〓&田"], FONT_FILE)
    assert odd != watermark(JPEG, ["〓田"], FONT_FILE)


@pytest.mark.parametrize("lines", [[], ["", "  "]])
def test_a_view_without_a_watermark_is_not_drawn(lines: list[str]) -> None:
    with pytest.raises(ValueError, match="without a watermark"):
        watermark(JPEG, lines, FONT_FILE)


def test_images_are_judged_alike_in_a_worker_process() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=prepare_worker) as pool:
        assert pool.submit(inspect_image, JPEG).result() == inspect_image(JPEG)
        assert pool.submit(watermark, JPEG, LINES, FONT_FILE).result() == watermark(JPEG, LINES, FONT_FILE)
        with pytest.raises(ImageRefused) as caught:
            pool.submit(inspect_image, b"").result()
    assert pickle.loads(pickle.dumps(caught.value)).params == {"damage": Damage.EMPTY}  # noqa: S301
