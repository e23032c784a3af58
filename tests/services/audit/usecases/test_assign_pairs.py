"""Dossiers are given to two reviewers each, who may begin to work and are not related; and are given anew."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chassis.identity import Caller
from chassis.unit_of_work import IdempotencyKey
from contracts.problems import PledgeMissing, Recusal, StateConflict, TrainingMissing, ValidationFailed
from contracts.values.ids import from_uuid, new_id, to_uuid
from services.audit.domain.review import Sheet
from services.audit.usecases.save_review_sheet import SaveReviewSheet, save_review_sheet
from services.audit.usecases.set_difficulty import set_difficulty
from services.audit.usecases.submit_review import SubmitReview, submit_review
from tests.services.audit.blind import finished
from tests.services.audit.office import Office, Subject
from tests.services.audit.organising import Organiser, organising


async def test_each_dossier_has_two_and_all_have_the_same_work(office: Office):
    """The easiest first; the first so many for practice; each step in the journal."""
    organiser = await organising(office)
    campaign = await organiser.started(*await organiser.dossiers(6), training_dossiers=2)
    record = await organiser.assign(campaign, 4)
    assert (record.assigned, record.unassigned_ids) == (4, [])
    sheets = await organiser.sheets(campaign)
    assert set(Counter(sheet["campaign_dossier_id"] for sheet in sheets).values()) == {2}
    assert set(Counter(sheet["account_id"] for sheet in sheets).values()) == {2}
    assert {(sheet["state"], sheet["opened"], sheet["sheet"]) for sheet in sheets} == {("open", False, "{}")}
    rows = await organiser.rows(campaign)
    assert Counter(row["state"] for row in rows) == {"first_review": 4, "planned": 2}
    assert Counter(row["training"] for row in rows) == {True: 2, False: 4}
    given = next(row for row in rows if row["state"] == "first_review")
    assert await office.journal(from_uuid("cdo", given["id"])) == [
        ("campaign_dossier.assigned", organiser.caller.account_id, 2)
    ]
    again = await organiser.assign(campaign, 100)
    assert again.assigned == 2
    loads = Counter(sheet["account_id"] for sheet in await organiser.sheets(campaign))
    assert set(loads.values()) == {3}


async def test_the_subject_and_relatives_do_not_get_a_dossier(office: Office):
    """Whose account it is is known from the gateway, who is related from the catalog."""
    organiser = await organising(office)
    subject, sister = await organiser.dossiers(2)
    await office.hear(subject.kin(sister.person_id), version=2)
    accounts = [await organiser.account(one.person_no) for one in (subject, sister)]
    others = [await organiser.account() for _ in range(2)]
    campaign = await organiser.started(subject, reviewers=[*accounts, *others])
    await organiser.assign(campaign)
    assert {from_uuid("acc", sheet["account_id"]) for sheet in await organiser.sheets(campaign)} == set(others)


async def test_where_two_may_not_the_dossier_waits_and_is_named(office: Office):
    """It stays planned."""
    organiser = await organising(office)
    subject = (await organiser.dossiers(1))[0]
    own = await organiser.account(subject.person_no)
    campaign = await organiser.started(subject, reviewers=[own, await organiser.account()])
    record = await organiser.assign(campaign)
    (row,) = await organiser.rows(campaign)
    assert (record.assigned, record.unassigned_ids) == (0, [from_uuid("cdo", row["id"])])
    assert (row["state"], row["version"]) == ("planned", 1)


async def test_without_a_pledge_nobody_gets_anything(office: Office):
    """The accounts are named; one that has run out counts for nothing, nor does one for another campaign."""
    organiser = await organising(office)
    there = await organiser.dossiers(1)
    campaign, other = await organiser.started(*there, reviewers=3, pledged=False), await organiser.plan(*there)
    signed, ended, elsewhere = organiser.reviewers
    yesterday = campaign.created_at.date() - timedelta(days=2)
    await organiser.pledge(campaign, signed)
    await organiser.pledge(campaign, ended, signed_on=yesterday, expires_on=yesterday)
    await organiser.pledge(other, elsewhere)
    with pytest.raises(PledgeMissing) as refused:
        await organiser.assign(campaign)
    assert refused.value.params == {"accounts": sorted([ended, elsewhere])}
    assert await organiser.sheets(campaign) == []
    await organiser.pledge(campaign, ended)
    assert (await organiser.assign(campaign, among=[signed, ended])).assigned == 1


async def test_where_a_campaign_asks_for_training_it_is_needed(office: Office):
    """Not having come, or a certificate that has run out, is no training."""
    organiser = await organising(office)
    campaign = await organiser.started(*await organiser.dossiers(1), reviewers=3, requires_training=("audit",))
    here, absent, never = organiser.reviewers
    await organiser.train([here])
    await organiser.train([absent], present=False)
    with pytest.raises(TrainingMissing) as refused:
        await organiser.assign(campaign)
    assert refused.value.params == {"kinds": ["audit"], "accounts": sorted([absent, never])}
    await organiser.train([absent])
    assert (await organiser.assign(campaign, among=[here, absent])).assigned == 1


async def test_only_members_of_the_audit_group_review(office: Office):
    """And there must be two of them whose accounts are in use."""
    organiser = await organising(office)
    campaign = await organiser.started(*await organiser.dossiers(1), reviewers=2)
    stranger = await organiser.account()
    with pytest.raises(ValidationFailed) as refused:
        await organiser.assign(campaign, among=[organiser.reviewers[0], stranger])
    assert [fault.pointer for fault in refused.value.errors] == ["/reviewer_ids/1"]
    with pytest.raises(ValidationFailed):
        await organiser.assign(campaign, among=organiser.reviewers[:1])


async def test_nothing_is_given_out_before_the_start(office: Office):
    """A planned campaign may still change what it decides by."""
    organiser = await organising(office)
    campaign = await organiser.plan()
    with pytest.raises(StateConflict):
        await organiser.assign(campaign)


async def test_a_repeated_request_gives_out_nothing_more(office: Office):
    """The first record as it is."""
    organiser = await organising(office)
    campaign = await organiser.started(*await organiser.dossiers(3))
    key = IdempotencyKey("acc POST /v1/x", new_id("req"), b"h" * 32)
    first = await organiser.assign(campaign, 1, key=key)
    again = await organiser.assign(campaign, 1, key=key)
    assert again.id == first.id
    assert len(await organiser.sheets(campaign)) == 2


async def test_two_organisers_at_once_give_each_dossier_once(office: Office):
    """One comes after the other."""
    organiser = await organising(office)
    campaign = await organiser.started(*await organiser.dossiers(4))
    records = await asyncio.gather(*(organiser.assign(campaign, 3) for _ in range(2)))
    assert sorted(record.assigned for record in records) == [1, 3]
    assert set(Counter(sheet["campaign_dossier_id"] for sheet in await organiser.sheets(campaign)).values()) == {2}


async def pair_of(organiser: Organiser, campaign: object, subject: Subject) -> list[str]:
    """Who has a dossier now."""
    return [
        from_uuid("acc", sheet["account_id"])
        for sheet in await organiser.sheets(campaign)  # type: ignore[arg-type]
        if sheet["state"] != "void" and sheet["dossier_id"] == to_uuid(subject.dossier_id)
    ]


async def test_who_is_found_to_be_a_relative_is_taken_off_and_never_gets_it_again(office: Office):
    """The other keeps what they wrote; another comes beside them."""
    organiser = await organising(office)
    subject = (await organiser.dossiers(1))[0]
    campaign = await organiser.started(subject, reviewers=3)
    await organiser.assign(campaign)
    gone, stays = await pair_of(organiser, campaign, subject)
    (row,) = await organiser.rows(campaign)
    key = from_uuid("cdo", row["id"])
    await office.admin.execute(
        "update audit.review set sheet = '{\"kept\": 1}', state = 'submitted', submitted_at = now(), journal_id = id "
        "where account_id = any ($1)",
        [to_uuid(gone), to_uuid(stays)],
    )
    record = await organiser.remove(campaign, gone, "related", [key])
    assert record.released == 1
    (row,) = await organiser.rows(campaign)
    assert (row["state"], row["version"]) == ("planned", 3)
    assert await pair_of(organiser, campaign, subject) == [stays]
    await organiser.assign(campaign)
    assert set(await pair_of(organiser, campaign, subject)) == {*organiser.reviewers} - {gone}
    sheets = {from_uuid("acc", sheet["account_id"]): sheet for sheet in await organiser.sheets(campaign)}
    assert (sheets[gone]["state"], sheets[gone]["void_reason"]) == ("void", "related")
    assert sheets[gone]["sheet"] == sheets[stays]["sheet"] == '{"kept": 1}'
    assert sheets[stays]["state"] == "submitted"
    verbs = [verb for verb, *_ in await office.journal(from_uuid("rev", sheets[gone]["id"]))]
    assert verbs == ["review.assigned", "review.voided"]


async def test_who_leaves_half_way_leaves_everything_and_the_group(office: Office):
    """Their dossiers wait; they get no others."""
    organiser = await organising(office)
    campaign = await organiser.started(*await organiser.dossiers(6), reviewers=3)
    await organiser.assign(campaign, 3)
    head, gone, other = organiser.reviewers
    record = await organiser.remove(campaign, gone)
    assert record.released == 2
    assert Counter(row["state"] for row in await organiser.rows(campaign)) == {"planned": 5, "first_review": 1}
    assert (await organiser.assign(campaign)).assigned == 6 - 1
    sheets = [sheet for sheet in await organiser.sheets(campaign) if sheet["state"] != "void"]
    assert Counter(from_uuid("acc", sheet["account_id"]) for sheet in sheets) == {head: 6, other: 6}
    with pytest.raises(ValidationFailed):
        await organiser.remove(campaign, head)


async def test_an_opened_pair_stands(office: Office):
    """Both sheets are known by then: nothing is taken back, and the answer says so."""
    organiser = await organising(office)
    campaign = await organiser.started(*await organiser.dossiers(1), reviewers=2)
    await organiser.assign(campaign)
    await office.admin.execute(
        "update audit.review set state = 'submitted', submitted_at = now(), journal_id = id, opened = true "
        "where account_id = any ($1)",
        [to_uuid(one) for one in organiser.reviewers],
    )
    (row,) = await organiser.rows(campaign)
    named = [from_uuid("cdo", row["id"]), new_id("cdo")]
    with pytest.raises(ValidationFailed) as refused:
        await organiser.remove(campaign, organiser.reviewers[1], "unfit", named)
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [
        ("/campaign_dossier_ids/0", "state-conflict"),
        ("/campaign_dossier_ids/1", "unknown-reference"),
    ]
    assert (await organiser.remove(campaign, organiser.reviewers[1])).released == 0
    assert {sheet["state"] for sheet in await organiser.sheets(campaign)} == {"submitted"}


async def test_what_is_given_out_keeps_its_place_in_the_queue(office: Office):
    """A difficulty is set while a dossier waits; a relative sets none."""
    organiser = await organising(office)
    subject = (await organiser.dossiers(1))[0]
    campaign = await organiser.started(subject)
    (row,) = await organiser.rows(campaign)
    key = from_uuid("cdo", row["id"])
    set_to = await set_difficulty(key, 1, 7, uow=organiser.acting())
    assert (set_to.difficulty, set_to.version) == (7, 2)
    assert (await set_difficulty(key, 2, 7, uow=organiser.acting())).version == 2
    organiser.caller = replace(organiser.caller, person_no=subject.person_no)
    with pytest.raises(Recusal):
        await set_difficulty(key, 2, 8, uow=organiser.acting())
    organiser.caller = replace(organiser.caller, person_no=None)
    await organiser.assign(campaign)
    with pytest.raises(StateConflict):
        await set_difficulty(key, 3, 8, uow=organiser.acting())


async def test_who_hands_in_while_the_other_is_taken_off_loses_nothing(office: Office):
    """Whichever comes first: either the pair is opened and stands, or the sheet is in and waits for another."""
    organiser = await organising(office)
    campaign = await organiser.started(*await organiser.dossiers(3), reviewers=3, training_dossiers=0)
    await organiser.assign(campaign)
    gone = organiser.reviewers[1]
    for sheet in await organiser.sheets(campaign):
        if from_uuid("acc", sheet["account_id"]) == gone:
            await submitted(office, organiser, sheet)
    others = [sheet for sheet in await organiser.sheets(campaign) if sheet["state"] == "open"]
    results = await asyncio.gather(
        organiser.remove(campaign, gone),
        *(submitted(office, organiser, sheet) for sheet in others),
        return_exceptions=True,
    )
    removal, *handed_in = results
    assert not isinstance(removal, BaseException), removal
    assert all(isinstance(one, StateConflict) for one in handed_in if isinstance(one, BaseException)), handed_in
    rows = {row["id"]: row["state"] for row in await organiser.rows(campaign)}
    for sheet in await organiser.sheets(campaign):
        if sheet["opened"]:
            assert rows[sheet["campaign_dossier_id"]] == "compare"
        if sheet["state"] == "void":
            assert rows[sheet["campaign_dossier_id"]] == "planned"
            assert not sheet["opened"]


async def submitted(office: Office, organiser: Organiser, sheet: Any) -> None:
    """The reviewer fills their sheet and hands it in."""
    account_id, review_id = from_uuid("acc", sheet["account_id"]), from_uuid("rev", sheet["id"])
    caller = Caller(account_id, posts=(("auditor", organiser.unit_id),))
    saving = SaveReviewSheet(review_id, 1, Sheet.model_validate(finished()))
    await save_review_sheet(saving, uow=office.acting(caller, "review:write"))
    await submit_review(SubmitReview(review_id, 2, True), uow=office.acting(caller, "review:write"))
