"""What is askew lies level, black and specks are gone, and nothing that stands on the page is another than before."""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw

from chassis.images import Damage, EnhanceSettings, ImageLimits, ImageRefused, enhance, measure_margin
from tests.chassis import pages

TEXT = "\n".join(f"{number}、王建国同志于一九八七年参加工作，历任科员。" for number in range(1, 19))
SHEET = pages.text_page(text=TEXT)
PAPER = 250
LIGHT = EnhanceSettings()
NOTHING = EnhanceSettings(deskew=False, clean_border=False, crop=False, despeckle="off")


@pytest.fixture
def at(tmp_path: Path):
    def put(sheet: Image.Image, **options: object) -> Path:
        path = tmp_path / "page"
        path.write_bytes(pages.png(sheet, **{"dpi": (150, 150), **options}))
        return path

    return put


def made(path: Path, settings: EnhanceSettings = LIGHT) -> tuple[Image.Image, dict[str, dict]]:
    result = enhance(path, settings)
    picture = Image.open(io.BytesIO(result.content))
    assert picture.size == (result.width, result.height)
    return picture, {one["op"]: one["found"] for one in result.operations}


def askew(degrees: float, fill: int = 255) -> Image.Image:
    return SHEET.rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=fill)


def in_black(sheet: Image.Image) -> Image.Image:
    """The sheet on the glass of a scanner whose lid is black."""
    glass = Image.new("L", (sheet.width + 120, sheet.height + 160), 6)
    glass.paste(sheet, (45, 70))
    return glass


def ink_share(picture: Image.Image) -> float:
    return picture.convert("L").point(lambda value: 255 if value < 128 else 0).histogram()[255] / (
        picture.width * picture.height
    )


@pytest.mark.parametrize("degrees", [-4.6, -2.3, -0.6, 0.9, 3.1, 4.8])
@pytest.mark.parametrize("black", [False, True])
def test_at_most_a_degree_is_left_of_what_was_askew(at, degrees: float, black: bool):
    """The rule leaves one degree; here it is a third of one."""
    path = at(in_black(askew(degrees, fill=6)) if black else askew(degrees))
    picture, found = made(path)
    assert found["deskew"]["angle"] == pytest.approx(-degrees, abs=0.3)
    _, again = made(at(picture.convert("L")))
    assert abs(again["deskew"]["angle"]) <= 0.3


def test_a_level_page_is_left_dot_by_dot(at):
    picture, found = made(at(SHEET))
    assert found["deskew"] == {"angle": 0.0}
    assert picture.tobytes() == SHEET.tobytes()


def test_a_page_without_lines_is_not_turned(at):
    face = Image.effect_noise((800, 1100), 60)
    _, found = made(at(face), EnhanceSettings(clean_border=False, crop=False, despeckle="off"))
    assert found["deskew"] == {"angle": 0.0}


def test_the_black_around_a_sheet_is_cut_off_and_nothing_of_the_sheet(at):
    picture, found = made(at(in_black(SHEET)))
    assert set(found) == {"clean_border", "deskew", "crop", "despeckle"}
    assert picture.width == pytest.approx(SHEET.width, abs=8)
    assert picture.height == pytest.approx(SHEET.height, abs=8)
    assert min(picture.crop((0, 0, picture.width, 30)).tobytes()) > 200
    assert min(picture.crop((0, 0, 30, picture.height)).tobytes()) > 200
    assert ink_share(picture) == pytest.approx(ink_share(SHEET), rel=0.03)


def test_writing_at_the_very_edge_is_neither_cut_nor_painted_over(at):
    """Strokes that run off the sheet hang on its edge too, but are thin."""
    sheet = SHEET.copy()
    draw = ImageDraw.Draw(sheet)
    for number in range(12):
        draw.line((0, 200 + 40 * number, 60, 200 + 40 * number), fill=20, width=4)
    picture, _ = made(at(sheet))
    assert picture.crop((0, 190, 70, 660)).tobytes() == sheet.crop((0, 190, 70, 660)).tobytes()


def test_corners_of_a_page_that_is_turned_are_kept(at):
    sheet = SHEET.copy()
    draw = ImageDraw.Draw(sheet)
    for x, y in ((15, 15), (1190, 15), (15, 1700), (1190, 1700)):
        draw.rectangle((x, y, x + 30, y + 30), fill=20)
    lying = sheet.rotate(3.0, resample=Image.Resampling.BICUBIC, fillcolor=255, expand=True)
    picture, _ = made(at(lying), EnhanceSettings(clean_border=False))
    assert ink_share(picture) * picture.width * picture.height == pytest.approx(
        ink_share(sheet) * sheet.width * sheet.height, rel=0.03
    )


def test_specks_go_and_writing_stays(at):
    """Full stops and dotted lines are no specks: they stand close to others."""
    sheet = SHEET.copy()
    draw = ImageDraw.Draw(sheet)
    for number in range(40):
        draw.point((400 + 8 * number, 1300), fill=20)
    dotted = sheet.copy()
    draw = ImageDraw.Draw(sheet)
    specks = [(100 + 53 * number, 1500 + 11 * (number % 5)) for number in range(18)]
    for speck in specks:
        draw.point(speck, fill=60)
    picture, found = made(at(sheet))
    assert found["despeckle"] == {"specks": 18}
    assert ImageChops.difference(picture, dotted).getbbox() is None
    untouched, found = made(at(sheet), NOTHING)
    assert (untouched.tobytes(), found) == (sheet.tobytes(), {})


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_is_turned_by_quarters(at, turn: int):
    lying = SHEET.rotate(turn, expand=True)
    settings = EnhanceSettings(turn=turn, deskew=False, clean_border=False, crop=False, despeckle="off")  # type: ignore[arg-type]
    picture, _ = made(at(lying), settings)
    assert picture.tobytes() == SHEET.tobytes()


def test_what_the_file_says_of_its_orientation_is_done_first(tmp_path: Path):
    path = tmp_path / "page"
    exif = Image.Exif()
    exif[274] = 3
    path.write_bytes(pages.jpeg(SHEET.rotate(180), dpi=(150, 150), exif=exif))
    picture, _ = made(path, NOTHING)
    assert picture.info["dpi"] == (150, 150)
    difference = ImageChops.difference(picture.convert("L"), SHEET).histogram()
    assert sum(difference[64:]) < 200


@pytest.mark.parametrize("mode", ["CMYK", "I;16"])
def test_cmyk_and_sixteen_bits_are_shown_in_eight(tmp_path: Path, mode: str):
    path = tmp_path / "page"
    if mode == "CMYK":
        path.write_bytes(pages.jpeg(SHEET.convert("RGB").convert("CMYK"), dpi=(150, 150)))
    else:
        deep = Image.frombytes("I;16", SHEET.size, b"".join(bytes((value, value)) for value in SHEET.tobytes()))
        path.write_bytes(pages.png(deep, dpi=(150, 150)))
    picture, _ = made(path, NOTHING)
    assert picture.mode == ("RGB" if mode == "CMYK" else "L")
    assert ink_share(picture) == pytest.approx(ink_share(SHEET), rel=0.1)


@pytest.mark.parametrize(
    ("content", "damage"),
    [(pages.png(SHEET)[:-500], Damage.TRUNCATED), (pages.jpeg(SHEET)[:9000], Damage.TRUNCATED)],
)
def test_a_broken_scan_is_refused(tmp_path: Path, content: bytes, damage: Damage):
    path = tmp_path / "page"
    path.write_bytes(content)
    with pytest.raises(ImageRefused) as caught:
        enhance(path, LIGHT)
    assert (caught.value.code, caught.value.params) == ("file-damaged", {"damage": damage})


MM = 150 / 25.4


def margin(path: Path):
    return measure_margin(path, ImageLimits(), 14.5)


@pytest.mark.parametrize("millimetres", [5, 12, 19, 22, 30])
@pytest.mark.parametrize("black", [False, True])
def test_the_margin_is_measured_from_the_edge_of_the_paper(at, millimetres: int, black: bool):
    sheet = Image.new("L", SHEET.size, PAPER)
    draw = ImageDraw.Draw(sheet)
    for number in range(20):
        draw.rectangle((millimetres * MM, 300 + 50 * number, 1100, 320 + 50 * number), fill=20)
    found = margin(at(in_black(sheet) if black else sheet))
    assert found.margin_mm == pytest.approx(millimetres, abs=0.8)
    assert found.ink_in_line is (millimetres < 14)
    assert found.dpi == pytest.approx(150, abs=1)


def test_holes_dirt_and_an_empty_page_are_no_writing(at):
    assert margin(at(pages.scanned_blank())).margin_mm is None
    assert margin(at(Image.new("L", SHEET.size, PAPER))).ink_in_line is False


def test_a_single_note_in_the_binding_line_is_found(at):
    sheet = SHEET.copy()
    ImageDraw.Draw(sheet).line((6 * MM, 800, 9 * MM, 812), fill=30, width=3)
    found = margin(at(sheet))
    assert found.ink_in_line is True
    assert found.margin_mm == pytest.approx(6, abs=0.8)


def test_without_a_plausible_resolution_the_page_counts_as_a4(at):
    sheet = SHEET.copy()
    for dpi in ((1, 1), (2400, 2400)):
        assert margin(at(sheet, dpi=dpi)).dpi == pytest.approx(150, abs=1)


def test_a_seal_and_a_photograph_are_left_dot_by_dot(at):
    """Their dots are many and close together; only what is alone on bare paper counts as a speck."""
    sheet = SHEET.convert("RGB")
    draw = ImageDraw.Draw(sheet)
    draw.ellipse((700, 1350, 900, 1550), outline=(200, 30, 30), width=5)
    draw.text((770, 1430), "印", fill=(200, 30, 30))
    sheet.paste(Image.effect_noise((180, 240), 90).convert("RGB"), (950, 250))
    picture, _ = made(at(sheet))
    for box in ((690, 1340, 910, 1560), (940, 240, 1140, 500)):
        assert picture.crop(box).tobytes() == sheet.crop(box).tobytes()
