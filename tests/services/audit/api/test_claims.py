"""/v1/claims: entered beside the page, corrected, withdrawn, excluded; and every way in which they are refused."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from chassis.identity import Caller
from contracts.events import MaterialRemoved
from contracts.values.ids import new_id
from tests.services.audit.api.conftest import Desk
from tests.services.audit.campaigns import a_campaign_with
from tests.services.audit.claiming import body, filed_paper
from tests.services.audit.office import Subject, auditor
from tests.support.rooms import somebody

LUNAR = {"value": "1971-01", "calendar": "lunar", "as_written": "一九七〇年腊月", "qualifier": "uncertain"}


async def entered(desk: Desk, subject: Subject, *told: Any, **members: Any) -> dict[str, Any]:
    """A claim that stands."""
    answer = await desk.post(auditor(subject.unit_id), "claims", body(subject, *told, **members))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def correct(desk: Desk, caller: Caller, path: str, change: dict[str, Any], *, version: int | None) -> Any:
    """PATCH with the declaration that the caller is not related."""
    return await desk.patch(caller, path, {"not_related": True, **change}, version=version)


def faults(answer: Any) -> list[tuple[str, str]]:
    """Pointer and code of every fault of a refusal."""
    return [(one["pointer"], one["code"]) for one in answer.json()["errors"]]


async def test_a_claim_names_its_paper_and_place(desk: Desk):
    """A material of the dossier with page and box; its title and date are the catalogue's."""
    subject = await desk.office.known_subject()
    paper = await filed_paper(desk.office, subject)
    li = auditor(subject.unit_id)
    box = {"x": 10, "y": 20.5, "width": 30, "height": 5}
    sent = body(
        subject,
        material_id=paper.material_id,
        page_id=paper.pages[1].page_id,
        box=box,
        signed=True,
        altered="altered",
        remark="第二页",
    )
    answer = await desk.post(li, "claims", sent)
    assert (answer.status_code, answer.headers["etag"], answer.headers["cache-control"]) == (
        201,
        '"1"',
        "private, no-store",
    )
    shown = answer.json()
    assert shown["paper"] == {
        "material_id": paper.material_id,
        "title": "入团志愿书",
        "formed_on": {
            **dict.fromkeys(("qualifier", "as_written", "source_page")),
            "value": "1984-05",
            "calendar": "gregorian",
        },
        "signed": True,
        "removed": False,
    }
    assert (shown["value"]["type"], shown["value"]["date"]["value"]) == ("date", "1968-03")
    assert (shown["page_id"], shown["box"], shown["altered"]) == (paper.pages[1].page_id, box, "altered")
    assert (shown["origin"], shown["entered_by"], shown["excluded"]) == ("entered", li.account_id, None)
    assert (await desk.get(auditor(subject.unit_id), f"claims/{shown['id']}")).json() == shown
    assert await desk.office.journal(shown["id"]) == [("claim.entered", li.account_id, 1)]


async def test_lunar_and_partial_dates_are_kept_as_the_paper_has_them(desk: Desk):
    """A lunar date with its text and an uncertain conversion; a year alone; never a day that nobody read."""
    subject = await desk.office.known_subject()
    shown = await entered(desk, subject, {"date": LUNAR})
    assert {name: shown["value"]["date"][name] for name in LUNAR} == LUNAR
    year = await entered(desk, subject, "1970", title="另一张登记卡")
    assert year["value"]["date"]["value"] == "1970"


BAD, IMPOSSIBLE = "validation-failed", "date-impossible"
BOX = {"x": 1, "y": 1, "width": 1, "height": 1}
OF_A_MATERIAL = {"title": None, "formed_on": None, "material_id": new_id("mat")}


@pytest.mark.parametrize(
    ("members", "code", "found"),
    [
        ({"value": {"date": {"value": "1970-13"}}}, IMPOSSIBLE, [("/value/date/value", "date-impossible")]),
        ({"value": {"date": {"value": "2999-01"}}}, IMPOSSIBLE, [("/value/date", "date-in-future")]),
        ({"value": {"date": {**LUNAR, "as_written": None}}}, BAD, [("/value/date/calendar", "lunar-incomplete")]),
        ({"value": {"date": {**LUNAR, "qualifier": None}}}, BAD, [("/value/date/calendar", "lunar-incomplete")]),
        # Born after the paper was written.
        ({"value": {"date": {"value": "1985"}}}, IMPOSSIBLE, [("/value/date", "dates-contradict")]),
        ({"formed_on": {"value": "2999"}}, IMPOSSIBLE, [("/formed_on", "date-in-future")]),
        ({"value": {"text": "汉族"}}, BAD, [("/value/date", "required"), ("/value/text", "unknown-member")]),
        ({"fact": "ethnicity"}, BAD, [("/value/text", "required"), ("/value/date", "unknown-member")]),
        ({"fact": "shoe_size"}, BAD, [("/fact", "not-allowed-value")]),
        ({"title": None}, BAD, [("/title", "required")]),
        ({"page_id": new_id("pag")}, BAD, [("/page_id", "contradiction")]),
        ({"box": BOX}, BAD, [("/box", "contradiction")]),
        ({"box": {**BOX, "x": 99.5}}, BAD, [("/box", "out-of-range")]),
        ({"person_id": new_id("per")}, BAD, [("/person_id", "unknown-reference")]),
        (OF_A_MATERIAL, BAD, [("/material_id", "unknown-reference")]),
        ({"colour": "red"}, BAD, [("/colour", "unknown-member")]),
        # Nobody knows who stands behind the account: they declare.
        ({"not_related": None}, BAD, [("/not_related", "required")]),
        ({"not_related": False}, "recusal", []),
    ],
)
async def test_a_claim_that_cannot_be_is_refused_with_its_place(
    desk: Desk, members: dict[str, Any], code: str, found: list[tuple[str, str]]
):
    """Each fault with the pointer of the member and a cure; nothing of it is kept."""
    subject = await desk.office.known_subject()
    li = auditor(subject.unit_id, "H-1")
    answer = await desk.post(li, "claims", {**body(subject), **members})
    assert (answer.status_code, answer.json()["code"]) == (403 if code == "recusal" else 422, code)
    assert answer.json()["fix"]
    assert faults(answer) == found
    listed = await desk.get(li, f"claims?person_id={subject.person_id}")
    assert listed.json()["items"] == []


async def test_a_page_that_contradicts_itself_is_entered_once_somebody_looked_again(desk: Desk):
    """Refused as a slip, with the claim that says otherwise; taken with `as_on_paper`; on another page it is free."""
    subject = await desk.office.known_subject()
    paper = await filed_paper(desk.office, subject)
    first, second = (page.page_id for page in paper.pages)
    kept = await entered(desk, subject, material_id=paper.material_id, page_id=first)
    other = body(subject, "1969-03", material_id=paper.material_id, page_id=first)
    answer = await desk.post(auditor(subject.unit_id), "claims", other)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
    assert answer.json()["errors"][0]["params"] == {"other": kept["id"]}
    assert faults(answer) == [("/value", "paper-contradicts")]
    assert "as_on_paper" in answer.json()["errors"][0]["detail"]
    # A partial date of the same year says nothing else for certain.
    await entered(desk, subject, "1968", material_id=paper.material_id, page_id=first)
    looked = await entered(desk, subject, "1969-03", material_id=paper.material_id, page_id=first, as_on_paper=True)
    assert looked["as_on_paper"] is True
    await entered(desk, subject, "1969-03", material_id=paper.material_id, page_id=second)


@pytest.mark.parametrize("birth_first", [True, False])
async def test_a_birth_date_after_the_party_date_is_impossible(desk: Desk, birth_first: bool):
    """Whichever comes second is refused and names the other; with `as_on_paper` both papers stand."""
    subject = await desk.office.known_subject()
    born = body(subject, "1985-03", title="履历表", formed_on={"value": "1999"})
    step = {"branch_meeting": {"value": "1980-06-12"}}
    party = body(subject, step, "party_join_date", title="入党志愿书", formed_on={"value": "1980-06"})
    earlier, later = (born, party) if birth_first else (party, born)
    li = auditor(subject.unit_id)
    kept = (await desk.post(li, "claims", earlier)).json()
    answer = await desk.post(li, "claims", later)
    assert (answer.status_code, answer.json()["code"]) == (422, "date-impossible")
    (fault,) = answer.json()["errors"]
    assert (fault["code"], fault["params"]) == ("dates-contradict", {"other": kept["id"]})
    assert (await desk.post(li, "claims", {**later, "as_on_paper": True})).status_code == 201


async def test_the_same_is_not_entered_twice(desk: Desk):
    """Not even with `as_on_paper`; a withdrawn claim leaves the place free."""
    subject = await desk.office.known_subject()
    kept = await entered(desk, subject)
    li = auditor(subject.unit_id)
    for again in (body(subject), body(subject, as_on_paper=True)):
        answer = await desk.post(li, "claims", again)
        assert (answer.status_code, faults(answer)) == (422, [("/value", "duplicate")])
    gone = {"reason": "录入有误", "not_related": True}
    assert (await desk.post(li, f"claims/{kept['id']}/withdrawals", gone, version=1)).status_code == 201
    await entered(desk, subject)


async def test_of_two_who_enter_the_same_at_once_one_wins(desk: Desk):
    """And the other is told that it stands there."""
    subject = await desk.office.known_subject()
    answers = await asyncio.gather(*(desk.post(auditor(subject.unit_id), "claims", body(subject)) for _ in range(4)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 422: 3}


async def test_a_repeated_request_makes_one_claim(desk: Desk):
    """The first answer again; with another body the key is refused, and without a key the request."""
    subject = await desk.office.known_subject()
    li, key = auditor(subject.unit_id), new_id("req")
    first = await desk.post(li, "claims", body(subject), key=key)
    again = await desk.post(li, "claims", body(subject), key=key)
    assert (again.status_code, again.json(), again.headers["idempotent-replayed"]) == (201, first.json(), "true")
    other = await desk.post(li, "claims", body(subject, "1969-03"), key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    none = await desk.post(li, "claims", body(subject), key=None)
    assert (none.status_code, none.json()["code"]) == (400, "idempotency-key-missing")


async def test_trying_keeps_nothing(desk: Desk):
    """The same answer and the same refusals; no claim, no journal row."""
    subject = await desk.office.known_subject()
    li = auditor(subject.unit_id)
    answer = await desk.post(li, "claims?validate_only=true", body(subject))
    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    assert await desk.office.journal(answer.json()["id"]) == []
    assert (await desk.get(li, f"claims/{answer.json()['id']}")).status_code == 404
    bad = await desk.post(li, "claims?validate_only=true", body(subject, "2999"))
    assert bad.json()["code"] == "date-impossible"


async def test_nobody_writes_or_reads_claims_on_themselves_or_a_relative(desk: Desk):
    """Not to be listed, read, entered, corrected nor seen in the matrix."""
    office = desk.office
    subject, brother = await office.known_subject(), await office.known_subject()
    await office.hear(subject.kin(brother.person_id), version=2)
    kept = await entered(desk, subject)
    for person in (subject, brother):
        own = auditor(subject.unit_id, person.person_no)
        for answer in (
            await desk.get(own, f"claims/{kept['id']}"),
            await desk.get(own, f"fact-matrices/{subject.person_id}"),
            await desk.post(own, "claims", body(subject, "1969-03", title="证明")),
            await correct(desk, own, f"claims/{kept['id']}", {"remark": "x", "not_related": True}, version=1),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "recusal")
        listed = await desk.get(own, f"claims?person_id={subject.person_id}")
        assert listed.json()["items"] == []


async def test_another_units_claims_are_not_there(desk: Desk):
    """404 for one, nothing in the list, and no person of that id to write on."""
    subject = await desk.office.known_subject()
    kept = await entered(desk, subject)
    other = auditor(await desk.office.unit())
    assert (await desk.get(other, f"claims/{kept['id']}")).status_code == 404
    assert (await desk.get(other, f"fact-matrices/{subject.person_id}")).status_code == 404
    assert (await desk.get(other, f"claims?person_id={subject.person_id}")).json()["items"] == []
    refused = await desk.post(other, "claims", body(subject, "1969-03"))
    assert faults(refused) == [("/person_id", "unknown-reference")]
    change = await correct(desk, other, f"claims/{kept['id']}", {"remark": "x"}, version=1)
    assert change.status_code == 404


@pytest.mark.parametrize("role", ["archivist", "leader", "system_admin", "cadre"])
async def test_only_reviewers_write_claims(desk: Desk, role: str):
    """A leader reads them; who files does not examine."""
    subject = await desk.office.known_subject()
    answer = await desk.post(somebody(role, subject.unit_id), "claims", body(subject))
    assert (answer.status_code, answer.json()["code"]) == (403, "role-missing")
    read = await desk.get(somebody(role, subject.unit_id), "claims")
    assert read.status_code == (200 if role == "leader" else 403)


async def test_a_claim_is_corrected_against_the_version_that_was_seen(desk: Desk):
    """428 without, 412 with a stale one and the changed members; the same checks as for a new claim."""
    subject = await desk.office.known_subject()
    kept = await entered(desk, subject)
    li, path = auditor(subject.unit_id), f"claims/{kept['id']}"
    answer = await correct(desk, li, path, {"value": {"date": {"value": "1968-04"}}, "remark": "复核"}, version=1)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert (answer.json()["value"]["date"]["value"], answer.json()["remark"]) == ("1968-04", "复核")
    stale = await correct(desk, li, path, {"remark": None}, version=1)
    assert (stale.status_code, stale.json()["version"], stale.json()["changed"]) == (412, 2, "remark, value")
    assert (await correct(desk, li, path, {"remark": None}, version=None)).status_code == 428
    future = await correct(desk, li, path, {"value": {"date": {"value": "2999-01"}}}, version=2)
    assert (future.json()["code"], faults(future)) == ("date-impossible", [("/value/date", "date-in-future")])
    wrong = await correct(desk, li, path, {"value": {"date": {"value": "1968-13"}}}, version=2)
    assert (wrong.json()["code"], faults(wrong)) == ("date-impossible", [("/value/date/value", "date-impossible")])
    for misfit in ({"page_id": new_id("pag")}, {"box": {"x": 1, "y": 1, "width": 1, "height": 1}}, {"fact": "name"}):
        assert (await correct(desk, li, path, misfit, version=2)).status_code == 422
    cleared = await correct(desk, li, path, {"remark": None}, version=2)
    assert (cleared.json()["remark"], cleared.json()["version"]) == (None, 3)
    same = await correct(desk, li, path, {"remark": None}, version=3)
    assert same.json()["version"] == 3
    verbs = [verb for verb, _, _ in await desk.office.journal(kept["id"])]
    assert verbs == ["claim.entered", "claim.changed", "claim.changed"]


async def test_two_corrections_at_once_have_one_winner(desk: Desk):
    """The other is told what changed."""
    subject = await desk.office.known_subject()
    kept = await entered(desk, subject)
    answers = await asyncio.gather(
        *(
            correct(desk, auditor(subject.unit_id), f"claims/{kept['id']}", {"remark": f"第{n}次"}, version=1)
            for n in range(4)
        )
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 3}


async def test_a_withdrawn_claim_stays_to_be_seen_and_is_not_touched_again(desk: Desk):
    """It is in no list unless asked for, and in no matrix."""
    subject = await desk.office.known_subject()
    kept = await entered(desk, subject)
    li, path, reason = auditor(subject.unit_id), f"claims/{kept['id']}", {"reason": "录入有误", "not_related": True}
    key = new_id("req")
    gone = await desk.post(li, f"{path}/withdrawals", reason, version=1, key=key)
    assert (gone.status_code, gone.json()["withdrawn_reason"], gone.json()["version"]) == (201, "录入有误", 2)
    again = await desk.post(li, f"{path}/withdrawals", reason, version=1, key=key)
    assert (again.status_code, again.headers["idempotent-replayed"]) == (201, "true")
    for late in (
        await desk.post(li, f"{path}/withdrawals", reason, version=2),
        await desk.post(li, f"{path}/exclusions", {**reason, "kind": "forged"}, version=2),
        await correct(desk, li, path, {"remark": "x"}, version=2),
    ):
        assert (late.status_code, late.json()["code"], late.json()["state"]) == (409, "state-conflict", "withdrawn")
    listed = await desk.get(li, f"claims?person_id={subject.person_id}")
    assert listed.json()["items"] == []
    all_of_them = await desk.get(li, f"claims?person_id={subject.person_id}&withdrawn=true")
    assert [one["id"] for one in all_of_them.json()["items"]] == [kept["id"]]
    assert (await desk.get(li, f"fact-matrices/{subject.person_id}")).json()["facts"] == []


async def test_a_forged_paper_is_excluded_and_can_count_again(desk: Desk):
    """With a reason each time; the same word twice is a conflict."""
    subject = await desk.office.known_subject()
    kept = await entered(desk, subject)
    li, path = auditor(subject.unit_id), f"claims/{kept['id']}/exclusions"
    forged = {"kind": "forged", "reason": "经鉴定为伪造", "not_related": True}
    out = await desk.post(li, path, forged, version=1)
    assert (out.status_code, out.json()["excluded"], out.json()["excluded_reason"]) == (201, "forged", "经鉴定为伪造")
    twice = await desk.post(li, path, forged, version=2)
    assert (twice.status_code, twice.json()["state"]) == (409, "forged")
    back = await desk.post(li, path, {**forged, "kind": None, "reason": "复核为真"}, version=2)
    assert (back.status_code, back.json()["excluded"], back.json()["excluded_reason"]) == (201, None, "复核为真")
    verbs = [verb for verb, _, _ in await desk.office.journal(kept["id"])]
    assert verbs == ["claim.entered", "claim.excluded", "claim.counted_again"]


async def test_a_reviewer_of_an_open_pair_writes_on_the_sheet_and_not_here(desk: Desk):
    """What they wrote here, the other one could read; anybody else may."""
    office = desk.office
    subject = await office.known_subject()
    kept = await entered(desk, subject)
    sheet = await a_campaign_with(office, subject)
    reviewer = auditor(subject.unit_id)
    reviewer = type(reviewer)(**{**vars(reviewer), "account_id": sheet.account_id})
    for answer in (
        await desk.post(reviewer, "claims", body(subject, "1969-03", title="证明")),
        await correct(desk, reviewer, f"claims/{kept['id']}", {"remark": "x"}, version=1),
        await desk.post(reviewer, f"claims/{kept['id']}/withdrawals", {"reason": "x", "not_related": True}, version=1),
    ):
        assert (answer.status_code, answer.json()["code"], answer.json()["state"]) == (
            409,
            "state-conflict",
            "pair open",
        )
    assert (await desk.get(reviewer, f"claims/{kept['id']}")).status_code == 200
    await entered(desk, subject, "1969-03", title="证明")


async def test_pages_and_papers_are_of_the_persons_own_dossier(desk: Desk):
    """Not another person's material, not a page of another one, not what was taken out, no second date."""
    office = desk.office
    subject, other = await office.known_subject(), await office.known_subject()
    paper, theirs = await filed_paper(office, subject), await filed_paper(office, other)
    li = auditor()
    for members, pointer in (
        ({"material_id": theirs.material_id}, "/material_id"),
        ({"material_id": paper.material_id, "page_id": theirs.pages[0].page_id}, "/page_id"),
        ({"material_id": paper.material_id, "formed_on": {"value": "1985"}}, "/formed_on"),
        ({"material_id": paper.material_id, "title": "入团志愿书"}, "/title"),
    ):
        answer = await desk.post(li, "claims", body(subject, **members))
        assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (422, [pointer])
    kept = await entered(desk, subject, material_id=paper.material_id)
    told = {"from_category": "6", "from_item_no": 1, "reason": "duplicate"}
    where = paper.model_dump(include={"material_id", "dossier_id", "person_id", "unit_id"})
    await office.hear(MaterialRemoved.model_validate({**where, **told}), version=2)
    late = await desk.post(li, "claims", body(subject, "1969-03", material_id=paper.material_id))
    assert faults(late) == [("/material_id", "unknown-reference")]
    shown = await desk.get(li, f"claims/{kept['id']}")
    assert shown.json()["paper"]["removed"] is True
    assert (await correct(desk, li, f"claims/{kept['id']}", {"remark": "原件已剔除"}, version=1)).status_code == 200


async def test_a_claim_follows_its_dossier_to_another_unit(desk: Desk):
    """The former unit sees it no more; its version rises, so that nobody writes over the move. A closed dossier takes
    no claims."""
    office = desk.office
    subject = await office.known_subject()
    kept = await entered(desk, subject)
    new_unit = await office.unit()
    await office.hear(subject.dossier(unit_id=new_unit), version=2)
    assert (await desk.get(auditor(subject.unit_id), f"claims/{kept['id']}")).status_code == 404
    shown = await desk.get(auditor(new_unit), f"claims/{kept['id']}")
    assert (shown.status_code, shown.json()["version"]) == (200, 2)
    await office.hear(subject.dossier(unit_id=new_unit, state="closed"), version=3)
    closed = await desk.post(auditor(new_unit), "claims", body(subject, "1969-03", title="证明"))
    assert (closed.status_code, closed.json()["state"]) == (409, "dossier closed")


async def test_claims_are_listed_page_after_page(desk: Desk):
    """By id, with filters for person, material and facts; another caller's token is refused."""
    office = desk.office
    subject = await office.known_subject()
    paper = await filed_paper(office, subject)
    li = auditor(subject.unit_id)
    made = [
        await entered(desk, subject, material_id=paper.material_id),
        await entered(desk, subject, {"text": "汉族"}, "ethnicity", material_id=paper.material_id),
        await entered(desk, subject, {"text": "汉族"}, "ethnicity"),
    ]
    first = await desk.get(li, "claims?page_size=2")
    assert [one["id"] for one in first.json()["items"]] == [one["id"] for one in made[:2]]
    token = first.json()["next_page_token"]
    second = await desk.get(li, f"claims?page_size=2&page_token={token}")
    assert ([one["id"] for one in second.json()["items"]], second.json()["next_page_token"]) == ([made[2]["id"]], None)
    stolen = await desk.get(auditor(subject.unit_id), f"claims?page_size=2&page_token={token}")
    assert stolen.json()["code"] == "page-token-invalid"
    for query, wanted in (
        (f"material_id={paper.material_id}", made[:2]),
        ("fact=ethnicity", made[1:]),
        (f"fact=birth_date&fact=name&person_id={subject.person_id}", made[:1]),
    ):
        listed = await desk.get(li, f"claims?{query}")
        assert [one["id"] for one in listed.json()["items"]] == [one["id"] for one in wanted]
    assert (await desk.get(li, "claims?colour=red")).json()["code"] == "unknown-parameter"
