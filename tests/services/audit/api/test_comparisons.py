"""The routes of opened pairs: one dossier compared, a campaign's differences, and how far reviewers agree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from contracts.values.ids import new_id
from tests.services.audit.api.conftest import Desk
from tests.services.audit.api.test_reviews import opened, refused
from tests.services.audit.blind import finished, started
from tests.services.audit.office import auditor
from tests.support.rooms import somebody

Json = dict[str, Any]


async def test_an_opened_pair_is_compared_fact_by_fact(desk: Desk):
    """The adjudicator, the leader and both reviewers; nobody else, and no relative."""
    pair = await opened(desk)
    path = f"campaign-dossiers/{pair.dossier.id}/comparison"
    answer = await desk.get(pair.adjudicator, path)
    told = answer.json()
    assert (answer.status_code, told["state"], answer.headers["etag"]) == (200, "compare", '"3"')
    assert {told["first_review_id"], told["second_review_id"]} == {pair.li_review, pair.wang_review}
    assert told["first_account_id"] < told["second_account_id"]
    found = {one["fact"]: one for one in told["facts"]}
    assert found["birth_date"]["agreed"]
    assert (found["work_start_date"]["agreed"], found["work_start_date"]["differs"]) == (False, ["values"])
    days = {found["work_start_date"][side]["values"][0]["date"]["value"] for side in ("first", "second")}
    assert days == {"1990-07", "1990-08"}
    for who in (pair.li, pair.wang, somebody("leader", pair.subject.unit_id)):
        assert (await desk.get(who, path)).json() == told
    for who, expected in (
        (auditor(pair.subject.unit_id), (404, "not-found")),
        (somebody("adjudicator", new_id("unt")), (404, "not-found")),
        (somebody("archivist"), (403, "role-missing")),
        (replace(pair.adjudicator, person_no=pair.subject.person_no), (403, "recusal")),
    ):
        assert refused(await desk.get(who, path)) == expected
    # Each sheet can be read by itself too, with the proof.
    other = (await desk.get(pair.adjudicator, f"reviews/{pair.li_review}")).json()
    assert (other["account_id"], other["opened"]) == (pair.li.account_id, True)
    assert other["proof"]["salt"] is not None


async def test_the_differences_of_a_campaign_are_listed_and_filtered(desk: Desk):
    """By dossier and fact; by fact, by unit; without the caller's own or a relative's dossier."""
    one = await opened(desk, finished(work_start_date=started("1990-08"), birth_date={"altered": True}))
    two = await opened(desk, campaign_id=one.dossier.campaign_id)
    path = f"campaigns/{one.dossier.campaign_id}/discrepancies"
    judge = somebody("adjudicator")
    page = (await desk.get(judge, f"{path}?page_size=2")).json()
    rest = (await desk.get(judge, f"{path}?page_size=2&page_token={page['next_page_token']}")).json()
    rows = [(row["campaign_dossier_id"], row["fact"], row["differs"]) for row in (*page["items"], *rest["items"])]
    assert rows == [
        (one.dossier.id, "birth_date", ["altered"]),
        (one.dossier.id, "work_start_date", ["values"]),
        (two.dossier.id, "work_start_date", ["values"]),
    ]
    births = (await desk.get(judge, f"{path}?fact=birth_date")).json()["items"]
    assert [row["campaign_dossier_id"] for row in births] == [one.dossier.id]
    there = (await desk.get(judge, f"{path}?unit_id={two.subject.unit_id}")).json()["items"]
    assert [row["campaign_dossier_id"] for row in there] == [two.dossier.id]
    own = somebody("adjudicator", person_no=one.subject.person_no)
    assert {row["campaign_dossier_id"] for row in (await desk.get(own, path)).json()["items"]} == {two.dossier.id}
    elsewhere = (await desk.get(somebody("adjudicator", new_id("unt")), path)).json()
    assert elsewhere == {"items": [], "next_page_token": None}
    assert refused(await desk.get(one.li, path)) == (403, "role-missing")


async def test_agreement_is_told_for_facts_and_pairs(desk: Desk):
    """Percentage and kappa, of all and of the first dossiers for practice; a reviewer sees their own pairs'."""
    disputed = finished(education={"verdict": "inconsistent", "issues": [{"kind": "false_statement"}]})
    one = await opened(desk, disputed, training=True)
    unit = {"unit_id": one.subject.unit_id}
    two = await opened(
        desk,
        finished(),
        campaign_id=one.dossier.campaign_id,
        li=one.li,
        wang=one.wang,
        subject=await desk.office.known_subject(**unit),
    )
    third = await opened(
        desk, finished(), campaign_id=one.dossier.campaign_id, subject=await desk.office.known_subject(**unit)
    )
    judge, campaign = one.adjudicator, f"campaigns/{two.dossier.campaign_id}"
    told = (await desk.get(judge, f"{campaign}/agreement")).json()
    assert (told["compared"], told["agreed"], told["percent"]) == (18, 17, 94.44)
    facts = {row["fact"]: row for row in told["facts"]}
    assert (facts["education"]["compared"], facts["education"]["agreed"], facts["education"]["kappa"]) == (3, 2, 0.0)
    # Always the same word by both: nothing that chance would not reach.
    assert (facts["birth_date"]["percent"], facts["birth_date"]["kappa"]) == (100.0, None)
    practice = (await desk.get(judge, f"{campaign}/agreement?training=true")).json()
    assert (practice["compared"], practice["agreed"]) == (6, 5)
    pairs: list[Json] = []
    token = ""
    while token is not None:
        query = "?page_size=1" + (f"&page_token={token}" if token else "")
        answer = (await desk.get(judge, f"{campaign}/reviewer-pairs{query}")).json()
        pairs += answer["items"]
        token = answer["next_page_token"]
    by_pair = {frozenset((row["first_account_id"], row["second_account_id"])): row for row in pairs}
    mine = by_pair[frozenset((one.li.account_id, one.wang.account_id))]
    assert (mine["compared"], mine["agreed"]) == (12, 11)
    assert len(by_pair) == 2
    seen = (await desk.get(third.li, f"{campaign}/reviewer-pairs")).json()["items"]
    assert [row["compared"] for row in seen] == [6]
    assert (await desk.get(third.li, f"{campaign}/agreement")).json()["compared"] == 6
