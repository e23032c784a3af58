"""Materials asked for in numbered rounds, and talks once the rounds are used (seed 002)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.problems import FeedbackRoundsUsed, StateConflict, ValidationFailed, VersionStale
from contracts.values.ids import to_uuid
from services.audit.domain.progress import Progress
from services.audit.store import feedback_rounds
from tests.services.audit.adjudicating import a_case
from tests.services.audit.office import Office
from tests.services.audit.tickets import ticket_for
from tests.services.audit.usecases.test_adjudicate import outcomes, pointers


async def test_after_the_third_round_the_person_is_talked_to(office: Office):
    """Each round once the last is answered; the fourth is refused with the cure, and the talk goes on from there."""
    case = await a_case(office)
    await case.take_up()
    for n in (1, 2, 3):
        row = await case.ask()
        assert row.n == n
        with pytest.raises(StateConflict) as refused:
            await case.ask()
        assert refused.value.params == {"state": "feedback round open"}
        await case.came(row, "not_provided")
    with pytest.raises(FeedbackRoundsUsed) as used:
        await case.ask()
    assert used.value.params == {"limit": 3}
    ticket = await ticket_for(office, case.adjudicator, case.subject.unit_id)
    talk = await case.talk(tickets=(ticket,))
    assert (talk.signed, len(talk.pages), talk.talked_by) == (True, 1, ["张三", "李四"])
    assert (await case.dossier()).state == Progress.INVESTIGATION_COLLECTION
    used_by = "select resource_id from audit.blob_ref where digest = $1"
    assert await office.admin.fetchval(used_by, talk.pages[0]["digest"]) == talk.id


async def test_a_round_keeps_the_dossier_from_the_meeting_until_it_is_answered(office: Office):
    case = await a_case(office, disputed=False)
    await case.take_up()
    row = await case.ask()
    with pytest.raises(StateConflict) as refused:
        await case.table()
    assert refused.value.params == {"state": "feedback round open"}
    answered = await case.came(row, "partly_provided")
    assert (answered.result, answered.evidence) == ("partly_provided", ["1992年年度考核登记表原件"])
    assert (await case.table()).state == Progress.COLLECTIVE_DETERMINATION


async def test_of_two_rounds_and_of_two_answers_at_once_one_counts(office: Office):
    case = await a_case(office)
    await case.take_up()
    seen = await case.on()
    found = await outcomes(case.ask(seen), case.ask(seen))
    assert sorted(isinstance(one, VersionStale) for one in found) == [False, True]
    (row,) = [one for one in found if not isinstance(one, VersionStale)]
    found = await outcomes(case.came(row), case.came(row, "not_provided"))
    assert sorted(isinstance(one, VersionStale) for one in found) == [False, True]
    count = "select count(*) from audit.feedback_round where campaign_dossier_id = $1"
    assert await office.admin.fetchval(count, to_uuid(case.id)) == 1


async def test_what_is_not_in_due_form_is_refused(office: Office):
    """Days in their order, and no scan that is not the caller's own."""
    case = await a_case(office)
    await case.take_up()
    tomorrow = await case.today() + timedelta(days=1)
    for act, wrong in (
        (lambda: case.ask(sent_on=tomorrow, due_on=tomorrow), [("/sent_on", "date-in-future")]),
        (lambda: case.ask(due_on=tomorrow - timedelta(days=9)), [("/due_on", "date-before")]),
        (lambda: case.talk(talked_on=tomorrow), [("/talked_on", "date-in-future")]),
        (lambda: case.talk(tickets=("x",)), [("/pages/0", "ticket-invalid")]),
    ):
        with pytest.raises(ValidationFailed) as refused:
            await act()
        assert pointers(refused) == wrong


async def test_nothing_is_asked_before_the_second_review_or_after_the_meeting(office: Office):
    case = await a_case(office)
    for state in ("compare", "feedback"):
        if state == "feedback":
            await case.until_tabled()
            await case.decide()
        for act in (case.ask, case.talk):
            with pytest.raises(StateConflict) as refused:
                await act()
            assert refused.value.params == {"state": state}


async def test_overdue_rounds_are_listed_the_earliest_first(office: Office):
    """Those whose day is past; without the caller's own and relatives' dossiers, and without what was answered."""
    case = await a_case(office)
    await case.take_up()
    today = await case.today()
    week_ago = today - timedelta(days=7)
    row = await case.ask(sent_on=week_ago, due_on=today - timedelta(days=1))
    campaign_id = case.pair.dossier.campaign_id

    async def overdue(*hidden: str) -> list[str]:
        async with office.acting(case.adjudicator, "determination:read") as uow:
            rows = await feedback_rounds.page_of_open(
                uow, campaign_id, due_before=uow.today, after=None, limit=9, hidden_persons=hidden
            )
        return [one.id for one in rows]

    assert await overdue() == [row.id]
    assert await overdue(case.subject.person_id) == []
    await case.came(row)
    assert await overdue() == []
    await case.ask()
    assert await overdue() == []
