"""Bound sets on the database: what is in the file, who is refused, the receipt, and two at once."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from datetime import date

import pytest
from pypdf import PdfReader

from chassis.documents import check_pdf, draw_document, read_document
from chassis.unit_of_work import UnitOfWork
from contracts.documents.bound_set import BoundSetReceiptDocument
from contracts.events import DossierChanged
from contracts.problems import NotFound, Recusal, SamePersonTwice, StateConflict, ValidationFailed, VersionStale
from contracts.values.digest import digest_of
from contracts.values.ids import new_id, to_uuid
from services.audit.domain.bound_set import BoundMove
from services.audit.domain.facts import AuditFact
from services.audit.papers.bound_set import APPOINTMENT_TITLE
from services.audit.store import on_paper
from services.audit.store.on_paper import OnPaper
from services.audit.store.tables import Campaign, CampaignDossier
from services.audit.store.tables_bound import BoundSet
from services.audit.usecases.compile_bound_set import compile_waiting
from services.audit.usecases.hand_over_bound_set import read_bound_set
from tests.services.audit.binding import asked, beside, compiled, file_form, filed_case, handed_over, moved_on, seen
from tests.services.audit.office import Office
from tests.services.audit.overseeing import Above, dated
from tests.services.audit.reading import words_of
from tests.services.audit.usecases.test_adjudicate import pointers
from tests.support.rooms import somebody


async def test_a_set_has_every_form_with_an_index_by_person(office: Office):
    """Cover, index with pages, then per person register, scanned 任免审批表 where it is filed, and 认定表."""
    case = await filed_case(office, await office.known_subject(name="欧阳修"))
    scanned = await office.received(case.subject, title=APPOINTMENT_TITLE)
    assert await office.hear(office.filed(scanned, item_no=7)) is None
    await beside(office, case, name="苏小小")
    row = await compiled(office, case)
    assert (row.state, row.done, row.total, row.problem) == ("compiled", 2, 2, None)
    reader = somebody("archivist", case.subject.unit_id)
    pdf = await read_bound_set(row.id, uow=office.acting(reader, "bound-set:read"), deps=office.deps)
    again = await read_bound_set(row.id, uow=office.acting(reader, "bound-set:read"), deps=office.deps)
    assert pdf == again
    assert digest_of(pdf) == row.digest
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) == row.pages
    index = "".join(pages[1].extract_text().split())
    members = await office.admin.fetch(
        "select * from audit.bound_set_member where bound_set_id = $1 order by position", to_uuid(row.id)
    )
    first, second = members
    assert (first["first_page"], first["first_page"] + first["page_count"]) == (3, second["first_page"])
    assert second["first_page"] + second["page_count"] - 1 == row.pages
    assert "欧阳修" in index
    assert "苏小小" in index
    assert index.count("缺任免审批表（档案审核专用）") == 1
    assert "专项审核情况登记表" in "".join(pages[2].extract_text().split())
    assert f"册内第3页共{row.pages}页" in "".join(pages[2].extract_text().split())
    assert "专项审核认定表" in words_of(pdf)
    assert [one.title for one in PdfReader(io.BytesIO(pdf)).outline] == ["目录", "1 欧阳修", "2 苏小小"]  # pyright: ignore
    assert [verb for verb, *_ in await office.journal(row.id)].count("bound_set.viewed") == 2


async def test_only_filed_dossiers_are_bound_and_the_others_are_named(office: Office):
    """None of the unit's is compiled then; named ones are taken alone; unknown ones are refused."""
    case = await filed_case(office)
    waiting = await beside(office, case, state="feedback")
    with pytest.raises(ValidationFailed) as refused:
        await asked(office, case)
    assert refused.value.errors[0].code == "not-filed"
    assert waiting in str(refused.value.errors[0].params)
    with pytest.raises(ValidationFailed) as unknown:
        await asked(office, case, None, case.id, new_id("cdo"))
    assert unknown.value.errors[0].code == "unknown-reference"
    row = await asked(office, case, None, case.id)
    assert (row.state, row.total) == ("compiling", 1)


async def test_of_two_at_once_one_has_the_dossiers(office: Office):
    """Eight ask at the same moment."""
    case = await filed_case(office)
    done = await asyncio.gather(*(asked(office, case) for _ in range(8)), return_exceptions=True)
    assert [type(one) for one in done].count(BoundSet) == 1
    assert {type(one) for one in done} == {BoundSet, ValidationFailed}


async def test_a_relative_neither_compiles_nor_reads_nor_receives(office: Office):
    """回避: a set in which one stands."""
    case = await filed_case(office)
    own = {"person_no": case.subject.person_no}
    unit_id = case.subject.unit_id
    with pytest.raises(Recusal):
        await asked(office, case, somebody("adjudicator", unit_id, **own))
    row = await moved_on(office, await compiled(office, case), BoundMove.PRINT)
    reader = office.acting(somebody("leader", unit_id, **own), "bound-set:read")
    with pytest.raises(Recusal):
        await read_bound_set(row.id, uow=reader, deps=office.deps)
    with pytest.raises(Recusal):
        await handed_over(office, row, somebody("archivist", unit_id, **own))


async def test_the_archive_receives_it_and_its_dossiers_are_bound(office: Office):
    """A numbered receipt that verifies offline, with who gave and received; then it is stored."""
    case = await filed_case(office, await office.known_subject(name="王安石"))
    compiler = somebody("adjudicator", case.subject.unit_id)
    row = await compiled(office, case, compiler)
    with pytest.raises(StateConflict):
        await handed_over(office, row)
    row = await moved_on(office, row, BoundMove.PRINT)
    with pytest.raises(VersionStale):
        await handed_over(office, row.model_copy(update={"version": 1}))
    with pytest.raises(ValidationFailed) as early:
        await handed_over(office, row, handed_over_on=date(2199, 1, 1))
    assert pointers(early) == [("/handed_over_on", "date-in-future")]
    received = await handed_over(office, row)
    assert (received.state, (await case.dossier()).state) == ("handed_over", "bound")
    assert received.jws is not None
    key = office.deps.keys.public_jwk("receipt")
    document = read_document(received.jws, [key]).document
    assert isinstance(document, BoundSetReceiptDocument)
    assert (document.number, document.digest, document.page_count) == (received.number, row.digest, row.pages)
    assert str(document.number).endswith("册收〔2026〕0001号")
    assert [one.name for one in document.persons] == ["王安石"]
    fonts = office.deps.settings.fonts_dir
    pdf = draw_document(received.jws, fonts)
    assert check_pdf(pdf, [key], fonts).document == document
    said = words_of(pdf)
    for expected in ("专项审核表册移交回执", received.number or "", "移交人王审接收人赵档", "共1人"):
        assert expected in said, expected
    assert ("campaign_dossier.bound", (await case.dossier()).version) in [
        (verb, version) for verb, _, version in await office.journal(case.id)
    ]
    stored = await moved_on(office, received, BoundMove.STORE, place="二号库房 3 柜 2 层")
    assert (stored.state, stored.place) == ("stored", "二号库房 3 柜 2 层")
    with pytest.raises(StateConflict):
        await moved_on(office, stored, BoundMove.DISCARD)


async def test_who_had_it_compiled_does_not_receive_it(office: Office):
    """Two persons, whatever roles one of them holds."""
    case = await filed_case(office)
    row = await moved_on(office, await compiled(office, case), BoundMove.PRINT)
    receiver = somebody("archivist", row.unit_id)
    await office.admin.execute(
        "update audit.bound_set set compiled_by = $2 where id = $1", to_uuid(row.id), to_uuid(receiver.account_id)
    )
    with pytest.raises(SamePersonTwice):
        await handed_over(office, row, receiver)


async def test_a_dossier_that_was_reopened_meanwhile_stops_the_hand_over(office: Office):
    """It is named; the set is discarded, and the unit compiled anew once it is filed again."""
    case = await filed_case(office)
    row = await moved_on(office, await compiled(office, case), BoundMove.PRINT)
    await case.take_up(reopened_because="发现更早的材料")
    with pytest.raises(ValidationFailed) as refused:
        await handed_over(office, row)
    assert case.id in str(refused.value.errors[0].params)
    assert (await seen(office, row.id)).state == "printed"
    gone = await moved_on(office, row, BoundMove.DISCARD)
    assert gone.state == "discarded"
    with pytest.raises(ValidationFailed) as again:
        await asked(office, case)
    assert again.value.errors[0].code == "not-filed"


async def test_what_is_determined_anew_is_bound_anew(office: Office):
    """A correction from above stops the hand-over of a printed set; what was reopened after it has a set of its own."""
    case = await filed_case(office)
    above = Above(case)
    await above.take_place()
    row = await moved_on(office, await compiled(office, case), BoundMove.PRINT)
    await above.review("correct", corrections=((AuditFact.BIRTH_DATE, dated("1970-03", reason="原始户口底册")),))
    with pytest.raises(ValidationFailed) as refused:
        await handed_over(office, row)
    (stopped,) = refused.value.errors
    assert (stopped.code, (stopped.params or {})["count"]) == ("determined-anew", 1)
    row = await moved_on(office, await compiled(office, case), BoundMove.PRINT)
    assert (await handed_over(office, row)).state == "handed_over"
    await case.take_up(reopened_because="发现更早的材料")
    await case.settle(AuditFact.WORK_START_DATE, None)
    await case.table()
    await case.decide()
    await case.feed_back()
    await case.approve()
    await file_form(office, case)
    assert (await asked(office, case)).total == 1


async def test_a_dossier_that_moved_meanwhile_is_still_in_the_set(office: Office):
    """Its person keeps away from the file wherever the dossier is kept, and its forms go to the archive."""
    case = await filed_case(office)
    row = await moved_on(office, await compiled(office, case), BoundMove.PRINT)
    moved = DossierChanged.model_validate(case.subject.dossier(unit_id=await office.unit()).model_dump())
    assert await office.hear(moved, version=2) is None
    own = somebody("archivist", row.unit_id, person_no=case.subject.person_no)
    with pytest.raises(Recusal):
        await read_bound_set(row.id, uow=office.acting(own, "bound-set:read"), deps=office.deps)
    assert (await handed_over(office, row)).state == "handed_over"
    assert (await case.dossier()).state == "bound"


async def test_of_two_receipts_one_is_issued(office: Office):
    """Two archivists at the same moment: one number, one binding."""
    case = await filed_case(office)
    row = await moved_on(office, await compiled(office, case), BoundMove.PRINT)
    done = await asyncio.gather(*(handed_over(office, row) for _ in range(4)), return_exceptions=True)
    assert [type(one) for one in done].count(BoundSet) == 1
    assert {type(one) for one in done} == {BoundSet, VersionStale}


async def test_what_cannot_be_drawn_fails_with_whose_it_is(office: Office):
    """A character that no font has; its dossiers are free for another set, and other sets are compiled."""
    case = await filed_case(office, await office.known_subject(name="王\U00030000"))
    row = await compiled(office, case)
    assert (row.state, row.digest) == ("failed", None)
    assert "王" in (row.problem or "")
    with pytest.raises(NotFound):
        uow = office.acting(somebody("leader", row.unit_id), "bound-set:read")
        await read_bound_set(row.id, uow=uow, deps=office.deps)
    anew = await asked(office, case)
    assert anew.state == "compiling"
    await compile_waiting(office.deps)
    assert (await seen(office, anew.id)).state == "failed"


async def test_a_set_without_a_scan_fails_and_one_that_is_interrupted_holds_no_other_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    """The scan is named by its person; what nobody foresaw is tried again, after the others."""
    broken, lost = await filed_case(office), await filed_case(office, await office.known_subject(name="苏轼"))
    scanned = await office.received(lost.subject, title=APPOINTMENT_TITLE)
    assert await office.hear(office.filed(scanned, item_no=7)) is None
    await office.admin.execute(
        "update audit.heard_material set blob_unit_id = $2 where material_id = $1",
        to_uuid(scanned.material_id),
        to_uuid(new_id("unt")),
    )
    first, second = await asked(office, broken), await asked(office, lost)
    reading = on_paper.read

    async def interrupted(uow: UnitOfWork, campaign: Campaign, dossiers: Sequence[CampaignDossier]) -> list[OnPaper]:
        if broken.id in [one.id for one in dossiers]:
            raise ConnectionError
        return await reading(uow, campaign, dossiers)

    monkeypatch.setattr(on_paper, "read", interrupted)
    await compile_waiting(office.deps)
    assert (await seen(office, first.id)).state == "compiling"
    missed = await seen(office, second.id)
    assert (missed.state, missed.problem) == ("failed", "苏轼：缺扫描件")
