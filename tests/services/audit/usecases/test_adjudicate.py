"""From the opened pair to the form in the dossier: who may do what, in which order, and one winner of two."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chassis.identity import Caller
from chassis.unit_of_work import IdempotencyKey
from contracts.events import MaterialFiled
from contracts.events.catalog import AuthorityPeriod
from contracts.problems import (
    Recusal,
    Refusal,
    SamePersonTwice,
    StateConflict,
    ValidationFailed,
    VersionStale,
    WrongAuthority,
)
from contracts.values.ids import new_id, to_uuid
from contracts.values.partial_date import PartialDate
from services.audit.domain.adjudication import Settled
from services.audit.domain.determination import Status
from services.audit.domain.facts import (
    AuditFact,
    Career,
    ClaimValue,
    DateClaim,
    EducationClaim,
    EducationRecord,
    IdentityClaim,
    PartyClaim,
    PostClaim,
    TextClaim,
)
from services.audit.domain.progress import Progress
from services.audit.store import determination_outcomes
from tests.services.audit.adjudicating import OFFICE, Case, a_case, known_account
from tests.services.audit.claiming import a_claim_on, entry
from tests.services.audit.office import Office
from tests.support.rooms import somebody

BIRTH, WORK = AuditFact.BIRTH_DATE, AuditFact.WORK_START_DATE


def on(value: str, **members: Any) -> Settled:
    """A date that somebody decides."""
    return Settled(Status.PROPOSED, DateClaim(date=PartialDate(value=value)), **members)


def pointers(refused: pytest.ExceptionInfo[ValidationFailed]) -> list[tuple[str, str]]:
    """Where, and which fault."""
    return [(fault.pointer, fault.code) for fault in refused.value.errors]


def also(caller: Caller, role: str, case: Case) -> Caller:
    """The same account in another post of the dossier's unit."""
    return replace(caller, posts=((role, case.subject.unit_id),))


async def outcomes(*acts: Awaitable[Any]) -> list[Any]:
    """What came of acts at the same instant, refusals among them."""
    return await asyncio.gather(*acts, return_exceptions=True)


async def test_a_dossier_goes_from_the_pair_to_its_form(office: Office):
    """Every state in its order. What was proposed is determined only when the office approves, and told then."""
    case = await a_case(office)
    assert (await case.dossier()).state == Progress.COMPARE
    await case.take_up()
    facts = await case.facts()
    assert [fact for fact, row in facts.items() if row.disputed] == [WORK]
    assert facts[BIRTH].value is not None
    await case.settle(WORK, on("1990-08", reason="转正定级表为证"))
    assert (await case.table()).result == "to_investigate"
    await case.decide()
    await case.feed_back()
    assert {row.status for row in (await case.facts()).values()} == {"consistent", "proposed", "undetermined"}
    assert await case.told() == []
    approval = await case.approve()
    told = {one["fact"]: one for one in await case.told()}
    assert set(told) == {fact.value for fact in facts}
    assert told["work_start_date"]["status"] == "determined"
    assert told["work_start_date"]["date"]["value"] == "1990-08"
    assert {one["form"]["material_id"] for one in told.values()} == {approval.material_id}
    assert approval.title == "干部人事档案专项审核认定表"
    assert (await case.dossier()).state == Progress.AUTHORITY_APPROVED
    await _file(case, approval.material_id)
    assert (await case.dossier()).state == Progress.FILED
    verbs = [verb.partition(".")[2] for verb, *_ in await office.journal(case.id)]
    assert verbs == ["opened", "taken_up", "tabled", "determined", "fed_back", "approved", "filed"]


async def _file(case: Case, material_id: str) -> None:
    filed = case.pair.filed.model_dump() | {"material_id": material_id, "category": "5"}
    assert await case.office.hear(MaterialFiled.model_validate(filed), event_id=new_id("evt")) is None


@pytest.mark.parametrize("a_paper_speaks", [False, True])
async def test_what_does_not_apply_is_not_determined(office: Office, a_paper_speaks: bool):
    """The party date of who is in no party; where a paper speaks of one, it is before the meeting all the same."""
    case = await a_case(office)
    if a_paper_speaks:
        stated = replace(
            entry(case.subject),
            fact=AuditFact.PARTY_JOIN_DATE,
            value=PartyClaim(join_date=PartialDate(value="1990-06")),
        )
        await a_claim_on(office, case.subject, stated)
    await case.take_up()
    assert (AuditFact.PARTY_JOIN_DATE in await case.facts()) == a_paper_speaks
    assert AuditFact.CADRE_IDENTITY in await case.facts()  # nobody could tell: it is determined, or left open


async def test_a_form_that_is_told_twice_is_filed_once(office: Office):
    """The second telling finds the dossier filed, and leaves it so."""
    case = await a_case(office)
    await case.until_fed_back()
    approval = await case.approve()
    await _file(case, approval.material_id)
    version = (await case.dossier()).version
    await _file(case, approval.material_id)
    assert (await case.dossier()).version == version


@pytest.mark.parametrize("who", ["li", "wang"])
async def test_neither_first_reviewer_takes_the_second_review(office: Office, who: str):
    """先初审后复审: never one person for both."""
    case = await a_case(office)
    with pytest.raises(SamePersonTwice):
        await case.take_up(also(getattr(case.pair, who), "adjudicator", case))


async def test_a_relative_does_not_take_the_second_review(office: Office):
    case = await a_case(office)
    relative = await office.known_subject(unit_id=case.subject.unit_id)
    assert await office.hear(case.subject.kin(relative.person_id), version=2) is None
    caller = somebody("adjudicator", case.subject.unit_id, person_no=relative.person_no)
    with pytest.raises(Recusal):
        await case.take_up(caller)


async def test_of_two_who_take_a_dossier_up_at_once_one_does(office: Office):
    case = await a_case(office)
    seen = await case.on()
    others = [somebody("adjudicator", case.subject.unit_id) for _ in range(3)]
    found = await outcomes(*(case.take_up(other, seen) for other in others))
    assert sorted(isinstance(one, VersionStale) for one in found) == [False, True, True]


async def test_differences_are_settled_before_the_meeting(office: Office):
    """Each one is named; a fact on which both agree needs no word."""
    case = await a_case(office)
    await case.take_up()
    with pytest.raises(ValidationFailed) as refused:
        await case.table()
    assert pointers(refused) == [("/determinations/work_start_date", "fact-missing")]


async def test_only_the_second_reviewer_settles_and_only_until_the_meeting(office: Office):
    case = await a_case(office)
    await case.take_up()
    with pytest.raises(StateConflict) as refused:
        await case.settle(WORK, None, somebody("adjudicator", case.subject.unit_id))
    assert refused.value.params == {"state": "taken by another"}
    await case.settle(WORK, None)
    await case.table()
    with pytest.raises(StateConflict):
        await case.settle(WORK, None)


@pytest.mark.parametrize(
    ("settled", "wrong"),
    [
        (on("1990-08"), [("/reason", "required")]),
        (Settled(Status.PROPOSED, None, reason="x"), [("/value", "required")]),
        (Settled(Status.UNDETERMINED, DateClaim(date=PartialDate(value="1990"))), [("/value", "contradiction")]),
        (Settled(Status.PROPOSED, TextClaim(text="汉族"), reason="x"), [("/value", "contradiction")]),
        (
            Settled(Status.DETERMINED, DateClaim(date=PartialDate(value="1990")), reason="x"),
            [("/status", "not-allowed-value")],
        ),
    ],
)
async def test_what_cannot_be_decided_is_refused(office: Office, settled: Settled, wrong: list[tuple[str, str]]):
    """The rules find nothing on the beginning of work, so that any value needs a reason."""
    case = await a_case(office)
    await case.take_up()
    with pytest.raises(ValidationFailed) as refused:
        await case.settle(WORK, settled)
    assert pointers(refused)[: len(wrong)] == wrong


async def test_a_claim_that_came_since_counts_when_the_rules_are_asked_again(office: Office):
    """The result and the digest of the rules are those of this moment."""
    case = await a_case(office)
    await case.take_up()
    before = (await case.facts())[BIRTH]
    await a_claim_on(
        office, case.subject, entry(case.subject, "1966-10", formed_on=PartialDate(value="1981-07"), signed=True)
    )
    after = await case.settle(BIRTH, None)
    assert before.status == "consistent"
    assert after.result["disagreeing"] != []
    assert after.rules_digest == office.deps.rules.determination.digest


@pytest.mark.parametrize(
    ("members", "wrong"),
    [
        ({"in_favour": 1, "against": 1, "abstained": 1}, [("/in_favour", "out-of-range")]),
        ({"in_favour": 3, "against": 1}, [("/abstained", "sum-differs")]),
        ({"recused_ids": ("nobody",)}, [("/recused_ids/0", "unknown-reference")]),
        ({"otherwise": ((BIRTH, on("1970")),)}, [("/otherwise/0/reason", "required")]),
        ({"otherwise": ((AuditFact.REWARDS, on("1970")),)}, [("/otherwise/0/fact", "unknown-reference")]),
    ],
)
async def test_a_vote_that_cannot_be_is_refused(office: Office, members: dict[str, Any], wrong: list[tuple[str, str]]):
    case = await a_case(office)
    await case.until_tabled()
    with pytest.raises(ValidationFailed) as refused:
        await case.decide(**members)
    assert pointers(refused) == wrong


async def test_a_relative_at_the_table_leaves_the_room(office: Office):
    """Then too few may be left: a meeting needs three who vote."""
    case = await a_case(office)
    relative = await office.known_subject(unit_id=case.subject.unit_id)
    assert await office.hear(case.subject.kin(relative.person_id), version=2) is None
    case.present = [await known_account(office, relative.person_no), *[await known_account(office) for _ in range(3)]]
    await case.until_tabled()
    meeting = await case.meeting()
    with pytest.raises(ValidationFailed) as refused:
        await case.decide(meeting, in_favour=4)
    assert pointers(refused) == [("/recused_ids", "required")]
    vote = await case.decide(meeting, recused_ids=(case.present[0],))
    assert vote.recused_ids == [case.present[0]]


async def test_the_meeting_decides_otherwise_and_both_words_are_kept(office: Office):
    case = await a_case(office)
    await case.until_tabled()
    await case.decide(otherwise=((BIRTH, on("1970-03", reason="经查户籍底册")),))
    row = (await case.facts())[BIRTH]
    assert (row.stage, row.value) == ("meeting", on("1970-03").value.model_dump(mode="json"))  # pyright: ignore
    rows = await office.admin.fetch(
        """select s.stage, s.value->'date'->>'value' as value, s.reason from audit.determination_decision s
        where s.determination_id = $1 order by s.version""",
        to_uuid(row.id),
    )
    assert [tuple(one) for one in rows] == [("rules", "1968-03", None), ("meeting", "1970-03", "经查户籍底册")]


async def test_a_meeting_of_two_is_none(office: Office):
    case = await a_case(office)
    with pytest.raises(ValidationFailed) as refused:
        await case.meeting([await known_account(office), new_id("acc")], held_on=date(2199, 1, 1))
    assert pointers(refused) == [
        ("/held_on", "date-in-future"),
        ("/present_ids/1", "unknown-reference"),
        ("/present_ids", "too-few"),
    ]


async def test_minutes_are_recorded_once(office: Office):
    case = await a_case(office)
    first = await case.meeting()
    with pytest.raises(ValidationFailed) as refused:
        await case.meeting(minutes_no=first.minutes_no)
    assert pointers(refused) == [("/minutes_no", "duplicate")]


@pytest.mark.parametrize(
    ("outcome", "members", "wrong"),
    [
        ("refused", {"witnesses": ("张三",)}, ("/witnesses", "too-few")),
        ("refused", {"witnesses": ("张三", "张三")}, ("/witnesses", "too-few")),
        ("signed", {"witnesses": ("张三", "李四")}, ("/witnesses", "contradiction")),
        ("disputed", {"statement": None}, ("/statement", "required")),
        ("signed", {"statement": "不同意"}, ("/statement", "contradiction")),
        ("signed", {"met_on": date(2199, 1, 1)}, ("/met_on", "date-in-future")),
        ("signed", {"tickets": ("x",)}, ("/pages/0", "ticket-invalid")),
    ],
)
async def test_feedback_that_is_not_in_due_form_is_refused(
    office: Office, outcome: Any, members: dict[str, Any], wrong: tuple[str, str]
):
    case = await a_case(office)
    await case.until_tabled()
    await case.decide()
    with pytest.raises(ValidationFailed) as refused:
        await case.feed_back(outcome, **members)
    assert pointers(refused) == [wrong]


@pytest.mark.parametrize(
    ("outcome", "state"),
    [("signed", "feedback_signed"), ("refused", "feedback_signed"), ("disputed", "feedback_disputed")],
)
async def test_the_person_answers_and_the_office_decides(office: Office, outcome: Any, state: str):
    case = await a_case(office)
    await case.until_fed_back(outcome)
    assert (await case.dossier()).state == state
    await case.approve()
    assert (await case.dossier()).state == Progress.AUTHORITY_APPROVED


async def test_nothing_is_approved_before_the_person_signed_or_disputed(office: Office):
    """Worked case D1: the meeting is done, the person has not seen it; nothing is in force."""
    case = await a_case(office)
    await case.until_tabled()
    await case.decide()
    with pytest.raises(StateConflict) as refused:
        await case.approve()
    assert refused.value.params == {"state": "feedback"}
    assert all(row.approved_at is None for row in (await case.facts()).values())
    assert await case.told() == []


async def test_a_lower_leader_is_told_the_right_office(office: Office):
    """Worked case D2: the person is managed by a higher office on that day."""
    county = await office.unit()
    case = await a_case(office, managed_by=county)
    await case.until_fed_back()
    with pytest.raises(WrongAuthority) as refused:
        await case.approve(somebody("leader", case.subject.unit_id))
    assert refused.value.params == {"authority": OFFICE}
    assert (await case.dossier()).state == Progress.FEEDBACK_SIGNED


async def test_the_office_of_today_decides_and_not_that_of_yesterday(office: Office):
    """By the period that holds on the day of the approval; where none does, nobody guesses."""
    case = await a_case(office)
    unit = case.subject.unit_id
    past = AuthorityPeriod(
        unit_id=unit, office="旧", office_unit_id=unit, valid_from=date(2000, 1, 1), valid_to=date(2020, 1, 1)
    )
    await case.until_fed_back()
    assert await office.hear(case.subject.person(managing_authority=[past]), version=3) is None
    with pytest.raises(StateConflict) as refused:
        await case.approve()
    assert refused.value.params == {"state": "authority unknown"}
    now = past.model_copy(update={"office": "新", "valid_from": date(2020, 1, 2), "valid_to": None})
    assert await office.hear(case.subject.person(managing_authority=[past, now]), version=4) is None
    assert (await case.approve()).office == "新"


@pytest.mark.parametrize("who", ["first reviewer", "second reviewer and recorder"])
async def test_whoever_reviewed_proposed_or_recorded_does_not_approve(office: Office, who: str):
    """Also where the same account holds the leader's post."""
    case = await a_case(office)
    await case.until_fed_back()
    earlier = case.pair.li if who == "first reviewer" else case.adjudicator
    with pytest.raises(SamePersonTwice):
        await case.approve(also(earlier, "leader", case))


async def test_of_two_approvals_at_once_one_is_in_force(office: Office):
    """One winner; each determination is told once."""
    case = await a_case(office)
    await case.until_fed_back()
    seen = await case.on()
    leaders = [somebody("leader", case.subject.unit_id) for _ in range(4)]
    found = await outcomes(*(case.approve(leader, seen) for leader in leaders))
    assert sorted(isinstance(one, Refusal) for one in found) == [False, True, True, True]
    assert len(await case.told()) == len(await case.facts())


async def test_of_two_meetings_at_once_one_decides(office: Office):
    case = await a_case(office)
    await case.until_tabled()
    meetings = [await case.meeting(), await case.meeting()]
    seen = await case.on()
    found = await outcomes(*(case.decide(meeting, seen) for meeting in meetings))
    assert sorted(isinstance(one, VersionStale) for one in found) == [False, True]
    votes = await office.admin.fetchval(
        "select count(*) from audit.meeting_vote where campaign_dossier_id = $1", to_uuid(case.id)
    )
    assert votes == 1


async def test_an_approval_that_is_sent_again_is_the_same_one(office: Office):
    case = await a_case(office)
    await case.until_fed_back()
    seen, key = await case.on(), IdempotencyKey(case.id, new_id("req"), IdempotencyKey.hash_of(b"x"))
    first = await case.approve(on=seen, key=key)
    again = await case.approve(on=seen, key=key)
    assert first.id == again.id


async def test_a_filed_dossier_is_reopened_with_a_reason_and_goes_its_way_once_more(office: Office):
    """Until it is approved again nothing of it is in force; the second form is a material of its own."""
    case = await a_case(office)
    await case.until_fed_back()
    first = await case.approve()
    await _file(case, first.material_id)
    await case.take_up(reopened_because="发现更早的材料")
    facts = await case.facts()
    assert {row.approved_at for row in facts.values()} == {None}
    for fact, row in facts.items():
        if row.disputed:
            await case.settle(fact, None)
    await case.table()
    await case.decide()
    await case.feed_back()
    second = await case.approve()
    assert second.material_id != first.material_id
    async with office.deps.as_service() as uow:
        assert (await determination_outcomes.last_approval(uow, case.id)).id == second.id


@pytest.mark.parametrize(("result", "came_out"), [("verified", "verified"), ("not_verifiable", "to_investigate")])
async def test_a_dossier_is_investigated_until_every_question_is_answered(office: Office, result: Any, came_out: str):
    """An open inquiry keeps it from the meeting; what could not be verified is still to be investigated."""
    case = await a_case(office)
    await case.take_up()
    for fact, row in (await case.facts()).items():
        if row.status == "undetermined":
            await case.settle(fact, Settled(Status.PROPOSED, SAMPLES[fact], reason="经查"))
    first = await case.investigate()
    second = await case.investigate()
    assert (await case.dossier()).state == Progress.INVESTIGATION_COLLECTION
    await case.answer(first)
    with pytest.raises(StateConflict) as refused:
        await case.table()
    assert refused.value.params == {"state": "investigation open"}
    await case.answer(second, result)
    assert (await case.table()).result == came_out


async def test_what_nobody_could_verify_is_decided_by_the_meeting(office: Office):
    """查证不实的, 以最早记载为准: once every fact is determined the dossier is to be investigated no more."""
    case = await a_case(office)
    await case.take_up()
    await case.settle(WORK, None)
    await case.answer(await case.investigate(), "not_verifiable")
    assert (await case.table()).result == "to_investigate"
    open_facts = [fact for fact, row in (await case.facts()).items() if row.status == "undetermined"]
    found = {fact: Settled(Status.PROPOSED, SAMPLES[fact], reason="以最早记载为准") for fact in open_facts}
    await case.decide(otherwise=tuple(found.items()))
    assert (await case.dossier()).result == "verified"


SAMPLES: dict[AuditFact, ClaimValue] = {
    WORK: DateClaim(date=PartialDate(value="1990-08")),
    AuditFact.PARTY_JOIN_DATE: PartyClaim(join_date=PartialDate(value="1990-06")),
    AuditFact.EDUCATION: EducationRecord(full_time=EducationClaim(school="县第一中学", level="高中")),
    AuditFact.WORK_EXPERIENCE: Career(segments=(PostClaim(unit="县财政局", begins=PartialDate(value="1990-08")),)),
    AuditFact.CADRE_IDENTITY: IdentityClaim(route="recruited"),
}


async def test_a_dispute_is_investigated_anew(office: Office):
    """Disputed: back to the inquiry, and from there through the meeting once more."""
    case = await a_case(office)
    await case.until_fed_back("disputed")
    await case.answer(await case.investigate())
    await case.table()
    await case.decide()
    await case.feed_back()
    assert (await case.dossier()).state == Progress.FEEDBACK_SIGNED


async def test_who_investigates_is_two_known_persons_and_no_relative(office: Office):
    case = await a_case(office)
    relative = await office.known_subject(unit_id=case.subject.unit_id)
    assert await office.hear(case.subject.kin(relative.person_id), version=2) is None
    await case.take_up()
    family, other = await known_account(office, relative.person_no), await known_account(office)
    for ids, wrong in (
        ([family, other], [("/investigator_ids/0", "related")]),
        ([other, other], [("/investigator_ids/1", "duplicate"), ("/investigator_ids", "too-few")]),
        ([other, new_id("acc")], [("/investigator_ids/1", "unknown-reference")]),
    ):
        with pytest.raises(ValidationFailed) as refused:
            await case.investigate(investigator_ids=ids)
        assert pointers(refused) == wrong
    with pytest.raises(ValidationFailed) as refused:
        await case.investigate(due_on=date(2001, 1, 1))
    assert pointers(refused) == [("/due_on", "date-before")]


async def test_of_two_answers_at_once_one_is_kept(office: Office):
    """And what is said to be verified rests on something."""
    case = await a_case(office)
    await case.take_up()
    row = await case.investigate()
    with pytest.raises(ValidationFailed) as refused:
        await case.answer(row, evidence=())
    assert pointers(refused) == [("/evidence", "too-few")]
    found = await outcomes(case.answer(row), case.answer(row, "not_verifiable"))
    assert sorted(isinstance(one, VersionStale) for one in found) == [False, True]
