"""The superior confirms, returns or corrects what an office below determined (seed 004)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from contracts.events import MaterialFiled
from contracts.problems import (
    NotFound,
    SamePersonTwice,
    StateConflict,
    SuperiorOnly,
    ValidationFailed,
    VersionStale,
)
from contracts.values.ids import new_id, to_uuid
from services.audit.domain.adjudication import Settled
from services.audit.domain.determination import Status
from services.audit.domain.facts import AuditFact
from services.audit.domain.progress import Progress
from services.audit.store import superior_reviews
from services.audit.store.tables_oversight import SuperiorReviewRow
from tests.services.audit.adjudicating import Case, a_case
from tests.services.audit.gate import ask, clearance, told_of
from tests.services.audit.office import Office
from tests.services.audit.overseeing import Above, approved_below, check, dated, draw, overseen
from tests.services.audit.usecases.test_adjudicate import SAMPLES, outcomes, pointers
from tests.support.rooms import somebody

BIRTH, WORK = AuditFact.BIRTH_DATE, AuditFact.WORK_START_DATE
CORRECTED = ((BIRTH, dated("1970-03", reason="原始户口底册载明1970年3月")),)
UNPROVED = Settled(Status.UNDETERMINED, None, reason="证据不足")
UNKNOWN = ((AuditFact.REWARDS, dated("1970")),)


async def test_a_correction_is_in_force_at_once_and_both_values_and_authors_are_kept(office: Office):
    """The fact is told anew in a higher version, with the form that was approved; nothing else is told again."""
    above = await approved_below(office)
    case = above.case
    before = (await case.facts())[BIRTH]
    told = len(await case.told())
    review = await above.review("correct", corrections=CORRECTED, document_no="市组复〔2026〕3号")
    after = (await case.facts())[BIRTH]
    assert (after.stage, after.status, after.version) == ("superior", "determined", before.version + 1)
    assert review.corrected == [{"determination_id": after.id, "fact": "birth_date", "version": after.version}]
    (anew,) = (await case.told())[told:]
    assert (anew["fact"], anew["date"]["value"], anew["form"]["title"]) == (
        "birth_date", "1970-03", "干部人事档案专项审核认定表"
    )  # fmt: skip
    steps = await office.admin.fetch(
        """select s.stage, s.value->'date'->>'value' as value, s.decided_by from audit.determination_decision s
        where s.determination_id = $1 order by s.version desc limit 2""",
        to_uuid(after.id),
    )
    assert [(step["stage"], step["value"]) for step in steps] == [("superior", "1970-03"), ("meeting", "1968-03")]
    authors = [to_uuid(who.account_id) for who in (above.leader, case.adjudicator)]
    assert [step["decided_by"] for step in steps] == authors
    assert (await case.dossier()).state == Progress.AUTHORITY_APPROVED


async def test_what_is_returned_is_not_in_force_until_it_is_approved_again(office: Office):
    """It goes before the meeting once more, or is asked about outside; the second reviewer has it again."""
    above = await approved_below(office)
    case = above.case
    await above.review("return_for_redetermination", reason="最早材料认定有误")
    rows = (await case.facts()).values()
    assert (await case.dossier()).state == Progress.COLLECTIVE_DETERMINATION
    assert {row.approved_at for row in rows} == {None}
    assert "determined" not in {row.status for row in rows}
    with pytest.raises(StateConflict):
        await above.review()
    await case.answer(await case.investigate())
    await case.table()
    await case.decide(otherwise=((BIRTH, dated("1970-03", reason="重新认定")),))
    await case.feed_back()
    await case.approve()
    assert (await case.facts())[BIRTH].status == "determined"
    forms = list(dict.fromkeys(one["form"]["material_id"] for one in await case.told()))
    for material_id, state in zip(forms, ("authority_approved", "filed"), strict=True):
        form = case.pair.filed.model_dump() | {"material_id": material_id, "category": "5"}
        assert await office.hear(MaterialFiled.model_validate(form), event_id=new_id("evt")) is None
        assert (await case.dossier()).state == state


async def test_a_confirmation_changes_nothing_of_the_determinations(office: Office):
    above = await approved_below(office)
    before = await above.case.facts()
    review = await above.review()
    assert await above.case.facts() == before
    assert (review.outcome, review.office_unit_id) == ("confirm", above.case.subject.unit_id)
    assert [verb for verb, *_ in await office.journal(above.case.id)][-1] == "campaign_dossier.confirmed"


async def test_only_an_office_above_the_one_that_approved(office: Office):
    """Not another leader of the same office, though both see the dossier; whose scope it is not in finds nothing."""
    above = await approved_below(office)
    for caller, refusal in (
        (somebody("leader", above.case.subject.unit_id), SuperiorOnly),
        (somebody("leader", new_id("unt")), NotFound),
    ):
        with pytest.raises(refusal) as refused:
            await above.review(caller=caller)
        if refusal is SuperiorOnly:
            assert refused.value.params == {"authority": "县委组织部"}


@pytest.mark.parametrize("who", ["li", "adjudicator", "present", "leader"])
async def test_nobody_who_took_part(office: Office, who: str):
    """A first reviewer, the second one, one who voted, or who approved: also from a post in the office above."""
    above = await approved_below(office)
    case = above.case
    account_id = {
        "li": case.pair.li.account_id,
        "adjudicator": case.adjudicator.account_id,
        "present": case.present[0],
        "leader": case.leader.account_id,
    }[who]
    with pytest.raises(SamePersonTwice):
        await above.review(caller=replace(above.leader, account_id=account_id))


async def test_nobody_who_checked_it_by_sample(office: Office):
    """抽查人 looked at it before: who looks from above has had no part in it."""
    above = await approved_below(office)
    checker = somebody("leader", above.case.subject.unit_id)
    await check(above.case, await draw(above.case), caller=checker)
    with pytest.raises(SamePersonTwice):
        await above.review(caller=replace(above.leader, account_id=checker.account_id))


async def test_nothing_before_the_office_has_approved(office: Office):
    above = await approved_below(office)
    other = await approved_below(office)
    case: Case = other.case
    await other.review("return_for_redetermination", reason="重新认定")
    with pytest.raises(StateConflict) as refused:
        await above.review(on=await case.on(), caller=other.leader)
    assert refused.value.params == {"state": "collective_determination"}


@pytest.mark.parametrize(
    ("outcome", "members", "wrong"),
    [
        ("return_for_redetermination", {}, [("/reason", "required")]),
        ("correct", {}, [("/corrections", "too-few")]),
        ("confirm", {"corrections": CORRECTED}, [("/corrections", "contradiction")]),
        ("correct", {"corrections": ((BIRTH, dated("1970-03")),)}, [("/corrections/0/reason", "required")]),
        ("correct", {"corrections": (*CORRECTED, *CORRECTED)}, [("/corrections/1/fact", "duplicate")]),
        ("correct", {"corrections": UNKNOWN}, [("/corrections/0/fact", "unknown-reference")]),
    ],
)  # fmt: skip
async def test_a_word_that_is_not_in_due_form_is_refused(
    office: Office, outcome: Any, members: dict[str, Any], wrong: list[tuple[str, str]]
):
    above = await approved_below(office)
    with pytest.raises(ValidationFailed) as refused:
        await above.review(outcome, **members)
    assert pointers(refused) == wrong


async def test_of_two_superiors_at_once_one_counts(office: Office):
    above = await approved_below(office)
    seen = await above.case.on()
    found = await outcomes(
        above.review("correct", on=seen, corrections=CORRECTED),
        above.review("return_for_redetermination", somebody("leader", above.unit_id), on=seen, reason="重新认定"),
    )
    assert sorted(isinstance(one, VersionStale) for one in found) == [False, True]
    count = "select count(*) from audit.superior_review where campaign_dossier_id = $1"
    assert await office.admin.fetchval(count, to_uuid(above.case.id)) == 1


async def test_a_year_is_counted_by_office(office: Office):
    """The fixture of seed 004: of the determinations of one office 7 were returned and 3 corrected in a year."""
    above = await approved_below(office)
    review = await above.review("return_for_redetermination", reason="重新认定")
    await _more(office, review, ["return_for_redetermination"] * 6 + ["correct"] * 3 + ["confirm"])
    async with office.deps.db.reading(above.leader, above.leader.roots("determination:read")) as connection:
        counts = await superior_reviews.counts_of(connection, review.year, after=None, limit=50)
        other = await superior_reviews.counts_of(connection, review.year - 1, after=None, limit=50)
    assert counts == [{"office_unit_id": above.case.subject.unit_id, "confirmed": 1, "returned": 7, "corrected": 3}]
    assert other == []


async def _more(office: Office, review: SuperiorReviewRow, outcomes_of: list[str]) -> None:
    """Reviews of the same office's determinations, as they come over a year."""
    async with office.deps.as_service() as uow:
        for outcome in outcomes_of:
            told = review.model_dump() | {"id": new_id("srv"), "outcome": outcome}
            corrected = [{"determination_id": new_id("det"), "fact": "birth_date", "version": 4}]
            told["corrected"] = corrected if outcome == "correct" else []
            uow.session.add(SuperiorReviewRow.model_validate(told))


async def test_the_form_that_was_approved_is_dated_by_its_approval(office: Office):
    """What is told with a correction names the very form that lies in the dossier."""
    above = await approved_below(office)
    before = (await above.case.told())[0]["form"]
    await above.review("correct", corrections=CORRECTED)
    assert (await above.case.told())[-1]["form"] == before


async def test_what_was_said_goes_with_the_dossier_to_its_new_unit(office: Office):
    """Rounds, talks, drawn dossiers and superior reviews lie in the scope of the unit that keeps the dossier."""
    subject = await office.known_subject()
    above = await overseen(office, subject)
    unit = await office.unit()
    assert await office.hear(subject.dossier(unit_id=unit), version=2) is None
    for table in ("superior_review", "feedback_round", "talk_record", "spot_check_dossier"):
        found = f"select unit_id from audit.{table} where campaign_dossier_id = $1"
        assert [row["unit_id"] for row in await office.admin.fetch(found, to_uuid(above.case.id))] == [to_uuid(unit)]


@pytest.mark.parametrize(
    ("outcome", "members", "reason"),
    [
        ("return_for_redetermination", {"reason": "重新认定"}, "audit_running"),
        ("correct", {"corrections": ((BIRTH, UNPROVED),)}, "to_investigate"),
    ],
)
async def test_what_the_superior_opens_again_suspends_who_was_cleared(
    office: Office, outcome: Any, members: dict[str, Any], reason: str
):
    """At once: nobody relies on what is not in force any more, nor on a fact that cannot be settled after all."""
    above = Above(await a_case(office))
    case = above.case
    await case.until_tabled()
    left = [fact for fact, row in (await case.facts()).items() if row.status == "undetermined"]
    await case.decide(otherwise=[(fact, Settled(Status.PROPOSED, SAMPLES[fact], reason="经查")) for fact in left])
    await case.feed_back()
    await case.approve()
    await above.take_place()
    (row,) = await ask(office, case.subject)
    assert row.state == "cleared"
    await above.review(outcome, **members)
    kept = await clearance(office, row.id)
    assert reason in [one["rule"] for one in json.loads(kept["reasons"])]
    assert await told_of(office, row.id) == ["cleared", "suspended"]
