"""/v1/tasks: a reviewer's own sheets and second reviews, with the day until which each is due."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from contracts.events import AccountChanged
from contracts.values.ids import from_uuid, to_uuid
from tests.services.audit.adjudicating import a_case, known_account
from tests.services.audit.api.conftest import Desk
from tests.services.audit.blind import a_pair
from tests.services.audit.office import auditor
from tests.support.rooms import somebody


async def reviews_of(desk: Desk, caller: Any, query: str = "") -> list[tuple[str, str]]:
    """Kind and resource of the caller's tasks that are reviews."""
    items = (await desk.get(caller, f"tasks{query}")).json()["items"]
    return [(one["kind"], one["resource"]) for one in items if one["kind"].startswith("review.")]


async def test_a_reviewer_sees_their_own_sheets_alone(desk: Desk):
    """Until they hand them in; the other of the pair has another task, which for anybody else never was."""
    pair = await a_pair(desk.office)
    (task,) = [one for one in (await desk.get(pair.li, "tasks")).json()["items"] if one["kind"] == "review.first"]
    assert (task["resource"], task["state"], task["version"]) == (f"reviews/{pair.li_review}", "pending", 1)
    given, due = (datetime.fromisoformat(task[name]) for name in ("created_at", "due_at"))
    assert due - given == timedelta(days=14)
    shown = await desk.get(pair.li, f"tasks/{task['id']}")
    assert (shown.json(), shown.headers["etag"]) == (task, '"1"')
    other = from_uuid("tsku", to_uuid(pair.wang_review))
    unknown = await desk.get(pair.li, f"tasks/{from_uuid('tsku', to_uuid(pair.dossier.id))}")
    for caller in (pair.li, pair.adjudicator, auditor(pair.subject.unit_id)):
        foreign = await desk.get(caller, f"tasks/{other}")
        assert (foreign.status_code, foreign.json()["code"]) == (unknown.status_code, "not-found")
    assert await reviews_of(desk, pair.wang) == [("review.first", f"reviews/{pair.wang_review}")]
    for caller in (pair.adjudicator, auditor(pair.subject.unit_id)):
        assert await reviews_of(desk, caller) == []
    assert await reviews_of(desk, pair.li, "?state=approved") == []
    decided = await desk.decide(pair.li, task["id"], {"outcome": "approve", "not_related": True})
    assert decided.status_code == 404


async def test_pages_go_on_where_the_last_ended(desk: Desk):
    """By the day on which each is due, then by id."""
    first = await desk.office.known_subject()
    li = auditor(first.unit_id)
    second = await desk.office.known_subject(unit_id=first.unit_id)
    pairs = [await a_pair(desk.office, li=li, subject=subject) for subject in (first, second)]
    seen: list[str] = []
    token: str | None = ""
    while token is not None:
        page = (await desk.get(li, f"tasks?page_size=1&page_token={token}" if token else "tasks?page_size=1")).json()
        seen += [one["resource"] for one in page["items"] if one["kind"] == "review.first"]
        token = page["next_page_token"]
    assert seen == [f"reviews/{pair.li_review}" for pair in pairs]


async def test_a_second_review_waits_for_whoever_took_it_up(desk: Desk):
    """Until the dossier is tabled; it carries the version that the acts on the dossier name."""
    case = await a_case(desk.office)
    assert await reviews_of(desk, case.adjudicator) == []
    await case.take_up()
    (task,) = [
        one for one in (await desk.get(case.adjudicator, "tasks")).json()["items"] if one["kind"] == "review.second"
    ]
    assert (task["resource"], task["version"]) == (f"campaign-dossiers/{case.id}", (await case.dossier()).version)
    assert (await desk.get(case.adjudicator, f"tasks/{task['id']}")).json() == task
    assert (await desk.get(case.pair.li, f"tasks/{task['id']}")).status_code == 404
    for fact, row in (await case.facts()).items():
        if row.disputed:
            await case.settle(fact, None)
    await case.table()
    assert await reviews_of(desk, case.adjudicator) == []
    assert (await desk.get(case.adjudicator, f"tasks/{task['id']}")).json()["state"] == "approved"


async def test_open_investigations_and_overdue_rounds_stand_among_the_tasks(desk: Desk):
    """An investigation for its two investigators alone; a round, for the office, once its day is over."""
    case = await a_case(desk.office)
    await case.take_up()
    row = await case.ask()
    other = await known_account(desk.office)
    account = AccountChanged(account_id=case.adjudicator.account_id, person_no=None, active=True)
    assert await desk.office.hear(account) is None
    asked = await case.investigate(investigator_ids=[case.adjudicator.account_id, other], due_on=date(2199, 1, 1))

    async def inquiries(caller: Any) -> list[dict[str, Any]]:
        items = (await desk.get(caller, "tasks")).json()["items"]
        return [one for one in items if one["kind"] in ("investigation", "feedback-round.overdue")]

    (task,) = await inquiries(case.adjudicator)
    assert (task["kind"], task["resource"], task["due_at"]) == (
        "investigation", f"investigations/{asked.id}", "2199-01-01T16:00:00Z"
    )  # fmt: skip
    assert (await desk.get(case.adjudicator, f"tasks/{task['id']}")).json() == task
    colleague = somebody("adjudicator", case.subject.unit_id)
    assert (await desk.get(colleague, f"tasks/{task['id']}")).status_code == 404
    await desk.office.admin.execute(
        "update audit.feedback_round set sent_on = '2026-01-04', due_on = '2026-01-05' where id = $1", to_uuid(row.id)
    )
    (overdue,) = await inquiries(colleague)
    assert (overdue["resource"], overdue["due_at"]) == (f"feedback-rounds/{row.id}", "2026-01-05T16:00:00Z")
    first = (await desk.get(case.adjudicator, "tasks?page_size=1")).json()
    rest = (await desk.get(case.adjudicator, f"tasks?page_token={first['next_page_token']}")).json()
    assert first["items"] == [overdue]
    assert [one["kind"] for one in rest["items"]].count("investigation") == 1
    assert overdue["id"] not in {one["id"] for one in rest["items"]}
