"""The printed forms: official columns, rules of the page, and bytes that stay what they were."""

import io
from datetime import date
from hashlib import sha256

import pypdf
import pytest

from chassis.documents import draw_print
from chassis.glyphs import missing_glyphs
from chassis.printing import ENGINE, compile_pdf
from contracts.documents import (
    AppointmentFormDocument,
    AuditAppointmentFormDocument,
    BlankRows,
    CatalogueDocument,
    Document,
    PrintDocument,
)
from deploy.fonts import FONT_FILE, FONTS_DIR
from tests.contracts.documents import samples

SIGNED = [samples.receipt(), samples.return_note(), samples.bound_set_receipt()]
ALL = [*SIGNED, samples.catalogue(), samples.catalogue(form="r1991")]
# SHA-256 of each drawing by the engine of `samples.ENGINE`. Documents that were handed out are compared byte
# for byte: a changed digest means a new template version, never a new digest here for an old one.
DRAWN = {
    "receipt/1": "c0fcf0661ce1a293f11b1dfb3704f3d5e9e5ff718da61b2f62b363e6a841c819",
    "bound-set-receipt/1": "3d3423ff79860499302648c949ee96d142234e1b342b4ab1f597bbffeda9a7cf",
    "return-note/1": "2e4865170ae457f4952afd0d2c11ba55ee1b4936d96a582a6630a361bd1c522e",
}


def draw(document: Document) -> bytes:
    if isinstance(document, PrintDocument):
        return draw_print(document, FONTS_DIR)
    data = {**document.members(), "token_digest": "0123456789abcdef" * 4}
    return compile_pdf(document.template_path, data, fonts_dir=FONTS_DIR, timestamp=document.issued_at)


def pages(document: Document) -> list[str]:
    """Text of each page, without the spaces that layout puts between characters."""
    reader = pypdf.PdfReader(io.BytesIO(draw(document)))
    return ["".join(page.extract_text().split()) for page in reader.pages]


@pytest.mark.parametrize("document", SIGNED, ids=lambda it: it.template)
def test_a_used_template_draws_what_it_always_drew(document: Document) -> None:
    if ENGINE != samples.ENGINE:
        pytest.fail("another engine draws other bytes: decide how old documents are checked, then renew these")
    assert sha256(draw(document)).hexdigest() == DRAWN[document.template]


@pytest.mark.parametrize("document", ALL, ids=lambda it: it.template)
def test_the_template_needs_no_character_that_the_font_lacks(document: Document) -> None:
    assert missing_glyphs(document.template_path.read_text(), FONT_FILE) == []


@pytest.mark.parametrize("document", ALL, ids=lambda it: it.template)
def test_pages_are_a4_and_carry_the_official_title(document: Document) -> None:
    reader = pypdf.PdfReader(io.BytesIO(draw(document)))
    for page in reader.pages:
        assert [round(float(side) * 25.4 / 72) for side in page.mediabox[2:]] == [210, 297]
    assert document.title_zh in pages(document)[0]
    assert reader.metadata is not None
    assert str(reader.metadata.title).startswith(document.title_zh)


def test_a_receipt_says_where_each_item_is() -> None:
    (page,) = pages(samples.receipt(items=3))
    for text in ("清组收〔2026〕0001号", "清河县财政局", "李红梅", "王建国", "330185004217", "共3份、6页"):
        assert text in page
    assert "序号材料名称材料形成时间申报页数实收页数类号归档日期备注" in page
    assert "1干部任免审批表2026.03.12229-2-12026.11.23" in page
    assert "20252" in page
    assert "2026年11月25日" in page, "18:30 UTC is the next day in Shanghai"
    assert "0123456789abcdef" in page


def test_a_long_receipt_repeats_its_head_and_counts_its_pages() -> None:
    sheets = pages(samples.receipt(items=60))
    assert len(sheets) > 2
    assert "材料名称" in sheets[1]
    for number, sheet in enumerate(sheets, 1):
        assert f"第{number}页共{len(sheets)}页" in sheet


def test_a_return_note_gives_every_reason_and_the_last_day() -> None:
    (page,) = pages(samples.return_note())
    assert "清组退〔2026〕0001号" in page
    assert "手续不完备（A2）；缺少印章（seal_missing）" in page
    assert "2026.12.24" in page


def test_a_catalogue_has_the_official_columns() -> None:
    page = pages(samples.catalogue())[0]
    assert "材料形成时间序号材料名称页数备注年月日" in page
    assert "一履历类材料" in page
    assert "1干部任免审批表202603121" in page
    assert "2中共清河县委组织部关于王建国同志任职的通知2026042复制件" in page
    assert "姓名：王建国" in page


def test_a_print_repeats_byte_for_byte() -> None:
    """Equal input, equal bytes; another title, other bytes."""
    first, again, other = (draw(samples.catalogue(rows=n)) for n in (3, 3, 4))
    assert first == again != other


@pytest.mark.parametrize("form", samples.forms(), ids=lambda it: it.template)
def test_every_form_prints_alike(form: PrintDocument) -> None:
    """Twice the same bytes, under its own title, with no character that the font lacks."""
    first = draw(form)
    assert draw(form) == first
    reader = pypdf.PdfReader(io.BytesIO(first))
    assert reader.metadata is not None
    assert reader.metadata.title == form.title_zh
    assert missing_glyphs(form.source().decode(), FONT_FILE) == []
    assert type(form).model_validate(form.members()) == form


def test_each_volume_has_its_strip_and_its_cover() -> None:
    """Two 正本 with their numbers, one 副本 without."""
    strips = pages(samples.forms()[4])
    covers = pages(samples.forms()[5])
    assert len(strips) == 1
    assert [strips[0].count(mark) for mark in ("正本1", "正本2", "副本")] == [1, 1, 1]
    assert [("正本" in page, "第1卷" in page, "第2卷" in page) for page in covers] == [
        (True, True, False),
        (True, False, True),
        (False, False, False),
    ]


@pytest.mark.parametrize("count", [1, 25, 45, 120])
def test_a_resume_of_any_length_is_printed_whole(count: int) -> None:
    """Smaller letters while the front has room, then further pages; the back stays a page of its own."""
    lines = samples.resume_lines(count)
    form = samples.printed(AppointmentFormDocument, resume=lines, computed_on=date(2026, 11, 24))
    sheets = pages(form)
    text = "".join(sheets)
    assert all(f"第{at}段" in text for at in range(count))
    assert "奖惩情况" in "".join(sheets[-1])
    assert len(sheets) == 2 or count > 40


def test_the_form_for_an_audit_names_what_was_determined_on_its_two_pages() -> None:
    """The same grid under its own title; the reviewers and the person sign below it. Else nothing of it is said."""
    form = samples.printed(
        AuditAppointmentFormDocument, determined=["出生年月1970.05", "入党时间1995.07"], computed_on=date(2026, 11, 24)
    )
    front, back = pages(form)
    assert front.startswith("干部任免审批表（档案审核专用）姓名王建国")
    assert "经组织认定：出生年月1970.05，入党时间1995.07（依据《干部人事档案专项审核认定表》）。" in back
    assert "初审人（签字）：复审人（签字）：本人（签字）：" in back
    _, back = pages(samples.printed(AuditAppointmentFormDocument, computed_on=date(2026, 11, 24)))
    assert "尚无经组织认定的事实，以上所填为现用记载。" in back
    plain = "".join(pages(samples.printed(AppointmentFormDocument, computed_on=date(2026, 11, 24))))
    assert not any(words in plain for words in ("专用", "初审人", "认定"))


def test_the_older_form_has_its_own_columns() -> None:
    """类号 for 序号, 材料制成时间 for 材料形成时间, and 份数."""
    page = pages(samples.catalogue(form="r1991"))[0]
    assert "材料制成时间类号材料名称份数页数备注年月日" in page
    assert "1-2中共清河县委组织部关于王建国同志任职的通知20260412复制件" in page
    assert "材料形成时间" not in page


def test_a_sheet_of_sixteen_k_has_its_size_and_fewer_rows() -> None:
    """184 × 260 mm with 18 rows a page: twenty materials take two."""
    document = samples.catalogue(
        sheet=samples.SIXTEENMO, categories=only_two_categories(samples.catalogue_rows(20)).categories
    )
    reader = pypdf.PdfReader(io.BytesIO(draw(document)))
    assert {tuple(round(float(side) * 25.4 / 72) for side in page.mediabox[2:]) for page in reader.pages} == {
        (184, 260)
    }
    assert len(reader.pages) == 2


def test_hole_marks_stand_where_the_manual_says() -> None:
    """Centres 12 mm from the binding edge, 54, 137 and 220 mm from the bottom: read from the drawing itself."""
    for side, inset in (("left", 12.0), ("right", 198.0)):
        sheet = samples.A4.model_copy(update={"side": side})
        centres = hole_centres(draw(samples.catalogue(sheet=sheet)))
        assert centres == [(inset, 54.0), (inset, 137.0), (inset, 220.0)]


def hole_centres(pdf: bytes) -> list[tuple[float, float]]:
    """Centres of the rings on the first page, in millimetres from the bottom left, lowest first."""
    page = pypdf.PdfReader(io.BytesIO(pdf)).pages[0]
    boxes: list[tuple[float, float]] = []
    corners: list[tuple[float, float]] = []

    def visit(operator: bytes, operands: list, matrix: list[float], _: list[float]) -> None:
        a, b, c, d, e, f = matrix
        points = [float(n) for n in operands] if operator in (b"m", b"c", b"l") else []
        corners.extend((a * x + c * y + e, b * x + d * y + f) for x, y in zip(points[::2], points[1::2], strict=True))
        if operator in (b"S", b"s", b"f", b"B"):
            curved = len(corners) > 4
            if curved:
                xs, ys = zip(*corners, strict=True)
                boxes.append(((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2))
            corners.clear()

    page.extract_text(visitor_operand_before=visit)
    return sorted(((round(x * 25.4 / 72, 1), round(y * 25.4 / 72, 1)) for x, y in boxes), key=lambda at: at[1])


def test_subcategories_stand_under_four_and_nine() -> None:
    text = "".join(pages(samples.catalogue()))
    assert "四学历学位、专业技术职务（职称）、学术评鉴和教育培训类材料（一）学历学位材料1" in text
    assert "（四）会议代表材料" in text


@pytest.mark.parametrize("rows", [0, 1, 7, 30])
def test_categories_three_four_and_nine_share_no_page(rows: int) -> None:
    document = samples.catalogue(rows=rows)
    for page in pages(document):
        holds = {no for no, name in enumerate(samples.CATEGORIES, 1) if name in page}
        if holds & {3, 4, 9}:
            assert len(holds) == 1, holds


@pytest.mark.parametrize("rows", range(24))
def test_a_heading_is_never_the_last_line_of_a_page(rows: int) -> None:
    """With every number of rows before it; then comes the foot of the page, or at best a free row."""
    filled = samples.catalogue_rows(rows)
    document = only_two_categories(filled)
    sheets = pages(document)
    page = next(sheet for sheet in sheets if "二自传和思想类材料" in sheet)
    assert "二自传和思想类材料1干部任免审批表" in page


@pytest.mark.parametrize("blank", [0, 4, 12])
def test_free_rows_follow_each_category(blank: int) -> None:
    """Twenty materials, two headings and the free rows fill pages of 22 lines."""
    document = only_two_categories(samples.catalogue_rows(19), BlankRows(category=blank, subcategory=blank))
    assert len(pages(document)) == (1 if blank == 0 else 2)


def test_the_longest_title_stays_in_its_row() -> None:
    """It is drawn smaller, and the page keeps its 22 lines."""
    rows = [row.model_copy(update={"title": "关于" * 100}) for row in samples.catalogue_rows(21)]
    document = samples.catalogue(categories=[samples.catalogue().categories[0].model_copy(update={"rows": rows})])
    (page,) = pages(document)
    assert page.count("关于" * 100) == 21


def only_two_categories(rows, blank_rows: BlankRows | None = None) -> CatalogueDocument:
    first, second = samples.catalogue().categories[:2]
    categories = [
        first.model_copy(update={"rows": rows}),
        second.model_copy(update={"rows": samples.catalogue_rows(1)}),
    ]
    return samples.catalogue(categories=categories, blank_rows=blank_rows or BlankRows(category=0))
