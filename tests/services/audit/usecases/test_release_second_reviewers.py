"""A second reviewer is found to be a relative, or any reviewer by whose account it turns out to be: "clear answer, one
winner, nothing lost" (bad input of the issue)."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from itertools import permutations

import pytest

from chassis.identity import Caller
from contracts.events import AccountChanged
from contracts.problems import Recusal, SamePersonTwice
from contracts.values.ids import from_uuid, to_uuid
from services.audit.domain.adjudication import Settled
from services.audit.domain.determination import Status
from services.audit.domain.facts import AuditFact
from services.audit.usecases.remove_reviewer import RemoveReviewer, remove_reviewer
from services.audit.usecases.settle_clearances import gate_of
from tests.services.audit.adjudicating import Case, a_case
from tests.services.audit.gate import ask, clearance
from tests.services.audit.office import Office, Subject
from tests.services.audit.overseeing import approved_below
from tests.support.rooms import somebody

WORK = AuditFact.WORK_START_DATE


async def findings(office: Office, case: Case) -> list[tuple[str, str, str, str]]:
    """What is kept of the dossier's tainted reviews: whose, how it was noticed, where the dossier stood, what came."""
    rows = await office.admin.fetch(
        "select * from audit.tainted_review where campaign_dossier_id = $1 order by id", to_uuid(case.id)
    )
    return [(from_uuid("acc", row["account_id"]), row["noticed"], row["state"], row["outcome"]) for row in rows]


def account_of(caller: Caller, person: Subject) -> AccountChanged:
    """The account is this person's."""
    return AccountChanged(account_id=caller.account_id, person_no=person.person_no, active=True)


async def known_as(office: Office, caller: Caller) -> Subject:
    """The account is a person's of whom nobody knows yet whose relative they are."""
    person = Subject(name="赵卫东")
    for event in (person.person(), account_of(caller, person)):
        assert await office.hear(event) is None
    return person


async def test_another_takes_up_what_a_relative_had_and_the_pair_stands(office: Office):
    """Told when the person has signed already: what the relative settled is proposed anew, and the dossier goes on."""
    case = await a_case(office)
    first = case.adjudicator
    zhao = await known_as(office, first)
    await case.take_up()
    proposed = (await case.facts())[WORK]
    await case.settle(WORK, Settled(Status.UNDETERMINED, None, reason="证据不足"))
    await case.table()
    await case.decide()
    await case.feed_back()
    await office.hear(case.subject.kin(zhao.person_id), version=2)
    dossier = await case.dossier()
    assert (dossier.state, dossier.result) == ("compare", None)
    expected = [(first.account_id, "kin", "feedback_signed", "released")]
    assert await findings(office, case) == expected
    assert (await office.journal(case.id))[-1][0] == "campaign_dossier.second_released"
    await office.hear(case.subject.kin(zhao.person_id), version=3)
    await office.hear(zhao.kin(case.subject.person_id))
    assert (await findings(office, case), (await case.dossier()).version) == (expected, dossier.version)
    sheets = await office.admin.fetch("select state from audit.review where campaign_dossier_id = $1", to_uuid(case.id))
    assert [row["state"] for row in sheets] == ["submitted", "submitted"]
    case.adjudicator = somebody("adjudicator", case.subject.unit_id)
    await case.take_up()
    anew = (await case.facts())[WORK]
    assert (anew.stage, anew.status, anew.value) == ("rules", proposed.status, proposed.value)
    await case.settle(WORK, None)
    await case.table()
    await case.decide()
    await case.feed_back()
    with pytest.raises(SamePersonTwice):  # not as an approver either
        await case.approve(replace(first, posts=case.leader.posts))
    await case.approve()
    assert (await case.dossier()).state == "authority_approved"


@pytest.mark.parametrize("order", list(permutations(("person", "account", "kin"))), ids="-".join)
async def test_whose_account_it_is_may_be_told_in_any_order(office: Office, order: tuple[str, ...]):
    """Both a first and the second reviewer's account turn out to be relatives': found once all is told, and once."""
    case = await a_case(office)
    zhao = Subject(name="赵卫东")
    await case.take_up()
    events = {
        "person": zhao.person(),
        "account": account_of(case.adjudicator, zhao),
        "kin": zhao.kin(case.subject.person_id),
    }
    for n, name in enumerate(order):
        assert ((await case.dossier()).state, await findings(office, case), n) == ("second_review", [], n)
        await office.hear(events[name])
    noticed = "kin" if order[-1] == "kin" else "account"
    expected = [(case.adjudicator.account_id, noticed, "second_review", "released")]
    assert ((await case.dossier()).state, await findings(office, case)) == ("compare", expected)
    await office.hear(events["account"], version=2)
    assert await findings(office, case) == expected


async def test_a_first_reviewer_whose_account_is_the_subjects_voids_the_pair(office: Office):
    """And the second review with it, also a relative's: the dossier is given out once."""
    case = await a_case(office)
    await case.take_up()
    await known_as(office, case.adjudicator)
    await office.hear(account_of(case.pair.li, case.subject))
    assert (await case.dossier()).state == "planned"
    assert await findings(office, case) == [(case.pair.li.account_id, "account", "second_review", "released")]


async def test_a_second_reviewer_is_taken_off_by_hand_and_does_not_come_back(office: Office):
    """Who is known to be a relative to the organiser alone."""
    case = await a_case(office)
    await case.until_tabled()
    command = RemoveReviewer(case.pair.dossier.campaign_id, case.adjudicator.account_id, "related", [case.id])
    uow = office.acting(somebody("adjudicator", case.subject.unit_id), "campaign:write")
    record = await remove_reviewer(command, uow=uow, gate=gate_of(office.deps))
    assert (record.released, (await case.dossier()).state) == (1, "compare")
    with pytest.raises(SamePersonTwice):
        await case.take_up()


async def test_taking_up_while_the_catalog_tells_of_a_relative(office: Office):
    """Both at once: the reviewer is refused, or gives it up again; never has a relative the dossier."""
    case = await a_case(office)
    zhao = await known_as(office, case.adjudicator)
    caller = replace(case.adjudicator, person_no=zhao.person_no)
    took, _ = await asyncio.gather(
        case.take_up(caller), office.hear(zhao.kin(case.subject.person_id)), return_exceptions=True
    )
    outcome = [] if isinstance(took, Recusal) else [(caller.account_id, "kin", "second_review", "released")]
    assert ((await case.dossier()).state, await findings(office, case)) == ("compare", outcome)


async def test_what_a_relative_brought_into_force_suspends_until_the_superior_has_confirmed(office: Office):
    """The gate looks at what was left to the superior."""
    above = await approved_below(office)
    case = above.case
    (asked,) = await ask(office, case.subject)

    async def reasons() -> set[str]:
        row = await clearance(office, asked.id)
        return {one["rule"] for one in json.loads(row["reasons"])}

    before = await reasons()
    zhao = await known_as(office, case.adjudicator)
    await office.hear(zhao.kin(case.subject.person_id))
    assert await findings(office, case) == [(case.adjudicator.account_id, "kin", "authority_approved", "for_superior")]
    assert await reasons() - before == {"tainted_review"}
    await above.review("confirm")
    assert await reasons() == before


async def test_what_the_superior_returns_is_taken_up_by_another(office: Office):
    """Nothing is in force then: the relative gives it up as if it had been told before."""
    above = await approved_below(office)
    case = above.case
    zhao = await known_as(office, case.adjudicator)
    await office.hear(zhao.kin(case.subject.person_id))
    await above.review("return_for_redetermination", reason="复审人系本人亲属")
    assert (await case.dossier()).state == "compare"
    await case.take_up(somebody("adjudicator", case.subject.unit_id))
    (asked,) = await ask(office, case.subject)
    assert "tainted_review" not in {one["rule"] for one in asked.reasons}
