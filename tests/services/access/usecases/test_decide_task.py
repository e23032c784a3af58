"""Signatures come in order, from the right people, once each; the last one makes the grant."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from chassis.unit_of_work import IdempotencyKey
from contracts.problems import (
    NotFound,
    Recusal,
    RoleMissing,
    SamePersonTwice,
    StateConflict,
    ValidationFailed,
    VersionStale,
    ViewRefused,
)
from contracts.values.ids import new_id
from services.access.store import heard
from services.access.usecases.withdraw_view_request import withdraw_view_request
from tests.services.access.office import Case, Office, outcome
from tests.support.rooms import somebody


async def test_two_signatures_make_a_grant(office: Office, case: Case):
    request = await office.submit(case)
    await office.decide(await office.waiting(request), case.head)
    second = await office.waiting(request)
    assert (second.step, second.role, second.unit_id) == (2, "leader", case.archive_unit_id)
    await office.decide(second, case.leader)
    kept = await office.request(request.id)
    assert (kept.state, kept.version) == ("approved", 3)
    assert [(one.state, one.decided_by) for one in await office.steps(request)] == [
        ("approved", case.head.account_id),
        ("approved", case.leader.account_id),
    ]
    assert await office.journal(request.id) == [
        ("view_request.submitted", case.asker.account_id, 1),
        ("view_request.decided", case.head.account_id, 2),
        ("view_request.decided", case.leader.account_id, 3),
    ]


async def test_a_grant_is_told_with_its_time(office: Office, case: Case):
    grant = await office.granted(case)
    [event] = await office.told(f"grants/{grant.id}")
    assert event["type"] == "dangan.grant.approved.v1"
    assert (event["sequence"], event["partitionkey"]) == ("1".zfill(20), case.subject.dossier_id)
    assert (event["data"]["view_request_id"], event["data"]["unit_id"]) == (grant.request_id, case.unit_id)
    assert await office.journal(grant.id) == [("grant.approved", case.leader.account_id, 1)]
    assert grant.valid_to > grant.valid_from


@pytest.mark.parametrize(("outcome", "state"), [("return", "returned"), ("reject", "rejected")])
async def test_a_no_ends_the_request_with_its_reasons(office: Office, case: Case, outcome: str, state: str):
    request = await office.submit(case)
    await office.decide(await office.waiting(request), case.head, outcome, "scope_too_wide", "alone")
    assert (await office.request(request.id)).state == state
    [task] = await office.steps(request)
    assert (task.state, task.reasons) == (state, ("scope_too_wide", "alone"))


@pytest.mark.parametrize(
    ("outcome", "reasons", "fault"),
    [
        ("reject", (), ("/reasons", "required")),
        ("return", (), ("/reasons", "required")),
        ("reject", ("no_need", "because"), ("/reasons/1", "not-allowed-value")),
        ("approve", ("no_need",), ("/reasons", "contradiction")),
    ],
)
async def test_a_no_names_coded_reasons(
    office: Office, case: Case, outcome: str, reasons: tuple[str, ...], fault: tuple[str, str]
):
    task = await office.waiting(await office.submit(case))
    with pytest.raises(ValidationFailed) as caught:
        await office.decide(task, case.head, outcome, *reasons)
    assert [(one.pointer, one.code) for one in caught.value.errors] == [fault]


async def test_two_approvals_at_once_make_one(office: Office, case: Case):
    """The second finds the task changed, whoever it is; there is one next task."""
    request = await office.submit(case)
    task = await office.waiting(request)
    other = (await office.person(case.unit_id, "吴副部长")).account("approver", case.unit_id)
    outcomes = await asyncio.gather(office.decide(task, case.head), office.decide(task, other), return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["ApprovalTask", "VersionStale"]
    assert [one.state for one in await office.steps(request)] == ["approved", "pending"]


async def test_an_approval_and_a_withdrawal_at_once_leave_one_of_them(office: Office, case: Case):
    request = await office.submit(case)
    task = await office.waiting(request)
    outcomes = await asyncio.gather(
        office.decide(task, case.head),
        withdraw_view_request(request.id, uow=office.acting(case.asker, "view-request:create")),
        return_exceptions=True,
    )
    refused = [one for one in outcomes if isinstance(one, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], StateConflict | VersionStale)
    kept = await office.request(request.id)
    assert kept.state == ("unit_approved" if isinstance(refused[0], StateConflict) else "withdrawn")


async def test_a_stale_version_is_refused_with_what_changed(office: Office, case: Case):
    task = await office.waiting(await office.submit(case))
    await office.decide(task, case.head)
    other = (await office.person(case.unit_id)).account("approver", case.unit_id)
    with pytest.raises(VersionStale) as caught:
        await office.decide(task, other)
    assert caught.value.params == {"version": 2, "changed": ["state"]}
    with pytest.raises(StateConflict):
        await office.decide(task, other, seen_version=2)


async def test_a_decision_of_the_wrong_role_or_unit_changes_nothing(office: Office, case: Case):
    """A leader does not give the head's signature, nor the head of another unit."""
    request = await office.submit(case)
    task = await office.waiting(request)
    both = somebody("leader", case.unit_id)
    with pytest.raises(RoleMissing):
        await office.decide(task, both, declaration="not_related")
    with pytest.raises(NotFound):
        await office.decide(task, somebody("approver", await office.unit()), declaration="not_related")
    await office.decide(task, case.head)
    with pytest.raises(RoleMissing):
        await office.decide(await office.waiting(request), case.head)
    assert (await office.request(request.id)).state == "unit_approved"


async def test_a_post_covers_the_units_below(office: Office, case: Case):
    below = await office.unit(case.unit_id)
    request = await office.submit(case, unit_id=below)
    await office.decide(await office.waiting(request), case.head)
    assert (await office.request(request.id)).state == "unit_approved"


async def test_nobody_signs_their_own_request_or_twice(office: Office, case: Case):
    request = await office.submit(case)
    task = await office.waiting(request)
    for own in (case.asker, case.second):
        with pytest.raises(SamePersonTwice):
            await office.decide(task, replace(own, posts=(("approver", case.unit_id),)))
    await office.decide(task, case.head)
    second_post = replace(case.head, posts=(*case.head.posts, ("leader", case.archive_unit_id)))
    with pytest.raises(SamePersonTwice):
        await office.decide(await office.waiting(request), second_post)


@pytest.mark.parametrize("outcome", ["approve", "reject"])
async def test_a_relative_decides_nothing(office: Office, case: Case, outcome: str):
    await office.hear(case.subject.kin(case.head_person.person_id), version=2)
    task = await office.waiting(await office.submit(case))
    with pytest.raises(Recusal):
        await office.decide(task, case.head, outcome, *(() if outcome == "approve" else ("no_need",)))


async def test_a_signer_of_whom_nothing_can_be_told_declares(office: Office, case: Case):
    """The declaration stands in the journal, and the request shows `not_verified`."""
    request = await office.submit(case)
    task, unknown = await office.waiting(request), somebody("approver", case.unit_id)
    with pytest.raises(ValidationFailed) as caught:
        await office.decide(task, unknown)
    assert [(one.pointer, one.code) for one in caught.value.errors] == [("/not_related", "required")]
    with pytest.raises(Recusal):
        await office.decide(task, unknown, declaration="related")
    await office.decide(task, unknown, declaration="not_related")
    [first, _] = await office.steps(request)
    assert (first.relation, first.declaration) == ("not_verified", "not_related")
    assert [verb for verb, _, _ in await office.journal(task.id)] == ["task.decided", "relation.declared"]


async def test_a_viewer_who_turned_out_to_be_a_relative_is_not_approved(office: Office, case: Case):
    request = await office.submit(case)
    await office.hear(case.subject.kin(case.viewers[1].person_id), version=2)
    task = await office.waiting(request)
    with pytest.raises(ViewRefused) as caught:
        await office.decide(task, case.head)
    assert caught.value.params == {"predicate": "own_or_relative"}
    await office.decide(task, case.head, "reject", "own_or_relative")
    assert (await office.request(request.id)).state == "rejected"


async def test_news_of_kin_that_comes_in_while_somebody_signs_counts(office: Office, case: Case):
    """The signer has read the subject's kin already; the check of the viewers waits for the news and reads anew."""
    task = await office.waiting(await office.submit(case))
    subject, viewer = case.subject, case.viewers[1]
    async with asyncio.TaskGroup() as group, office.deps.as_service() as uow:
        await uow.lock(subject.person_id)
        await heard.learn_kin(uow, subject.kin(viewer.person_id), 2)
        signing = group.create_task(outcome(office.decide(task, case.head)))
        while await office.waiting_for_locks() < 1:
            await asyncio.sleep(0)
    assert signing.result() == "ViewRefused"


async def test_a_repeated_key_signs_once(office: Office, case: Case):
    request = await office.submit(case)
    task = await office.waiting(request)
    key = IdempotencyKey(f"{case.head.account_id} POST /v1/tasks/{task.id}/decisions", new_id("req"), b"a" * 32)
    first = await office.decide(task, case.head, key=key)
    again: Any = await office.decide(task, case.head, key=key)
    assert (again.id, again.state, again.version) == (first.id, "approved", 2)
    assert len(await office.steps(request)) == 2
