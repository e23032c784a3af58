"""Acts at the desk on what somebody else has changed meanwhile: nothing is lost, and nothing else is approved."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from contracts.problems import StateConflict
from contracts.values.ids import new_id
from services.catalog.usecases.merge_materials import MergeMaterials, merge_materials
from tests.services.catalog.api.conftest import Desk, code_of, faults_of
from tests.services.catalog.api.test_pages import stored
from tests.services.catalog.office import Kept, page
from tests.support.rooms import somebody

REPORT = "年度考核登记表"


async def _report(desk: Desk, kept: Kept, year: int, pages: int = 2) -> tuple[str, list[str]]:
    scans = [page() for _ in range(pages)]
    material_id = await desk.office.file(kept, f"{year}{REPORT}", str(year), page_count=pages, pages=scans)
    return material_id, [one.page_id for one in scans]


async def _version(desk: Desk, path: str) -> int:
    return (await desk.get(path)).json()["version"]


async def _act(desk: Desk, material_id: str, act: str, **body: Any) -> dict[str, Any]:
    path = f"materials/{material_id}"
    made = await desk.post(f"{path}/{act}", body, version=await _version(desk, path))
    assert made.status_code == 201, made.text
    return made.json()


async def _cut(desk: Desk, material_id: str, page_ids: list[str]) -> dict[str, Any]:
    parts = [{"title": f"{no}号{REPORT}", "page_count": 1, "page_ids": [one]} for no, one in enumerate(page_ids, 1)]
    return await _act(desk, material_id, "splits", parts=parts, reason="误订")


async def _undo(desk: Desk, kept: Kept, change: dict[str, Any]) -> Any:
    version = await _version(desk, f"dossiers/{kept.dossier_id}")
    return await desk.post(f"dossiers/{kept.dossier_id}/undoings", {"change_id": change["id"]}, version=version)


async def _pages(desk: Desk, material_id: str) -> list[str]:
    return [one["id"] for one in (await desk.get(f"materials/{material_id}/pages")).json()["items"]]


async def test_a_page_that_came_to_a_part_is_not_lost_by_an_undo(desk: Desk):
    """It would stay with a material that is no more: the cut stands, until the page has gone elsewhere."""
    kept = await desk.office.keep()
    whole, page_ids = await _report(desk, kept, 1990)
    cut = await _cut(desk, whole, page_ids)
    (part,) = [one["id"] for one in cut["materials"] if one["id"] != whole]
    await _act(desk, part, "pages", blob_tickets=[desk.office.ticket()])
    refused = await _undo(desk, kept, cut)
    assert (code_of(refused), refused.json()["state"]) == ("state-conflict", "changed since")
    assert ([len(await _pages(desk, one)) for one in (whole, part)]) == [1, 2]


async def test_a_page_that_came_to_a_whole_is_not_lost_by_an_undo(desk: Desk):
    """Whose page of the joined ones it is, nobody said."""
    kept = await desk.office.keep()
    (kept_id, _), (other, _) = await _report(desk, kept, 1990), await _report(desk, kept, 1991)
    joined = await _act(desk, kept_id, "merges", material_ids=[other], joined="parts", reason="同一事由")
    await _act(desk, kept_id, "pages", blob_tickets=[desk.office.ticket()])
    assert code_of(await _undo(desk, kept, joined)) == "state-conflict"
    assert len(await _pages(desk, kept_id)) == 5


async def test_an_undo_keeps_pages_and_order_that_came_since(desk: Desk):
    """A move to another category says nothing of pages."""
    kept = await desk.office.keep()
    material_id, page_ids = await _report(desk, kept, 1990)
    moved = await _act(desk, material_id, "refilings", category="10", reason="归错类")
    await _act(desk, material_id, "pages", blob_tickets=[desk.office.ticket()])
    wanted = [*reversed(await _pages(desk, material_id))]
    await _act(desk, material_id, "page-orders", page_ids=wanted)
    undone = await _undo(desk, kept, moved)
    assert (undone.status_code, undone.json()["materials"][0]["material_code"]) == (201, "3-1")
    assert await _pages(desk, material_id) == wanted
    assert set(page_ids) < set(wanted)


async def test_an_undo_of_a_cut_can_be_undone(desk: Desk):
    """Pages go back and forth as long as none came."""
    kept = await desk.office.keep()
    whole, page_ids = await _report(desk, kept, 1990)
    cut = await _cut(desk, whole, page_ids)
    undone = await _undo(desk, kept, cut)
    assert await _pages(desk, whole) == page_ids
    assert (await _undo(desk, kept, undone.json())).status_code == 201
    assert await _pages(desk, whole) == page_ids[:1]


async def test_a_leader_approves_the_removal_of_what_was_asked_about_and_of_nothing_else(desk: Desk):
    """What was joined to it since would go with it: the request is rejected, and asked anew."""
    kept = await desk.office.keep()
    (material_id, _), (other, _) = await _report(desk, kept, 1990), await _report(desk, kept, 1991)
    leader = somebody("leader", desk.office.unit_id)
    asked = await _act(desk, material_id, "removals", reason="duplicate")
    await _act(desk, material_id, "merges", material_ids=[other], joined="parts", reason="同一事由")
    decisions = f"tasks/{asked['task_id']}/decisions"
    refused = await desk.post(decisions, {"outcome": "approve"}, version=1, caller=leader)
    assert (code_of(refused), refused.json()["state"]) == ("state-conflict", "changed since")
    assert [place for place, _, _ in await desk.office.numbers(kept)] == ["3"]
    rejected = await desk.post(decisions, {"outcome": "reject", "note": "已合并"}, version=1, caller=leader)
    assert rejected.status_code == 201
    again = await _act(desk, material_id, "removals", reason="duplicate")
    decisions = f"tasks/{again['task_id']}/decisions"
    assert (await desk.post(decisions, {"outcome": "approve"}, version=1, caller=leader)).status_code == 201


async def test_a_page_that_comes_while_files_are_laid_together_is_not_joined_without_its_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    """Files of another unit are copied between two transactions: the second one sees the page, and refuses."""
    office, department = desk.office, new_id("unt")
    kept = await office.keep()
    whole, _ = await _report(desk, kept, 1990)
    scan = page().model_copy(update={"digest": await stored(office.deps, department, b"scanned there")})
    other = await office.file(kept, f"1991{REPORT}", "1991", pages=[scan], unit_id=department)
    late = office.ticket(digest=await stored(office.deps, office.unit_id, b"scanned here"))

    copy = office.deps.blobs.stream

    async def stream(unit_id: str, digest: str) -> AsyncIterator[bytes]:
        monkeypatch.undo()
        await _act(desk, other, "pages", blob_tickets=[late])
        async for chunk in copy(unit_id, digest):
            yield chunk

    version = await _version(desk, f"materials/{whole}")
    command = MergeMaterials(whole, version, [other], "parts", "同一事由")
    monkeypatch.setattr(office.deps.blobs, "stream", stream)
    with pytest.raises(StateConflict):
        await merge_materials(command, uow=office.uow(), rules=office.deps.rules, blobs=office.deps.blobs)
    assert len(await _pages(desk, other)) == 2
    await merge_materials(command, uow=office.uow(), rules=office.deps.rules, blobs=office.deps.blobs)
    assert len(await _pages(desk, whole)) == 4


async def test_a_neighbour_that_only_moved_up_is_said_to_have_another_number(desk: Desk):
    """Numbers change by the hundred, without a row each in the journal."""
    kept = await desk.office.keep()
    (first, _), (second, _) = await _report(desk, kept, 1990), await _report(desk, kept, 1991)
    seen = await _version(desk, f"materials/{second}")
    await _act(desk, first, "refilings", category="10", reason="归错类")
    stale = await desk.send("PATCH", f"materials/{second}", {"remark": "复印"}, version=seen)
    assert (code_of(stale), stale.json()["changed"]) == ("version-stale", "item_no")
    stale = await desk.post(f"materials/{second}/pages", {"blob_tickets": [desk.office.ticket()]}, version=seen)
    assert (code_of(stale), stale.json()["changed"]) == ("version-stale", "item_no")


async def test_no_title_that_says_nothing_is_supplied_at_the_desk(desk: Desk):
    """登记表 and 材料 are other words for nothing, also for a part or in a move."""
    kept = await desk.office.keep()
    whole, page_ids = await _report(desk, kept, 1990)
    seen = await _version(desk, f"materials/{whole}")
    parts = [{"title": title, "page_count": 1, "page_ids": [one]} for title, one in zip(
        (f"1990{REPORT}", "登记表"), page_ids, strict=True)]  # fmt: skip
    cut = await desk.post(f"materials/{whole}/splits", {"parts": parts, "reason": "误订"}, version=seen)
    assert faults_of(cut) == {"/parts/1/title": "title-says-nothing"}
    move = {"category": "10", "title": "材料", "reason": "归错类"}
    assert faults_of(await desk.post(f"materials/{whole}/refilings", move, version=seen)) == {
        "/title": "title-says-nothing"
    }
