"""Forms, labels and covers: drawn from what is known, recorded as views, refused like them."""

import io
from datetime import date
from typing import Any

import pytest
from docx import Document
from PIL import Image
from pypdf import PdfReader

from chassis.glyphs import GlyphMissing
from contracts.problems import NotFound, Recusal, ValidationFailed
from contracts.values.digest import digest_of
from contracts.values.ids import new_id, to_uuid
from services.catalog.domain.fact_changes import FactEntry
from services.catalog.domain.facts import FactKind, Provenance
from services.catalog.papers.person_forms import Proposal
from services.catalog.store import persons
from services.catalog.usecases.print_form import PrintForm, print_form
from services.catalog.usecases.record_facts import RecordFacts, record_facts
from tests.services.catalog.office import Kept, Office
from tests.services.catalog.papers.people import cadre
from tests.support.rooms import somebody

ON = date(2026, 11, 24)
PROPOSAL = Proposal("清河县副县长", "财政局副局长", "工作需要", "中共清河县委组织部", "赵敏", ON)


async def learn(office: Office, kept: Kept, kinds: tuple[FactKind, ...] = ()) -> None:
    """Record the facts of the sample cadre, those of these kinds or all that can be typed in."""
    entries = [
        FactEntry(one.kind, Provenance("entry"), one.value, one.valid_from, one.valid_to, pointer=f"/facts/{at}")
        for at, one in enumerate(cadre().every)
        if one.kind in kinds or not kinds
    ]
    async with office.uow() as uow:
        version = (await persons.get(uow, kept.person_id)).version
    await record_facts(RecordFacts(kept.person_id, version, entries), uow=office.uow(), keys=office.deps.keys)


async def printed(office: Office, kept: Kept, kind: str, **options: Any) -> bytes:
    cmd = PrintForm(kept.dossier_id, kind, on=ON, **options)
    return await print_form(cmd, uow=office.uow(), deps=office.deps)


def text_of(pdf: bytes) -> str:
    """All text, without the spaces and line ends of the layout."""
    return "".join("".join(sheet.extract_text().split()) for sheet in PdfReader(io.BytesIO(pdf)).pages)


async def test_the_appointment_form_is_front_and_back(office: Office):
    """Two A4 pages with facts, age on the day, résumé, family and what the request proposed; the same bytes again."""
    kept = await office.keep("王建国")
    await learn(office, kept)
    pdf = await printed(office, kept, "appointment-form", proposal=PROPOSAL)
    sheets = PdfReader(io.BytesIO(pdf)).pages
    assert [[round(float(side) * 25.4 / 72) for side in sheet.mediabox[2:]] for sheet in sheets] == 2 * [[210, 297]]
    front, back = ("".join(sheet.extract_text().split()) for sheet in sheets)
    for words in ("王建国", "1970.05", "56岁", "高级经济师", "清河县副县长", "1988.09--1992.07", "2001.06--"):
        assert words in front, words
    for words in ("妻子李红梅54中共党员", "父亲王德福群众", "记三等功一次", "工作需要", "赵敏", "2026.11.24"):
        assert words in back, words
    assert await printed(office, kept, "appointment-form", proposal=PROPOSAL) == pdf
    assert (await office.journal(kept.dossier_id))[-2:] == ["form.printed", "form.printed"]


async def test_the_photograph_stands_on_the_form(office: Office):
    """Read from the blob store, scaled, and drawn as one picture."""
    kept = await office.keep("王建国")
    content = io.BytesIO()
    Image.new("RGB", (900, 1200), (90, 120, 160)).save(content, "PNG")
    async with office.deps.blobs.receive(1 << 20) as incoming:
        await incoming.write(content.getvalue())
        await incoming.finish()
        await incoming.keep(office.unit_id)
    value = {
        "digest": digest_of(content.getvalue()),
        "media_type": "image/png",
        "bytes": len(content.getvalue()),
        "blob_unit_id": office.unit_id,
    }
    entry = FactEntry("photo", Provenance("import"), value, pointer="/facts/0")
    async with office.uow() as uow:
        version = (await persons.get(uow, kept.person_id)).version
    await record_facts(RecordFacts(kept.person_id, version, [entry]), uow=office.uow(), keys=office.deps.keys)
    pdf = await printed(office, kept, "appointment-form")
    (picture,) = PdfReader(io.BytesIO(pdf)).pages[0].images
    assert picture.image.size == (480, 640)
    word = Document(io.BytesIO(await printed(office, kept, "resume-form", medium="docx")))
    assert len(word.inline_shapes) == 1


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("resume-form", ("干部简历表", "王建国", "1992.08--2001.06清河县财政局科员")),
        ("basic-information", ("干部基本信息表", "出生日期1970.05.1256年", "录入", "任职经历")),
        ("audit-appointment-form", ("干部任免审批表（档案审核专用）", "干部人事档案专项审核", "尚无经组织认定的事实")),
        ("post-changes", ("干部职务变动登记表", "清组干〔2001〕15", "副科级")),
        ("spine-label", ("姓名", "籍贯", "档案编号", "正本")),
        ("cover", ("干部人事档案", "正本", "王建国")),
        ("removed-materials", ("剔除材料清单", "监督人")),
        ("missing-materials", ("缺失材料清单", "手续不完备")),
    ],
)
async def test_every_form_prints_and_repeats(office: Office, kind: str, words: tuple[str, ...]):
    """Its words stand in it, twice the same bytes, and the journal says so before it is shown."""
    kept = await office.keep("王建国")
    await learn(office, kept)
    pdf = await printed(office, kept, kind)
    for word in words:
        assert word in text_of(pdf), word
    assert await printed(office, kept, kind) == pdf
    assert (await office.journal(kept.dossier_id))[-1] == "form.printed"


@pytest.mark.parametrize(
    "kind", ["appointment-form", "audit-appointment-form", "resume-form", "basic-information", "post-changes"]
)
async def test_forms_that_offices_edit_on_come_as_text_documents(office: Office, kind: str):
    """The same facts in cells; the same bytes again."""
    kept = await office.keep("王建国")
    await learn(office, kept)
    content = await printed(office, kept, kind, medium="docx", proposal=PROPOSAL)
    word = Document(io.BytesIO(content))
    cells = {cell.text for table in word.tables for row in table.rows for cell in row.cells}
    assert any("王建国" in text for text in [*cells, *(paragraph.text for paragraph in word.paragraphs)])
    assert any("清河县财政局" in cell for cell in cells)
    assert await printed(office, kept, kind, medium="docx", proposal=PROPOSAL) == content


@pytest.mark.parametrize("kind", ["spine-label", "cover", "removed-materials"])
async def test_what_is_only_printed_is_not_made_to_edit(office: Office, kind: str):
    """The refusal names the member and what may stand there."""
    kept = await office.keep()
    with pytest.raises(ValidationFailed) as refused:
        await printed(office, kept, kind, medium="docx")
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [("/medium", "not-allowed-value")]


async def test_the_list_names_what_was_removed_and_not_what_came_back(office: Office):
    """The reason in the scheme's words, the day in China, the place where it stood."""
    kept = await office.keep()
    gone, back = [await office.file(kept, title, "2001-05-02") for title in ("登记表甲履历表", "登记表乙履历表")]
    for material_id, kind in ((gone, "remove"), (back, "restore")):
        change = to_uuid(new_id("req"))
        await office.admin.execute(
            """insert into catalog.material_change (change_id, unit_id, dossier_id, kind, before, made_by, made_at)
            values ($1, $2, $3, 'removed', '{}', 'a', now())""",
            change, to_uuid(office.unit_id), to_uuid(kept.dossier_id),
        )  # fmt: skip
        await office.admin.execute(
            """insert into catalog.removal (removal_id, unit_id, dossier_id, material_id, kind, reason, state, version,
              owner_role, requested_by, requested_at, due_at, decided_by, decided_at, change_id, former_place,
              keep_until)
            values ($1, $2, $3, $4, $5, 'duplicate', 'approved', 2, 'leader', 'a', now(), now(), 'b',
              '2026-11-20 18:00+00', $6, '1-1', case $5 when 'remove' then date '2027-11-20' end)""",
            to_uuid(new_id("req")), to_uuid(office.unit_id), to_uuid(kept.dossier_id), to_uuid(material_id), kind,
            change,
        )  # fmt: skip
    await office.admin.execute(
        """update catalog.material set state = 'removed', category = null, item_no = null, content_rank = null,
          filing_seq = null, basis = null, filed_on = null where material_id = $1""",
        to_uuid(gone),
    )
    text = text_of(await printed(office, kept, "removed-materials"))
    assert "11-1登记表甲履历表2001.05.021重复材料2026.11.21" in text
    assert "登记表乙" not in text


async def test_the_list_names_what_is_missing_and_not_what_came(office: Office):
    """The rule's title, how many pieces, since when, and of which years; as a text document too."""
    kept = await office.keep()
    for rule, category, missing, state in (
        (
            "annual_assessment",
            "3",
            '[{"year": 1994, "text": null}, {"year": 1995, "text": null}, {"year": 1999, "text": null}]',
            "open",
        ),
        ("resume_form", "1", "[]", "closed"),
    ):
        await office.admin.execute(
            """insert into catalog.gap (gap_id, unit_id, dossier_id, rule, category, missing, state, outcome, version,
              opened_at, closed_at)
            values (gen_random_uuid(), $1, $2, $3, $4, $5, $6, case $6 when 'closed' then 'filed' end, 1,
              '2026-11-19 18:00+00', case $6 when 'closed' then now() end)""",
            to_uuid(office.unit_id), to_uuid(kept.dossier_id), rule, category, missing, state,
        )  # fmt: skip
    title = office.deps.rules.gaps.by_id["annual_assessment"].title.zh
    text = text_of(await printed(office, kept, "missing-materials"))
    assert f"13{title}32026.11.2011994—1995年、1999年" in text
    assert office.deps.rules.gaps.by_id["resume_form"].title.zh not in text
    word = Document(io.BytesIO(await printed(office, kept, "missing-materials", medium="docx")))
    (table,) = word.tables
    assert [cell.text for cell in table.rows[1].cells] == [
        "1", "3", title, "3", "2026.11.20", "", "1", "", "1994—1995年、1999年",
    ]  # fmt: skip
    assert len(table.rows) == 2


async def test_a_rare_character_names_the_person(office: Office):
    """In a fact as in the name; nothing is recorded."""
    kept = await office.keep("王建国", native_place="𠮷县")
    with pytest.raises(GlyphMissing) as refused:
        await printed(office, kept, "spine-label")
    assert (refused.value.name, refused.value.char) == ("王建国：𠮷县", "𠮷")
    assert "form.printed" not in await office.journal(kept.dossier_id)


async def test_forms_are_refused_outside_the_unit_and_to_the_person(office: Office):
    """As every view is."""
    kept = await office.keep()
    other = await Office(office.deps, office.uow_for, office.admin).open()
    cmd = PrintForm(kept.dossier_id, "cover")
    with pytest.raises(NotFound):
        await print_form(cmd, uow=office.uow(other.archivist), deps=office.deps)
    own = somebody("archivist", office.unit_id, person_no=kept.person_no)
    with pytest.raises(Recusal):
        await print_form(cmd, uow=office.uow(own), deps=office.deps)
    assert await office.journal(kept.dossier_id) == ["dossier.opened"]
