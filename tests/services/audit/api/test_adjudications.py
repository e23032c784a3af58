"""The routes after both first reviews: the whole way of one dossier, and where it is refused."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from chassis.identity import Caller
from contracts.values.ids import new_id
from tests.services.audit.adjudicating import OFFICE, Case, a_case, known_account
from tests.services.audit.api.conftest import Desk
from tests.services.audit.overseeing import Above, approved_below, draw
from tests.services.audit.tickets import ticket_for
from tests.support.rooms import somebody

Json = dict[str, Any]
OWN = {"not_related": True}


class Way:
    """The acts on one dossier by HTTP, each in the version that the dossier has then."""

    def __init__(self, desk: Desk, case: Case) -> None:
        self.desk, self.case = desk, case

    async def act(self, what: str, caller: Caller | None = None, *, status: int = 201, **body: Any) -> Json:
        """Post to an address below the dossier; the answer, after its status."""
        path = f"campaign-dossiers/{self.case.id}/{what}"
        version = (await self.case.dossier()).version
        answer = await self.desk.post(caller or self.case.adjudicator, path, {**OWN, **body}, version=version)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def seen(self, path: str, caller: Caller | None = None) -> Json:
        """What somebody reads at an address."""
        answer = await self.desk.get(caller or self.case.adjudicator, path)
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"].startswith("private")
        return answer.json()

    async def ticket(self) -> str:
        """An uploaded page of the adjudicator's."""
        return await ticket_for(self.desk.office, self.case.adjudicator, self.case.subject.unit_id)

    async def vote(self) -> Json:
        """A meeting of three decides as proposed."""
        case = self.case
        present = [await known_account(self.desk.office) for _ in range(3)]
        body = {"held_on": "2026-01-05", "minutes_no": f"纪要{new_id('mtg')[-6:]}", "present_ids": present}
        path = f"campaigns/{case.pair.dossier.campaign_id}/meetings"
        meeting = (await self.desk.post(case.adjudicator, path, body)).json()
        assert (await self.seen(f"meetings/{meeting['id']}"))["present_ids"] == sorted(present)
        return await self.act(
            "collective-determinations", meeting_id=meeting["id"], in_favour=3, against=0, abstained=0
        )

    async def tell(self, outcome: str = "signed", *, status: int = 201, **members: Any) -> Json:
        """The person's party organisation meets the person."""
        told = {"organisation": "县财政局党组", "met_on": "2026-01-06", "pages": [await self.ticket()], **members}
        return await self.act("feedbacks", status=status, outcome=outcome, **told)


def on(day: str) -> Json:
    """A date as a determination has it."""
    return {"type": "date", "date": {"value": day}}


def pointers(answer: Json) -> list[tuple[str, str]]:
    """Where, and which fault."""
    return [(one["pointer"], one["code"]) for one in answer["errors"]]


async def test_the_whole_way_from_the_opened_pair_to_the_office_above(desk: Desk):
    """Second review, a round of feedback, meeting, signature, approval, spot check, and the superior's correction."""
    way = Way(desk, await a_case(desk.office))
    case, leader = way.case, way.case.leader
    second = await way.act("second-reviews")
    assert second["account_id"] == case.adjudicator.account_id
    standing = (await way.seen(f"determinations?campaign_dossier_id={case.id}"))["items"]
    (disputed,) = [one for one in standing if one["disputed"]]
    settled = {"status": "proposed", "value": on("1990-08"), "reason": "转正定级表为证"}
    decided = await desk.post(
        case.adjudicator,
        f"determinations/{disputed['id']}/decisions",
        {"take": "otherwise", "otherwise": settled, **OWN},
        version=disputed["version"],
    )
    assert (decided.status_code, decided.json()["stage"]) == (201, "second_review"), decided.text
    asked = await way.act(
        "feedback-rounds",
        sent_to="县财政局党组",
        materials_asked=["转正定级审批表"],
        sent_on="2026-01-04",
        due_on="2026-01-05",
    )
    campaign = f"campaigns/{case.pair.dossier.campaign_id}"
    overdue = (await way.seen(f"{campaign}/feedback-rounds?overdue=true"))["items"]
    assert [(one["id"], one["n"]) for one in overdue] == [(asked["id"], 1)]
    refused = await way.act("tablings", status=409)
    assert refused["detail"] == "当前状态为 上一次信息反馈尚未答复，不能进行此操作。"
    came = {"answered_on": "2026-01-05", "result": "provided", "evidence": ["转正定级审批表原件"], **OWN}
    answer = await desk.post(case.adjudicator, f"feedback-rounds/{asked['id']}/answers", came, version=1)
    assert (answer.status_code, answer.headers["etag"]) == (201, '"2"')
    await way.act("talk-records", talked_on="2026-01-05", talked_by=["张三"], said="无异议", signed=True)
    assert (await way.act("tablings"))["state"] == "collective_determination"
    await way.vote()
    await way.tell()
    drawn = (await desk.post(leader, f"{campaign}/spot-checks", {"percent": 100, "seed": 7})).json()
    assert (drawn["seed"], drawn["passed"], drawn["drawn"]) == (7, 1, 1)
    (waiting,) = (await way.seen(f"spot-checks/{drawn['id']}/dossiers?waiting=true"))["items"]
    path = f"spot-checks/{drawn['id']}/dossiers/{waiting['campaign_dossier_id']}/outcomes"
    version = (await case.dossier()).version
    checker = somebody("leader", case.subject.unit_id)  # not the one who approves
    checked = await desk.post(checker, path, {"outcome": "agrees", **OWN}, version=version)
    assert (checked.status_code, checked.json()["follow_up"]) == (201, "none"), checked.text
    assert (await way.seen(f"{campaign}/board"))["spot_checks"] == {"drawn": 1, "checked": 1, "differing": 0}
    approval = await way.act("approvals", leader, document_no="组任〔2026〕9号")
    assert (approval["office"], approval["title"]) == (OFFICE, "干部人事档案专项审核认定表")
    assert (await way.act("superior-reviews", leader, status=403, outcome="confirm"))["code"] == "superior-only"
    above = Above(case)
    await above.take_place()
    correction = {**settled, "fact": "work_start_date", "value": on("1990-07"), "reason": "报到证载明"}
    review = await way.act("superior-reviews", above.leader, outcome="correct", corrections=[correction])
    (corrected,) = review["corrected"]
    after = await way.seen(f"determinations/{corrected['determination_id']}")
    assert (after["stage"], after["status"], after["value"]["date"]["value"]) == ("superior", "determined", "1990-07")
    days = [(step["stage"], step["value"]["date"]["value"]) for step in after["steps"][-2:]]
    assert days == [("meeting", "1990-08"), ("superior", "1990-07")]
    listed = await way.seen(f"superior-reviews?campaign_dossier_id={case.id}&outcome=correct")
    assert [one["id"] for one in listed["items"]] == [review["id"]]
    counts = await way.seen(f"superior-review-counts?year={review['year']}")
    unit = {"office_unit_id": case.subject.unit_id, "confirmed": 0, "returned": 0, "corrected": 1}
    assert counts == {"items": [unit], "next_page_token": None}


async def test_what_the_person_says_is_recorded_in_due_form(desk: Desk):
    """A refusal before two witnesses, a dispute in writing; what is disputed is asked about and goes round again."""
    way = Way(desk, await a_case(desk.office))
    await way.case.until_tabled()
    await way.vote()
    # Worked case D1: the meeting is done, the person has not seen it.
    early = await way.act("approvals", way.case.leader, status=409)
    assert (early["code"], early["detail"]) == ("state-conflict", "当前状态为 待向本人反馈，不能进行此操作。")
    for outcome, members, wrong in (
        ("refused", {"witnesses": ["张三"]}, ("/witnesses", "too-few")),
        ("disputed", {}, ("/statement", "required")),
        ("signed", {"pages": ["x"]}, ("/pages/0", "ticket-invalid")),
    ):
        assert pointers(await way.tell(outcome, status=422, **members)) == [wrong]
    await way.tell("disputed", statement="本人认为应为1970年3月")
    people = [await known_account(desk.office) for _ in range(2)]
    asked = await way.act(
        "investigations",
        question="出生日期以何为准",
        unit_visited="县第一中学",
        investigator_ids=people,
        due_on="2199-01-01",
    )
    assert (await way.act("tablings", status=409))["detail"] == "当前状态为 尚有调查核实未办结，不能进行此操作。"
    result = {"result": "not_verifiable", **OWN}
    ended = await desk.post(way.case.adjudicator, f"investigations/{asked['id']}/results", result, version=1)
    assert (ended.status_code, ended.json()["result"]) == (201, "not_verifiable")
    await way.act("tablings")
    await way.vote()
    told = await way.tell("refused", witnesses=["张三", "李四"])
    assert (told["outcome"], told["witnesses"]) == ("refused", ["张三", "李四"])
    await way.act("approvals", way.case.leader)


async def test_the_managing_office_approves_once_and_nobody_else(desk: Desk):
    """Worked case D2; the same account twice; three at one instant; a repeated request; the next act too early."""
    office = await desk.office.unit()
    way = Way(desk, await a_case(desk.office, managed_by=office))
    case = way.case
    await case.until_fed_back()
    lower = somebody("leader", case.subject.unit_id)
    refused = await way.act("approvals", lower, status=403)
    assert (refused["code"], refused["detail"]) == ("wrong-authority", f"该干部由 {OFFICE} 管理，应由其审批。")
    # The managing office sees the dossier only where it keeps it or stands above.
    posts = (("leader", office), ("leader", case.subject.unit_id))
    leaders = [replace(somebody("leader", office), posts=posts) for _ in range(3)]
    twice = await way.act("approvals", replace(leaders[0], account_id=case.adjudicator.account_id), status=403)
    assert twice["code"] == "same-person-twice"
    version, path, key = (await case.dossier()).version, f"campaign-dossiers/{case.id}/approvals", new_id("req")
    answers = await asyncio.gather(
        *(desk.post(leader, path, OWN, version=version, key=key) for leader in leaders),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 412, 412]
    (winner,) = [n for n, answer in enumerate(answers) if answer.status_code == 201]
    stale = next(answer for answer in answers if answer.status_code == 412).json()
    assert (stale["code"], "state" in stale["changed"]) == ("version-stale", True)
    again = await desk.post(leaders[winner], path, OWN, version=version, key=key)
    assert (again.json()["id"], again.headers["idempotent-replayed"]) == (answers[winner].json()["id"], "true")
    assert (await way.act("reopenings", status=409, reason="发现更早的材料"))["code"] == "state-conflict"


@pytest.mark.parametrize(
    ("version", "key", "status", "code"),
    [
        (None, "", 428, "precondition-required"),
        (1, None, 400, "idempotency-key-missing"),
        (1, "", 412, "version-stale"),
    ],
)
async def test_an_act_names_what_it_saw(desk: Desk, version: int | None, key: str | None, status: int, code: str):
    case = await a_case(desk.office)
    answer = await desk.post(
        case.adjudicator, f"campaign-dossiers/{case.id}/second-reviews", OWN, version=version, key=key
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_who_may_not_see_or_act_is_told_so(desk: Desk):
    """No role, another unit, the subject: also for what is looked at again."""
    above = await approved_below(desk.office)
    way = Way(desk, above.case)
    dossier = f"campaign-dossiers/{way.case.id}"
    own = replace(way.case.adjudicator, person_no=way.case.subject.person_no)
    for caller, path, expected in (
        (somebody("archivist"), "superior-reviews", (403, "role-missing")),
        (somebody("adjudicator", new_id("unt")), f"{dossier}/feedback-rounds", (404, "not-found")),
        (own, f"{dossier}/talk-records", (403, "recusal")),
        (own, f"{dossier}/feedback-rounds", (403, "recusal")),
    ):
        answer = await desk.get(caller, path)
        assert (answer.status_code, answer.json()["code"]) == expected, path
    await above.review()
    assert (await way.seen("superior-reviews", own))["items"] == []
    assert (await way.act("superior-reviews", status=403, outcome="confirm"))["code"] == "role-missing"
    relative = replace(above.leader, person_no=way.case.subject.person_no)
    assert (await way.act("superior-reviews", relative, status=403, outcome="confirm"))["code"] == "recusal"
    missing = await way.act("superior-reviews", above.leader, status=422, outcome="return_for_redetermination")
    assert pointers(missing) == [("/reason", "required")]


async def test_what_is_looked_at_again_is_listed_page_by_page(desk: Desk):
    """Rounds by number and by day, talks, draws and superior reviews: each once, in order."""
    above = await approved_below(desk.office)
    case, campaign = above.case, f"campaigns/{above.case.pair.dossier.campaign_id}"
    way, dossier = Way(desk, case), f"campaign-dossiers/{case.id}"
    draws = [await draw(case) for _ in range(2)]
    reviews = [await above.review(), await above.review("return_for_redetermination", reason="重新认定")]
    rounds = [await case.ask()]
    await case.came(rounds[0], "not_provided")
    rounds.append(await case.ask())
    talks = [await case.talk() for _ in range(2)]
    for path, ids in (
        (f"{dossier}/feedback-rounds", [one.id for one in rounds]),
        (f"{campaign}/feedback-rounds", [rounds[1].id]),
        (f"{dossier}/talk-records", [one.id for one in talks]),
        (f"{campaign}/spot-checks", [one.id for one in draws]),
        ("superior-reviews", [one.id for one in reviews]),
    ):
        found: list[str] = []
        token: str | None = ""
        while token is not None:
            page = await way.seen(f"{path}?page_size=1" + (f"&page_token={token}" if token else ""))
            found += [one["id"] for one in page["items"]]
            token = page["next_page_token"]
        assert found == ids, path
