"""Many catalogues in one order: each dossier once, one that cannot be printed named, the others fetched as one file."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from chassis.identity import Caller
from chassis.operations import Operations
from chassis.operations.reading import get, list_items
from contracts.events.catalog import Kin
from contracts.operations import Operation
from contracts.problems import NotFound, Recusal, RoleMissing, StateConflict, ValidationFailed
from contracts.values.ids import new_id, to_uuid
from services.catalog.operations import operation_kinds
from services.catalog.papers.bundle import member_name
from services.catalog.papers.person_forms import Proposal
from services.catalog.store import catalogue, catalogue_state, print_files
from services.catalog.usecases.change_person import change_person
from services.catalog.usecases.print_batch import FORGET_PRINTS, fetch_prints, order_prints, preview_prints
from services.catalog.usecases.print_catalogue import PrintCatalogue, print_catalogue
from services.catalog.usecases.print_form import PrintForm, print_form
from services.catalog.usecases.print_order import OrderPrints, OwnProposal
from services.catalog.usecases.record_kin import RecordKin, record_kin
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


async def fetched(
    office: Office, operation: Operation, *, as_one_pdf: bool = False, caller: Caller | None = None
) -> bytes:
    who = caller or office.archivist
    chunks = await fetch_prints(operation.id, as_one_pdf=as_one_pdf, caller=who, deps=office.deps)
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


@pytest.mark.parametrize("change", ["a material", "a name", "nothing", "out of sight"])
async def test_what_was_read_ahead_counts_while_nothing_has_changed(office: Office, change: str):
    """A filed material or another name makes it be read anew; so does a caller who does not see the dossier."""
    kept = await office.keep()
    async with office.uow() as uow:
        found = await catalogue.get(uow, kept.dossier_id)
    if change == "a material":
        await office.file(kept, "自传", "1990")
    if change == "a name":
        await change_person(kept.person_id, 1, {"name": "王晓明"}, uow=office.uow())
    caller = somebody("archivist", new_id("unt")) if change == "out of sight" else None
    async with office.uow(caller) as uow:
        assert await catalogue.is_present(uow, found) is (change == "nothing")


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


@pytest.mark.parametrize(
    "kind", ["spine-label", "cover", "removed-materials", "post-changes", "audit-appointment-form"]
)
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


async def test_a_running_order_has_no_file_yet(office: Office, printing: Operations):
    """Until it ends it is refused as such."""
    kept = await office.keep()
    operation_id = await ordered(office, dossier_ids=[kept.dossier_id])
    with pytest.raises(StateConflict):
        await fetched(office, await read(office, operation_id))


@pytest.mark.parametrize("kind", ["catalogue", "resume-form"])
async def test_a_colleague_of_the_unit_fetches_an_order_under_their_own_name(
    office: Office, printing: Operations, kind: str
):
    """The journal has each fetch with the account that fetched; a stranger's unit or role finds nothing."""
    kept = await office.keep()
    operation = await done(office, printing, await ordered(office, dossier_ids=[kept.dossier_id], kind=kind))
    colleague = somebody("archivist", office.unit_id)
    assert await fetched(office, operation, caller=colleague) == await fetched(office, operation)
    rows = await office.admin.fetch(
        "select actor from catalog.journal where resource = $1 and verb = 'prints.fetched' order by id", operation.id
    )
    assert [row["actor"] for row in rows] == [colleague.account_id, office.archivist.account_id]
    for stranger in (somebody("archivist", new_id("unt")), somebody("leader", office.unit_id)):
        with pytest.raises(NotFound):
            await fetched(office, operation, caller=stranger)


async def test_who_is_related_to_one_person_of_an_order_does_not_fetch_it(office: Office, printing: Operations):
    """Own dossier or a relative's, also when the kin was recorded after the order; nothing is in the journal."""
    own, other, relative = await office.keep("王小明"), await office.keep("张丽"), await office.register("李红")
    operation = await done(office, printing, await ordered(office, dossier_ids=[own.dossier_id, other.dossier_id]))
    kin = [Kin(person_id=relative.person_id, relation="spouse")]
    await record_kin(RecordKin(other.person_id, kin), uow=office.uow())
    for number in (own.person_no, relative.person_no):
        with pytest.raises(Recusal):
            await fetched(office, operation, caller=somebody("archivist", office.unit_id, person_no=number))
    assert await office.journal(operation.id) == ["operation.queued", "operation.finished"]


REASONED = Proposal(reason="工作需要", submitted_by="中共清河县委组织部", filled_on=date(2026, 11, 24))


async def test_appointment_forms_of_a_unit_say_what_was_proposed_for_each(office: Office, printing: Operations):
    """Defaults for all, own members for one; ages on the day; the very bytes of the single form."""
    kept = [await office.keep(name) for name in ("王小明", "张丽")]
    own = [
        OwnProposal(kept[0].dossier_id, {"post_proposed": "副县长"}),
        OwnProposal(kept[1].dossier_id, {"post_removed": "财政局局长", "reason": "到龄"}),
    ]
    on = date(2026, 1, 1)
    cmd = {"kind": "appointment-form", "unit_id": office.unit_id, "on": on, "proposal": REASONED, "proposals": own}
    operation = await done(office, printing, await ordered(office, **cmd))
    assert (operation.kind, operation.state) == ("forms.print", "succeeded")
    archive = zipfile.ZipFile(io.BytesIO(await fetched(office, operation)))
    said = [replace(REASONED, post_proposed="副县长"), replace(REASONED, post_removed="财政局局长", reason="到龄")]
    for one, name, proposal in zip(kept, archive.namelist(), said, strict=True):
        cmd = PrintForm(one.dossier_id, "appointment-form", on=on, proposal=proposal)
        assert archive.read(name) == await print_form(cmd, uow=office.uow(), deps=office.deps)


async def test_a_person_without_a_proposal_is_named_and_nothing_is_ordered(office: Office, printing: Operations):
    """In the preview as in the order, each with what is missing; so is an entry that is of nobody."""
    kept = [await office.keep(name) for name in ("王小明", "张丽", "李红")]
    stray = new_id("dos")
    own = [
        OwnProposal(kept[1].dossier_id, {"post_removed": "局长"}),
        OwnProposal(kept[2].dossier_id, {"post_proposed": "县长", "reason": ""}),
        OwnProposal(kept[1].dossier_id, {}),
        OwnProposal(stray, {"post_proposed": "县长"}),
    ]
    cmd = OrderPrints("appointment-form", unit_id=office.unit_id, proposal=REASONED, proposals=own)
    for refuse in (preview_prints, order_prints):
        with pytest.raises(ValidationFailed) as refused:
            await refuse(cmd, uow=office.uow(), deps=office.deps)
        assert [(fault.pointer, fault.code, fault.params) for fault in refused.value.errors] == [
            ("/proposals/2/dossier_id", "duplicate", None),
            ("/proposals/3/dossier_id", "unknown-reference", None),
            ("/proposals", "proposal-missing", {"name": "王小明", "members": "post_proposed"}),
            ("/proposals/1", "proposal-missing", {"name": "李红", "members": "reason"}),
        ]
    ordered_by = "select count(*) from catalog.operation where made_by = $1"
    assert await office.admin.fetchval(ordered_by, office.archivist.account_id) == 0


async def test_a_preview_shows_each_print_and_orders_nothing(office: Office, printing: Operations):
    """By number and name, with the proposal as it would be printed."""
    kept = [await office.keep(name) for name in ("王小明", "张丽")]
    own = [OwnProposal(kept[0].dossier_id, {"reason": "换届"})]
    proposal = replace(REASONED, post_proposed="县长")
    cmd = OrderPrints("appointment-form", unit_id=office.unit_id, proposal=proposal, proposals=own)
    preview = await preview_prints(cmd, uow=office.uow(), deps=office.deps)
    assert (preview.kind, preview.total) == ("appointment-form", 2)
    assert [(one.dossier_no, one.name, one.proposal) for one in preview.items] == [
        (kept[0].dossier_no, "王小明", replace(proposal, reason="换届")),
        (kept[1].dossier_no, "张丽", proposal),
    ]
    ordered_by = "select count(*) from catalog.operation where made_by = $1"
    assert await office.admin.fetchval(ordered_by, office.archivist.account_id) == 0


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
