"""Routes of dossiers, their catalogue, materials and pages."""

import asyncio
from typing import Any

import pytest

from chassis.deps import Deps
from contracts.values.digest import digest_of
from contracts.values.ids import new_id
from tests.chassis.pages import jpeg, text_page
from tests.services.catalog.api.conftest import Desk, code_of, faults_of
from tests.services.catalog.office import page
from tests.support.rooms import somebody


async def test_a_dossier_is_opened_read_and_closed(desk: Desk):
    """The card shows whose it is; its tag is its version."""
    person = await desk.office.register("王小明")
    number = f"D{person.person_no}"
    made = await desk.post("dossiers", {"person_id": person.person_id, "dossier_no": number})
    assert made.status_code == 201, made.text
    card = made.json()
    assert card | {"id": None, "opened_on": None} == {
        "id": None,
        "unit_id": desk.office.unit_id,
        "version": 1,
        "dossier_no": number,
        "state": "open",
        "scheme": "r2018",
        "opened_on": None,
        "material_count": 0,
        "page_count": 0,
        "catalogue_stale": False,
        "person": {"id": person.person_id, "person_no": person.person_no, "name": "王小明"},
    }
    path = f"dossiers/{card['id']}"
    read = await desk.get(path)
    assert read.json() == card
    assert (await desk.get(path, **{"If-None-Match": read.headers["etag"]})).status_code == 304
    again = await desk.post("dossiers", {"person_id": person.person_id, "dossier_no": "another"})
    assert (again.status_code, code_of(again)) == (409, "state-conflict")
    closed = await desk.send("PATCH", path, {"state": "closed"}, version=1)
    assert (closed.json()["state"], closed.headers["etag"]) == ("closed", '"2"')
    assert code_of(await desk.send("PATCH", path, {"state": "open"}, version=1)) == "version-stale"


async def test_the_list_goes_page_by_page(desk: Desk):
    """In order of ids, each once, over the signed token; a token of another caller is refused."""
    ids = [(await desk.office.keep()).dossier_id for _ in range(3)]
    first = (await desk.get("dossiers?page_size=2")).json()
    token = first["next_page_token"]
    second = (await desk.get(f"dossiers?page_size=2&page_token={token}")).json()
    assert [card["id"] for card in first["items"] + second["items"]] == sorted(ids)
    assert second["next_page_token"] is None
    other = somebody("archivist", desk.office.unit_id)
    assert code_of(await desk.get(f"dossiers?page_size=2&page_token={token}", other)) == "page-token-invalid"
    assert code_of(await desk.get("dossiers?sort=name")) == "unknown-parameter"


@pytest.mark.parametrize("member", ["name", "person_no", "dossier_no"])
async def test_a_dossier_is_found_exactly(desk: Desk, member: str):
    """By the whole name or either number."""
    name = f"陈{desk.office.unit_id[-6:]}"
    kept = await desk.office.keep(name)
    value = {"name": name, "person_no": kept.person_no, "dossier_no": kept.dossier_no}[member]
    answer = await desk.post("dossiers/searches", {member: value}, key=None)
    assert [card["id"] for card in answer.json()["items"]] == [kept.dossier_id]
    part = await desk.post("dossiers/searches", {member: value[:-1]}, key=None)
    assert part.json()["items"] == []


async def test_rows_of_a_paper_catalogue_become_the_catalogue(desk: Desk):
    """Entered in one request; shown under the official headings; printed as a PDF."""
    kept = await desk.office.keep("王小明")
    rows = [
        {"title": "干部任免审批表", "formed_on": {"value": "2001-03"}, "page_count": 4, "remark": "附考察材料"},
        {"title": "学位证书", "formed_on": "1990", "page_count": 1},
        {"title": "工作小结", "category": "3", "page_count": 2},
    ]
    made = await desk.post(f"dossiers/{kept.dossier_id}/materials", {"materials": rows})
    assert made.status_code == 201, made.text
    assert [item["material_code"] for item in made.json()["items"]] == ["9-2-1", "4-1-1", "3-1"]
    answer = await desk.get(f"dossiers/{kept.dossier_id}/catalogue")
    again = await desk.get(f"dossiers/{kept.dossier_id}/catalogue", **{"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    catalogue = answer.json()
    assert (catalogue["material_count"], catalogue["page_count"]) == (3, 7)
    shown = {heading["category"]: heading for heading in catalogue["headings"]}
    assert list(shown) == [
        "1", "2", "3", "4", "4-1", "4-2", "4-3", "4-4", "5", "6", "7", "8", "9", "9-1", "9-2", "9-3", "9-4", "10",
    ]  # fmt: skip
    assert (shown["9"]["numeral"], shown["9-2"]["numeral"]) == ("九", "（二）")
    (item,) = shown["9-2"]["items"]
    assert (item["material_code"], item["formed_on"]["value"], item["remark"]) == ("9-2-1", "2001-03", "附考察材料")
    for medium, begins in (("xlsx", b"PK"), ("docx", b"PK"), ("pdf?form=r1991", b"%PDF-"), ("pdf", b"%PDF-")):
        file = await desk.get(f"dossiers/{kept.dossier_id}/catalogue/{medium}")
        assert file.status_code == 200, file.text
        assert file.content.startswith(begins)
        assert file.headers["cache-control"] == "private, no-store"
    assert file.headers["content-type"] == "application/pdf"
    assert code_of(await desk.get(f"dossiers/{kept.dossier_id}/catalogue/pdf?form=r1492")) == "validation-failed"
    verbs = await desk.office.journal(kept.dossier_id)
    assert verbs[-6:] == ["catalogue.viewed", *4 * ["catalogue.printed"], "catalogue.current"]


async def test_a_rare_character_is_named_instead_of_printed(desk: Desk):
    """422 with the name and the character."""
    kept = await desk.office.keep("王\U000323af")
    answer = await desk.get(f"dossiers/{kept.dossier_id}/catalogue/pdf")
    assert (answer.status_code, code_of(answer)) == (422, "glyph-missing")
    assert answer.json()["char"] == "\U000323af"


@pytest.mark.parametrize(
    ("row", "faults"),
    [
        ({"title": "党员登记表"}, {"/materials/0/page_count": "required"}),
        ({"title": "党员登记表", "page_count": 0}, {"/materials/0/page_count": "out-of-range"}),
        ({"title": "党" * 10_000, "page_count": 1}, {"/materials/0/title": "too-long"}),
        ({"title": "党员登记表", "page_count": 1, "category": "12"}, {"/materials/0/category": "pattern"}),
        ({"title": "论文", "page_count": 1, "category": "4"}, {"/materials/0/category": "subclass-required"}),
        ({"title": "来信", "page_count": 1}, {"/materials/0/category": "required"}),
        ({"title": "党员登记表", "page_count": 1, "pages": ["x"]}, {"/materials/0/pages/0": "ticket-invalid"}),
    ],
)
async def test_a_faulty_row_files_nothing(desk: Desk, row: dict[str, Any], faults: dict[str, str]):
    """Each fault at its pointer."""
    kept = await desk.office.keep()
    answer = await desk.post(f"dossiers/{kept.dossier_id}/materials", {"materials": [row]})
    assert (code_of(answer), faults_of(answer)) == ("validation-failed", faults)
    assert await desk.office.numbers(kept) == []


async def test_more_rows_than_a_request_may_hold_are_refused(desk: Desk):
    """200 at the most, at least one."""
    kept = await desk.office.keep()
    rows = [{"title": "党员登记表", "page_count": 1}] * 201
    for materials, code in ((rows, "too-many"), ([], "too-few")):
        answer = await desk.post(f"dossiers/{kept.dossier_id}/materials", {"materials": materials})
        assert faults_of(answer) == {"/materials": code}
    many = [{"title": "党员登记表", "page_count": 251, "pages": ["x"] * 251}] * 4
    answer = await desk.post(f"dossiers/{kept.dossier_id}/materials", {"materials": many})
    assert list(faults_of(answer).values()) == ["too-many"]


async def test_a_material_shows_its_place_or_why_it_waits(desk: Desk):
    """A filed one its number and rule, a queued one its task."""
    kept = await desk.office.keep()
    material_id = await desk.office.file(kept, "党员登记表")
    answer = await desk.get(f"materials/{material_id}")
    filed = answer.json()
    again = await desk.get(f"materials/{material_id}", **{"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.headers["cache-control"]) == (304, "private, no-store")
    assert await desk.office.journal(material_id) == ["material.filed", "material.viewed", "material.viewed"]
    assert (filed["state"], filed["material_code"], filed["basis"]) == ("filed", "6-1", "r2018:31")
    assert filed["queue"] is None
    queued = (await desk.get(f"materials/{await desk.office.file(kept, '来信')}")).json()
    assert (queued["state"], queued["category"], queued["queue"]["cause"]) == ("queued", None, "unclassified")
    assert queued["queue"]["task_id"].startswith("tskc_")


async def test_a_page_image_is_streamed_and_recorded(desk: Desk):
    """The very bytes, never cached, with a journal row; a lost file is a passing fault."""
    deps: Deps = desk.office.deps
    content = await asyncio.to_thread(jpeg, text_page())
    async with deps.blobs.receive(len(content)) as incoming:
        await incoming.write(content)
        await incoming.finish()
        await incoming.keep(desk.office.unit_id)
    kept = await desk.office.keep()
    shown = page().model_copy(update={"digest": digest_of(content), "bytes": len(content), "media_type": "image/jpeg"})
    lost = page()
    await desk.office.file(kept, "党员登记表", pages=[shown, lost], page_count=2)
    answer = await desk.get(f"pages/{shown.page_id}/image")
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "private, no-store"
    assert await desk.office.journal(shown.page_id) == ["page.viewed"]
    assert code_of(await desk.get(f"pages/{lost.page_id}/image")) == "dependency-down"
    assert await desk.office.journal(lost.page_id) == []


async def test_a_stranger_finds_nothing_and_a_submitter_may_not_ask(desk: Desk):
    """404 outside the units, 403 without the permission, on every route."""
    kept, shown = await desk.office.keep(), page()
    material_id = await desk.office.file(kept, "党员登记表", pages=[shown])
    stranger, submitter = somebody("archivist", new_id("unt")), somebody("submitter", desk.office.unit_id)
    rows = {"materials": [{"title": "党员登记表", "page_count": 1}]}
    requests: list[tuple[str, str, Any]] = [
        ("GET", f"dossiers/{kept.dossier_id}", None),
        ("PATCH", f"dossiers/{kept.dossier_id}", {"state": "closed"}),
        ("GET", f"dossiers/{kept.dossier_id}/catalogue", None),
        ("GET", f"dossiers/{kept.dossier_id}/catalogue/pdf", None),
        ("POST", f"dossiers/{kept.dossier_id}/materials", rows),
        ("GET", f"materials/{material_id}", None),
        ("GET", f"pages/{shown.page_id}/image", None),
    ]
    for method, path, body in requests:
        assert code_of(await desk.send(method, path, body, caller=stranger, version=1)) == "not-found", path
        assert code_of(await desk.send(method, path, body, caller=submitter, version=1)) == "role-missing", path
    assert (await desk.get("dossiers", stranger)).json()["items"] == []
    search = await desk.post("dossiers/searches", {"dossier_no": kept.dossier_no}, caller=stranger)
    assert search.json()["items"] == []
    refused = await desk.post("dossiers", {"person_id": kept.person_id, "dossier_no": "x"}, caller=stranger)
    assert faults_of(refused) == {"/person_id": "unknown-reference"}
