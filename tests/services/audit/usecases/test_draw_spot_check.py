"""The leader draws dossiers that passed the second review, looks at them, and sends back what is otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.problems import NotFound, SamePersonTwice, StateConflict, ValidationFailed, VersionStale
from services.audit.domain.progress import Progress
from services.audit.domain.spot_check import digest_of_set
from services.audit.store import spot_checks
from services.audit.store.spot_checks import Checked
from services.audit.usecases.draw_spot_check import CheckDrawnDossier, check_drawn_dossier
from tests.services.audit.adjudicating import Case, a_case
from tests.services.audit.office import Office
from tests.services.audit.overseeing import check, draw
from tests.services.audit.usecases.test_adjudicate import outcomes, pointers
from tests.support.rooms import somebody


async def tabled(office: Office) -> Case:
    """A dossier before the meeting."""
    case = await a_case(office)
    await case.until_tabled()
    return case


async def board(case: Case) -> Checked:
    """What the campaign's board tells of spot checks."""
    roots = case.leader.roots("campaign:read")
    async with case.office.deps.db.reading(case.leader, roots) as connection:
        return await spot_checks.counts_of(connection, case.pair.dossier.campaign_id)


async def test_a_draw_can_be_done_again(office: Office):
    """Seed, size and the digest of the set are kept; before the second review there is nothing to draw."""
    case = await a_case(office)
    with pytest.raises(StateConflict) as refused:
        await draw(case)
    assert refused.value.params == {"state": "none passed"}
    await case.until_tabled()
    first, again = await draw(case, size=5, seed=7), await draw(case, size=5, seed=7)
    assert (first.seed, first.passed, first.drawn, first.percent) == (7, 1, 1, None)
    assert first.passed_digest == again.passed_digest == digest_of_set([case.id])
    assert (await draw(case)).seed != (await draw(case)).seed
    with pytest.raises(ValidationFailed) as both:
        await draw(case, size=5, percent=5)
    assert pointers(both) == [("/percent", "contradiction")]


async def test_what_differs_goes_back_to_its_second_reviewer(office: Office):
    """With the remark; they settle it anew, and the way goes on from there. The board counts."""
    case = await tabled(office)
    drawn = await draw(case)
    assert await board(case) == Checked(drawn=1, checked=0, differing=0)
    found = await check(case, drawn, "differs")
    assert (found.outcome, found.follow_up, found.remark) == ("differs", "sent_back", "参加工作时间依据不足")
    assert (await case.dossier()).state == Progress.SECOND_REVIEW
    assert await board(case) == Checked(drawn=1, checked=1, differing=1)
    await case.table()
    await case.decide()
    assert (await case.dossier()).state == Progress.FEEDBACK


async def test_what_is_in_force_is_not_undone_by_a_check(office: Office):
    """It is recorded, and says that only a reopening or the superior takes it up once more."""
    case = await tabled(office)
    drawn = await draw(case)
    await case.decide()
    await case.feed_back()
    await case.approve()
    assert (await check(case, drawn, "differs")).follow_up == "in_force"
    assert (await case.dossier()).state == Progress.AUTHORITY_APPROVED
    with pytest.raises(StateConflict) as refused:
        await check(case, drawn)
    assert refused.value.params == {"state": "done"}


@pytest.mark.parametrize("who", ["li", "wang", "adjudicator"])
async def test_who_reviewed_does_not_check(office: Office, who: str):
    """Neither of the first two, nor the second reviewer, though the account holds the leader's post too."""
    case = await tabled(office)
    account_id = (case.adjudicator if who == "adjudicator" else getattr(case.pair, who)).account_id
    with pytest.raises(SamePersonTwice):
        await check(case, await draw(case), caller=replace(case.leader, account_id=account_id))


@pytest.mark.parametrize("first", ["check", "approve"])
async def test_who_checks_does_not_approve_nor_the_reverse(office: Office, first: str):
    """Five different people where staff allows (audit rules, section 5): another leader does it."""
    case = await tabled(office)
    drawn = await draw(case)
    await case.decide()
    await case.feed_back()
    if first == "check":
        await check(case, drawn, caller=case.leader)
        with pytest.raises(SamePersonTwice):
            await case.approve()
        await case.approve(somebody("leader", case.subject.unit_id))
    else:
        await case.approve()
        with pytest.raises(SamePersonTwice):
            await check(case, drawn, caller=case.leader)
        assert (await check(case, drawn)).follow_up == "none"


async def test_of_two_checks_at_once_one_counts_and_what_was_not_drawn_has_none(office: Office):
    case = await tabled(office)
    drawn, seen = await draw(case), await case.on()
    other = somebody("leader", case.subject.unit_id)
    found = await outcomes(check(case, drawn, "differs", on=seen), check(case, drawn, caller=other, on=seen))
    assert sorted(isinstance(one, VersionStale) for one in found) == [False, True]
    elsewhere = await tabled(office)
    command = CheckDrawnDossier(drawn.id, await elsewhere.on(), "agrees", None)
    with pytest.raises(NotFound):
        await check_drawn_dossier(command, uow=office.acting(elsewhere.leader, "spot-check:write"))


async def test_a_difference_without_a_word_is_refused(office: Office):
    case = await tabled(office)
    command = CheckDrawnDossier((await draw(case)).id, await case.on(), "differs", None)
    with pytest.raises(ValidationFailed) as refused:
        await check_drawn_dossier(command, uow=office.acting(case.leader, "spot-check:write"))
    assert pointers(refused) == [("/remark", "required")]
