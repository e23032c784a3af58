"""Inventories over HTTP: what is expected, what scans make of it, two checkers, and the register."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from contracts.values.ids import new_id
from contracts.values.paper_number import paper_number
from services.catalog.papers.labels import slot_number
from services.catalog.store import rooms
from services.catalog.store.inventory_tasks import KIND
from tests.services.catalog.api.conftest import Desk, code_of, faults_of
from tests.services.catalog.api.test_volumes import divided, shelving
from tests.support.rooms import somebody


class Shelf:
    """Three volumes of one dossier, the first two in slots 1 and 2 of layer 1."""

    def __init__(self, desk: Desk, cabinet: dict[str, Any], volumes: list[dict[str, Any]], slots: list[str]) -> None:
        self.desk, self.cabinet, self.volumes, self.slots = desk, cabinet, volumes, slots
        self.codes = [volume["code"] for volume in volumes]

    async def start(self, **scope: Any) -> dict[str, Any]:
        made = await self.desk.post("inventories", scope or {"unit_id": self.desk.office.unit_id})
        assert made.status_code == 201, made.text
        return made.json()

    async def scan(self, inventory: dict[str, Any], *scans: tuple[str, str | None]) -> dict[str, str]:
        body = {"scans": [{"code": code, "slot_code": slot} for code, slot in scans]}
        answer = await self.desk.post(f"inventories/{inventory['id']}/scans", body)
        assert answer.status_code == 201, answer.text
        return {line["code"]: line["result"] for line in answer.json()["items"]}

    async def confirm(self, inventory: dict[str, Any], version: int, who: Any = None) -> Any:
        return await self.desk.post(f"inventories/{inventory['id']}/confirmations", None, version=version, caller=who)

    async def card(self, inventory: dict[str, Any]) -> dict[str, Any]:
        return (await self.desk.get(f"inventories/{inventory['id']}")).json()


@pytest.fixture
async def shelf(desk: Desk) -> Shelf:
    _, volumes = await divided(desk)
    cabinet = await shelving(desk)
    for slot, volume in enumerate(volumes[:2], start=1):
        place = {"cabinet_id": cabinet["id"], "layer": 1, "slot": slot}
        placed = await desk.post(f"volumes/{volume['id']}/placements", place, version=1)
        assert placed.status_code == 201, placed.text
    async with desk.office.uow() as uow:
        found = await rooms.get_cabinet(uow.raw(), cabinet["id"])
    return Shelf(desk, cabinet, volumes, [slot_number(found, 1, slot) for slot in (1, 2, 3)])


def _counts(card: dict[str, Any]) -> tuple[int, ...]:
    return tuple(card[name] for name in ("expected", "found", "missing", "misplaced", "unknown", "unsettled"))


async def test_an_inventory_from_start_to_register(shelf: Shelf):
    """Each difference is settled, two confirm, and the register shows the row."""
    desk, inventory = shelf.desk, await shelf.start()
    assert (inventory["state"], inventory["no"], _counts(inventory)) == ("counting", 1, (3, 0, 3, 0, 0, 3))
    stranger = paper_number("volume", 10**14)
    first, second, third = shelf.codes
    results = await shelf.scan(inventory, (first, shelf.slots[0]), (second, shelf.slots[2]), (stranger, None))
    assert results == {first: "found", second: "misplaced", stranger: "unknown"}
    assert _counts(await shelf.card(inventory)) == (3, 1, 1, 1, 1, 3)
    path = f"inventories/{inventory['id']}"
    missing = (await desk.get(f"{path}/lines?result=missing")).json()["items"]
    assert [(line["code"], line["volume_id"]) for line in missing] == [(third, shelf.volumes[2]["id"])]
    early = {"settlements": [{"code": third, "outcome": "found_later"}]}
    assert code_of(await desk.post(f"{path}/settlements", early, version=1)) == "state-conflict"
    counted = await shelf.confirm(inventory, 1)
    assert (counted.json()["state"], counted.headers["etag"]) == ("counted", '"2"')
    late = await desk.post(f"{path}/scans", {"scans": [{"code": first}]})
    assert code_of(late) == "state-conflict"
    assert code_of(await shelf.confirm(inventory, 2)) == "same-person-twice"
    other = somebody("archivist", desk.office.unit_id)
    confirmed = (await shelf.confirm(inventory, 2, other)).json()
    assert confirmed["checkers"] == [desk.office.archivist.account_id, other.account_id]
    assert code_of(await desk.post(f"{path}/closings", None, version=3)) == "state-conflict"
    settlements = [
        {"code": second, "outcome": "moved_back"},
        {"code": third, "outcome": "explained", "note": "借出，有借阅单"},
        {"code": stranger, "outcome": "explained", "note": "他单位旧标签"},
    ]
    settled = await desk.post(f"{path}/settlements", {"settlements": settlements}, version=3)
    assert (settled.status_code, settled.json()["unsettled"]) == (201, 0), settled.text
    closed = await desk.post(f"{path}/closings", None, version=4)
    assert (closed.status_code, closed.json()["state"]) == (201, "closed")
    assert code_of(await desk.post(f"{path}/settlements", {"settlements": settlements}, version=5)) == "state-conflict"
    year = closed.json()["year"]
    register = (await desk.get(f"inventories?unit_id={desk.office.unit_id}&year={year}")).json()["items"]
    assert register == [closed.json()]
    assert (await desk.get(f"inventories?year={year - 1}")).json()["items"] == []
    assert await desk.office.journal(inventory["id"]) == [
        "inventory.started",
        "inventory.scanned",
        "inventory.confirmed",
        "inventory.confirmed",
        "inventory.settled",
        "inventory.closed",
    ]


async def _tasks(desk: Desk, state: str = "pending") -> dict[str, dict[str, Any]]:
    """Tasks of the archivist about differences, by the number on the label."""
    found = [one for one in (await desk.get(f"tasks?state={state}")).json()["items"] if one["kind"] == KIND]
    told = [(await desk.get(f"tasks/{one['id']}")).json() for one in found]
    return {one["code"]: one for one in told}


async def _counted(shelf: Shelf) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """An inventory after its first confirmation (the first found, the second misplaced, the third missing), and its
    tasks."""
    inventory = await shelf.start()
    await shelf.scan(inventory, (shelf.codes[0], shelf.slots[0]), (shelf.codes[1], shelf.slots[2]))
    assert await _tasks(shelf.desk) == {}
    assert (await shelf.confirm(inventory, 1)).status_code == 201
    return inventory, await _tasks(shelf.desk)


async def test_each_difference_waits_for_an_archivist_until_a_day(shelf: Shelf):
    """Once the count is over; settled on its task, the difference is settled in the inventory, and can be closed."""
    desk = shelf.desk
    _, second, third = shelf.codes
    inventory, tasks = await _counted(shelf)
    assert {code: task["result"] for code, task in tasks.items()} == {second: "misplaced", third: "missing"}
    task = tasks[third]
    assert (task["resource"], task["inventory_id"]) == (f"volumes/{shelf.volumes[2]['id']}", inventory["id"])
    waits = datetime.fromisoformat(task["due_at"]) - datetime.fromisoformat(task["created_at"])
    assert waits == desk.office.deps.rules.shelf.settled_within
    path = f"tasks/{task['id']}/decisions"
    body = {"outcome": "approve", "settled_as": "explained", "note": "借出，有借阅单"}
    assert code_of(await desk.post(path, body, version=2)) == "version-stale"
    assert code_of(await desk.post(path, body, version=1, caller=somebody("archivist", new_id("unt")))) == "not-found"
    done = await desk.post(path, body, version=1, key="settle-0001")
    assert (done.status_code, done.json()["state"], done.json()["settled_as"]) == (201, "approved", "explained")
    again = await desk.post(path, body, version=1, key="settle-0001")
    assert (again.json(), again.headers["idempotent-replayed"]) == (done.json(), "true")
    assert code_of(await desk.post(path, body, version=2)) == "state-conflict"
    assert await desk.office.journal(task["id"]) == ["task.approved"]
    assert (await shelf.card(inventory))["unsettled"] == 1
    settlements = {"settlements": [{"code": second, "outcome": "moved_back"}]}
    settled = await desk.post(f"inventories/{inventory['id']}/settlements", settlements, version=3)
    assert (settled.status_code, settled.json()["unsettled"]) == (201, 0)
    assert (await _tasks(desk), set(await _tasks(desk, "approved"))) == ({}, {second, third})


async def test_a_scan_after_the_count_ends_the_difference_that_it_finds(shelf: Shelf):
    """All of a lot or none: a misplaced volume must stand in its slot. What the checkers saw stays as it was."""
    desk = shelf.desk
    _, second, third = shelf.codes
    inventory, _ = await _counted(shelf)
    scans = [{"code": third}, {"code": second, "slot_code": shelf.slots[2]}]
    assert code_of(await desk.post(f"inventories/{inventory['id']}/scans", {"scans": scans})) == "state-conflict"
    assert set(await _tasks(desk)) == {second, third}
    await shelf.scan(inventory, (third, None), (second, shelf.slots[1]))
    lines = {line["code"]: line for line in (await desk.get(f"inventories/{inventory['id']}/lines")).json()["items"]}
    assert {code: (lines[code]["result"], lines[code]["outcome"]) for code in (second, third)} == {
        second: ("misplaced", "moved_back"),
        third: ("missing", "found_later"),
    }
    assert await _tasks(desk) == {}
    again = await desk.post(f"inventories/{inventory['id']}/scans", {"scans": [{"code": third}]})
    assert code_of(again) == "state-conflict"


async def test_a_later_inventory_that_finds_a_volume_ends_the_difference_of_an_earlier_one(shelf: Shelf):
    """Not one that sees it in another slot again."""
    _, second, third = shelf.codes
    earlier, tasks = await _counted(shelf)
    later = await shelf.start()
    await shelf.scan(later, (second, shelf.slots[2]), (third, None))
    assert set(await _tasks(shelf.desk)) == {second}
    await shelf.scan(later, (second, shelf.slots[1]))
    assert await _tasks(shelf.desk) == {}
    card = await shelf.card(earlier)
    assert (card["unsettled"], card["version"]) == (0, 4)
    assert await shelf.desk.office.journal(tasks[second]["id"]) == ["task.approved"]


async def test_two_who_end_one_difference_at_once_end_it_once(shelf: Shelf):
    """By scans and by a word on the task: the others are told that one was faster, and nobody waits in a ring."""
    _, second, third = shelf.codes
    inventory, tasks = await _counted(shelf)
    body = {"outcome": "approve", "settled_as": "found_later"}
    answers = await asyncio.gather(
        shelf.desk.post(f"tasks/{tasks[third]['id']}/decisions", body, version=1),
        shelf.desk.post(f"inventories/{inventory['id']}/scans", {"scans": [{"code": third}]}),
        shelf.desk.post(f"inventories/{inventory['id']}/scans", {"scans": [{"code": third}]}),
    )
    assert sorted(answer.status_code for answer in answers)[0] == 201
    assert {code_of(answer) for answer in answers if answer.status_code != 201} <= {"state-conflict", "version-stale"}
    assert sum(answer.status_code == 201 for answer in answers) == 1
    assert set(await _tasks(shelf.desk)) == {second}


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"outcome": "approve"}, {"/settled_as": "required"}),
        ({"outcome": "reject", "settled_as": "moved_back"}, {"/outcome": "not-allowed-value"}),
        ({"outcome": "approve", "settled_as": "explained"}, {"/note": "required"}),
        ({"outcome": "approve", "settled_as": "moved_back", "category": "4-1"}, {"/category": "contradiction"}),
    ],
)
async def test_a_word_on_a_difference_says_how_it_ended(shelf: Shelf, body: dict[str, Any], faults: dict[str, str]):
    """And nothing that belongs to another task; nothing is settled by a refused one."""
    _, tasks = await _counted(shelf)
    task = tasks[shelf.codes[1]]
    assert faults_of(await shelf.desk.post(f"tasks/{task['id']}/decisions", body, version=1)) == faults
    assert await _tasks(shelf.desk) == tasks


async def test_what_is_expected_stays_as_it_was(shelf: Shelf):
    """A volume that is moved during the count is found where it was to be; one scanned elsewhere is misplaced."""
    inventory = await shelf.start(cabinet_id=shelf.cabinet["id"], first_layer=1, last_layer=2)
    assert (inventory["expected"], inventory["shelf"]["room_code"]) == (2, shelf.cabinet["room_code"])
    first, _, third = shelf.codes
    await shelf.desk.post(f"volumes/{shelf.volumes[0]['id']}/placements", {}, version=2)
    assert await shelf.scan(inventory, (first, shelf.slots[0]), (third, shelf.slots[2])) == {
        first: "found",
        third: "misplaced",
    }
    assert _counts(await shelf.card(inventory)) == (2, 1, 1, 1, 0, 2)


async def test_a_volume_scanned_twice_is_one_line_and_the_last_place_counts(shelf: Shelf):
    """In one lot, in two, and by two people at once."""
    inventory = await shelf.start()
    first, second, third = shelf.codes
    assert await shelf.scan(inventory, (first, shelf.slots[1]), (first, shelf.slots[0])) == {first: "found"}
    both = [(first, shelf.slots[0]), (second, shelf.slots[1]), (third, None)]
    await asyncio.gather(*(shelf.scan(inventory, *order) for order in (both, both[::-1], both, both[::-1])))
    lines = (await shelf.desk.get(f"inventories/{inventory['id']}/lines")).json()["items"]
    assert [(line["code"], line["scans"], line["result"]) for line in lines] == sorted(
        [(first, 6, "found"), (second, 4, "found"), (third, 4, "found")]
    )
    assert _counts(await shelf.card(inventory)) == (3, 3, 0, 0, 0, 0)


async def test_a_lot_sent_twice_is_taken_once(shelf: Shelf):
    """By its key: a hand-held scanner that lost the line sends again."""
    inventory = await shelf.start()
    path, body = f"inventories/{inventory['id']}/scans", {"scans": [{"code": shelf.codes[0]}]}
    sent = [await shelf.desk.post(path, body, key="lot-0001") for _ in range(2)]
    assert sent[1].headers["idempotent-replayed"] == "true"
    assert [answer.json()["items"][0]["scans"] for answer in sent] == [1, 1]


async def test_a_misread_number_refuses_its_lot(shelf: Shelf):
    """All of them are named, and nothing is taken."""
    inventory = await shelf.start()
    misread = shelf.codes[0][:-1] + str((int(shelf.codes[0][-1]) + 1) % 10)
    scans = [
        {"code": shelf.codes[1]},
        {"code": misread},
        {"code": shelf.slots[0]},
        {"code": shelf.codes[2], "slot_code": shelf.codes[2]},
    ]
    refused = await shelf.desk.post(f"inventories/{inventory['id']}/scans", {"scans": scans})
    assert faults_of(refused) == {
        "/scans/1/code": "code-misread",
        "/scans/2/code": "not-allowed-value",
        "/scans/3/slot_code": "code-misread",
    }
    assert _counts(await shelf.card(inventory)) == (3, 0, 3, 0, 0, 3)


async def test_two_who_confirm_at_once_do_not_both_count_as_first(shelf: Shelf):
    """The second sees that the card has changed, and confirms what it shows now."""
    inventory = await shelf.start()
    other = somebody("archivist", shelf.desk.office.unit_id)
    answers = await asyncio.gather(shelf.confirm(inventory, 1), shelf.confirm(inventory, 1, other))
    assert sorted(answer.status_code for answer in answers) == [201, 412]
    assert (await shelf.card(inventory))["state"] == "counted"


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"cabinet_id": new_id("cab")},
        {"unit_id": new_id("unt"), "first_layer": 1},
        {"first_layer": 2, "last_layer": 1},
    ],
)
async def test_a_scope_is_a_unit_or_layers_of_a_cabinet(desk: Desk, change: dict[str, Any]):
    """Nothing between."""
    assert code_of(await desk.post("inventories", change)) == "validation-failed"


async def test_a_scope_outside_the_own_units_is_refused(shelf: Shelf):
    """Also a layer that the cabinet does not have, and a difference that is none."""
    desk = shelf.desk
    assert faults_of(await desk.post("inventories", {"unit_id": new_id("unt")})) == {"/unit_id": "unknown-reference"}
    layers = {"cabinet_id": shelf.cabinet["id"], "first_layer": 1, "last_layer": 9}
    assert faults_of(await desk.post("inventories", layers)) == {"/last_layer": "out-of-range"}
    unknown = {"cabinet_id": new_id("cab"), "first_layer": 1, "last_layer": 1}
    assert faults_of(await desk.post("inventories", unknown)) == {"/cabinet_id": "unknown-reference"}
    inventory = await shelf.start()
    await shelf.scan(inventory, (shelf.codes[0], None))
    await shelf.confirm(inventory, 1)
    body = {"settlements": [{"code": shelf.codes[0], "outcome": "found_later"}]}
    answer = await desk.post(f"inventories/{inventory['id']}/settlements", body, version=2)
    assert faults_of(answer) == {"/settlements/0/code": "unknown-reference"}
    stranger = somebody("archivist", new_id("unt"))
    assert code_of(await desk.get(f"inventories/{inventory['id']}", stranger)) == "not-found"
    assert code_of(await shelf.confirm(inventory, 2, stranger)) == "not-found"
