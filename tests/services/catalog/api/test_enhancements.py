"""The pair of scan and enhanced image over HTTP, and the binding margin: the scan itself is never touched."""

import io

import pytest
from PIL import Image

from contracts.values.ids import new_id, to_uuid
from contracts.values.page import PageRef
from services.catalog.store.margins import list_needs_edge
from services.catalog.usecases.measure_margins import measure_margins
from tests.chassis.pages import jpeg, png, text_page
from tests.services.catalog.api.conftest import Desk, code_of
from tests.services.catalog.api.test_pages import stored

SHEET = text_page()
SKEWED = png(SHEET.rotate(-2.0, resample=Image.Resampling.BICUBIC, fillcolor=255), dpi=(150, 150))


async def scanned(desk: Desk, content: bytes, media_type: str = "image/png") -> tuple[str, str]:
    """A filed material of one page with this scan; ids of page and dossier."""
    office = desk.office
    digest = await stored(office.deps, office.unit_id, content)
    shown = PageRef.model_validate(
        {
            "page_id": new_id("pag"),
            "digest": digest,
            "media_type": media_type,
            "bytes": len(content),
            "width": 1240,
            "height": 1754,
        }
    )
    kept = await office.keep()
    await office.file(kept, "党员登记表", pages=[shown])
    return shown.page_id, kept.dossier_id


async def test_an_enhanced_image_stands_beside_the_scan(desk: Desk):
    page_id, _ = await scanned(desk, SKEWED)
    path = f"pages/{page_id}"
    assert code_of(await desk.get(f"{path}/image?version=enhanced")) == "not-found"
    answer = await desk.post(f"{path}/enhancements", {}, version=1)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["enhancement_no"], told["state"], told["scan_no"]) == (1, "made", 1)
    assert told["made_by"] == desk.office.archivist.account_id
    found = {operation["op"]: operation["found"] for operation in told["operations"]}
    assert abs(found["deskew"]["angle"]) == pytest.approx(2.0, abs=0.3)
    image = await desk.get(f"{path}/image?version=enhanced")
    assert (len(image.content), image.headers["content-type"]) == (told["bytes"], "image/png")
    assert Image.open(io.BytesIO(image.content)).size == (told["width"], told["height"])
    assert (await desk.get(f"{path}/image")).content == SKEWED
    card = (await desk.get(path)).json()
    assert (card["enhanced"], card["version"]) == (1, 2)
    assert await desk.office.journal(page_id) == ["page.enhanced", *2 * ["page.viewed"]]


async def test_a_rejected_image_is_not_shown_and_can_be_made_again(desk: Desk):
    page_id, _ = await scanned(desk, SKEWED)
    path = f"pages/{page_id}"
    await desk.post(f"{path}/enhancements", {}, version=1)
    rejection = {"reason": "text_changed", "note": "第二行标点缺失"}
    answer = await desk.post(f"{path}/enhancements/1/rejections", rejection, version=2)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["state"], answer.json()["rejection_reason"]) == ("rejected", "text_changed")
    assert code_of(await desk.get(f"{path}/image?version=enhanced")) == "not-found"
    assert code_of(await desk.post(f"{path}/enhancements/1/rejections", rejection, version=3)) == "state-conflict"
    assert code_of(await desk.post(f"{path}/enhancements/2/rejections", rejection, version=3)) == "not-found"
    assert code_of(await desk.post(f"{path}/enhancements", {}, version=2)) == "version-stale"
    again = await desk.post(f"{path}/enhancements", {"despeckle": "off"}, version=3)
    assert again.json()["enhancement_no"] == 2
    assert "despeckle" not in [operation["op"] for operation in again.json()["operations"]]
    listed = (await desk.get(f"{path}/enhancements")).json()["items"]
    assert [(one["enhancement_no"], one["state"]) for one in listed] == [(2, "made"), (1, "rejected")]


async def test_a_page_on_its_head_is_turned_in_the_enhanced_image_only(desk: Desk):
    upright = png(SHEET, dpi=(150, 150))
    page_id, _ = await scanned(desk, png(SHEET.rotate(180), dpi=(150, 150)))
    body = {"turn": 180, "deskew": False, "clean_border": False, "crop": False, "despeckle": "off"}
    await desk.post(f"pages/{page_id}/enhancements", body, version=1)
    image = Image.open(io.BytesIO((await desk.get(f"pages/{page_id}/image?version=enhanced")).content))
    assert image.tobytes() == Image.open(io.BytesIO(upright)).tobytes()


async def test_an_enhanced_image_belongs_to_its_scan(desk: Desk):
    """After a new scan the old one's is not shown; by the old number it still is."""
    page_id, _ = await scanned(desk, SKEWED)
    office, path = desk.office, f"pages/{page_id}"
    first = (await desk.post(f"{path}/enhancements", {}, version=1)).json()
    sharp = png(SHEET, dpi=(150, 150))
    digest = await stored(office.deps, office.unit_id, sharp)
    ticket = office.ticket(digest=digest, bytes=len(sharp), media_type="image/png")
    replaced = await desk.post(f"{path}/replacements", {"blob_ticket": ticket, "reason": "歪斜"}, version=2)
    assert (replaced.json()["scan_no"], replaced.json()["enhanced"]) == (2, None)
    assert code_of(await desk.get(f"{path}/image?version=enhanced")) == "not-found"
    old = await desk.get(f"{path}/image?version=enhanced&scan_no=1")
    assert len(old.content) == first["bytes"]


async def test_a_scan_that_does_not_decode_is_refused_and_nothing_is_kept(desk: Desk):
    page_id, _ = await scanned(desk, SKEWED[: len(SKEWED) // 2])
    assert code_of(await desk.post(f"pages/{page_id}/enhancements", {}, version=1)) == "file-damaged"
    assert (await desk.get(f"pages/{page_id}")).json()["version"] == 1
    missing = desk.office
    kept = await missing.keep()
    gone = PageRef(page_id=new_id("pag"), digest="0" * 64, media_type="image/png", bytes=9, width=9, height=9)
    await missing.file(kept, "党员登记表", pages=[gone])
    assert code_of(await desk.post(f"pages/{gone.page_id}/enhancements", {}, version=1)) == "dependency-down"


async def test_a_narrow_margin_is_found_and_told(desk: Desk):
    """Writing that begins 5 mm from the edge wants an edge added before the page is punched."""
    narrow = Image.new("L", SHEET.size, 255)
    narrow.paste(SHEET.crop((230, 0, SHEET.width, SHEET.height)), (15, 0))
    content = jpeg(narrow, dpi=(150, 150))
    page_id, dossier_id = await scanned(desk, content, "image/jpeg")
    wide_id, _ = await scanned(desk, png(SHEET, dpi=(150, 150)))
    damaged_id, _ = await scanned(desk, b"no image")
    await desk.office.admin.execute(
        "delete from catalog.page_to_measure where page_id <> all($1)",
        [to_uuid(one) for one in (page_id, wide_id, damaged_id)],
    )
    assert (await desk.get(f"pages/{page_id}")).json()["margin"] is None
    await measure_margins(desk.office.deps)
    margin = (await desk.get(f"pages/{page_id}")).json()["margin"]
    assert (margin["verdict"], margin["ink_in_line"], margin["dpi"]) == ("needs_edge", True, 150)
    assert margin["margin_mm"] < 14.5
    assert (await desk.get(f"pages/{wide_id}")).json()["margin"]["verdict"] == "ok"
    assert (await desk.get(f"pages/{damaged_id}")).json()["margin"]["verdict"] == "unmeasured"
    async with desk.office.uow() as uow:
        [found] = await list_needs_edge(uow, dossier_id)
    assert (found.page_id, found.page_no, found.verdict) == (page_id, 1, "needs_edge")
    needs = await desk.office.admin.fetch(
        "select cause, source, state from catalog.processing_need where page_id = any($1)",
        [to_uuid(one) for one in (page_id, wide_id, damaged_id)],
    )
    assert [tuple(need) for need in needs] == [("needs_edge", "measured", "open")]
    waiting = await desk.office.admin.fetchval(
        "select count(*) from catalog.page_to_measure where page_id = any($1)",
        [to_uuid(one) for one in (page_id, wide_id, damaged_id)],
    )
    assert waiting == 0


async def test_a_file_that_cannot_be_had_is_measured_later(desk: Desk):
    office = desk.office
    gone = PageRef(page_id=new_id("pag"), digest="1" * 64, media_type="image/png", bytes=9, width=9, height=9)
    await office.file(await office.keep(), "党员登记表", pages=[gone])
    await office.admin.execute("delete from catalog.page_to_measure where page_id <> $1", to_uuid(gone.page_id))
    await measure_margins(office.deps)
    later = await office.admin.fetchval(
        "select due_at > now() + interval '20 minutes' from catalog.page_to_measure where page_id = $1",
        to_uuid(gone.page_id),
    )
    assert later is True
