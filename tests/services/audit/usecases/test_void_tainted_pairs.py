"""A reviewer is found to be a relative later: bad input of the issue, "clear answer, one winner, nothing lost"."""

from __future__ import annotations

import json

import pytest

from contracts.events import AccountChanged
from contracts.problems import StateConflict, ValidationFailed
from contracts.values.ids import from_uuid, new_id, to_uuid
from services.audit.domain.facts import AuditFact
from services.audit.store import reviews
from services.audit.usecases.submit_review import SubmitReview, submit_review
from services.audit.usecases.verify_blind_reviews import verify_blind_reviews
from tests.services.audit.adjudicating import Case, a_case
from tests.services.audit.blind import a_pair, finished, started
from tests.services.audit.gate import ask
from tests.services.audit.office import Office, Subject, auditor
from tests.services.audit.tainting import removed, with_relative
from tests.support.rooms import somebody


async def tainted(office: Office, case: Case) -> list[tuple[str, str, str, str]]:
    """What is kept of the dossier's tainted reviews."""
    rows = await office.admin.fetch(
        "select * from audit.tainted_review where campaign_dossier_id = $1 order by id", to_uuid(case.id)
    )
    return [(from_uuid("rev", row["review_id"]), row["noticed"], row["state"], row["outcome"]) for row in rows]


async def sheets(office: Office, case: Case) -> dict[str, tuple[str, bool, str | None]]:
    """State, whether opened, and why void, of each sheet of the dossier."""
    rows = await office.admin.fetch("select * from audit.review where campaign_dossier_id = $1", to_uuid(case.id))
    return {from_uuid("rev", row["id"]): (row["state"], row["opened"], row["void_reason"]) for row in rows}


async def reviewed_anew(office: Office, case: Case) -> None:
    """Two others fill their sheets, and differ in the birth date this time."""
    await office.admin.execute(
        "update audit.campaign_dossier set state = 'first_review', version = version + 1 where id = $1",
        to_uuid(case.id),
    )
    for sheet in (finished(), finished(birth_date=started("1969-03"))):
        who, review_id = auditor(case.subject.unit_id), new_id("rev")
        await office.admin.execute(
            """insert into audit.review (id, unit_id, version, campaign_dossier_id, account_id, state, sheet,
              assigned_at) values ($1, $2, 1, $3, $4, 'open', $5, now())""",
            to_uuid(review_id),
            to_uuid(case.subject.unit_id),
            to_uuid(case.id),
            to_uuid(who.account_id),
            json.dumps(sheet),
        )
        await submit_review(SubmitReview(review_id, 1, True), uow=office.acting(who, "review:write"))


async def test_the_pair_of_a_relative_is_void_and_two_others_begin_again(office: Office):
    """Told by the catalog while the second review is under way: both sheets stay readable and marked, and count no
    more; the next pair is compared and taken up as the first one was."""
    case = await a_case(office)
    li = await with_relative(office, case)
    await case.until_tabled()
    (clearance,) = await ask(office, case.subject)
    assert clearance.state == "suspended"
    await office.hear(case.subject.kin(li.person_id), version=2)
    dossier = await case.dossier()
    assert (dossier.state, dossier.result) == ("planned", None)
    pair = {case.pair.li_review, case.pair.wang_review}
    assert await sheets(office, case) == dict.fromkeys(pair, ("void", True, "related"))
    assert await tainted(office, case) == [(case.pair.li_review, "kin", "collective_determination", "released")]
    assert (await office.journal(case.id))[-1][0] == "campaign_dossier.pair_voided"
    async with office.acting(somebody("adjudicator", case.subject.unit_id), "review:read") as uow:
        kept = await reviews.get(uow, case.pair.li_review)
    assert (kept.state, kept.sheet["facts"][0]["fact"]) == ("void", "birth_date")
    # The same telling again finds nothing more; who is cleared by it, nobody is.
    await office.hear(case.subject.kin(li.person_id), version=3)
    assert len(await tainted(office, case)) == 1
    await reviewed_anew(office, case)
    await case.take_up()
    facts = await case.facts()
    assert (facts[AuditFact.BIRTH_DATE].disputed, facts[AuditFact.WORK_START_DATE].disputed) == (True, False)
    proof = await verify_blind_reviews(dossier.campaign_id, uow=office.deps.as_service())
    assert [one.proven.outcome for one in proof.checked] == ["unchanged", "unchanged"]


async def test_what_is_in_force_is_left_to_the_superior(office: Office):
    """The form is signed and filed: nothing is undone, the finding stands; told again or by hand, there is one."""
    case = await a_case(office)
    li = await with_relative(office, case)
    await case.until_fed_back()
    await case.approve()
    await office.hear(li.kin(case.subject.person_id))
    expected = [(case.pair.li_review, "kin", "authority_approved", "for_superior")]
    assert ((await case.dossier()).state, await tainted(office, case)) == ("authority_approved", expected)
    record = await removed(office, case, case.id)
    assert (record.released, await tainted(office, case)) == (0, expected)
    assert {state for state, *_ in (await sheets(office, case)).values()} == {"submitted"}


async def test_a_relative_is_taken_off_opened_pairs_too_and_nobody_else(office: Office):
    """By hand with `related`; who has left, or is not fit, stays in what both have handed in."""
    case = await a_case(office)
    with pytest.raises(ValidationFailed) as refused:
        await removed(office, case, case.id, reason="unfit")
    assert [(one.pointer, one.code) for one in refused.value.errors] == [("/campaign_dossier_ids/0", "state-conflict")]
    await case.take_up()
    assert (await removed(office, case)).released == 1
    assert ((await case.dossier()).state, len(await tainted(office, case))) == ("planned", 1)
    with pytest.raises(StateConflict):
        await case.table()


async def test_a_sheet_that_nobody_has_read_is_taken_back_alone(office: Office):
    """Before both are in: the other keeps theirs, and no register tells of it."""
    pair = await a_pair(office)
    li = Subject(unit_id=pair.subject.unit_id)
    account = AccountChanged(account_id=pair.li.account_id, person_no=li.person_no, active=True)
    for event in (li.person(), account):
        await office.hear(event)
    await office.hear(pair.subject.kin(li.person_id), version=2)
    case = Case(office, pair, pair.adjudicator, somebody("leader"))
    assert await sheets(office, case) == {
        pair.li_review: ("void", False, "related"),
        pair.wang_review: ("open", False, None),
    }
    assert ((await case.dossier()).state, await tainted(office, case)) == ("planned", [])
