"""Where the paper lies after a cut or a join: parts stay with the whole, and no loose sheet leaves the list."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.values.ids import to_uuid
from services.catalog.usecases.review_dossier import MARK_ROUNDS, REVIEW
from tests.services.catalog.api.conftest import Desk
from tests.services.catalog.api.test_volumes import divide
from tests.services.catalog.office import Kept, page


async def _rows(desk: Desk, kept: Kept, *titles: str) -> list[str]:
    """Rows of a paper catalogue of two sides each, which count as bound."""
    rows = [{"title": title, "formed_on": "2001", "page_count": 2} for title in titles]
    made = await desk.post(f"dossiers/{kept.dossier_id}/materials", {"materials": rows})
    assert made.status_code == 201, made.text
    return [row["id"] for row in made.json()["items"]]


async def _act(desk: Desk, material_id: str, act: str, **body: Any) -> list[str]:
    """Act on a material as it is now; the ids of all that the act was about."""
    version = (await desk.get(f"materials/{material_id}")).json()["version"]
    made = await desk.post(f"materials/{material_id}/{act}", {**body, "reason": "整理"}, version=version)
    assert made.status_code == 201, made.text
    return made.json()["material_ids"]


async def _cut(desk: Desk, material_id: str, category: str | None = None) -> str:
    """The new part, of one side, in this category or the whole's."""
    pages = [one["page_id"] for one in (await desk.get(f"materials/{material_id}")).json()["pages"]]
    parts = [
        {"title": "党员登记表", "page_count": 1, "page_ids": pages[:1]},
        {"title": "入党志愿书", "page_count": 1, "page_ids": pages[1:], "category": category},
    ]
    ids = await _act(desk, material_id, "splits", parts=parts)
    return next(one for one in ids if one != material_id)


async def _loose(desk: Desk) -> dict[str, str]:
    """Loose sheets, and since when."""
    return {row["material_id"]: row["loose_since"] for row in (await desk.get("loose-sheets")).json()["items"]}


async def _bound(desk: Desk, volume: dict[str, Any]) -> set[str]:
    return {row["material_id"] for row in (await desk.get(f"volumes/{volume['id']}/bindings")).json()["items"]}


async def test_a_part_of_an_old_row_is_bound_like_the_row(desk: Desk):
    """But not in a category of another volume: there it is to be bound anew."""
    kept = await desk.office.keep()
    first, second = await _rows(desk, kept, "党员登记表", "党员登记表甲")
    await divide(desk, kept, starts=[1, 7])
    await _cut(desk, first)
    assert await _loose(desk) == {}
    apart = await _cut(desk, second, "10")
    assert list(await _loose(desk)) == [apart]


async def test_parts_lie_loose_as_long_as_the_whole_and_are_bound_where_it_is(desk: Desk):
    kept = await desk.office.keep()
    (volume,) = await divide(desk, kept)
    two = [page(), page()], [page(), page()]
    loose, bound = [await desk.office.file(kept, "党员登记表", "2001", page_count=2, pages=pages) for pages in two]
    await desk.post(f"volumes/{volume['id']}/bindings", {"material_ids": [bound]}, version=1)
    since = (await _loose(desk))[loose]
    part = await _cut(desk, loose)
    assert await _loose(desk) == {loose: since, part: since}
    other = await _cut(desk, bound)
    assert await _bound(desk, volume) == {bound, other}
    assert await _loose(desk) == {loose: since, part: since}


async def test_what_is_joined_with_a_loose_sheet_is_bound_anew(desk: Desk):
    """Joined with what is bound it stays bound."""
    kept = await desk.office.keep()
    (volume,) = await divide(desk, kept)
    loose, bound = [await desk.office.file(kept, "党员登记表", year) for year in ("2001", "2002")]
    await desk.post(f"volumes/{volume['id']}/bindings", {"material_ids": [bound]}, version=1)
    (row,) = await _rows(desk, kept, "党员登记表甲")
    since = (await _loose(desk))[loose]
    await _act(desk, bound, "merges", material_ids=[row], joined="parts")
    assert (await _bound(desk, volume), await _loose(desk)) == ({bound}, {loose: since})
    await _act(desk, bound, "merges", material_ids=[loose], joined="parts")
    assert (await _bound(desk, volume), await _loose(desk)) == (set(), {bound: since})


async def _join(desk: Desk, kept: Kept, whole: str, other: str) -> str:
    """The change that joined them."""
    version = (await desk.get(f"materials/{whole}")).json()["version"]
    body = {"material_ids": [other], "joined": "parts", "reason": "整理"}
    made = await desk.post(f"materials/{whole}/merges", body, version=version)
    assert made.status_code == 201, made.text
    return made.json()["id"]


async def _undo(desk: Desk, kept: Kept, change_id: str) -> None:
    version = (await desk.get(f"dossiers/{kept.dossier_id}")).json()["version"]
    undone = await desk.post(f"dossiers/{kept.dossier_id}/undoings", {"change_id": change_id}, version=version)
    assert undone.status_code == 201, undone.text


async def _bind(desk: Desk, volume: dict[str, Any], *material_ids: str) -> None:
    version = (await desk.get(f"volumes/{volume['id']}")).json()["version"]
    path = f"volumes/{volume['id']}/bindings"
    assert (await desk.post(path, {"material_ids": list(material_ids)}, version=version)).status_code == 201


@pytest.mark.parametrize("which", ["both bound", "the whole bound", "the other bound", "both loose"])
async def test_a_join_taken_back_leaves_each_paper_where_it_lay(desk: Desk, which: str):
    """Bound where it was bound, loose as long as it was: no paper has moved."""
    kept = await desk.office.keep()
    (volume,) = await divide(desk, kept)
    whole, other = [await desk.office.file(kept, "党员登记表", year) for year in ("2001", "2002")]
    bound = {"both bound": [whole, other], "the whole bound": [whole], "the other bound": [other], "both loose": []}
    if bound[which]:
        await _bind(desk, volume, *bound[which])
    before = await _bound(desk, volume), set(await _loose(desk))
    await _undo(desk, kept, await _join(desk, kept, whole, other))
    assert (await _bound(desk, volume), set(await _loose(desk))) == before


async def test_what_comes_out_of_a_whole_that_was_bound_meanwhile_lies_there(desk: Desk):
    """The loose one went into the volume with the rest of the whole."""
    kept = await desk.office.keep()
    (volume,) = await divide(desk, kept)
    whole, other = [await desk.office.file(kept, "党员登记表", year) for year in ("2001", "2002")]
    joined = await _join(desk, kept, whole, other)
    await _bind(desk, volume, whole)
    await _undo(desk, kept, joined)
    assert (await _bound(desk, volume), await _loose(desk)) == ({whole, other}, {})


async def test_a_loose_sheet_is_as_old_after_a_join_taken_back(desk: Desk):
    """Its time to be bound does not begin anew."""
    kept = await desk.office.keep()
    whole, other = [await desk.office.file(kept, "党员登记表", year) for year in ("2001", "2002")]
    first = min((await _loose(desk)).values())
    await _undo(desk, kept, await _join(desk, kept, whole, other))
    assert await _loose(desk) == {whole: first, other: first}


async def test_a_volume_that_was_divided_anew_meanwhile_does_not_take_a_paper_back(desk: Desk):
    """It is bound anew, in the volume that has its category now."""
    kept = await desk.office.keep()
    (volume,) = await divide(desk, kept)
    whole, other = [await desk.office.file(kept, "党员登记表", year) for year in ("2001", "2002")]
    await _bind(desk, volume, whole, other)
    joined = await _join(desk, kept, whole, other)
    await divide(desk, kept, starts=[1, 3])
    await _undo(desk, kept, joined)
    assert other in await _loose(desk)


async def test_a_sheet_that_lies_loose_too_long_is_a_finding_until_it_is_bound(desk: Desk):
    """In the dossier, on the worklist, and in the counts by unit; it appears by time alone."""
    kept = await desk.office.keep()
    (volume,) = await divide(desk, kept)
    old, fresh = [await desk.office.file(kept, "党员登记表", year) for year in ("2001", "2002")]
    assert await _overdue(desk, kept) == []
    await desk.office.admin.execute(
        "update catalog.loose_sheet set since = now() - interval '3 years' where material_id = $1", to_uuid(old)
    )
    await desk.office.admin.execute(
        "update catalog.dossier_review set reviewed_at = now() - interval '2 years' where dossier_id = $1",
        to_uuid(kept.dossier_id),
    )
    await MARK_ROUNDS.run(desk.office.deps)
    (found,) = await _overdue(desk, kept)
    assert found["jump"] == {"address": f"/v1/materials/{old}", "member": "bindings"}
    worklist = (await desk.get("findings?code=CAT-017")).json()["items"]
    assert [one["id"] for one in worklist] == [found["id"]]
    await REVIEW.run(desk.office.deps)
    counts = {row["code"]: row["open"] for row in (await desk.get("finding-counts")).json()["items"]}
    assert counts["CAT-017"] == 1
    await _bind(desk, volume, old, fresh)
    assert await _overdue(desk, kept) == []


async def _overdue(desk: Desk, kept: Kept) -> list[dict[str, Any]]:
    items = (await desk.get(f"dossiers/{kept.dossier_id}/findings?page_size=200")).json()["items"]
    return [one for one in items if one["code"] == "CAT-017"]
