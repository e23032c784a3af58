"""/v1/campaigns, /v1/campaign-dossiers, /v1/pledges, /v1/trainings: every answer and refusal of the routes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chassis.identity import Caller
from contracts.values.ids import new_id
from tests.services.audit.api.conftest import Desk
from tests.services.audit.office import Subject
from tests.services.audit.organising import Organiser, organising
from tests.support.rooms import somebody


class Campaigns:
    """An organiser at the desk."""

    def __init__(self, desk: Desk, organiser: Organiser) -> None:
        self.desk, self.organiser, self.caller = desk, organiser, organiser.caller

    async def make(self, *subjects: Subject, **body: Any) -> dict[str, Any]:
        """A planned campaign by its route."""
        told = {"unit_id": self.organiser.unit_id, "name": "全县科级干部专项审核", **body}
        if subjects:
            told["scope"] = {"dossier_ids": [one.dossier_id for one in subjects]}
        answer = await self.desk.post(self.caller, "campaigns", told)
        assert answer.status_code == 201, answer.text
        assert answer.headers["etag"] == '"1"'
        return answer.json()

    async def running(self, *subjects: Subject) -> tuple[dict[str, Any], list[str]]:
        """A running campaign, with an audit group of three who have signed on paper."""
        made = await self.make(*subjects)
        group = [await self.organiser.account() for _ in range(3)]
        path = f"campaigns/{made['id']}"
        body = {"head_id": group[0], "member_ids": group[1:]}
        answer = await self.desk.put(self.caller, f"{path}/teams/audit", body, version=1)
        assert answer.status_code == 200, answer.text
        assert answer.json()["teams"] == [{"kind": "audit", "head_id": group[0], "member_ids": sorted(group)}]
        for account_id in group:
            signed = {"scope": "campaign", "campaign_id": made["id"], "form": "scanned", "signed_on": "2026-01-05"}
            answer = await self.desk.post(self.caller, "pledges", {**signed, "account_id": account_id})
            assert answer.status_code == 201, answer.text
        answer = await self.desk.post(self.caller, f"{path}/starts", {}, version=2)
        assert answer.status_code == 201, answer.text
        return answer.json(), group


@pytest.fixture
async def campaigns(desk: Desk) -> Campaigns:
    """An organiser of a unit of their own."""
    return Campaigns(desk, await organising(desk.office))


async def test_a_campaign_is_made_with_the_settings_of_the_office(campaigns: Campaigns):
    """What is left out is as the rule file has it; the seed is told, and nothing is fixed yet."""
    made = await campaigns.make(settings={"party_date_rule": "branch_meeting"})
    assert made["settings"] == {
        "party_date_rule": "branch_meeting",
        "graduate_rule": "reporting_and_pay",
        "requires_training": [],
        "training_dossiers": 20,
        "queue": "easy_first",
    }
    assert (made["state"], made["rules_digest"], made["rules_changed"], made["teams"]) == ("planned", None, False, [])
    assert isinstance(made["seed"], int)
    listed = await campaigns.desk.get(campaigns.caller, "campaigns?state=planned")
    assert [one["id"] for one in listed.json()["items"]] == [made["id"]]
    assert (await campaigns.desk.get(campaigns.caller, "campaigns?state=closed")).json()["items"] == []


async def test_from_the_plan_to_the_end(campaigns: Campaigns):
    """Started, given out, seen on the board, a reviewer taken off, and closed once no sheet is open."""
    desk, organiser, who = campaigns.desk, campaigns.organiser, campaigns.caller
    there = await organiser.dossiers(3)
    made, group = await campaigns.running(*there[:2])
    path = f"campaigns/{made['id']}"
    more = {"scope": {"dossier_ids": [there[2].dossier_id]}}
    assert (await desk.post(who, f"{path}/extensions", more, version=3)).status_code == 201
    given = await desk.post(who, f"{path}/assignments", {"dossiers": 2})
    assert (given.status_code, given.json()["assigned"]) == (201, 2), given.text
    board = (await desk.get(who, f"{path}/board")).json()
    assert (board["total"], board["by_state"]) == (3, {"planned": 1, "first_review": 2})
    assert board["by_team"]["audit"] == 3
    (unit,) = board["by_unit"]
    assert (unit["unit_id"], unit["total"]) == (organiser.unit_id, 3)
    loads = (await desk.get(who, f"{path}/reviewers")).json()["items"]
    assert sum(load["assigned"] for load in loads) == 4
    assert {load["opened"] for load in loads} == {0}
    refused = await desk.post(who, f"{path}/closings", {}, version=4)
    assert (refused.status_code, refused.json()["code"]) == (409, "open-reviews")
    assert "2" in refused.json()["detail"]
    for account_id in group[1:]:
        gone = await desk.post(who, f"{path}/reviewer-removals", {"account_id": account_id, "reason": "left"})
        assert gone.status_code == 201, gone.text
    head = {"account_id": group[0], "reason": "unfit"}
    assert (await desk.post(who, f"{path}/reviewer-removals", head)).status_code == 422
    version = (await desk.get(who, path)).json()["version"]
    team = {"head_id": await organiser.account(), "member_ids": [group[0]]}
    assert (await desk.put(who, f"{path}/teams/audit", team, version=version)).status_code == 200
    assert (await desk.post(who, f"{path}/reviewer-removals", head)).status_code == 201
    version = (await desk.get(who, path)).json()["version"]
    closed = await desk.post(who, f"{path}/closings", {}, version=version)
    assert (closed.status_code, closed.json()["state"]) == (201, "closed"), closed.text


async def test_rules_that_change_during_a_campaign_change_nothing_of_it_and_are_told(
    campaigns: Campaigns, monkeypatch: pytest.MonkeyPatch
):
    """It goes on by the settings that it began with, and says that the rule files are others by now."""
    made, _ = await campaigns.running(*await campaigns.organiser.dossiers(1))
    assert made["rules_changed"] is False
    deps = campaigns.desk.office.deps
    defaults = deps.rules.campaign.defaults.model_copy(update={"party_date_rule": "branch_meeting"})
    other = replace(deps.rules.campaign, digest="0" * 64, defaults=defaults)
    monkeypatch.setattr(deps, "rules", replace(deps.rules, campaign=other))
    shown = (await campaigns.desk.get(campaigns.caller, f"campaigns/{made['id']}")).json()
    assert (shown["rules_changed"], shown["rules_digest"]) == (True, made["rules_digest"])
    assert shown["settings"] == made["settings"]
    named = await campaigns.desk.patch(
        campaigns.caller, f"campaigns/{made['id']}", {"settings": {"queue": "hard_first"}}, version=made["version"]
    )
    assert (named.status_code, named.json()["code"]) == (409, "state-conflict")


async def test_what_is_only_tried_answers_the_same_and_leaves_nothing(campaigns: Campaigns):
    """A campaign, a change, an assignment: with their refusals, and without effect."""
    desk, organiser, who = campaigns.desk, campaigns.organiser, campaigns.caller
    tried = await desk.post(who, "campaigns?validate_only=true", {"unit_id": organiser.unit_id, "name": "试"})
    assert (tried.status_code, tried.json()["name"]) == (201, "试")
    assert (await desk.get(who, "campaigns")).json()["items"] == []
    made, _ = await campaigns.running(*await organiser.dossiers(2))
    path = f"campaigns/{made['id']}"
    given = await desk.post(who, f"{path}/assignments?validate_only=true", {"dossiers": 2})
    assert (given.status_code, given.json()["assigned"]) == (201, 2)
    named = await desk.patch(who, f"{path}?validate_only=true", {"name": "另"}, version=made["version"])
    assert (named.status_code, named.json()["name"]) == (200, "另")
    stale = await desk.patch(who, f"{path}?validate_only=true", {"name": "另"}, version=1)
    assert stale.status_code == 412
    assert (await desk.get(who, f"{path}/board")).json()["by_state"] == {"planned": 2}
    assert (await desk.get(who, path)).json()["name"] == made["name"]


async def test_dossiers_are_listed_in_the_order_of_the_queue(campaigns: Campaigns):
    """Page after page; one's own and relatives' are left out; no names."""
    desk, organiser = campaigns.desk, campaigns.organiser
    there = await organiser.dossiers(4)
    made = await campaigns.make(*there)
    rows = (await desk.get(campaigns.caller, f"campaigns/{made['id']}/dossiers")).json()["items"]
    hard = rows[0]
    patched = await desk.patch(
        campaigns.caller, f"campaign-dossiers/{hard['id']}", {"difficulty": 5}, version=hard["version"]
    )
    assert (patched.status_code, patched.json()["difficulty"], patched.headers["etag"]) == (200, 5, '"2"')
    stale = await desk.patch(campaigns.caller, f"campaign-dossiers/{hard['id']}", {"difficulty": 6}, version=1)
    assert (stale.status_code, stale.json()["code"]) == (412, "version-stale")
    pages: list[str] = []
    path = f"campaigns/{made['id']}/dossiers?page_size=3"
    first = (await desk.get(campaigns.caller, path)).json()
    pages += [one["id"] for one in first["items"]]
    second = (await desk.get(campaigns.caller, f"{path}&page_token={first['next_page_token']}")).json()
    pages += [one["id"] for one in second["items"]]
    assert (pages[0], len(set(pages)), second["next_page_token"]) == (hard["id"], 4, None)
    assert there[0].name not in str(first)
    own = Caller(new_id("acc"), person_no=there[0].person_no, posts=campaigns.caller.posts)
    seen = (await desk.get(own, f"campaigns/{made['id']}/dossiers")).json()["items"]
    mine = next(one for one in rows if one["person_id"] == there[0].person_id)
    assert mine["id"] not in [one["id"] for one in seen]
    refused = await desk.get(own, f"campaign-dossiers/{mine['id']}")
    assert (refused.status_code, refused.json()["code"]) == (403, "recusal")


async def test_an_unchanged_campaign_is_not_sent_again(campaigns: Campaigns):
    """304 for the version that one has."""
    made = await campaigns.make()
    same = await campaigns.desk.get(campaigns.caller, f"campaigns/{made['id']}", **{"If-None-Match": '"1"'})
    assert (same.status_code, same.content) == (304, b"")


async def test_other_units_do_not_see_a_campaign(campaigns: Campaigns):
    """Neither itself nor its board, its dossiers or its reviewers."""
    there = await campaigns.organiser.dossiers(1)
    made = await campaigns.make(*there)
    stranger = somebody("adjudicator", new_id("unt"))
    for path in ("", "/board", "/dossiers", "/reviewers"):
        answer = await campaigns.desk.get(stranger, f"campaigns/{made['id']}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), path


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"settings": {"party_date_rule": "guess"}}, "/settings/party_date_rule"),
        ({"settings": {"training_dossiers": -1}}, "/settings/training_dossiers"),
        ({"settings": {"unheard": 1}}, "/settings/unheard"),
        ({"scope": {"unit_ids": ["x"]}}, "/scope/unit_ids/0"),
        ({"scope": {"dossier_ids": [new_id("dos")]}}, "/scope/dossier_ids/0"),
        ({"unit_id": new_id("unt")}, "/unit_id"),
    ],
)
async def test_a_body_that_does_not_hold_is_refused_by_its_member(
    campaigns: Campaigns, body: dict[str, Any], pointer: str
):
    """422 with the pointer of what is at fault."""
    told = {"unit_id": campaigns.organiser.unit_id, "name": "专项审核", **body}
    answer = await campaigns.desk.post(campaigns.caller, "campaigns", told)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_an_extension_names_some_dossiers(campaigns: Campaigns):
    """An empty one is a mistake."""
    made = await campaigns.make()
    answer = await campaigns.desk.post(campaigns.caller, f"campaigns/{made['id']}/extensions", {"scope": {}}, version=1)
    assert answer.status_code == 422


async def test_who_has_not_signed_is_named(campaigns: Campaigns):
    """403 with the accounts, and the cure."""
    there = await campaigns.organiser.dossiers(1)
    campaign = await campaigns.organiser.started(*there, reviewers=2, pledged=False)
    answer = await campaigns.desk.post(campaigns.caller, f"campaigns/{campaign.id}/assignments", {"dossiers": 1})
    assert (answer.status_code, answer.json()["code"]) == (403, "pledge-missing")
    assert all(account_id in answer.json()["detail"] for account_id in campaigns.organiser.reviewers)


async def test_an_auditor_signs_for_themself(campaigns: Campaigns):
    """Also where they cannot see the campaign; for others only who keeps the register, and only from paper."""
    desk, campaign = campaigns.desk, await campaigns.organiser.plan()
    auditor = somebody("auditor", new_id("unt"))
    body = {"scope": "campaign", "campaign_id": campaign.id, "form": "drawn", "signed_on": "2026-01-05"}
    signed = await desk.post(auditor, "pledges", body)
    assert (signed.status_code, signed.json()["account_id"]) == (201, auditor.account_id), signed.text
    other = await campaigns.organiser.account()
    for_other = await desk.post(auditor, "pledges", {**body, "account_id": other, "form": "scanned"})
    assert (for_other.status_code, for_other.json()["code"]) == (403, "role-missing")
    drawn = await desk.post(campaigns.caller, "pledges", {**body, "account_id": other})
    assert [fault["pointer"] for fault in drawn.json()["errors"]] == ["/form"]
    listed = (await desk.get(campaigns.caller, f"pledges?campaign_id={campaign.id}")).json()["items"]
    assert [one["account_id"] for one in listed] == [auditor.account_id]
    assert (await desk.get(auditor, "pledges")).json()["code"] == "role-missing"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"signed_on": "2099-01-01"}, "/signed_on"),
        ({"expires_on": "2025-01-01"}, "/expires_on"),
        ({"campaign_id": new_id("cmp")}, "/campaign_id"),
        ({"scope": "reading"}, ""),
        ({"scope": "reading", "campaign_id": None, "unit_id": new_id("unt")}, "/unit_id"),
        ({"account_id": new_id("acc"), "form": "scanned"}, "/account_id"),
    ],
)
async def test_a_pledge_that_does_not_hold_is_refused(campaigns: Campaigns, change: dict[str, Any], pointer: str):
    """By the member at fault."""
    campaign = await campaigns.organiser.plan()
    body = {"scope": "campaign", "campaign_id": campaign.id, "form": "drawn", "signed_on": "2026-01-05"}
    answer = await campaigns.desk.post(campaigns.caller, "pledges", {**body, **change})
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_pledges_that_end_soon_are_found(campaigns: Campaigns):
    """The list of what to have signed again; those without an end are not in it."""
    body = {"scope": "reading", "unit_id": campaigns.organiser.unit_id, "form": "drawn", "signed_on": "2026-01-05"}
    for expires_on in (None, "2026-12-31", "2027-12-31"):
        answer = await campaigns.desk.post(campaigns.caller, "pledges", {**body, "expires_on": expires_on})
        assert answer.status_code == 201, answer.text
    found = (await campaigns.desk.get(campaigns.caller, "pledges?expires_on.lte=2026-12-31")).json()["items"]
    assert [one["expires_on"] for one in found] == ["2026-12-31"]


async def test_a_course_is_entered_with_who_came(campaigns: Campaigns):
    """The rate of attendance follows from the list."""
    here, away = [await campaigns.organiser.account() for _ in range(2)]
    body = {
        "unit_id": campaigns.organiser.unit_id,
        "course": "干部人事档案专项审核业务培训",
        "kind": "audit",
        "days": 7,
        "trainer": "省委组织部",
        "held_on": "2026-03-02",
        "attendances": [
            {"account_id": here, "present": True, "score": 92, "certificate_no": "ZS-01", "expires_on": "2028-03-01"},
            {"account_id": away, "present": False},
        ],
    }
    made = await campaigns.desk.post(campaigns.caller, "trainings", body)
    assert (made.status_code, made.json()["listed"], made.json()["present"]) == (201, 2, 1), made.text
    shown = await campaigns.desk.get(campaigns.caller, f"trainings/{made.json()['id']}")
    assert shown.json() == made.json()
    listed = (await campaigns.desk.get(campaigns.caller, "trainings")).json()["items"]
    assert [(one["id"], one["listed"], one["present"]) for one in listed] == [(made.json()["id"], 2, 1)]
    twice = {**body, "held_on": "2099-01-01", "attendances": [body["attendances"][0]] * 2}
    wrong = await campaigns.desk.post(campaigns.caller, "trainings", twice)
    pointers = [fault["pointer"] for fault in wrong.json()["errors"]]
    assert pointers == [
        "/held_on",
        "/attendances/0/expires_on",
        "/attendances/1/account_id",
        "/attendances/1/expires_on",
    ]
