"""Items and pages over HTTP."""

import asyncio
import uuid

import pytest

from chassis.keys import KeyRing
from chassis.tickets import BlobTicket, BlobTickets
from contracts.values.ids import new_id, to_uuid
from tests.services.transfer.desk import Desk
from tests.services.transfer.door import Door, problem
from tests.support.rooms import somebody

GOOD = {"title": "干部任免审批表", "formed_on": "1987-05", "declared_page_count": 2}


async def items_path(desk: Desk) -> str:
    return f"/submissions/{(await desk.drafted()).submission_id}/items"


async def test_an_item_is_added_with_a_partial_date(desk: Desk, door: Door):
    answer = await door.post(desk.clerk, await items_path(desk), GOOD)
    item = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/submission-items/{item['id']}"
    assert item["formed_on"]["value"] == "1987-05"
    assert (item["position"], item["state"], item["page_count"], item["version"]) == (1, "draft", 0, 1)
    assert (await door.get(desk.clerk, f"/submission-items/{item['id']}")).json() == item


async def test_a_title_is_stored_composed(desk: Desk, door: Door):
    answer = await door.post(desk.clerk, await items_path(desk), {**GOOD, "title": " re\u0301sume\u0301 "})
    assert answer.json()["title"] == "r\u00e9sum\u00e9"


@pytest.mark.parametrize(
    ("change", "code", "faults"),
    [
        ({"title": "长" * 3414}, "validation-failed", [("/title", "too-long")]),
        ({"title": "长" * 201}, "validation-failed", [("/title", "too-long")]),
        ({"title": " "}, "validation-failed", [("/title", "too-short")]),
        ({"title": "表\x07"}, "validation-failed", [("/title", "control-character")]),
        ({"title": None}, "validation-failed", [("/title", "type")]),
        ({"formed_on": "2023-02-30"}, "date-impossible", [("/formed_on", "date-impossible")]),
        ({"formed_on": {"value": "2023-02-30"}}, "date-impossible", [("/formed_on/value", "date-impossible")]),
        (
            {"formed_on": {"value": "1987", "as_written": "一九八七年\x00"}},
            "validation-failed",
            [("/formed_on/as_written", "control-character")],
        ),
        (
            {"formed_on": {"value": "1987", "as_written": "\u202e一九八七年"}},
            "validation-failed",
            [("/formed_on/as_written", "control-character")],
        ),
        ({"formed_on": "1987.5"}, "date-impossible", [("/formed_on", "date-impossible")]),
        ({"declared_page_count": 0}, "validation-failed", [("/declared_page_count", "out-of-range")]),
        ({"declared_page_count": "2"}, "validation-failed", [("/declared_page_count", "type")]),
        ({"declared_page_count": 10_000}, "validation-failed", [("/declared_page_count", "out-of-range")]),
        (
            {"title": "", "declared_page_count": 0, "pages": 1},
            "validation-failed",
            [("/title", "too-short"), ("/declared_page_count", "out-of-range"), ("/pages", "unknown-member")],
        ),
    ],
)
async def test_every_fault_of_an_item_is_named_and_no_value_comes_back(desk: Desk, door: Door, change, code, faults):
    path = await items_path(desk)
    answer = await door.post(desk.clerk, path, {**GOOD, **change})
    assert problem(answer, 422, code) == faults
    assert "长长" not in answer.text
    assert "2023" not in answer.text
    assert (await door.get(desk.clerk, path.removesuffix("/items"))).json()["version"] == 1


async def test_an_item_is_changed_as_a_merge_patch(desk: Desk, door: Door):
    item = (await door.post(desk.clerk, await items_path(desk), GOOD)).json()
    path = f"/submission-items/{item['id']}"
    answer = await door.patch(desk.clerk, path, {"title": "履历表", "formed_on": None}, 1)
    after = answer.json()
    assert (after["title"], after["formed_on"], after["declared_page_count"]) == ("履历表", None, 2)
    assert answer.headers["etag"] == '"2"'
    stale = await door.patch(desk.clerk, path, {"declared_page_count": 3}, 1)
    problem(stale, 412, "version-stale")
    assert stale.json()["changed"] == "formed_on, title"
    problem(await door.patch(desk.clerk, path, {"title": "x"}, None), 428, "precondition-required")
    assert problem(await door.patch(desk.clerk, path, {"title": None}, 2), 422, "validation-failed") == [
        ("/title", "type")
    ]
    assert (await door.get(desk.clerk, path)).json() == after


async def test_an_item_is_removed_with_its_pages_and_their_use(desk: Desk, door: Door):
    draft = await desk.drafted()
    item = await desk.item(draft, pages=2)
    path = f"/submission-items/{item.item_id}"
    problem(await door.delete(desk.clerk, path, 1), 412, "version-stale")
    assert (await door.delete(desk.clerk, path, 2)).status_code == 204
    problem(await door.get(desk.clerk, path), 404, "not-found")
    assert await desk.count("item_page", "item_id", item.item_id) == 0
    uses = await desk.admin.fetch("select until from transfer.blob_ref where resource_id = $1", item.item_id)
    assert [use["until"] is not None for use in uses] == [True, True]


async def test_a_delivered_item_neither_changes_nor_goes_nor_grows(desk: Desk, door: Door):
    _, (item,) = await desk.delivered()
    path = f"/submission-items/{item.item_id}"
    problem(await door.patch(desk.clerk, path, {"title": "x"}, item.version), 409, "state-conflict")
    problem(await door.delete(desk.clerk, path, item.version), 409, "state-conflict")
    answer = await door.post(desk.clerk, f"{path}/pages", {"blob_tickets": [desk.ticket(7)]})
    problem(answer, 409, "state-conflict")
    assert answer.json()["state"] == "pending"
    problem(await door.post(desk.clerk, f"/submissions/{item.submission_id}/items", GOOD), 409, "state-conflict")


async def test_a_submission_holds_so_many_items_and_no_more(desk: Desk, door: Door):
    draft = await desk.drafted()
    most = desk.deps.rules.limits.submission.max_items
    await desk.admin.execute(
        """insert into transfer.submission_item (item_id, submission_id, unit_id, position, title,
             declared_page_count, state, version)
           select uuidv7(), s.submission_id, s.unit_id, n, 'x', 1, 'draft', 1
           from transfer.submission s, generate_series(1, $2) n where s.submission_id = $1""",
        to_uuid(draft.submission_id),
        most,
    )
    answer = await door.post(desk.clerk, f"/submissions/{draft.submission_id}/items", GOOD)
    assert problem(answer, 422, "validation-failed") == [("/items", "too-many")]


async def test_pages_come_in_the_order_of_their_tickets(desk: Desk, door: Door):
    item = await desk.item(await desk.drafted(), pages=0)
    path = f"/submission-items/{item.item_id}"
    first = await door.post(desk.clerk, f"{path}/pages", {"blob_tickets": [desk.ticket(3), desk.ticket(1)]})
    assert first.status_code == 201
    assert first.json() == {"item_id": item.item_id, "page_count": 2, "version": 2}
    second = await door.post(desk.clerk, f"{path}/pages", {"blob_tickets": [desk.ticket(2)]})
    assert second.headers["etag"] == '"3"'
    shown = (await door.get(desk.clerk, path)).json()
    assert [(page["page_no"], int(page["digest"], 16)) for page in shown["pages"]] == [(1, 3), (2, 1), (3, 2)]
    assert shown["page_count"] == 3


async def test_a_repeated_binding_adds_nothing(desk: Desk, door: Door):
    item = await desk.item(await desk.drafted(), pages=0)
    path, body, key = f"/submission-items/{item.item_id}/pages", {"blob_tickets": [desk.ticket()]}, str(uuid.uuid4())
    first = await door.post(desk.clerk, path, body, key=key)
    again = await door.post(desk.clerk, path, body, key=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    other = {"blob_tickets": [desk.ticket(5)]}
    problem(await door.post(desk.clerk, path, other, key=key), 422, "idempotency-key-reused")
    assert await desk.count("item_page", "item_id", item.item_id) == 1


async def test_a_ticket_that_is_not_the_callers_for_this_unit_binds_nothing(desk: Desk, door: Door, tmp_path):
    item = await desk.item(await desk.drafted(), pages=0)
    forger = BlobTickets(KeyRing.ensure(tmp_path / "keys"))
    good = desk.ticket(1)
    claims = {"upload_id": new_id("upl"), "digest": "0" * 64, "bytes": 1, "media_type": "image/png"}
    forged = forger.sign(
        BlobTicket(
            **claims,
            width=1,
            height=1,
            uploader=desk.clerk.account_id,
            unit_id=desk.department.unit_id,
            until=4_000_000_000,
        )
    )
    head, _, tail = good.partition(".")
    bad = [
        desk.ticket(2, uploader=new_id("acc")),
        desk.ticket(3, unit_id=desk.archive.unit_id),
        desk.ticket(4, until=1_000_000_000),
        forged,
        f"{head}.{tail[:-2]}xx",
        "档",
        "a.b.c",
    ]
    answer = await door.post(desk.clerk, f"/submission-items/{item.item_id}/pages", {"blob_tickets": [good, *bad]})
    assert problem(answer, 422, "validation-failed") == [
        (f"/blob_tickets/{n}", "ticket-invalid") for n in range(1, len(bad) + 1)
    ]
    assert await desk.count("item_page", "item_id", item.item_id) == 0
    assert (await door.get(desk.clerk, f"/submission-items/{item.item_id}")).json()["version"] == 1


async def test_a_colleague_of_the_unit_does_not_bind_what_another_uploaded(desk: Desk, door: Door):
    item = await desk.item(await desk.drafted(), pages=0)
    colleague = somebody("submitter", desk.department.unit_id)
    body = {"blob_tickets": [desk.ticket()]}
    answer = await door.post(colleague, f"/submission-items/{item.item_id}/pages", body)
    assert problem(answer, 422, "validation-failed") == [("/blob_tickets/0", "ticket-invalid")]


async def test_an_item_of_another_unit_is_not_there(desk: Desk, door: Door):
    item = await desk.item(await desk.drafted(), pages=0)
    stranger = somebody("submitter", desk.archive.unit_id)
    path = f"/submission-items/{item.item_id}"
    problem(await door.get(stranger, path), 404, "not-found")
    problem(await door.patch(stranger, path, {"title": "x"}, 1), 404, "not-found")
    problem(await door.delete(stranger, path, 1), 404, "not-found")
    problem(await door.post(stranger, f"{path}/pages", {"blob_tickets": [desk.ticket()]}), 404, "not-found")
    problem(await door.post(stranger, f"/submissions/{item.submission_id}/items", GOOD), 404, "not-found")


async def test_bindings_at_once_each_find_their_place(desk: Desk, door: Door):
    item = await desk.item(await desk.drafted(), pages=0)
    path = f"/submission-items/{item.item_id}"
    bodies = [{"blob_tickets": [desk.ticket(2 * n), desk.ticket(2 * n + 1)]} for n in range(5)]
    answers = await asyncio.gather(*(door.post(desk.clerk, f"{path}/pages", body) for body in bodies))
    assert [answer.status_code for answer in answers] == [201] * 5
    pages = (await door.get(desk.clerk, path)).json()["pages"]
    assert [page["page_no"] for page in pages] == list(range(1, 11))
    numbers = [int(page["digest"], 16) for page in pages]
    assert sorted(numbers) == list(range(10))
    assert all(numbers[n + 1] == numbers[n] + 1 for n in range(0, 10, 2))


async def test_a_page_is_in_the_delivery_or_refused_but_never_lost(desk: Desk, door: Door):
    """A binding that runs beside the delivery is counted by it, or comes too late and says so."""
    for n in range(6):
        draft = await desk.drafted()
        item = await desk.item(draft)
        body = {"blob_tickets": [desk.ticket(n + 10)]}
        bound, delivered = await asyncio.gather(
            door.post(desk.clerk, f"/submission-items/{item.item_id}/pages", body),
            door.post(desk.clerk, f"/submissions/{draft.submission_id}/deliveries"),
        )
        assert delivered.status_code == 202, delivered.text
        told = (await desk.told(draft.submission_id))[0]
        if bound.status_code != 201:
            problem(bound, 409, "state-conflict")
        assert len(told["pages"]) == (2 if bound.status_code == 201 else 1)
        shown = (await door.get(desk.clerk, f"/submission-items/{item.item_id}")).json()
        assert [page["page_id"] for page in shown["pages"]] == [page["page_id"] for page in told["pages"]]


async def test_too_many_tickets_are_refused(desk: Desk, door: Door):
    item = await desk.item(await desk.drafted(), pages=0)
    most = desk.deps.rules.limits.submission.max_tickets
    body = {"blob_tickets": ["x"] * (most + 1)}
    answer = await door.post(desk.clerk, f"/submission-items/{item.item_id}/pages", body)
    assert problem(answer, 422, "validation-failed") == [("/blob_tickets", "too-many")]
    answer = await door.post(desk.clerk, f"/submission-items/{item.item_id}/pages", {"blob_tickets": []})
    assert problem(answer, 422, "validation-failed") == [("/blob_tickets", "too-few")]


async def test_a_client_that_knows_an_item_learns_of_its_paper(desk: Desk, door: Door):
    _, (first, second) = await desk.delivered(2)
    await desk.hear(desk.filed(first, item_no=1))
    path = f"/submission-items/{first.item_id}"
    seen = (await door.get(desk.clerk, path)).headers["etag"]
    await desk.hear(desk.filed(second, item_no=2))
    answer = await door.send(desk.clerk, "GET", path, headers={"If-None-Match": seen})
    assert (answer.status_code, answer.json()["receipt_id"] is not None) == (200, True)


async def test_a_repeated_request_answers_the_item_with_its_paper(desk: Desk, door: Door):
    draft, key = await desk.drafted(), str(uuid.uuid4())
    path = f"/submissions/{draft.submission_id}/items"
    made = (await door.post(desk.clerk, path, GOOD, key=key)).json()
    await desk.bind(made["id"], [desk.ticket()])
    await desk.deliver(draft.submission_id)
    (item,) = await desk.items_of(draft.submission_id)
    await desk.hear(desk.filed(item))
    again = await door.post(desk.clerk, path, GOOD, key=key)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == (await door.get(desk.clerk, f"/submission-items/{made['id']}")).json()
    assert again.json()["receipt_id"] is not None


async def test_the_archive_sees_the_pages_from_delivery_on(desk: Desk, door: Door):
    draft = await desk.drafted()
    item = await desk.item(draft, pages=2)
    path, archivist = f"/submission-items/{item.item_id}", somebody("archivist", desk.archive.unit_id)
    problem(await door.get(archivist, path), 404, "not-found")
    await desk.deliver(draft.submission_id)
    shown = (await door.get(archivist, path)).json()
    assert (shown["page_count"], [page["page_no"] for page in shown["pages"]]) == (2, [1, 2])
    assert shown == (await door.get(desk.clerk, path)).json()
