"""Pages over HTTP: added, put in order, scanned anew; nothing is lost, and nobody overwrites another's work."""

import hashlib
from typing import Any

from chassis.deps import Deps
from contracts.values.ids import new_id, to_uuid
from tests.services.catalog.api.conftest import Desk, code_of, faults_of
from tests.services.catalog.office import Office, page
from tests.support.rooms import somebody


async def stored(deps: Deps, unit_id: str, content: bytes) -> str:
    """Put a file into the store of a unit; its digest."""
    async with deps.blobs.receive(1 << 20) as incoming:
        await incoming.write(content)
        await incoming.finish()
        await incoming.keep(unit_id)
        return incoming.digest


async def filed(desk: Desk, count: int = 1, unit_id: str | None = None) -> tuple[str, list[str]]:
    """A filed material of so many pages, handed in by this unit; its id and those of its pages."""
    pages = [page() for _ in range(count)]
    kept = await desk.office.keep()
    by = unit_id or desk.office.unit_id
    material_id = await desk.office.file(kept, "党员登记表", pages=pages, page_count=count, unit_id=by)
    return material_id, [one.page_id for one in pages]


async def version_of(desk: Desk, path: str) -> int:
    return int((await desk.get(path)).headers["etag"].strip('"'))


async def test_pages_are_added_behind_those_that_are_there(desk: Desk):
    """The page count of the catalogue is the paper's: it stays."""
    material_id, [first] = await filed(desk)
    path = f"materials/{material_id}/pages"
    tickets = [desk.office.ticket(), desk.office.ticket()]
    answer = await desk.post(path, {"blob_tickets": tickets}, version=await version_of(desk, path))
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["page_ids"][0] == first
    assert answer.headers["etag"] == f'"{told["version"]}"'
    listed = (await desk.get(path)).json()["items"]
    assert [(one["id"], one["page_no"], one["scan_no"]) for one in listed] == [
        (page_id, number, 1) for number, page_id in enumerate(told["page_ids"], start=1)
    ]
    assert (await desk.get(f"materials/{material_id}")).json()["page_count"] == 1
    event = (await desk.office.told(material_id))[-1]
    assert event["type"] == "dangan.material.pages_changed.v1"
    assert [one["page_id"] for one in event["data"]["pages"]] == told["page_ids"]
    assert int(event["sequence"]) == told["version"]


async def test_added_pages_make_the_printed_catalogue_stale(desk: Desk):
    material_id, _ = await filed(desk)
    dossier_id = (await desk.get(f"materials/{material_id}")).json()["dossier_id"]
    before = await version_of(desk, f"dossiers/{dossier_id}")
    path = f"materials/{material_id}/pages"
    await desk.post(path, {"blob_tickets": [desk.office.ticket()]}, version=await version_of(desk, path))
    after = await version_of(desk, f"dossiers/{dossier_id}")
    assert after == before + 1
    changed = await desk.office.admin.fetchval(
        "select changed_version from catalog.catalogue_state where dossier_id = $1", to_uuid(dossier_id)
    )
    assert changed == after


async def test_a_repeated_request_adds_pages_once(desk: Desk):
    material_id, _ = await filed(desk)
    path = f"materials/{material_id}/pages"
    version, key, body = await version_of(desk, path), new_id("req"), {"blob_tickets": [desk.office.ticket()]}
    first = await desk.post(path, body, version=version, key=key)
    again = await desk.post(path, body, version=version, key=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    assert len((await desk.get(path)).json()["items"]) == 2


async def test_what_does_not_bind_is_named_and_nothing_is_added(desk: Desk):
    """A stranger's ticket, one of a foreign unit, and the very page that is there already."""
    shown = page()
    kept = await desk.office.keep()
    material_id = await desk.office.file(kept, "党员登记表", pages=[shown])
    path, office = f"materials/{material_id}/pages", desk.office
    version = await version_of(desk, path)
    stranger = office.ticket(somebody("archivist", office.unit_id))
    foreign = office.ticket(unit_id=new_id("unt"))
    answer = await desk.post(path, {"blob_tickets": [office.ticket(), stranger, foreign]}, version=version)
    assert faults_of(answer) == {"/blob_tickets/1": "ticket-invalid", "/blob_tickets/2": "ticket-invalid"}
    twice = office.ticket()
    answer = await desk.post(
        path, {"blob_tickets": [office.ticket(digest=shown.digest), twice, twice]}, version=version
    )
    assert faults_of(answer) == {"/blob_tickets/0": "duplicate", "/blob_tickets/2": "duplicate"}
    assert await version_of(desk, path) == version


async def test_files_of_another_unit_are_laid_under_that_of_the_material(desk: Desk):
    """All files of a material have one address, whoever scanned which page."""
    department = new_id("unt")
    material_id, [page_id] = await filed(desk, unit_id=department)
    digest = await stored(desk.office.deps, desk.office.unit_id, b"scanned in the archive")
    answer = await desk.post(
        f"pages/{page_id}/replacements",
        {"blob_ticket": desk.office.ticket(digest=digest, bytes=22), "reason": "原扫描件模糊"},
        version=1,
    )
    assert answer.status_code == 201, answer.text
    assert b"".join([chunk async for chunk in desk.office.deps.blobs.stream(department, digest)]) == (
        b"scanned in the archive"
    )
    assert (await desk.get(f"pages/{page_id}/image")).content == b"scanned in the archive"
    missing = {"blob_ticket": desk.office.ticket(), "reason": "再扫"}
    answer = await desk.post(f"pages/{page_id}/replacements", missing, version=2)
    assert code_of(answer) == "dependency-down"
    assert (await desk.get(f"pages/{page_id}")).json()["version"] == 2
    assert material_id


async def test_a_new_scan_keeps_the_page_and_the_older_scan(desk: Desk):
    office = desk.office
    first = await stored(office.deps, office.unit_id, b"blurred")
    kept = await office.keep()
    shown = page().model_copy(update={"digest": first, "bytes": 7})
    material_id = await office.file(kept, "党员登记表", pages=[shown])
    second = await stored(office.deps, office.unit_id, b"sharp")
    body = {"blob_ticket": office.ticket(digest=second, bytes=5), "reason": "原扫描件模糊"}
    answer = await desk.post(f"pages/{shown.page_id}/replacements", body, version=1)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["id"], told["scan_no"], told["digest"], told["version"]) == (shown.page_id, 2, second, 2)
    scans = (await desk.get(f"pages/{shown.page_id}/versions")).json()["items"]
    assert [(one["scan_no"], one["state"], one["digest"], one["reason"]) for one in scans] == [
        (2, "shown", second, None),
        (1, "replaced", first, "原扫描件模糊"),
    ]
    assert scans[1]["replaced_by"] == office.archivist.account_id
    assert (await desk.get(f"pages/{shown.page_id}/image")).content == b"sharp"
    assert (await desk.get(f"pages/{shown.page_id}/image?scan_no=1")).content == b"blurred"
    assert code_of(await desk.get(f"pages/{shown.page_id}/image?scan_no=3")) == "not-found"
    event = (await office.told(material_id))[-1]
    assert [(one["page_id"], one["digest"]) for one in event["data"]["pages"]] == [(shown.page_id, second)]
    assert await office.journal(shown.page_id) == ["page.replaced", *2 * ["page.viewed"]]
    uses = await office.admin.fetch(
        "select digest from catalog.blob_ref where resource_id = $1 and until is null", shown.page_id
    )
    assert {use["digest"] for use in uses} == {first, second}


async def test_a_scan_is_not_replaced_by_itself_or_twice_at_once(desk: Desk):
    office = desk.office
    shown = page()
    await office.file(await office.keep(), "党员登记表", pages=[shown])
    path = f"pages/{shown.page_id}/replacements"
    same = {"blob_ticket": office.ticket(digest=shown.digest), "reason": "再扫"}
    assert faults_of(await desk.post(path, same, version=1)) == {"/blob_ticket": "duplicate"}
    one, two = ({"blob_ticket": office.ticket(), "reason": "再扫"} for _ in range(2))
    assert (await desk.post(path, one, version=1)).status_code == 201
    answer = await desk.post(path, two, version=1)
    assert code_of(answer) == "version-stale"
    assert answer.json()["changed"] == "digest, scan_no"
    assert code_of(await desk.post(path, two)) == "precondition-required"
    assert faults_of(await desk.post(path, {**two, "reason": ""}, version=2)) == {"/reason": "too-short"}


async def test_pages_are_put_in_another_order(desk: Desk):
    material_id, ids = await filed(desk, count=3)
    path = f"materials/{material_id}"
    wanted = [ids[2], ids[0], ids[1]]
    answer = await desk.post(f"{path}/page-orders", {"page_ids": wanted}, version=await version_of(desk, path))
    assert (answer.status_code, answer.json()["page_ids"]) == (201, wanted)
    assert [one["id"] for one in (await desk.get(f"{path}/pages")).json()["items"]] == wanted
    version = await version_of(desk, path)
    again = await desk.post(f"{path}/page-orders", {"page_ids": wanted}, version=version)
    assert again.json()["version"] == version
    assert await desk.office.journal(ids[0]) == ["page.moved"]


async def test_an_order_names_every_page_once(desk: Desk):
    material_id, ids = await filed(desk, count=3)
    path = f"materials/{material_id}/page-orders"
    version = await version_of(desk, f"materials/{material_id}")

    async def faults(*page_ids: str) -> dict[str, Any]:
        return faults_of(await desk.post(path, {"page_ids": page_ids}, version=version))

    assert await faults(*ids[:2]) == {"/page_ids": "too-few"}
    assert await faults(*ids, ids[0]) == {"/page_ids/3": "duplicate"}
    assert await faults(*ids[:2], new_id("pag")) == {"/page_ids/2": "unknown-reference"}


async def test_pages_are_listed_in_parts(desk: Desk):
    material_id, ids = await filed(desk, count=3)
    first = (await desk.get(f"materials/{material_id}/pages?page_size=2")).json()
    token = first["next_page_token"]
    second = (await desk.get(f"materials/{material_id}/pages?page_size=2&page_token={token}")).json()
    assert [one["id"] for one in (*first["items"], *second["items"])] == ids
    assert second["next_page_token"] is None


async def test_a_page_drawn_from_a_file_names_it(desk: Desk):
    """The TIFF or PDF is kept with the page: its use is recorded as the image's is."""
    material_id, _ = await filed(desk)
    source = hashlib.sha256(b"a tiff").hexdigest()
    path = f"materials/{material_id}/pages"
    ticket = desk.office.ticket(source_digest=source, source_page_no=3)
    await desk.post(path, {"blob_tickets": [ticket]}, version=await version_of(desk, path))
    assert (await desk.get(path)).json()["items"][1]["source"] == {"digest": source, "page_no": 3}
    used = await desk.office.admin.fetchval("select count(*) from catalog.blob_ref where digest = $1", source)
    assert used == 1
    event = (await desk.office.told(material_id))[-1]
    assert (event["data"]["pages"][1]["source_digest"], event["data"]["pages"][1]["source_page_no"]) == (source, 3)


async def test_nobody_works_on_pages_of_another_unit_a_relative_or_a_closed_dossier(desk: Desk):
    office = desk.office
    kept, shown = await office.keep(), page()
    material_id = await office.file(kept, "党员登记表", pages=[shown])
    version = await version_of(desk, f"materials/{material_id}")
    body = {"blob_tickets": [office.ticket()]}
    other = await Office(office.deps, office.uow_for, office.admin).open()
    related = somebody("archivist", office.unit_id, person_no=kept.person_no)
    path = f"materials/{material_id}/pages"
    for caller, code in ((other.archivist, "not-found"), (related, "recusal")):
        assert code_of(await desk.post(path, body, version=version, caller=caller)) == code
        assert code_of(await desk.get(path, caller)) == code
        assert code_of(await desk.get(f"pages/{shown.page_id}/versions", caller)) == code
        replacement = {"blob_ticket": office.ticket(caller), "reason": "再扫"}
        answer = await desk.post(f"pages/{shown.page_id}/replacements", replacement, version=1, caller=caller)
        assert code_of(answer) == code
    dossier = f"dossiers/{kept.dossier_id}"
    closed = await desk.send("PATCH", dossier, {"state": "closed"}, version=await version_of(desk, dossier))
    assert closed.status_code == 200, closed.text
    assert code_of(await desk.post(path, body, version=version)) == "state-conflict"


async def test_pages_of_a_queued_material_are_told_when_it_is_filed(desk: Desk):
    office = desk.office
    material_id = await office.file(await office.keep(), "来信", pages=[page()])
    path = f"materials/{material_id}/pages"
    added = await desk.post(path, {"blob_tickets": [office.ticket()]}, version=await version_of(desk, path))
    assert await office.told(material_id) == []
    task = await office.task_of(material_id)
    decided = await desk.post(f"tasks/{task['task_id']}/decisions", {"outcome": "approve", "category": "10"}, version=1)
    assert decided.status_code == 201, decided.text
    [event] = await office.told(material_id)
    assert [one["page_id"] for one in event["data"]["pages"]] == added.json()["page_ids"]
