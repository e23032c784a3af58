"""Volumes over HTTP: division, shelf places with their history, loose sheets and binding, the reprint queue."""

import asyncio
from typing import Any

from contracts.values.ids import new_id, to_uuid
from tests.services.catalog.api.conftest import Desk, code_of, faults_of
from tests.services.catalog.office import Kept
from tests.support.rooms import somebody


async def _thick(desk: Desk) -> Kept:
    """A dossier of 200 pages in category 1, 250 in 4-1 and 100 in 9-2."""
    kept = await desk.office.keep()
    rows = [("履历表", "1", 200), ("学历", "4-1", 250), ("任免", "9-2", 100)]
    materials = [{"title": title, "category": code, "page_count": pages} for title, code, pages in rows]
    made = await desk.post(f"dossiers/{kept.dossier_id}/materials", {"materials": materials})
    assert made.status_code == 201, made.text
    return kept


async def _version(desk: Desk, kept: Kept) -> int:
    return (await desk.get(f"dossiers/{kept.dossier_id}")).json()["version"]


async def divide(desk: Desk, kept: Kept, **body: Any) -> list[dict[str, Any]]:
    version = await _version(desk, kept)
    made = await desk.post(f"dossiers/{kept.dossier_id}/volumes", body, version=version)
    assert made.status_code == 201, made.text
    return made.json()["items"]


async def divided(desk: Desk) -> tuple[Kept, list[dict[str, Any]]]:
    """A dossier of three volumes."""
    kept = await _thick(desk)
    return kept, await divide(desk, kept)


async def shelving(desk: Desk, **changes: Any) -> dict[str, Any]:
    """Two layers of three slots, one volume in each, in a room of its own."""
    room_in = {"unit_id": desk.office.unit_id, "code": new_id("req")[-8:], "name": "一号库房"}
    room = await desk.post("store-rooms", room_in)
    assert room.status_code == 201, room.text
    body = {"code": "A1", "kind": "dense", "layers": 2, "slots": 3} | changes
    made = await desk.post(f"store-rooms/{room.json()['id']}/cabinets", body)
    assert made.status_code == 201, made.text
    return made.json()


async def test_a_thick_dossier_is_divided_as_proposed(desk: Desk):
    """No category is split; the proposal says what it would hold, and the dossier's version is its tag."""
    kept = await _thick(desk)
    shown = (await desk.get(f"dossiers/{kept.dossier_id}/volume-proposal")).json()
    assert shown["page_limit"] == 300
    assert [(v["first_category"], v["last_category"], v["page_count"]) for v in shown["volumes"]] == [
        (1, 3, 200),
        (4, 8, 250),
        (9, 10, 100),
    ]
    assert (shown["warnings"], shown["volumes"][0]["box_mm"]) == ([], 25)
    assert (await desk.get(f"dossiers/{kept.dossier_id}/volumes")).json() == {"items": []}
    body, version = {"kind": "original"}, shown["version"]
    path = f"dossiers/{kept.dossier_id}/volumes"
    made = await desk.post(path, body, version=version, key="divide-once-1")
    volumes = made.json()["items"]
    assert [(v["no"], v["volumes_in_set"], v["page_count"]) for v in volumes] == [(1, 3, 200), (2, 3, 250), (3, 3, 100)]
    again = await desk.post(path, body, version=version, key="divide-once-1")
    assert (again.headers["idempotent-replayed"], again.json()) == ("true", made.json())
    stale = await desk.post(path, body, version=version)
    assert (code_of(stale), "volumes" in stale.json()["detail"]) == ("version-stale", True)
    assert (await desk.get(f"volumes?code={volumes[1]['code']}")).json()["items"] == [volumes[1]]
    assert "dossier.divided" in await desk.office.journal(kept.dossier_id)
    assert await desk.office.journal(volumes[0]["id"]) == ["volume.made"]


async def test_a_new_division_keeps_what_stays(desk: Desk):
    """Number, label and place stay with the volume; one too many is dissolved and leaves its slot."""
    kept, cabinet = await _thick(desk), await shelving(desk)
    first, _, third = await divide(desk, kept)
    for slot, volume in enumerate((first, third), start=1):
        place = {"cabinet_id": cabinet["id"], "layer": 1, "slot": slot}
        placed = await desk.post(f"volumes/{volume['id']}/placements", place, version=1)
        assert placed.status_code == 201, placed.text
    one, two = await divide(desk, kept, starts=[1, 9])
    assert (one["code"], one["place"]["slot"], one["last_category"]) == (first["code"], 1, 8)
    assert (two["no"], two["volumes_in_set"], two["page_count"]) == (2, 2, 100)
    gone = (await desk.get(f"volumes/{third['id']}")).json()
    assert (gone["state"], gone["place"]) == ("dissolved", None)
    assert (await desk.get(f"volumes?cabinet_id={cabinet['id']}")).json()["items"] == [one]
    refused = await desk.post(f"volumes/{third['id']}/placements", {}, version=gone["version"])
    assert code_of(refused) == "state-conflict"
    both = await divide(desk, kept, kind="duplicate")
    assert [v["kind"] for v in both] == ["original"] * 2 + ["duplicate"] * 3
    assert (await desk.get(f"dossiers/{kept.dossier_id}/volumes")).json()["items"] == both


async def test_ranges_that_leave_a_category_out_are_refused(desk: Desk):
    """They begin with 1 and rise."""
    kept = await _thick(desk)
    path, version = f"dossiers/{kept.dossier_id}/volumes", await _version(desk, kept)
    for starts, fault in (([2, 5], {"/starts/0": "not-allowed-value"}), ([1, 9, 4], {"/starts/2": "contradiction"})):
        assert faults_of(await desk.post(path, {"starts": starts}, version=version)) == fault
    asked = await desk.get(f"dossiers/{kept.dossier_id}/volume-proposal?starts=1&starts=10")
    assert [warning["code"] for warning in asked.json()["warnings"]] == ["volume_too_thick"]
    assert faults_of(await desk.get(f"dossiers/{kept.dossier_id}/volume-proposal?starts=3")) == {
        "/starts/0": "not-allowed-value"
    }


async def test_a_slot_holds_what_it_can_and_the_way_of_a_volume_is_kept(desk: Desk):
    """A full slot refuses, one that does not exist too; the history tells every place, the latest first."""
    kept, cabinet = await _thick(desk), await shelving(desk)
    first, second, _ = await divide(desk, kept)
    spot = {"cabinet_id": cabinet["id"], "layer": 2, "slot": 3}
    placed = await desk.post(f"volumes/{first['id']}/placements", spot, version=1)
    assert placed.json()["place"] == {**spot, "room_code": cabinet["room_code"], "cabinet_code": "A1"}
    other = f"volumes/{second['id']}/placements"
    assert faults_of(await desk.post(other, spot, version=1)) == {"/slot": "slot-full"}
    outside = {**spot, "layer": 3, "slot": 4}
    assert faults_of(await desk.post(other, outside, version=1)) == {"/layer": "out-of-range", "/slot": "out-of-range"}
    unknown = {**spot, "cabinet_id": new_id("cab")}
    assert faults_of(await desk.post(other, unknown, version=1)) == {"/cabinet_id": "unknown-reference"}
    assert code_of(await desk.post(other, {"layer": 1}, version=1)) == "validation-failed"
    await desk.post(f"volumes/{first['id']}/placements", {"reason": "送修"}, version=2)
    assert (await desk.post(other, spot, version=1)).status_code == 201
    history = (await desk.get(f"volumes/{first['id']}/placements")).json()["items"]
    assert [(row["version"], row["reason"], row["place"] is None) for row in history] == [
        (3, "送修", True),
        (2, None, False),
    ]
    assert await desk.office.journal(first["id"]) == ["volume.made", "volume.placed", "volume.taken_off"]
    in_slot = (await desk.get(f"volumes?cabinet_id={cabinet['id']}&layer=2&slot=3")).json()["items"]
    assert faults_of(await desk.get("volumes?layer=2")) == {"/cabinet_id": "required"}
    assert [volume["id"] for volume in in_slot] == [second["id"]]
    assert (await desk.get(f"cabinets/{cabinet['id']}")).json()["standing"] == 1


async def test_of_two_volumes_for_one_slot_one_gets_it(desk: Desk):
    """At the same moment, by two people."""
    kept, cabinet = await _thick(desk), await shelving(desk)
    volumes = await divide(desk, kept)
    spot = {"cabinet_id": cabinet["id"], "layer": 1, "slot": 1}
    answers = await asyncio.gather(
        *(desk.post(f"volumes/{volume['id']}/placements", spot, version=1) for volume in volumes)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422]
    standing = (await desk.get(f"volumes?cabinet_id={cabinet['id']}&layer=1&slot=1")).json()["items"]
    assert len(standing) == 1


async def test_a_cabinet_never_shrinks_below_what_stands_in_it(desk: Desk):
    """And a code stands once in a room."""
    kept, cabinet = await _thick(desk), await shelving(desk)
    (volume, *_) = await divide(desk, kept)
    spot = {"cabinet_id": cabinet["id"], "layer": 2, "slot": 2}
    await desk.post(f"volumes/{volume['id']}/placements", spot, version=1)
    path = f"cabinets/{cabinet['id']}"
    assert faults_of(await desk.send("PATCH", path, {"layers": 1, "slots": 2}, version=1)) == {"/layers": "in-use"}
    grown = await desk.send("PATCH", path, {"layers": 5}, version=1)
    assert (grown.json()["capacity"], grown.headers["etag"]) == (15, '"2"')
    twin = {"code": "A1", "kind": "fixed", "layers": 1, "slots": 1}
    cabinets = f"store-rooms/{cabinet['store_room_id']}/cabinets"
    assert faults_of(await desk.post(cabinets, twin)) == {"/code": "duplicate"}
    assert [found["id"] for found in (await desk.get(cabinets)).json()["items"]] == [cabinet["id"]]
    room = f"store-rooms/{cabinet['store_room_id']}"
    assert (await desk.send("PATCH", room, {"name": "新库房"}, version=1)).json()["name"] == "新库房"
    assert code_of(await desk.send("PATCH", room, {"name": "旧"}, version=1)) == "version-stale"
    rooms = (await desk.get("store-rooms")).json()["items"]
    assert [found["id"] for found in rooms] == [cabinet["store_room_id"]]


async def test_a_volume_is_measured_and_remarked(desk: Desk):
    """By its own version; others see another unit's volume as none."""
    kept = await _thick(desk)
    (volume, *_) = await divide(desk, kept)
    path = f"volumes/{volume['id']}"
    changed = await desk.send("PATCH", path, {"thickness_mm": 26, "remark": "盒盖破损"}, version=1)
    assert (changed.json()["thickness_mm"], changed.json()["remark"], changed.headers["etag"]) == (
        26,
        "盒盖破损",
        '"2"',
    )
    assert (await desk.send("PATCH", path, {"remark": None}, version=2)).json()["remark"] is None
    stale = await desk.send("PATCH", path, {"remark": "又"}, version=1)
    assert (code_of(stale), "thickness_mm" in stale.json()["detail"]) == ("version-stale", True)
    stranger = somebody("archivist", new_id("unt"))
    assert code_of(await desk.get(path, stranger)) == "not-found"
    assert (await desk.get("volumes", stranger)).json()["items"] == []
    assert code_of(await desk.send("PATCH", path, {"remark": "x"}, version=3, caller=stranger)) == "not-found"
    related = somebody("archivist", desk.office.unit_id, person_no=kept.person_no)
    assert code_of(await desk.send("PATCH", path, {"remark": "x"}, version=3, caller=related)) == "recusal"


async def test_what_a_department_hands_in_lies_loose_until_it_is_bound(desk: Desk):
    """Rows of a paper catalogue stand in their volumes; a bound sheet leaves the list and shows who bound it where."""
    kept = await _thick(desk)
    (one, two, _) = await divide(desk, kept)
    materials = [await desk.office.file(kept, "党员登记表", "2001"), await desk.office.file(kept, "干部履历表", "2002")]
    listed = (await desk.get("loose-sheets")).json()["items"]
    assert {row["material_id"]: row["volume_id"] for row in listed} == dict(
        zip(materials, (two["id"], one["id"]), strict=True)
    )
    assert [(row["age_days"], row["overdue"]) for row in listed] == [(0, False)] * 2
    assert (await desk.get("loose-sheets?overdue=true")).json()["items"] == []
    path = f"volumes/{two['id']}/bindings"
    assert faults_of(await desk.post(path, {"material_ids": materials}, version=1)) == {
        "/material_ids/1": "unknown-reference"
    }
    bound = await desk.post(path, {"material_ids": materials[:1]}, version=1)
    assert (bound.status_code, bound.headers["etag"]) == (201, '"2"'), bound.text
    assert code_of(await desk.post(path, {"material_ids": materials[:1]}, version=1)) == "version-stale"
    assert [row["material_id"] for row in (await desk.get("loose-sheets")).json()["items"]] == materials[1:]
    (binding,) = (await desk.get(path)).json()["items"]
    assert (binding["material_id"], binding["bound_by"]) == (materials[0], desk.office.archivist.account_id)
    # Category 6 goes into the first volume now: what was bound in the second is to be bound anew.
    await divide(desk, kept, starts=[1, 9])
    await desk.get(f"dossiers/{kept.dossier_id}/volumes")
    assert {row["volume_id"] for row in (await desk.get("loose-sheets")).json()["items"]} == {one["id"]}
    assert (await desk.get(path)).json()["items"] == []


async def test_old_loose_sheets_are_overdue(desk: Desk):
    """Two years after the filing, by the setting."""
    kept = await desk.office.keep()
    material_id = await desk.office.file(kept, "党员登记表", "2001")
    await desk.office.admin.execute("update catalog.loose_sheet set since = since - interval '731 days'")
    (row,) = (await desk.get(f"loose-sheets?overdue=true&unit_id={desk.office.unit_id}")).json()["items"]
    assert (row["material_id"], row["overdue"], row["age_days"]) == (material_id, True, 731)
    assert (await desk.get(f"loose-sheets?unit_id={new_id('unt')}")).json()["items"] == []


async def test_a_changed_catalogue_waits_until_it_is_printed(desk: Desk):
    """The longest waiting first, page by page; the older form is no reprint, and a new filing brings it back."""
    first, second = await desk.office.keep(), await desk.office.keep()
    for kept in (first, second):
        await desk.office.file(kept, "党员登记表", "2001")
    queue = (await desk.get("reprints?page_size=1")).json()
    rest = (await desk.get(f"reprints?page_size=1&page_token={queue['next_page_token']}")).json()
    assert [row["dossier_id"] for row in queue["items"] + rest["items"]] == [first.dossier_id, second.dossier_id]
    path = f"dossiers/{first.dossier_id}"
    before = await desk.get(path)
    assert before.json()["catalogue_stale"] is True
    assert (await desk.get(f"{path}/catalogue/pdf?form=r1991")).status_code == 200
    assert (await desk.get(path)).json()["catalogue_stale"] is True
    assert (await desk.get(f"{path}/catalogue/pdf")).status_code == 200
    after = await desk.get(path, **{"If-None-Match": before.headers["etag"]})
    assert (after.status_code, after.json()["catalogue_stale"]) == (200, False)
    assert [row["dossier_id"] for row in (await desk.get("reprints")).json()["items"]] == [second.dossier_id]
    await desk.office.file(first, "入党志愿书", "2002")
    assert (await desk.get(path)).json()["catalogue_stale"] is True
    assert len((await desk.get(f"reprints?unit_id={desk.office.unit_id}")).json()["items"]) == 2


async def test_the_paper_follows_the_catalogue(desk: Desk):
    """What goes into another volume is to be bound anew; what goes within one stays, also if nobody recorded it."""
    kept = await _thick(desk)
    one, _, three = await divide(desk, kept)
    material = await desk.office.file(kept, "干部履历表", "2002")
    bound = await desk.post(f"volumes/{one['id']}/bindings", {"material_ids": [material]}, version=1)
    assert bound.status_code == 201, bound.text

    async def refile(category: str) -> list[str]:
        version = (await desk.get(f"materials/{material}")).json()["version"]
        answer = await desk.post(
            f"materials/{material}/refilings", {"category": category, "reason": "分错"}, version=version
        )
        assert answer.status_code == 201, answer.text
        return [row["volume_id"] for row in (await desk.get("loose-sheets")).json()["items"]]

    assert await refile("3") == []
    assert await refile("10") == [three["id"]]
    assert (await desk.get(f"volumes/{one['id']}/bindings")).json()["items"] == []


async def test_counts_by_unit(desk: Desk):
    """What waits to be printed, bound, repaired and confirmed."""
    kept = await desk.office.keep()
    materials = [await desk.office.file(kept, "党员登记表", year) for year in ("2001", "2002")]
    await desk.office.admin.execute(
        "update catalog.loose_sheet set since = since - interval '731 days' where material_id = $1",
        to_uuid(materials[0]),
    )
    torn = {"cause": "condition", "condition": "torn", "proposal": "copy"}
    for body in (torn, {"cause": "needs_edge"}):
        await desk.post(f"materials/{materials[0]}/processing-needs", body)
    await desk.post(f"materials/{materials[1]}/processing-records", {"op": "trim"})
    (row,) = (await desk.get(f"shelf-counts?unit_id={desk.office.unit_id}")).json()["items"]
    counts = {name: value for name, value in row.items() if isinstance(value, int)}
    assert counts == {
        "reprints": 1,
        "loose_sheets": 2,
        "overdue": 1,
        "needs_edge": 1,
        "conditions": 1,
        "second_persons": 1,
    }
    assert (await desk.get(f"shelf-counts?unit_id={new_id('unt')}")).json()["items"] == []
