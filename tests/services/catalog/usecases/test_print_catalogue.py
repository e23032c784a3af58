"""The catalogue prints in both forms and as office files, or says whose name and which character cannot be printed."""

import io

import openpyxl
import pytest
from docx import Document
from pypdf import PdfReader

from chassis.glyphs import GlyphMissing
from contracts.problems import NotFound, Recusal
from contracts.values.ids import to_uuid
from services.catalog.store import catalogue_state
from services.catalog.usecases.print_catalogue import PrintCatalogue, print_catalogue
from tests.services.catalog.office import Kept, Office
from tests.support.rooms import somebody

FORMULA = '=HYPERLINK("http://x","登记表")'


def text_of(pdf: bytes) -> str:
    """All text, without the spaces and line ends of the layout."""
    return "".join("".join(sheet.extract_text().split()) for sheet in PdfReader(io.BytesIO(pdf)).pages)


async def printed(office: Office, kept: Kept, **options) -> bytes:
    return await print_catalogue(PrintCatalogue(kept.dossier_id, **options), uow=office.uow(), deps=office.deps)


async def stale(office: Office, kept: Kept) -> bool:
    return await office.admin.fetchval(
        "select stale_since is not null from catalog.catalogue_state where dossier_id = $1", to_uuid(kept.dossier_id)
    )


async def test_the_catalogue_prints_with_a_rare_name(office: Office):
    """𠳐 is beyond the first plane of Unicode: the shipped font has it, so it stands in the PDF."""
    kept = await office.keep("\U00020cd0小明")
    await office.file(kept, "干部任免审批表", "2021-05")
    text = text_of(await printed(office, kept))
    for words in ("\U00020cd0小明", "干部任免审批表", "202105", "页数", kept.dossier_no):
        assert words in text
    assert "catalogue.printed" in await office.journal(kept.dossier_id)


async def test_the_older_form_prints_its_own_columns(office: Office):
    """类号 and 份数, with the material's code as its 类号."""
    kept = await office.keep()
    await office.file(kept, "干部任免审批表", "2021-05")
    text = text_of(await printed(office, kept, form="r1991"))
    assert "材料制成时间" in text
    assert "9-2-1干部任免审批表20210511" in text


async def test_one_state_prints_byte_for_byte_alike(office: Office):
    """Twice on one day; a new material makes another file."""
    kept = await office.keep()
    await office.file(kept, "自传", "1990")
    for medium in ("pdf", "xlsx", "docx"):
        assert await printed(office, kept, medium=medium) == await printed(office, kept, medium=medium), medium
    before = await printed(office, kept)
    await office.file(kept, "党员登记表", "1991")
    assert await printed(office, kept) != before


async def test_only_the_print_of_the_current_form_takes_the_dossier_off_the_queue(office: Office):
    """The older form and the files to edit on leave it stale, because the paper still disagrees."""
    kept = await office.keep()
    await office.file(kept, "自传", "1990")
    async with office.uow() as uow:
        await catalogue_state.mark_changed(uow, kept.dossier_id)
    for options in ({"form": "r1991"}, {"medium": "xlsx"}, {"medium": "docx"}):
        await printed(office, kept, **options)
        assert await stale(office, kept), options
    await printed(office, kept)
    assert not await stale(office, kept)


async def test_a_spreadsheet_holds_text_and_never_a_formula(office: Office):
    """A title that begins like a formula is text that stays text; headings are marked as an import reads them."""
    kept = await office.keep()
    await office.file(kept, f"干部履历表{FORMULA}", "2001-03")
    await office.admin.execute(
        "update catalog.material set title = $2 where dossier_id = $1", to_uuid(kept.dossier_id), FORMULA
    )
    book = openpyxl.load_workbook(io.BytesIO(await printed(office, kept, medium="xlsx")))
    rows = [[cell.value for cell in row] for row in book["目录"].iter_rows()]
    assert rows[:3] == [
        ["序号", "材料名称", "年", "月", "日", "页数", "备注"],
        ["一", "履历类材料", None, None, None, None, None],
        ["1", FORMULA, "2001", "03", None, 1, None],
    ]
    title = book["目录"]["B3"]
    assert (title.data_type, title.style.startswith("Hyperlink"), title.quotePrefix) == ("s", False, True)
    assert [row[0] for row in rows if row[0] and "-" in str(row[0])] == [
        f"{c}-{s}" for c in (4, 9) for s in (1, 2, 3, 4)
    ]
    assert [cell.value for cell in book["基本信息"][2]] == ["王小明", kept.dossier_no]


async def test_a_text_document_holds_the_whole_catalogue(office: Office):
    """On the scheme's A4 sheet with its binding margin; 3, 4 and 9 in tables of their own, each on a new page."""
    kept = await office.keep()
    await office.file(kept, "干部任免审批表", "2021-05")
    word = Document(io.BytesIO(await printed(office, kept, medium="docx")))
    page = word.sections[0]
    assert [round(side.mm) for side in (page.page_width, page.page_height, page.left_margin)] == [210, 297, 25]
    heads = [
        [row.cells[0].text for row in table.rows if row.cells[0].text in "一二三四五六七八九十"]
        for table in word.tables
    ]
    assert [[mark for mark in head if mark] for head in heads] == [
        ["一", "二"], ["三"], ["四"], ["五", "六", "七", "八"], ["九"], ["十"],
    ]  # fmt: skip
    assert ["1", "干部任免审批表", "2021", "05", "", "1", ""] in [
        [cell.text for cell in row.cells] for row in word.tables[4].rows
    ]


@pytest.mark.parametrize("char", ["𠮷", "\U000323af"])
async def test_a_character_that_no_font_has_stops_the_print(office: Office, char: str):
    """The answer names the person and the character; a box is never printed for a name."""
    kept = await office.keep(f"王{char}")
    with pytest.raises(GlyphMissing) as refused:
        await printed(office, kept)
    assert (refused.value.name, refused.value.char) == (f"王{char}", char)
    assert await office.journal(kept.dossier_id) == ["dossier.opened"]


async def test_a_character_in_a_title_names_the_person_too(office: Office):
    """Whose print stopped must be known where many are printed at once."""
    kept = await office.keep("王小明")
    await office.file(kept, "𠮷野履历表", "2001")
    with pytest.raises(GlyphMissing) as refused:
        await printed(office, kept)
    assert (refused.value.name, refused.value.char) == ("王小明：𠮷野履历表", "𠮷")


async def test_a_print_is_refused_outside_the_unit_and_to_the_person(office: Office):
    """Nothing is printed and nothing recorded."""
    kept = await office.keep()
    other = await Office(office.deps, office.uow_for, office.admin).open()
    cmd = PrintCatalogue(kept.dossier_id, medium="xlsx")
    with pytest.raises(NotFound):
        await print_catalogue(cmd, uow=office.uow(other.archivist), deps=office.deps)
    own = somebody("archivist", office.unit_id, person_no=kept.person_no)
    with pytest.raises(Recusal):
        await print_catalogue(cmd, uow=office.uow(own), deps=office.deps)
    assert await office.journal(kept.dossier_id) == ["dossier.opened"]
