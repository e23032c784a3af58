"""Many materials of one dossier at once: one change, one renumbering, and the same catalogue as one by one."""

import random
from typing import Any

import pytest

from chassis.identity import Caller
from contracts.values.ids import from_uuid, to_uuid
from services.catalog.store import material_changes, materials
from services.catalog.usecases.change_dossier import change_dossier
from services.catalog.usecases.edit_material import EditMaterial, edit_material
from services.catalog.usecases.order_batch import Batch, BatchItem, order_batch, rehearse_batch
from services.catalog.usecases.order_category import OrderCategory, order_category
from tests.services.catalog.api.conftest import Desk
from tests.services.catalog.api.test_operations import batch, catalogue, done, filed, version
from tests.services.catalog.office import Kept

ROWS, MOVED = 480, 300
CHANGES = "select kind, undone_by is null from catalog.material_change where dossier_id = $1 order by change_id"


@pytest.fixture
async def kept(desk: Desk) -> Kept:
    return await desk.office.keep()


async def large(desk: Desk, kept: Kept) -> tuple[list[str], dict[str, Any]]:
    """480 rows of one category; the ids, and a batch that moves every second one and all of the last 120."""
    for first in range(0, ROWS, 160):
        rows = [
            {"title": f"{no}号体检表", "category": "10", "formed_on": {"value": f"{1500 + no}"}, "page_count": 1}
            for no in range(first, first + 160)
        ]
        answer = await desk.post(f"dossiers/{kept.dossier_id}/materials", {"materials": rows})
        assert answer.status_code == 201, answer.text
    found = await desk.office.admin.fetch(
        "select material_id, version from catalog.material where dossier_id = $1 order by item_no",
        to_uuid(kept.dossier_id),
    )
    moved = [(no, row) for no, row in enumerate(found) if no % 2 == 0 or no >= ROWS - 120]
    items = [
        {"material_id": from_uuid("mat", row["material_id"]), "version": row["version"], "ref": str(no)}
        for no, row in moved
    ]
    assert len(items) == MOVED
    body = {"kind": "refile", "reason": "核对后改类", "items": [{**item, "category": "7"} for item in items]}
    return [from_uuid("mat", row["material_id"]) for row in found], body


class Counted:
    """How often categories were numbered anew and changes were written, rolled back or not."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shifts = self.changes = 0
        shift, add = materials.shift, material_changes.add

        async def shifting(*told: Any) -> Any:
            self.shifts += 1
            return await shift(*told)

        async def adding(*told: Any) -> None:
            self.changes += 1
            await add(*told)

        monkeypatch.setattr(materials, "shift", shifting)
        monkeypatch.setattr(material_changes, "add", adding)

    def since(self) -> tuple[int, int]:
        """Changes and renumberings since the last look."""
        told = (self.changes, self.shifts)
        self.changes = self.shifts = 0
        return told


async def items_of(desk: Desk, operation: dict[str, Any]) -> list[dict[str, Any]]:
    """All items of an operation, page after page."""
    found: list[dict[str, Any]] = []
    path = f"operations/{operation['id']}/items?page_size=200"
    token: str | None = ""
    while token is not None:
        page = (await desk.get(path + (f"&page_token={token}" if token else ""))).json()
        found, token = [*found, *page["items"]], page["next_page_token"]
    return found


async def refiled(desk: Desk, kept: Kept) -> list[str]:
    """The materials of this dossier of which `material.refiled` was told, as often as it was."""
    return [
        row["material_id"]
        for row in await desk.office.admin.fetch(
            """select e.body->'data'->>'material_id' as material_id
            from (select convert_from(body, 'UTF8')::jsonb as body from catalog.outbox) as e
            where e.body->>'type' = 'dangan.material.refiled.v1' and e.body->'data'->>'dossier_id' = $1""",
            kept.dossier_id,
        )
    ]


async def test_three_hundred_of_one_dossier_are_one_change(
    desk: Desk, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rehearsed, done, taken back and done again: each is one change that tells each material at most once."""
    ids, body = await large(desk, kept)
    before = await catalogue(desk, kept)
    counted = Counted(monkeypatch)

    tried = await desk.post("materials/batches", {**body, "validate_only": True})
    assert tried.status_code == 200, tried.text
    assert counted.since() == (1, 1)
    assert await catalogue(desk, kept) == before
    expected = [one["result"] for one in tried.json()["items"]]
    assert [one["to"]["item_no"] for one in expected] == list(range(1, MOVED + 1))
    assert [ids[one["from"]["item_no"] - 1] for one in expected] == [one["material_id"] for one in body["items"]]
    assert await desk.office.admin.fetch(CHANGES, to_uuid(kept.dossier_id)) == []

    ended = await done(desk, await desk.post("materials/batches", {**body, "mode": "all_or_nothing"}))
    assert (ended["state"], ended["progress"]["done"], counted.since()) == ("succeeded", MOVED, (1, 1))
    assert [one["result"] for one in await items_of(desk, ended)] == expected
    told = await refiled(desk, kept)
    # The very first one moves, so that all which stay have other numbers.
    assert sorted(told) == sorted(ids)
    after = await catalogue(desk, kept)

    undo = await done(desk, await desk.post(f"operations/{ended['id']}/undos", None))
    assert (undo["state"], undo["progress"]["done"], counted.since()) == ("succeeded", MOVED, (1, 1))
    assert await catalogue(desk, kept) == before
    assert all(one["undone"] for one in await items_of(desk, ended))
    assert (await desk.post(f"operations/{ended['id']}/undos", None)).status_code == 409

    again = await done(desk, await desk.post(f"operations/{undo['id']}/undos", None))
    assert (again["state"], counted.since()) == ("succeeded", (1, 1))
    assert await catalogue(desk, kept) == after
    changes = await desk.office.admin.fetch(CHANGES, to_uuid(kept.dossier_id))
    assert [tuple(one) for one in changes] == [("moved", False), ("undone", False), ("undone", True)]


TITLES = (
    "干部履历表", "自传", "2001年度考核登记表", "2002年度考核登记表", "2003年度考核登记表", "政审证明材料",
    "政治审查调查报告", "入党志愿书", "先进个人登记表", "行政处分决定", "体检表", "干部任免审批表",
)  # fmt: skip


async def dossier_version(desk: Desk, kept: Kept) -> Any:
    return await desk.office.admin.fetchval(
        "select version from catalog.dossier where dossier_id = $1", to_uuid(kept.dossier_id)
    )


async def twin(desk: Desk) -> tuple[Kept, list[str]]:
    """A dossier with what an order depends on: time, content, a pinned material and an annex."""
    kept = await desk.office.keep()
    ids = await filed(desk, kept, *TITLES)
    rules = desk.office.deps.rules
    by_hand = OrderCategory(
        kept.dossier_id, await dossier_version(desk, kept), "3", [ids[4], ids[2], ids[3]], "按本地惯例"
    )
    await order_category(by_hand, uow=desk.office.uow(), rules=rules)
    annex = EditMaterial(ids[5], await version(desk, ids[5]), {"annex_of": ids[6]})
    await edit_material(annex, uow=desk.office.uow(), rules=rules)
    return kept, ids


@pytest.mark.parametrize("seed", range(4))
async def test_together_is_the_same_as_one_by_one(desk: Desk, seed: int):
    """Two equal dossiers, one batch: the same catalogue, the same results; and both undos restore it exactly."""
    chance = random.Random(seed)
    chosen = chance.sample(range(len(TITLES)), 7)
    members = [
        {"category": chance.choice(["1", "2", "3", "5", "7", "10"]), **({"title": f"补充材料{at}"} if at % 3 else {})}
        for at in chosen
    ]
    seen: list[Any] = []
    for mode in ("each", "all_or_nothing"):
        kept, ids = await twin(desk)
        before, numbers = await catalogue(desk, kept), await desk.office.numbers(kept)
        body = await batch(desk, "refile", [ids[at] for at in chosen], mode=mode)
        body["items"] = [{**item, **told} for item, told in zip(body["items"], members, strict=True)]
        tried = (await desk.post("materials/batches", {**body, "mode": "each", "validate_only": True})).json()["items"]
        body["items"] = [item for item, one in zip(body["items"], tried, strict=True) if one["problem"] is None]
        ended = await done(desk, await desk.post("materials/batches", body))
        assert ended["state"] == "succeeded"
        assert await desk.office.numbers(kept) != numbers
        numbers = await desk.office.numbers(kept)
        here = {(title, place): no for place, no, title in numbers}
        ends = [one["result"]["to"] for one in tried if one["problem"] is None]
        assert [here[one["title"], one["category"]] for one in ends] == [one["item_no"] for one in ends]
        seen.append((numbers, ends, [one["problem"] for one in tried]))
        await done(desk, await desk.post(f"operations/{ended['id']}/undos", None))
        assert await catalogue(desk, kept) == before
    assert seen[0] == seen[1]


async def test_titles_too_are_one_change(desk: Desk, kept: Kept):
    """A title that stays as it is, is refused alone; in `all_or_nothing` it refuses the whole, by its own item."""
    ids = await filed(desk, kept, *TITLES[2:5])
    body = await batch(desk, "retitle", ids, each={"title": "二〇〇一年度考核登记表（补）"})
    body["items"][1]["title"] = TITLES[3]
    tried = (await desk.post("materials/batches", {**body, "validate_only": True})).json()["items"]
    assert [one["problem"] and one["problem"]["errors"][0]["code"] for one in tried] == [None, "duplicate", None]
    ended = await done(desk, await desk.post("materials/batches", {**body, "mode": "all_or_nothing"}))
    assert ended["state"] == "failed"
    assert [one["state"] for one in await items_of(desk, ended)] == ["skipped", "failed", "skipped"]
    assert [title for _, _, title in await desk.office.numbers(kept)] == list(TITLES[2:5])
    del body["items"][1]
    ended = await done(desk, await desk.post("materials/batches", {**body, "mode": "all_or_nothing"}))
    assert ended["state"] == "succeeded"
    changes = await desk.office.admin.fetch(CHANGES, to_uuid(kept.dossier_id))
    assert [tuple(one) for one in changes] == [("corrected", True)]


async def test_an_undo_leaves_what_was_changed_since_and_takes_back_the_rest(desk: Desk, kept: Kept):
    """The material that somebody retitled keeps its place and title; its item says why; the others are back."""
    ids = await filed(desk, kept, *TITLES[2:5])
    body = await batch(desk, "refile", ids, each={"category": "10"}, mode="all_or_nothing")
    ended = await done(desk, await desk.post("materials/batches", body))
    edited = EditMaterial(ids[1], await version(desk, ids[1]), {"title": "他人改题"})
    await edit_material(edited, uow=desk.office.uow(), rules=desk.office.deps.rules)
    undo = await done(desk, await desk.post(f"operations/{ended['id']}/undos", None))
    assert (undo["state"], undo["progress"]["done"], undo["progress"]["failed"]) == ("partly_done", 2, 1)
    assert await desk.office.numbers(kept) == [("3", 1, TITLES[2]), ("3", 2, TITLES[4]), ("10", 1, "他人改题")]
    refused = [one for one in await items_of(desk, undo) if one["state"] == "failed"]
    assert [(one["ref"], one["problem"]["code"]) for one in refused] == [("r1", "state-conflict")]
    assert [one["undone"] for one in await items_of(desk, ended)] == [True, False, True]


async def test_a_closed_dossier_refuses_its_own_items_alone(desk: Desk, kept: Kept):
    """The other dossier's are rehearsed; each dossier is a change of its own."""
    other = await desk.office.keep()
    here, there = await filed(desk, kept, *TITLES[:2]), await filed(desk, other, *TITLES[:2])
    body = await batch(desk, "refile", [here[0], there[0], here[1], there[1]], each={"category": "10"})
    ended = await done(desk, await desk.post("materials/batches", {**body, "mode": "all_or_nothing"}))
    assert ended["state"] == "succeeded"
    for one in (kept, other):
        assert len(await desk.office.admin.fetch(CHANGES, to_uuid(one.dossier_id))) == 1
        assert await desk.office.numbers(one) == [("10", 1, TITLES[0]), ("10", 2, TITLES[1])]
    seen = await dossier_version(desk, other)
    await change_dossier(other.dossier_id, seen, {"state": "closed"}, uow=desk.office.uow())
    body = await batch(desk, "refile", [here[0], there[0], here[1], there[1]], each={"category": "7"})
    tried = (await desk.post("materials/batches", {**body, "validate_only": True})).json()["items"]
    assert [one["problem"] and one["problem"]["code"] for one in tried] == [
        None, "state-conflict", None, "state-conflict",
    ]  # fmt: skip
    assert [one["result"]["to"]["item_no"] for one in tried if one["result"]] == [1, 2]


async def test_the_second_item_of_one_material_saw_it_as_it_was_before(desk: Desk, kept: Kept):
    """Whoever gets past the form is told of the change by the first one, in a rehearsal and in the deed."""
    [material] = await filed(desk, kept, TITLES[0])
    items = [BatchItem(material, await version(desk, material), category, ref=category) for category in ("10", "7")]
    given = Batch("refile", "all_or_nothing", items, "核对后改类")
    archivist: Caller = desk.office.archivist
    deps = desk.office.deps
    tried = await rehearse_batch(given, roots=archivist.roots("material:batch"), uow=desk.office.uow(), deps=deps)
    assert [one.problem and (one.problem["code"], one.problem["params"]) for one in tried.items] == [
        None,
        ("version-stale", {"version": items[0].seen_version + 1, "changed": ["code", "change"]}),
    ]
    ordered = await order_batch(given, uow=desk.office.uow(), deps=deps)
    assert ordered.operation is not None
    while await deps.operations.work_once():
        pass
    ended = await items_of(desk, {"id": ordered.operation.id})
    assert [one["state"] for one in ended] == ["skipped", "failed"]
    assert await desk.office.numbers(kept) == [("1", 1, TITLES[0])]
