"""The routes of first reviews, and of opened pairs: every answer and refusal."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from typing import Any

import httpx
import pytest

from chassis.identity import Caller
from contracts.values.digest import digest_of
from contracts.values.ids import new_id
from tests.services.audit.api.conftest import Desk
from tests.services.audit.blind import Pair, a_pair, finished, started
from tests.services.audit.office import auditor
from tests.support.rooms import somebody

Json = dict[str, Any]
YES = {"not_related": True}


async def submitted(desk: Desk, pair: Pair, who: Caller, sheet: Json | None = None) -> httpx.Response:
    """A sheet filled in and handed in through the routes."""
    review_id = pair.li_review if who is pair.li else pair.wang_review
    saved = await desk.put(who, f"reviews/{review_id}/sheet", sheet or finished())
    assert (saved.status_code, saved.headers["etag"]) == (200, '"2"'), saved.text
    return await desk.post(who, f"reviews/{review_id}/submissions", YES, version=2)


async def opened(desk: Desk, wangs: Json | None = None, **options: Any) -> Pair:
    """A pair whose sheets are both in; by default they differ in the work start."""
    pair = await a_pair(desk.office, **options)
    await submitted(desk, pair, pair.li)
    answer = await submitted(desk, pair, pair.wang, wangs or finished(work_start_date=started("1990-08")))
    assert answer.json()["opened"], answer.text
    return pair


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Status and code."""
    return answer.status_code, answer.json()["code"]


async def test_a_reviewer_sees_what_was_given_to_them_and_whose_it_is(desk: Desk):
    """The list page by page, and one review with the subject's card and an empty sheet."""
    subject = await desk.office.known_subject()
    li = auditor(subject.unit_id)
    first = await a_pair(desk.office, li=li, subject=subject)
    second = await a_pair(desk.office, li=li, subject=await desk.office.known_subject(unit_id=subject.unit_id))
    page = (await desk.get(li, "reviews?page_size=1")).json()
    assert [one["id"] for one in page["items"]] == [first.li_review]
    rest = (await desk.get(li, f"reviews?page_size=1&page_token={page['next_page_token']}")).json()
    assert [one["id"] for one in rest["items"]] == [second.li_review]
    assert rest["next_page_token"] is None
    answer = await desk.get(li, f"reviews/{first.li_review}")
    told = answer.json()
    assert (answer.headers["etag"], answer.headers["cache-control"]) == ('"1"', "private, no-store")
    assert (told["subject"]["name"], told["dossier_id"]) == (subject.name, subject.dossier_id)
    assert told["sheet"] == {"facts": [], "claims": [], "note": None}
    assert (told["state"], told["opened"], told["proof"]) == ("open", False, None)
    unchanged = await desk.get(li, f"reviews/{first.li_review}", **{"If-None-Match": '"1"'})
    assert unchanged.status_code == 304
    assert (await desk.get(li, "reviews?state=submitted")).json()["items"] == []


async def test_a_sheet_is_saved_handed_in_and_proved(desk: Desk):
    """The receipt has the commitment at once; the salt, and the text that it was made of, once the pair is open."""
    pair = await a_pair(desk.office)
    first = await submitted(desk, pair, pair.li)
    assert first.status_code == 201
    told = first.json()
    assert (told["state"], told["opened"], told["declaration"]["not_related"]) == ("submitted", False, True)
    assert (told["proof"]["salt"], told["proof"]["committed"]) == (None, None)
    await submitted(desk, pair, pair.wang)
    proof = (await desk.get(pair.li, f"reviews/{pair.li_review}")).json()["proof"]
    assert proof["commitment"] == told["proof"]["commitment"]
    assert hashlib.sha256(bytes.fromhex(proof["salt"]) + proof["committed"].encode()).hexdigest() == proof["commitment"]


async def test_two_windows_of_one_reviewer_are_told_which_facts_changed(desk: Desk):
    """412 with the names of the facts, from the reviewer's own journal."""
    pair = await a_pair(desk.office)
    path = f"reviews/{pair.li_review}/sheet"
    await desk.put(pair.li, path, finished())
    await desk.put(pair.li, path, finished(birth_date={"altered": True}), version=2)
    stale = await desk.put(pair.li, path, finished(), version=2)
    assert refused(stale) == (412, "version-stale")
    assert (stale.json()["version"], stale.json()["changed"]) == (3, "birth_date")


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"facts": [{"fact": "weight", "verdict": "consistent"}]}, [("/facts/0/fact", "not-allowed-value")]),
        ({"facts": [{"fact": "name"}]}, [("/facts/0/verdict", "required")]),
        ({"facts": [], "remark": "x"}, [("/remark", "unknown-member")]),
        ({"note": "长" * 501}, [("/note", "too-long")]),
        (
            {"facts": [{"fact": "name", "verdict": "consistent", "values": [{"type": "date", "date": "1968"}]}]},
            [("/facts/0/values/0", "contradiction")],
        ),
        ({"claims": [{"fact": "name"}]}, [("/claims/0/value", "required"), ("/claims/0/material_id", "required")]),
        ({"facts": [{"fact": "name", "verdict": "cannot_tell"}] * 13}, [("/facts", "too-many")]),
    ],
)
async def test_a_sheet_that_does_not_hold_says_where(desk: Desk, body: Json, faults: list[tuple[str, str]]):
    """Each fault with its pointer, and nothing is saved."""
    pair = await a_pair(desk.office)
    answer = await desk.put(pair.li, f"reviews/{pair.li_review}/sheet", body)
    assert refused(answer) == (422, "validation-failed")
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == faults
    assert (await desk.get(pair.li, f"reviews/{pair.li_review}")).json()["version"] == 1


async def test_each_refusal_has_its_code(desk: Desk):
    """Who, when and on what."""
    pair = await a_pair(desk.office)
    mine, sheet = f"reviews/{pair.li_review}", finished()
    await desk.put(pair.li, f"{mine}/sheet", sheet)
    related = replace(pair.li, person_no=pair.subject.person_no)
    answers = [
        (await desk.put(somebody("adjudicator"), f"{mine}/sheet", sheet), 403, "role-missing"),
        (await desk.put(pair.li, f"{mine}/sheet", sheet, version=None), 428, "precondition-required"),
        (await desk.put(related, f"{mine}/sheet", sheet, version=2), 403, "recusal"),
        (await desk.get(related, mine), 403, "recusal"),
        (await desk.get(related, f"{mine}/materials"), 403, "recusal"),
        (await desk.post(pair.li, f"{mine}/submissions", YES, version=2, key=None), 400, "idempotency-key-missing"),
        (await desk.post(pair.li, f"{mine}/submissions", YES), 428, "precondition-required"),
        (await desk.post(pair.li, f"{mine}/submissions", {"not_related": False}, version=2), 403, "recusal"),
        (await desk.post(pair.li, f"{mine}/submissions", YES, version=1), 412, "version-stale"),
        (await desk.get(None, mine), 401, "not-signed-in"),
    ]
    assert [refused(answer) for answer, _, _ in answers] == [(status, code) for _, status, code in answers]
    half = await desk.put(pair.li, f"{mine}/sheet", {"facts": []}, version=2)
    assert half.status_code == 200
    unfinished = await desk.post(pair.li, f"{mine}/submissions", YES, version=3)
    assert refused(unfinished) == (422, "validation-failed")
    assert "cadre_identity" in unfinished.json()["errors"][0]["detail"]


async def test_the_same_request_twice_is_done_once(desk: Desk):
    """The repetition says so; another body under the key is refused."""
    pair, key = await a_pair(desk.office), new_id("req")
    path = f"reviews/{pair.li_review}/submissions"
    await desk.put(pair.li, f"reviews/{pair.li_review}/sheet", finished())
    first = await desk.post(pair.li, path, YES, version=2, key=key)
    again = await desk.post(pair.li, path, YES, version=2, key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == first.json()
    other = await desk.post(pair.li, path, {}, version=2, key=key)
    assert refused(other) == (422, "idempotency-key-reused")


async def test_a_reviewer_leafs_through_the_dossier_and_each_look_is_in_the_journal(desk: Desk):
    """Materials in the order of the catalogue, page by page; the image's bytes; afterwards nothing more."""
    pair = await a_pair(desk.office)
    office, mine = desk.office, f"reviews/{pair.li_review}"
    tenth = office.filed(await office.received(pair.subject), category="10", item_no=1)
    second = office.filed(await office.received(pair.subject), category="9-2", item_no=2)
    for event in (tenth, second):
        await office.hear(event)
    listed: list[str] = []
    token = ""
    while token is not None:
        answer = await desk.get(pair.li, f"{mine}/materials?page_size=1" + (f"&page_token={token}" if token else ""))
        listed += [item["material_id"] for item in answer.json()["items"]]
        token = answer.json()["next_page_token"]
    assert listed == [pair.filed.material_id, second.material_id, tenth.material_id]
    assert await office.journal(pair.subject.dossier_id) == [("catalogue.viewed", pair.li.account_id, 1)] * 3
    page = pair.filed.pages[0]
    image = await desk.get(pair.li, f"{mine}/images/{page.page_id}")
    assert (image.status_code, digest_of(image.content)) == (200, page.digest)
    assert await office.journal(page.page_id) == [("page.viewed", pair.li.account_id, 1)]
    foreign = await a_pair(office)
    for who, path in (
        (pair.li, f"{mine}/images/{foreign.filed.pages[0].page_id}"),
        (pair.wang, f"{mine}/images/{page.page_id}"),
        (pair.wang, f"{mine}/materials"),
    ):
        assert refused(await desk.get(who, path)) == (404, "not-found")
    await submitted(desk, pair, pair.li)
    assert refused(await desk.get(pair.li, f"{mine}/images/{page.page_id}")) == (409, "state-conflict")
    assert len(await office.journal(page.page_id)) == 1


async def test_both_hand_in_through_the_routes_at_once(desk: Desk):
    """One answer says that the pair is open; both are in, with a commitment each."""
    pair = await a_pair(desk.office)
    both = await asyncio.gather(submitted(desk, pair, pair.li), submitted(desk, pair, pair.wang))
    assert [answer.status_code for answer in both] == [201, 201]
    told = (await desk.get(pair.adjudicator, f"campaign-dossiers/{pair.dossier.id}/comparison")).json()
    assert (told["state"], told["version"]) == ("compare", 3)


async def test_a_rehearsal_checks_everything_keeps_nothing_and_does_not_tell_of_the_other(desk: Desk):
    """`validate_only`: the same answer before and after the other sheet came in; the version stays; faults are told."""
    pair, key = await a_pair(desk.office), new_id("req")
    mine = f"reviews/{pair.li_review}"
    tried = await desk.put(pair.li, f"{mine}/sheet?validate_only=true", finished())
    assert (tried.status_code, tried.json()["version"], len(tried.json()["sheet"]["facts"])) == (200, 2, 6)
    assert (await desk.get(pair.li, mine)).json()["version"] == 1
    unfinished = await desk.post(pair.li, f"{mine}/submissions?validate_only=true", YES, version=1)
    assert refused(unfinished) == (422, "validation-failed")
    await desk.put(pair.li, f"{mine}/sheet", finished())
    before = await desk.post(pair.li, f"{mine}/submissions?validate_only=true", YES, version=2, key=key)
    assert (before.status_code, before.json()["state"], before.json()["opened"]) == (201, "submitted", False)
    assert (before.json()["proof"], before.json()["declaration"]["not_related"]) == (None, True)
    await submitted(desk, pair, pair.wang)
    after = await desk.post(pair.li, f"{mine}/submissions?validate_only=true", YES, version=2, key=key)
    assert (after.status_code, after.headers["etag"], after.json()) == (201, before.headers["etag"], before.json())
    assert (await desk.get(pair.li, mine)).json()["state"] == "open"
    assert [verb for verb, _, _ in await desk.office.journal(pair.li_review)] == ["review.drafted"]
    # Nothing was stored under the key: the request itself goes through with it.
    real = await desk.post(pair.li, f"{mine}/submissions", YES, version=2, key=key)
    assert (real.status_code, real.json()["opened"]) == (201, True)
    assert "idempotent-replayed" not in real.headers
