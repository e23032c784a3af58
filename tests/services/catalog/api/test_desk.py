"""Routes of the archivist's desk."""

import asyncio
from typing import Any

import httpx

from contracts.values.ids import new_id
from services.catalog.domain.standing import ChangeKind
from tests.services.catalog.api.conftest import Desk, code_of, faults_of
from tests.services.catalog.office import Kept, page
from tests.support.rooms import somebody

REPORT = "年度考核登记表"


async def _dossier_version(desk: Desk, kept: Kept) -> int:
    return (await desk.get(f"dossiers/{kept.dossier_id}")).json()["version"]


async def _material(desk: Desk, material_id: str) -> dict[str, Any]:
    return (await desk.get(f"materials/{material_id}")).json()


async def _numbers(desk: Desk, kept: Kept) -> list[tuple[str, int, str]]:
    return await desk.office.numbers(kept)


def _made(answer: httpx.Response, kind: ChangeKind) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.json()["kind"] == kind
    return answer.json()


async def test_a_correction_answers_the_new_row_under_its_version(desk: Desk):
    """Without the version it is asked for; with an old one the changed members are named."""
    kept = await desk.office.keep()
    material_id = await desk.office.file(kept, REPORT, "1990")
    path, seen = f"materials/{material_id}", (await _material(desk, material_id))["version"]
    assert code_of(await desk.send("PATCH", path, {"title": "1990年度考核登记表"})) == "precondition-required"
    answer = await desk.send("PATCH", path, {"title": "1990年度考核登记表", "remark": "复印"}, version=seen)
    assert (answer.status_code, answer.headers["etag"]) == (200, f'"{seen + 1}"')
    assert (answer.json()["title"], answer.json()["material_code"]) == ("1990年度考核登记表", "3-1")
    shown = await _material(desk, material_id)
    assert shown["order"] == {
        "dates": [], "case_id": None, "review_no": None, "annex_of": None, "pinned": False, "pin_after": None,
        "pin_reason": None,
    }  # fmt: skip
    assert (shown["title"], shown["original_title"]) == ("1990年度考核登记表", REPORT)
    stale = await desk.send("PATCH", path, {"remark": None}, version=seen)
    assert code_of(stale) == "version-stale"
    assert {"title", "remark"} <= set(stale.json()["changed"].split(", "))
    assert faults_of(await desk.send("PATCH", path, {"colour": "red"}, version=seen + 1)) == {
        "/colour": "unknown-member"
    }
    assert faults_of(await desk.send("PATCH", path, {"title": "表"}, version=seen + 1)) == {
        "/title": "title-says-nothing"
    }


async def test_a_move_an_order_and_their_undo(desk: Desk):
    """Each answers the change, under which it can be undone; the list shows the latest first."""
    kept = await desk.office.keep()
    ids = [await desk.office.file(kept, REPORT, str(year)) for year in (1990, 1991, 1992)]
    seen = (await _material(desk, ids[0]))["version"]
    body = {"category": "10", "reason": "归错类"}
    moved = _made(await desk.post(f"materials/{ids[0]}/refilings", body, version=seen), "moved")
    assert [one["material_code"] for one in moved["materials"]] == ["10-1"]
    order = {"category": "3", "material_ids": [ids[2], ids[1]], "reason": "本地惯例"}
    ordered = _made(
        await desk.post(f"dossiers/{kept.dossier_id}/orderings", order, version=moved["dossier_version"]), "ordered"
    )
    assert [(one["pinned"], one["pin_reason"]) for one in ordered["materials"]] == [(True, "本地惯例")]
    undo = f"dossiers/{kept.dossier_id}/undoings"
    for change in (ordered, moved):
        version = await _dossier_version(desk, kept)
        _made(await desk.post(undo, {"change_id": change["id"]}, version=version), "undone")
    assert [place for place, _, _ in await _numbers(desk, kept)] == ["3", "3", "3"]
    listed = (await desk.get(f"dossiers/{kept.dossier_id}/material-changes?page_size=3")).json()
    assert [one["kind"] for one in listed["items"]] == ["undone", "undone", "ordered"]
    rest = await desk.get(
        f"dossiers/{kept.dossier_id}/material-changes?page_size=3&page_token={listed['next_page_token']}"
    )
    assert [(one["kind"], one["undone_by"]) for one in rest.json()["items"]] == [("moved", listed["items"][0]["id"])]


async def test_a_cut_and_a_join(desk: Desk):
    """What was cut is joined again, in another order of its pages."""
    kept = await desk.office.keep()
    pages = [page(), page()]
    material_id = await desk.office.file(kept, REPORT, "1990", page_count=2, pages=pages)
    first, second = (one.page_id for one in pages)
    parts = [
        {"title": REPORT, "page_count": 1, "page_ids": [second]},
        {"title": "工作鉴定", "page_count": 1, "page_ids": [first], "category": "3"},
    ]
    seen = (await _material(desk, material_id))["version"]
    cut = _made(
        await desk.post(f"materials/{material_id}/splits", {"parts": parts, "reason": "误订"}, version=seen), "split"
    )
    other = next(one["id"] for one in cut["materials"] if one["id"] != material_id)
    body = {"material_ids": [other], "joined": "parts", "reason": "同一事由"}
    seen = (await _material(desk, material_id))["version"]
    joined = _made(await desk.post(f"materials/{material_id}/merges", body, version=seen), "merged")
    assert [(one["state"], one["page_ids"]) for one in joined["materials"] if one["id"] == material_id] == [
        ("filed", [second, first])
    ]
    assert (await _material(desk, other))["state"] == "merged"
    assert len(await _numbers(desk, kept)) == 1


async def test_two_archivists_at_once_never_overwrite_one_another(desk: Desk):
    """Two requests with the same version: one is done, the other is told what changed."""
    kept = await desk.office.keep()
    ids = [await desk.office.file(kept, REPORT, str(year)) for year in (1990, 1991, 1992)]
    seen, path = await _dossier_version(desk, kept), f"dossiers/{kept.dossier_id}/orderings"
    orders = ([ids[2], ids[1], ids[0]], [ids[1], ids[0], ids[2]])
    both = [
        desk.post(path, {"category": "3", "material_ids": order, "reason": "拖动"}, version=seen, caller=caller)
        for order, caller in zip(orders, (None, somebody("archivist", desk.office.unit_id)), strict=True)
    ]
    answers = await asyncio.gather(*both)
    assert sorted(answer.status_code for answer in answers) == [201, 412]
    done = next(order for order, answer in zip(orders, answers, strict=True) if answer.status_code == 201)
    shown = [(await _material(desk, material_id))["item_no"] for material_id in done]
    assert shown == [1, 2, 3]


async def test_what_is_not_there_cannot_be_changed(desk: Desk):
    """Of another unit or of nobody: not found; a repeated key answers the first change."""
    kept = await desk.office.keep()
    material_id = await desk.office.file(kept, REPORT, "1990")
    body, key = {"category": "10", "reason": "归错类"}, new_id("req")
    stranger = somebody("archivist", new_id("unt"))
    path = f"materials/{material_id}/refilings"
    assert code_of(await desk.post(path, body, version=1, caller=stranger)) == "not-found"
    assert code_of(await desk.post(f"materials/{new_id('mat')}/refilings", body, version=1)) == "not-found"
    seen = (await _material(desk, material_id))["version"]
    first = await desk.post(path, body, version=seen, key=key)
    again = await desk.post(path, body, version=seen, key=key)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json()["id"] == first.json()["id"]
    undo = {"change_id": new_id("chg")}
    assert code_of(await desk.post(f"dossiers/{kept.dossier_id}/undoings", undo, version=3)) in {
        "not-found",
        "version-stale",
    }
