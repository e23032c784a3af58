"""A grant ends by a leader, by time, or because a relation became known; its request ends with it."""

from __future__ import annotations

import asyncio

import pytest

from contracts.problems import NotFound, StateConflict, ValidationFailed
from contracts.values.ids import new_id, to_uuid
from services.access.domain.grant import Grant
from services.access.domain.view_request import Viewer
from services.access.usecases.end_grant import RevokeGrant, end_expired, revoke_grant
from tests.services.access.office import Case, Office, account_of, outcome
from tests.support.rooms import somebody


async def revoke(office: Office, case: Case, grant: Grant, *reasons: str) -> Grant:
    command = RevokeGrant(grant.id, reasons or ("misuse",))
    return await revoke_grant(command, uow=office.acting(case.leader, "grant:revoke"), policy=office.deps.rules)


async def ends_told(office: Office, grant: Grant) -> list[tuple[str, str]]:
    """Reason and version of each end that was told."""
    told = await office.told(f"grants/{grant.id}")
    return [(one["data"]["reason"], one["sequence"]) for one in told if one["type"] == "dangan.grant.ended.v1"]


async def test_a_revoked_grant_takes_its_request_with_it(office: Office, case: Case):
    grant = await office.granted(case)
    ended = await revoke(office, case, grant)
    assert ended == await office.grant(grant.id)
    assert (ended.state, ended.ended_by, ended.codes) == ("revoked", case.leader.account_id, ("misuse",))
    assert (await office.request(grant.request_id)).state == "revoked"
    assert await ends_told(office, grant) == [("revoked", "2".zfill(20))]
    assert (await office.journal(grant.id))[-1] == ("grant.ended", case.leader.account_id, 2)
    with pytest.raises(StateConflict):
        await revoke(office, case, grant)


async def test_two_revocations_at_once_end_it_once(office: Office, case: Case):
    """Both have begun before either is done; the second finds the grant ended."""
    grant = await office.granted(case)
    async with asyncio.TaskGroup() as group, office.admin.transaction():
        held = "select from access.view_request where id = $1 for update"
        await office.admin.execute(held, to_uuid(grant.request_id))
        both = [group.create_task(outcome(revoke(office, case, grant))) for _ in range(2)]
        while await office.waiting_for_locks() < 2:
            await asyncio.sleep(0)
    assert sorted(one.result() for one in both) == ["Grant", "StateConflict"]
    assert len(await ends_told(office, grant)) == 1


async def test_a_revocation_names_a_reason_of_the_rules(office: Office, case: Case):
    grant = await office.granted(case)
    with pytest.raises(ValidationFailed) as caught:
        await revoke(office, case, grant, "misuse", "mood")
    assert [(one.pointer, one.code) for one in caught.value.errors] == [("/reasons/1", "not-allowed-value")]
    stranger = somebody("leader", await office.unit())
    with pytest.raises(NotFound):
        await revoke_grant(
            RevokeGrant(grant.id, ("misuse",)),
            uow=office.acting(stranger, "grant:revoke"),
            policy=office.deps.rules,
        )
    assert (await office.grant(grant.id)).state == "running"


async def test_time_ends_a_grant(office: Office, case: Case):
    grant, running = await office.granted(case), await office.granted(case)
    await office.end_time(grant)
    await end_expired(office.deps)
    await end_expired(office.deps)
    assert (await office.grant(grant.id)).state == "expired"
    assert (await office.request(grant.request_id)).state == "expired"
    assert await ends_told(office, grant) == [("expired", "2".zfill(20))]
    assert (await office.journal(grant.id))[-1] == ("grant.ended", "service:access", 2)
    assert (await office.grant(running.id)).state == "running"


async def test_a_request_that_nobody_decides_in_time_expires(office: Office, case: Case):
    request = await office.submit(case)
    await office.admin.execute(
        "update access.view_request set ends_at = now() - interval '1 s' where id = $1", to_uuid(request.id)
    )
    await end_expired(office.deps)
    assert (await office.request(request.id)).state == "expired"
    [task] = await office.steps(request)
    assert (task.state, task.decided_by) == ("expired", None)


@pytest.mark.parametrize("told_of", ["subject", "viewer"])
async def test_news_of_a_relation_ends_a_running_grant(office: Office, case: Case, told_of: str):
    grant = await office.granted(case)
    viewer = case.viewers[1]
    news = (
        case.subject.kin(viewer.person_id)
        if told_of == "subject"
        else viewer.kin(case.subject.person_id, complete=False)
    )
    await office.hear(news, version=2)
    ended = await office.grant(grant.id)
    assert (ended.state, ended.ended_reason, ended.ended_by) == ("revoked", "recusal", None)
    assert (await office.request(grant.request_id)).state == "revoked"
    assert await ends_told(office, grant) == [("recusal", "2".zfill(20))]


async def test_news_of_others_kin_leaves_a_grant_alone(office: Office, case: Case):
    grant = await office.granted(case)
    await office.hear(case.subject.kin(new_id("per")), version=2)
    await office.hear(case.viewers[0].kin(case.viewers[1].person_id), version=2)
    assert (await office.grant(grant.id)).state == "running"


async def test_news_of_whose_account_it_is_ends_a_running_grant(office: Office, case: Case):
    """A viewer named by account only turns out to be the subject."""
    account = somebody("viewer", case.unit_id)
    named = (case.named[0], Viewer("化名", party_member=True, account_id=account.account_id))
    grant = await office.granted(case, viewers=named, declaration="not_related")
    await office.hear(account_of(account, case.subject))
    assert (await office.grant(grant.id)).ended_reason == "recusal"


async def test_a_number_that_turns_out_to_be_the_subject_s_ends_a_running_grant(office: Office, case: Case):
    """The catalog corrects the subject's number to the one by which a viewer was named."""
    named = (case.named[0], Viewer("张三", party_member=True, person_no="P-777"))
    grant = await office.granted(case, viewers=named, declaration="not_related")
    await office.hear(case.subject.card(person_no="P-777"), version=2)
    assert (await office.grant(grant.id)).ended_reason == "recusal"
