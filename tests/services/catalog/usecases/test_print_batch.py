"""Many catalogues in one order: each dossier once, one that cannot be printed named, the others fetched as one file."""

import io
import zipfile

import pytest
from pypdf import PdfReader

from chassis.operations import Operations
from chassis.operations.reading import get, list_items
from contracts.operations import Operation
from contracts.problems import NotFound, RoleMissing, StateConflict, ValidationFailed
from contracts.values.ids import new_id, to_uuid
from services.catalog.operations import operation_kinds
from services.catalog.papers.bundle import member_name
from services.catalog.store import catalogue_state, print_files
from services.catalog.usecases.print_batch import FORGET_PRINTS, OrderPrints, fetch_prints, order_prints
from services.catalog.usecases.print_catalogue import PrintCatalogue, print_catalogue
from services.catalog.usecases.print_form import PrintForm, print_form
from tests.services.catalog.office import Kept, Office
from tests.support.rooms import somebody


@pytest.fixture
def printing(office: Office) -> Operations:
    """The office's service with its operations; work is done when a test asks for it."""
    office.deps.operations = Operations(office.deps, operation_kinds(office.deps))
    return office.deps.operations


async def ordered(office: Office, **options) -> str:
    return await order_prints(OrderPrints(**options), uow=office.uow(), deps=office.deps)


async def done(office: Office, printing: Operations, operation_id: str) -> Operation:
    """Work until this order has ended: other tests' orders may stand before it."""
    operation = await read(office, operation_id)
    while operation.state in ("queued", "running"):
        assert await printing.work_once()
        operation = await read(office, operation_id)
    return operation


async def read(office: Office, operation_id: str) -> Operation:
    async with office.uow() as uow:
        return await get(uow.raw(), operation_id, "opnc")


async def fetched(office: Office, operation: Operation, *, as_one_pdf: bool = False) -> bytes:
    chunks = await fetch_prints(operation, as_one_pdf=as_one_pdf, uow=office.uow(), deps=office.deps)
    return b"".join([chunk async for chunk in chunks])


async def three(office: Office) -> list[Kept]:
    """Three dossiers with a material each, the second of a person whose name no font can draw."""
    kept = [await office.keep(name) for name in ("王小明", "李𠮷", "张丽")]
    for one in kept:
        await office.file(one, "干部履历表", "2001-03")
    return kept


async def test_one_that_cannot_be_printed_is_named_and_the_others_go_on(office: Office, printing: Operations):
    """The order ends partly done; the failed item's problem names person and character; nothing of it is recorded."""
    kept = await three(office)
    operation = await done(office, printing, await ordered(office, unit_id=office.unit_id))
    assert (operation.state, operation.progress.done, operation.progress.failed) == ("partly_done", 2, 1)
    async with office.uow() as uow:
        items = await list_items(uow.raw(), operation.id, ["failed"], None, 10, dict)
    (failed,) = items
    assert failed.ref == kept[1].dossier_id
    assert failed.problem is not None
    assert (failed.problem["code"], failed.problem["params"]) == ("glyph-missing", {"where": "李𠮷", "char": "𠮷"})
    assert "catalogue.printed" not in await office.journal(kept[1].dossier_id)
    for one in (kept[0], kept[2]):
        assert "catalogue.printed" in await office.journal(one.dossier_id)


async def test_the_zip_holds_each_print_once_in_order(office: Office, printing: Operations):
    """The very bytes of a single print, under place and number; dossiers that are named twice are printed once."""
    kept = await three(office)
    wanted = [kept[2].dossier_id, kept[0].dossier_id, kept[2].dossier_id]
    operation = await done(office, printing, await ordered(office, dossier_ids=wanted))
    assert operation.progress.total == 2
    archive = zipfile.ZipFile(io.BytesIO(await fetched(office, operation)))
    assert archive.testzip() is None
    assert archive.namelist() == [member_name(1, kept[0].dossier_no), member_name(2, kept[2].dossier_no)]
    single = await print_catalogue(PrintCatalogue(kept[0].dossier_id), uow=office.uow(), deps=office.deps)
    assert archive.read(archive.namelist()[0]) == single
    assert await fetched(office, operation) == await fetched(office, operation)
    assert await office.journal(operation.id) == ["operation.queued", "operation.finished", *3 * ["prints.fetched"]]


async def test_one_pdf_has_a_bookmark_a_dossier(office: Office, printing: Operations):
    """With the person's name and the number, each at its first page."""
    kept = await three(office)
    operation = await done(office, printing, await ordered(office, unit_id=office.unit_id))
    pdf = PdfReader(io.BytesIO(await fetched(office, operation, as_one_pdf=True)))
    marks = [(mark.title, pdf.get_destination_page_number(mark)) for mark in pdf.outline]
    each = len(pdf.pages) // 2
    assert marks == [(f"王小明（{kept[0].dossier_no}）", 0), (f"张丽（{kept[2].dossier_no}）", each)]
    assert "张丽" in pdf.pages[each].extract_text()


@pytest.mark.parametrize("kind", ["spine-label", "cover", "removed-materials", "post-changes", "basic-information"])
async def test_forms_and_labels_of_a_unit_are_one_order_too(office: Office, printing: Operations, kind: str):
    """The bytes of a single print, recorded as its view; the reprint queue does not care."""
    kept = await office.keep("王小明", native_place="山东清河")
    operation = await done(office, printing, await ordered(office, dossier_ids=[kept.dossier_id], kind=kind))
    assert (operation.kind, operation.state) == ("forms.print", "succeeded")
    archive = zipfile.ZipFile(io.BytesIO(await fetched(office, operation)))
    single = await print_form(PrintForm(kept.dossier_id, kind), uow=office.uow(), deps=office.deps)
    assert archive.read(archive.namelist()[0]) == single
    assert (await office.journal(kept.dossier_id))[-2:] == ["form.printed", "form.printed"]


async def test_who_may_not_read_facts_orders_no_forms(office: Office, printing: Operations):
    """A leader sees dossier cards and no person's facts."""
    kept = await office.keep()
    cmd = OrderPrints("resume-form", dossier_ids=[kept.dossier_id])
    with pytest.raises(RoleMissing):
        await order_prints(cmd, uow=office.uow(somebody("leader", office.unit_id)), deps=office.deps)


async def test_the_reprint_queue_of_a_unit_is_printed_and_empty_after(office: Office, printing: Operations):
    """Only stale dossiers, and they are current then; an order for none is refused."""
    kept = [await office.keep(), await office.keep()]
    await office.file(kept[1], "干部履历表", "2001")
    async with office.uow() as uow:
        await catalogue_state.mark_changed(uow, kept[1].dossier_id)
    await office.admin.execute(
        "update catalog.catalogue_state set stale_since = null where dossier_id = $1", to_uuid(kept[0].dossier_id)
    )
    operation = await done(office, printing, await ordered(office, unit_id=office.unit_id, stale=True))
    assert (operation.state, operation.progress.total) == ("succeeded", 1)
    with pytest.raises(ValidationFailed) as refused:
        await ordered(office, unit_id=office.unit_id, stale=True)
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [("/unit_id", "nothing-to-print")]


async def test_undoing_throws_the_files_away_and_undoing_that_prints_again(office: Office, printing: Operations):
    """The blob is no longer used; then there is one again."""
    kept = await office.keep()
    operation = await done(office, printing, await ordered(office, dossier_ids=[kept.dossier_id]))
    used = "select count(*) from catalog.blob_ref where unit_id = $1 and until is null and resource_id like 'req_%'"
    assert await office.admin.fetchval(used, to_uuid(office.unit_id)) == 1
    async with office.uow() as uow:
        back = await printing.undo(uow, operation.id)
    undone = await done(office, printing, back.id)
    assert undone.state == "succeeded"
    assert await office.admin.fetchval(used, to_uuid(office.unit_id)) == 0
    with pytest.raises(NotFound):
        await fetched(office, operation)
    async with office.uow() as uow:
        again = await printing.undo(uow, undone.id)
    assert (await done(office, printing, again.id)).state == "succeeded"
    assert await office.admin.fetchval(used, to_uuid(office.unit_id)) == 1


async def test_a_running_order_and_a_stranger_are_refused(office: Office, printing: Operations):
    """Until it ends there is no file; and only who gave the order fetches it."""
    kept = await office.keep()
    operation_id = await ordered(office, dossier_ids=[kept.dossier_id])
    with pytest.raises(StateConflict):
        await fetched(office, await read(office, operation_id))
    operation = await done(office, printing, operation_id)
    colleague = somebody("archivist", office.unit_id)
    with pytest.raises(NotFound):
        await fetch_prints(operation, as_one_pdf=False, uow=office.uow(colleague), deps=office.deps)


async def test_a_dossier_of_another_unit_is_no_part_of_an_order(office: Office, printing: Operations):
    """It is named by its place in the request, as one that does not exist."""
    kept = await office.keep()
    with pytest.raises(ValidationFailed) as refused:
        await ordered(office, dossier_ids=[kept.dossier_id, new_id("dos")])
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [("/dossier_ids/1", "unknown-reference")]


async def test_one_key_is_one_order(office: Office, printing: Operations):
    """A repeated request answers the first operation."""
    kept = await office.keep()
    cmd = OrderPrints(dossier_ids=[kept.dossier_id])
    first, again = [await order_prints(cmd, uow=office.uow(key="k1"), deps=office.deps) for _ in range(2)]
    assert first == again


async def test_prints_past_their_time_are_thrown_away(office: Office, printing: Operations):
    """Thirty days after they were drawn, like the operation itself."""
    kept = await office.keep()
    operation = await done(office, printing, await ordered(office, dossier_ids=[kept.dossier_id]))
    await FORGET_PRINTS.run(office.deps)
    assert await fetched(office, operation)
    await office.admin.execute(
        "update catalog.print_file set printed_at = printed_at - interval '31 days' where dossier_id = $1",
        to_uuid(kept.dossier_id),
    )
    await FORGET_PRINTS.run(office.deps)
    async with office.uow() as uow:
        assert await print_files.list_of_operation(uow.raw(), operation.id) == []


@pytest.mark.parametrize(
    ("number", "name"),
    [("QH-0042", "0007-QH-0042.pdf"), ("清组〔2026〕1/2", "0007-清组_2026_1_2.pdf"), ("../../x", "0007-.._.._x.pdf")],
)
def test_a_member_is_named_by_place_and_number(number: str, name: str):
    """Nothing in a dossier's number leads out of the folder where the ZIP is unpacked."""
    assert member_name(7, number) == name
