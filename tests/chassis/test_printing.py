"""A document is the same bytes wherever it is drawn, in the font that is shipped, or it is not drawn."""

import io
import os
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.glyphs import GlyphMissing
from chassis.printing import Attachment, PrintFailed, compile_pdf
from contracts.problems import GLYPH_MISSING
from deploy.fonts import FONTS_DIR

TEMPLATE = b'#set text(font: "Noto Serif SC", lang: "zh")\n#data.title\n\n#for row in data.rows [#row #parbreak()]'
DATA = {"title": "干部人事档案目录", "rows": ["履历表", "自传", "𬍛·朱镕"]}
AT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
SLIP = Attachment("receipt.jws", "application/jose", "eyJ.eyJ.sig", "签名数据")


def draw(data=DATA, template: bytes = TEMPLATE, **options) -> bytes:
    given = {"fonts_dir": FONTS_DIR, "timestamp": AT, "attachments": [SLIP], **options}
    return compile_pdf(template, data, **given)


def draw_elsewhere() -> bytes:
    """The same document where zone, language, directory and hash seed differ."""
    os.environ |= {"TZ": "America/New_York", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "1"}
    os.chdir("/")
    return draw()


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def test_a_document_is_the_same_bytes_each_time_and_in_each_process() -> None:
    once = draw()
    assert draw() == once
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(draw_elsewhere).result() == once


def test_other_data_or_another_date_is_another_document() -> None:
    assert draw({**DATA, "title": "干部人事档案目禄"}) != draw()
    assert draw(timestamp=AT.replace(second=1)) != draw()


def test_the_fonts_in_the_file_are_the_shipped_one() -> None:
    """Typst falls back in silence, so the file itself is asked."""
    fonts = {
        font.get_object()["/BaseFont"].split("+")[-1]
        for page in read(draw()).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert {name.split("-Identity")[0] for name in fonts} == {"NotoSerifSC-Regular"}


def test_a_template_that_asks_for_another_font_is_not_printed() -> None:
    with pytest.raises(PrintFailed, match="font"):
        draw(template=b'#set text(font: "SimSun")\n#data.title')


def test_the_text_can_be_read_again_from_the_file() -> None:
    text = read(draw()).pages[0].extract_text()
    assert "干部人事档案目录" in text
    assert "朱镕" in text


def test_the_file_is_pdf_a_3b_with_its_attachment() -> None:
    pdf = draw()
    assert b"<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in pdf
    reader = read(pdf)
    assert reader.attachments["receipt.jws"] == [SLIP.text.encode()]
    (associated,) = reader.trailer["/Root"]["/AF"]
    assert associated.get_object()["/AFRelationship"] == "/Source"
    assert reader.metadata.creation_date == AT


def test_a_character_without_a_glyph_stops_the_print() -> None:
    with pytest.raises(GlyphMissing) as caught:
        draw({**DATA, "people": [{"name": "王𠮷"}]})
    missing = caught.value
    assert (missing.name, missing.char, missing.pointer) == ("王𠮷", "𠮷", "/people/0/name")
    assert "王" not in str(missing)
    answered = missing.refusal()
    assert answered.problem is GLYPH_MISSING
    assert "“王𠮷”中的“𠮷”" in GLYPH_MISSING.detail.render("zh", answered.params)


@pytest.mark.parametrize("text", ["#panic()", "$x", "*_`@<a>", "\\", "= 标题", '"); #read("/etc/passwd")'])
def test_text_is_never_read_as_a_command(text: str) -> None:
    assert text.split("\n")[0] in read(draw({"title": text, "rows": []})).pages[0].extract_text()


def test_a_template_that_does_not_compile_says_so() -> None:
    with pytest.raises(PrintFailed, match="unknown variable"):
        draw(template=b"#nothing")


def test_a_time_without_its_zone_is_not_taken() -> None:
    with pytest.raises(ValueError, match="zone"):
        draw(timestamp=AT.replace(tzinfo=None))


def test_without_fonts_nothing_is_drawn(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        draw(fonts_dir=tmp_path)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=20), max_size=4))
def test_any_text_is_drawn_or_refused_for_a_glyph(rows: list[str]) -> None:
    try:
        assert draw({"title": "目录", "rows": rows}).startswith(b"%PDF-")
    except GlyphMissing as missing:
        assert any(missing.char in row for row in rows)  # noqa: PT017
