"""A request is taken back only until somebody signs it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.problems import NotFound, StateConflict
from services.access.usecases.withdraw_view_request import withdraw_view_request
from tests.services.access.office import Case, Office
from tests.support.rooms import somebody


async def test_a_withdrawn_request_waits_for_nobody(office: Office, case: Case):
    request = await office.submit(case)
    await withdraw_view_request(request.id, uow=office.acting(case.asker, "view-request:create"))
    kept = await office.request(request.id)
    assert (kept.state, kept.version) == ("withdrawn", 2)
    [task] = await office.steps(request)
    assert (task.state, task.version) == ("withdrawn", 2)
    assert (await office.journal(request.id))[-1] == ("view_request.withdrawn", case.asker.account_id, 2)
    with pytest.raises(StateConflict):
        await withdraw_view_request(request.id, uow=office.acting(case.asker, "view-request:create"))


async def test_the_next_party_s_act_ends_the_right_to_withdraw(office: Office, case: Case):
    request = await office.submit(case)
    await office.decide(await office.waiting(request), case.head)
    with pytest.raises(StateConflict) as caught:
        await withdraw_view_request(request.id, uow=office.acting(case.asker, "view-request:create"))
    assert caught.value.params == {"state": "unit_approved"}
    assert (await office.waiting(request)).step == 2


async def test_others_of_the_unit_do_not_withdraw(office: Office, case: Case):
    """Being a viewer in the same unit opens nobody else's request."""
    request = await office.submit(case)
    with pytest.raises(NotFound):
        await withdraw_view_request(
            request.id, uow=office.acting(somebody("viewer", case.unit_id), "view-request:create")
        )
    assert (await office.request(request.id)).state == "submitted"


async def test_who_signs_for_the_dossier_s_unit_does_not_withdraw(office: Office, case: Case):
    """A leader there sees the request; being a viewer there as well does not make it theirs."""
    request = await office.submit(case)
    both = replace(case.leader, posts=(*case.leader.posts, ("viewer", case.archive_unit_id)))
    with pytest.raises(NotFound):
        await withdraw_view_request(request.id, uow=office.acting(both, "view-request:create"))
    assert (await office.request(request.id)).state == "submitted"
